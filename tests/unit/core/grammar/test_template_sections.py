"""The descriptive sections of the template, found by name and read whole."""

from __future__ import annotations

import pytest

from plansync.core.design import Decision
from tests.support.plan_texts import read

ARCHITECTURE = """\
## 2. Architecture Overview

Before it.

### 1.1 High-Level Design

A box.

#### Detail

More.

### Component Interactions

An arrow.

### Key Design Decisions

| Why | Decision | Options Considered | Chosen |
|---|---|---|---|
| fast | store | a, b | b |
| | {decision} | | |

- no table

---
"""


class TestArchitecture:
    def test_has_its_parts_as_text_and_its_decisions_by_column(self) -> None:
        architecture = read(ARCHITECTURE).architecture
        assert architecture.design == "A box.\n\n#### Detail\n\nMore."
        assert architecture.interactions == "An arrow."
        assert architecture.decisions == (Decision("store", "a, b", "b", "fast"),)

    def test_without_parts_is_its_own_design(self) -> None:
        assert read("## Architecture\n\nA box.\n\n---\n\n## Next\n").architecture.design == "A box."
        assert read("## Architecture\n").architecture.design == ""

    def test_a_table_of_something_else_holds_no_decision(self) -> None:
        assert (
            read("## Architecture\n### Decisions\n| a | Chosen |\n|---|---|\n| b | c |\n").architecture.decisions == ()
        )


COMPONENTS = """\
## 2. Component Design

### 2.1 New Components

#### Component: `Store`

- **Purpose:** keep it
- **Location:** `a.py`
- **Dependencies:** None
- **Dependents:** page,
  report

#### Component: {Name}

- **Purpose:** {one sentence}

### 2.2 Modified Components

#### Component: Page

- **Current:** forgets
- **Change:** offers:
  - a list
- **Risk:** Low
- **Owner:** kim

### 2.3 Notes

Nothing to add.

#### Legacy

- **Current:** x
"""


class TestComponents:
    def test_new_and_modified_ones_have_their_fields(self) -> None:
        store, page, legacy = read(COMPONENTS).components
        assert (store.name, store.modified, store.purpose, store.location) == ("Store", False, "keep it", "`a.py`")
        assert (store.dependencies, store.dependents, store.line) == ("", "page,\n  report", 5)
        assert (page.name, page.modified, page.current, page.change, page.risk) == (
            "Page",
            True,
            "forgets",
            "offers:\n- a list",
            "Low",
        )
        assert [field.name for field in page.fields] == ["Current", "Change", "Risk", "Owner"]
        assert (legacy.name, legacy.modified) == ("Legacy", True)

    def test_may_stand_right_below_the_section(self) -> None:
        (component,) = read("## Components\n\n### Store\n\n- **Purpose:** x\n\n### Empty\n").components
        assert (component.name, component.purpose) == ("Store", "x")


DATA = """\
## 3. Data Model

### 3.1 New Entities

#### Entity: Search

Kept for a year.

```sql
create table search (
  id integer
)
```

#### Entity: Tag

A word.

### 3.2 Modified Entities

#### Entity: User

- **Current fields:** name
- **New fields:** tag
- **Migration notes:** nullable

### 3.3 Data Flow

Here and there.
"""


class TestData:
    def test_entities_have_schema_or_fields(self) -> None:
        search, tag, user = read(DATA).entities
        assert (search.name, search.modified, search.schema) == (
            "Search",
            False,
            "create table search (\n  id integer\n)",
        )
        assert (tag.schema, tag.modified) == ("A word.", False)
        assert (user.modified, user.current_fields, user.new_fields, user.migration_notes, user.schema) == (
            True,
            "name",
            "tag",
            "nullable",
            "",
        )

    def test_the_flow_is_no_entity(self) -> None:
        assert read(DATA).data_flow == "Here and there."
        assert read("## Data Model\n\n#### Data Flow: all\n\ntext\n").entities == ()
        assert read("## Data Model\n").data_flow == ""

    @pytest.mark.parametrize(("fence", "schema"), [("```\nx", "x"), ("```\n```", "")])
    def test_an_odd_fence_is_read_as_far_as_it_goes(self, fence: str, schema: str) -> None:
        (entity,) = read(f"## Data Model\n\n### New\n\n#### Search\n\n{fence}\n").entities
        assert entity.schema == schema


API = """\
## 4. API Contracts

### 4.1 New Endpoints/Methods

#### POST /searches

- **Purpose:** save one
- **Input:** `{ q }`
- **Output:** it
- **Errors:** 400

### 4.2 Modified Endpoints

#### `GET /me`

- **Current behavior:** user
- **New behavior:** user and tag
- **Breaking:** {}
"""


class TestEndpoints:
    @pytest.mark.parametrize(
        ("raw", "breaking"),
        [
            ("Yes", True),
            ("**Yes** — the shape", True),
            ("true", True),
            ("No", False),
            ("Not for users", False),
            ("", False),
        ],
    )
    def test_say_whether_they_break(self, raw: str, breaking: bool) -> None:
        post, get = read(API.replace("{}", raw)).endpoints
        assert (post.name, post.purpose, post.input, post.output, post.errors) == (
            "POST /searches",
            "save one",
            "`{ q }`",
            "it",
            "400",
        )
        assert (post.modified, post.breaking) == (False, False)
        assert (get.name, get.modified, get.current_behavior, get.new_behavior) == (
            "GET /me",
            True,
            "user",
            "user and tag",
        )
        assert (get.breaking, get.breaking_raw) == (breaking, raw)


class TestTesting:
    def test_has_four_parts(self) -> None:
        testing = read(
            "## 6. Testing Strategy\n### 6.1 Unit Tests\n- a\n### Integration Tests\n- b\n### E2E\nc\n### Test Data\nd\n\n---\n\n## 7. X\n"
        ).testing
        assert (testing.unit, testing.integration, testing.end_to_end, testing.data) == ("- a", "- b", "c", "d")

    def test_may_lack_all_of_them(self) -> None:
        assert read("## Testing\ntext\n").testing.unit == ""


class TestOthers:
    def test_unknown_sections_are_kept_as_text(self) -> None:
        plan = read("# T\n\n## 9. File Structure\n\ntext\n\n### Sub\n\nmore\n\n---\n\n## Changelog\n")
        assert [(part.name, part.level, part.line, part.text) for part in plan.sections] == [
            ("File Structure", 2, 3, "text\n\n### Sub\n\nmore"),
            ("Changelog", 2, 13, ""),
        ]

    def test_those_that_hold_phases_or_risks_are_not(self) -> None:
        plan = read(
            "## Roadmap\n### Phase 1: x\n- a\n## Notes\n### Risks\n| Risk | Impact |\n|---|---|\n| a | H |\n## Phase 2: y\n- b\n"
        )
        assert plan.sections == ()

    def test_known_ones_are_not_even_when_empty(self) -> None:
        plan = read(
            "## Architecture\n## Components\n## Data Model\n## API\n## Implementation Phases\n## Testing\n## Risks\n## Open Questions\n"
        )
        assert plan.sections == ()
