"""One small plan for each way in which people and their tools write tasks, and what is to be read in it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

Found = tuple[str | None, list[tuple[str | None, str]]]
"""A phase's id, and the id and title of each of its tasks."""


@dataclass(frozen=True)
class WrittenForm:
    """A plan and what a reader must find in it."""

    text: str
    phases: list[Found]

    @property
    def source(self) -> bytes:
        return dedent(self.text).encode()


FORMS: dict[str, WrittenForm] = {
    "a list with ids under its phase": WrittenForm(
        """\
        # Tasks: Bookshop

        **Input**: the documents in `specs/003/`

        ## Format: `[ID] [P?] [Story] Description`

        - **[P]**: may run beside others

        ## Phase 1: Setup (Shared)

        **Purpose**: Get going.

        - [ ] T001 Make the folders
        - [x] T002 [P] Add the linter

        ## Phase 2: User Story 1 - Browse (Priority: P1) 🎯 MVP

        **Goal**: See all books.
        **Independent Test**: open the page

        ### Tests for User Story 1

        - [ ] T003 [P] [US1] Test the shelf

        ### Implementation for User Story 1

        - [ ] T004 [US1] Build the shelf
          - with a ladder

          ```py
          - [ ] T999 no task
          ```

          - [ ] T004a [US1] nested

        **Checkpoint**: the story works

        **Prices (later):**

        - [ ] T005 [US1] Show the prices

        ## Phase N: Polish

        - [ ] T006.5 Sweep the floor

        ## Dependencies & Execution Order

        - T001 before T002
        - [ ] nobody waits
        """,
        [
            ("1", [("T001", "Make the folders"), ("T002", "[P] Add the linter")]),
            (
                "2",
                [
                    ("T003", "[P] [US1] Test the shelf"),
                    ("T004", "[US1] Build the shelf"),
                    ("T005", "[US1] Show the prices"),
                ],
            ),
            ("N", [("T006.5", "Sweep the floor")]),
        ],
    ),
    "phases as lines of their own": WrittenForm(
        """\
        # Tasks for the bookshop

        Feature: Bookshop

        Phase 1: Setup

        - [ ] T001 Make the folders
        - [ ] T002 [P] Add the linter

        **Phase 2: Stories**:

        US1, the first

        - [ ] T003 Build the shelf

        Final Phase: Polish

        - [ ] T004 Sweep:
          - the floor

        Dependencies

        - US1 waits for Phase 1
        """,
        [
            ("1", [("T001", "Make the folders"), ("T002", "[P] Add the linter")]),
            ("2", [("T003", "Build the shelf")]),
            ("Final", [("T004", "Sweep:")]),
        ],
    ),
    "a numbered list without phases": WrittenForm(
        """\
        # Implementation Plan

        - [ ] 1. Set up the shop
          - order shelves
          - _Requirements: 1.1_

        - [x] 2. Open the till
          - [x] 2.1 Count the coins
          - [ ]* 2.2 Test the drawer

        - [ ]* 3.1 Write the property test
        - [~] 4. Paint the wall
        """,
        [
            (
                None,
                [
                    ("1", "Set up the shop"),
                    ("2", "Open the till"),
                    ("3.1", "Write the property test"),
                    ("4", "Paint the wall"),
                ],
            )
        ],
    ),
    "sections with numbers": WrittenForm(
        """\
        ## 1. Shelves

        - [x] 1.1 Measure the wall
        - [ ] 1.2 Saw the boards
          - [ ] 1.2a mind the thumb

        ## 2. Tests of the shelves (2h)

        - [ ] 2.1 Lean on them
        - [ ] and once more
        """,
        [
            ("1", [("1.1", "Measure the wall"), ("1.2", "Saw the boards")]),
            ("2", [("2.1", "Lean on them"), (None, "and once more")]),
        ],
    ),
    "boxes that say what kind they are": WrittenForm(
        """\
        # Implementation Plan - Shelves

        ## Phase 1: Wood [checkpoint: 1a2b3c4]
        - [x] Task: Choose the tree [1a2b3c4]
            - [x] Walk through the forest
        - [ ] Task: Manual Verification 'Wood'

        ## Phase 2: Glue
        *Goal: hold together.*

        - [ ] Task: Boil the glue
        """,
        [
            ("1", [(None, "Task: Choose the tree [1a2b3c4]"), (None, "Task: Manual Verification 'Wood'")]),
            ("2", [(None, "Task: Boil the glue")]),
        ],
    ),
    "headings in Chinese": WrittenForm(
        """\
        # 书架计划

        ## 实施计划

        ### 阶段一：木材（3-5天）

        #### 任务 1.1：选树

        **目标**：找到一棵好树

        **任务清单**：
        - [ ] 走进森林

        **验收标准**：
        - ✅ 树是直的

        #### 任务 1.2 - 锯木板
        - 当心手指

        ### 阶段二：上漆（已完成）

        **主要任务**：
        - 刷第一遍
        - 刷第二遍
        """,
        [("1", [("1.1", "选树"), ("1.2", "锯木板")]), ("2", [(None, "刷第一遍"), (None, "刷第二遍")])],
    ),
    "headings of to-dos in German": WrittenForm(
        """\
        # Bücherregal - Umsetzungsplan

        ## Phase 0: Holz (P0)

        ### TODO-001: Baum aussuchen
        **Akzeptanzkriterien**:
        - [ ] Der Baum ist gerade

        **Abhängigkeiten**: Keine

        ### TODO-002: Bretter sägen

        Akzeptanzkriterium:

        - [ ] Kein Finger fehlt

        ## Phase 1: Lack (2 Wochen)

        | Aufgabe | Stunden |
        |---|---|
        | Erste Schicht | 2 |
        | **Summe Phase 1** | **2** |
        """,
        [
            ("0", [("TODO-001", "Baum aussuchen"), ("TODO-002", "Bretter sägen")]),
            ("1", [(None, "Erste Schicht")]),
        ],
    ),
    "headings with a status": WrittenForm(
        """\
        ---
        total_tasks: 3
        ---

        # Tasks for 0007

        ## US-001: Shelves

        **As a** reader

        ---

        ### T-001: Measure
        **Priority**: P1
        **Status**: [x] completed

        **Implementation**:
        - [ ] Take a rule
        - Read it

        ---

        ### T-002: Saw
        **User Story**: US-001 | **Status**: [ ] pending

        ##### Tools

        - a saw

        ### Not a task

        - [ ] no
        """,
        [(None, [("T-001", "Measure"), ("T-002", "Saw")])],
    ),
    "headings in a phase": WrittenForm(
        """\
        # Shelves

        ## PHASE 1: Wood (Week 1)

        ### ✅ Task 1.1: Choose the tree (2 hours)

        **Files:**
        - Create: `tree.txt`

        - [ ] **Step 1: Look up**

        ### **Task 1.2: Fell it**

        **Effort**: 2
        - [ ] Shout

        ### T003 [P] Carry it home

        ### Phase 1 Deliverables
        - a tree
        """,
        [("1", [("1.1", "Choose the tree (2 hours)"), ("1.2", "Fell it"), ("T003", "[P] Carry it home")])],
    ),
    "headings without sections": WrittenForm(
        """\
        ### T001: Measure

        **Metadata:**

        - size: S

        **Description:**
        Take a rule.

        ### T002: Saw
        """,
        [(None, [("T001", "Measure"), ("T002", "Saw")])],
    ),
    "headings that carry on the phase's number": WrittenForm(
        """\
        # Shelves

        ## Phase 1: Wood

        ### 1.1 Choose the tree [HIGH]
        **Effort**: 4h

        | Tree | Height |
        |---|---|
        | oak | 20 |

        ### 1.2 Fell it

        Mind the **cat**.
        """,
        [("1", [("1.1", "Choose the tree [HIGH]"), ("1.2", "Fell it")])],
    ),
    "a table with dates": WrittenForm(
        """\
        ---
        goal: Shelves
        status: 'In progress'
        ---

        # Introduction

        ![Status: In progress](https://img.example.com/badge/status-In_progress-yellow)

        ## 1. Requirements & Constraints

        - **REQ-001**: Books fit

        ## 2. Implementation Steps

        ### Implementation Phase 1

        - GOAL-001: Get the wood.

        | Task | Description | Completed | Date |
        |------|-------------|-----------|------|
        | TASK-001 | Choose the `tree` | ✅ | 2026-01-03 |
        | TASK-002 | Fell it | Yes | 2026-01-04 |
        | TASK-003 | Carry it home | | |

        ### Implementation Phase 2: Boards

        - **GOAL-002**: Saw.

        | Task | Description | DependsOn | Completed | Date |
        |------|-------------|-----------|-----------|------|
        | **TASK-004** | Saw the boards | TASK-003 | | |

        ## 3. Alternatives

        - **ALT-001**: Buy
        """,
        [
            ("1", [("TASK-001", "Choose the `tree`"), ("TASK-002", "Fell it"), ("TASK-003", "Carry it home")]),
            ("2", [("TASK-004", "Saw the boards")]),
        ],
    ),
    "tables in groups": WrittenForm(
        """\
        # Estanterías

        ## Fase 1: Madera (Semana 1)

        ### Grupo A

        | ID | Tarea | Prueba |
        |----|-------|--------|
        | **AT-001** | Elegir el árbol | mirar |
        | **AT-002** | ~~Talarlo~~ | oír |

        ### Grupo B

        | ID | Tarea |
        |----|-------|
        | AT-003 | Llevarlo a casa |
        """,
        [("1", [("AT-001", "Elegir el árbol"), ("AT-002", "~~Talarlo~~"), ("AT-003", "Llevarlo a casa")])],
    ),
    "plain labels in Spanish": WrittenForm(
        """\
        # Estanterías

        ### Fase 1 - Madera

        Archivos esperados:

        - `madera.txt`

        Trabajo:

        - Elegir el árbol.
        - Llevarlo a casa.

        Verificacion:

        - Mirar.

        ### Fase 2 - Papeles

        Archivos:

        - `papel.txt`

        Resultado:

        - Papel visible.
        """,
        [("1", [(None, "Elegir el árbol."), (None, "Llevarlo a casa.")]), ("2", [])],
    ),
    "days": WrittenForm(
        """\
        # Shelves

        ## 📋 Roadmap

        ### 🚀 Phase 1: Wood (Week 1)

        #### Day 1-2: Forest
        - [ ] Choose the tree
        - [ ] Fell it

        #### Day 3: Testing
        - [ ] Knock on wood

        ### Phase 2: Boards (Week 2) - 8 hours

        #### Day 4
        1. ✅ Saw the boards
           - mind the thumb
        2. Plane them
        """,
        [
            ("1", [(None, "Choose the tree"), (None, "Fell it"), (None, "Knock on wood")]),
            ("2", [(None, "Saw the boards"), (None, "Plane them")]),
        ],
    ),
    "groups below a heading Tasks": WrittenForm(
        """\
        # Shelves

        ## Phase 1: Wood
        **Depends on**: nothing

        ### Tasks

        #### Forest

        - Choose the tree
        - Fell it

        #### Road

        - Carry it home

        #### Acceptance Criteria

        - Wood is there

        ### Notes

        - none
        """,
        [("1", [(None, "Choose the tree"), (None, "Fell it"), (None, "Carry it home")])],
    ),
    "a section of steps": WrittenForm(
        """\
        ---
        id: SHOP-7
        title: Shelves
        ---

        ## Description

        - brown

        ## Implementation Plan

        <!-- BEGIN -->
        1. Choose the tree
        2. Fell it
        <!-- END -->

        ## Notes

        1. nothing
        """,
        [(None, [(None, "Choose the tree"), (None, "Fell it")])],
    ),
    "a section of tasks": WrittenForm(
        """\
        # Shelves

        ## Tasks

        - Choose the tree
        - [ ] Fell it ~~today~~

        ## More

        - no
        """,
        [(None, [(None, "Choose the tree"), (None, "Fell it ~~today~~")])],
    ),
    "changes": WrittenForm(
        """\
        # Shelves

        ## Phase 1: Wood

        **Goal:** wood

        **Changes:**

        1. **Choose** the tree

           ```txt
           oak
           ```

        2. **Fell** it
           - quickly

        **Files:** `a`
        """,
        [("1", [(None, "**Choose** the tree"), (None, "**Fell** it")])],
    ),
    "the same phases again as a checklist": WrittenForm(
        """\
        # Shelves

        ## Proposed Implementation

        ### Phase 1: Wood for shelves (P1) — [#3](https://git.example.com/acme/web/issues/3)

        **Goal:** wood

        **Implementation:**

        1. walk far

        ### Phase 2: Boards

        text

        ## Implementation Checklist

        ### Phase 1: Wood ✅
        - [x] Choose the tree
        - [x] ~~Fell it~~ Not needed: it fell

        ### Phase 2: Boards
        - [ ] Saw the boards
        """,
        [
            ("1", [(None, "Choose the tree"), (None, "~~Fell it~~ Not needed: it fell")]),
            ("2", [(None, "Saw the boards")]),
        ],
    ),
    "headings that end in a box": WrittenForm(
        """\
        # Implementation Tasks: Boat house

        ## Phase 1: Hull

        **Goal**: She floats

        ### T001: Lay the keel
        **Goal**: A straight keel
        **Dependencies**: None

        ### T002: Plank her [x]
        **Dependencies**: T001

        ## Phase 2: Rig

        ### T003: Step the `mast [x]` [ ]
        **File**: `mast.md`
        """,
        [("1", [("T001", "Lay the keel"), ("T002", "Plank her")]), ("2", [("T003", "Step the `mast [x]`")])],
    ),
    "boxes with ids below an overview": WrittenForm(
        """\
        # Implementation Plan: Boat house

        ## Overview

        All of it may wait.

        - [ ]* 1. Build the slip
          - [ ]* 1.1 Pour the concrete
        - [x] 2. Build the shed
        """,
        [(None, [("1", "Build the slip"), ("2", "Build the shed")])],
    ),
    "ids of one digit": WrittenForm(
        """\
        # Tasks: Boat house

        - [ ] T1 `slip.md`: where she
              goes in
        - [x] T2 The shed
        - [ ] T10 The crane
        """,
        [(None, [("T1", "`slip.md`: where she goes in"), ("T2", "The shed"), ("T10", "The crane")])],
    ),
    "lists below headings for tasks of a kind": WrittenForm(
        """\
        # Plan: Boat house

        ## Phase 1: Ground

        ### Survey Tasks

        1. Measure the bank
        2. **Ask the neighbours**
           - both of them

        ### Parallel Tasks

        - Neither of these
        """,
        [("1", [(None, "Measure the bank"), (None, "**Ask the neighbours**")])],
    ),
    "labels with a remark, and one that is emphasised": WrittenForm(
        """\
        # Plan: Boat house

        ## Phase 1: Ground
        *Prerequisites: the lease is signed*

        1. **Measure the bank** of the river:
           - at low water

        ## Phase 2: Slip

        ### Implementation Tasks

        - [x] T001 Pour the concrete

        **Scenarios** (from the story):

        1. ✅ A boat goes in

        ## Parallel Opportunities

        ### Phase 2 (Slip) — run together

        - T001 beside nothing
        """,
        [("1", [(None, "**Measure the bank** of the river:")]), ("2", [("T001", "Pour the concrete")])],
    ),
    "phases in Japanese": WrittenForm(
        """\
        # タスク: 船小屋

        ## フェーズ1: 土台（共通）

        ### 準備

        - [ ] **T001** [P] 測量する

        ## フェーズ2: 小屋

        - [x] **T002** 建てる
        """,
        [("1", [("T001", "[P] 測量する")]), ("2", [("T002", "建てる")])],
    ),
}
