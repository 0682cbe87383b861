"""A plan in two files, as spec-kit keeps them: what tests of such plans begin with."""

from __future__ import annotations

import re

from tests.support.world import World

PLAN = "plans/001-shop/plan.md"
TASKS = "plans/001-shop/tasks.md"
TOGETHER = ("plan.md", "tasks.md")

PLAN_TEXT = """# Implementation Plan: Shop search

**Branch**: 001-shop | **Date**: 2026-03-02

**Status:** Draft

## Phase 0: Outline

1. Read what others do
2. Write down what we want

## Risks

| Risk | Likelihood | Impact | Mitigation |
|------|------------|--------|------------|
| The index grows | High | Medium | Watch it |
"""
TASKS_TEXT = """# Tasks: Shop search

## Phase 1: Setup

- [ ] T001 Create the package
- [ ] T002 [P] Choose the linter in `setup.cfg`

## Phase 2: Search

- [ ] T003 [US1] Parse the query
- [ ] T004 [US1] Rank what was found in `rank.py`
"""
FIRST, SECOND, THIRD, FOURTH = "Create the package", "Choose the linter", "Parse the query", "Rank what was found"
RISK = "The index grows"


def write_both(world: World, plan: str = PLAN_TEXT, tasks: str = TASKS_TEXT) -> None:
    """Save both files of the plan in ``world``, which takes them for one."""
    world.together = TOGETHER
    world.write(plan, PLAN)
    world.write(tasks, TASKS)


def without_writing(text: str) -> str:
    """Return ``text`` without the links, Milestone fields and ticks that plansync wrote into it."""
    bare = re.sub(r" \(\[#\d+\]\([^)]*\)\)", "", text)
    bare = re.sub(r"(?m)^(?:- )?\*\*Milestone:?\*\*:? .*\n\n?", "", bare)
    return bare.replace("[x]", "[ ]")
