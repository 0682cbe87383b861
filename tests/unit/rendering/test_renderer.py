"""What issues and milestones read, by the shipped templates and by a user's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from plansync.core.facts import (
    ComponentFacts,
    DependencyFacts,
    DetailFacts,
    EndpointFacts,
    Facts,
    MilestoneFacts,
    PhaseFacts,
    PlanFacts,
    QuestionFacts,
    RiskFacts,
    TaskFacts,
    TrackingFacts,
)
from plansync.core.identity import ItemKey
from plansync.core.model import Level
from plansync.core.refs import reference
from plansync.errors import TemplateError
from plansync.ports.renderer import Text
from plansync.rendering.renderer import TemplateRenderer

PLAN = PlanFacts("Saved searches", "014", "specs/014.md", "plans/s.md", "plans/s.md#phase-1-saving")
PHASE = PhaseFacts("1", "Saving", "Phase 1: Saving", "Keep searches.", "A search is kept.", ("Phase 0: Start",), 3)
STORE = ComponentFacts("Store", True, "", "`src/store.py`", "Keeps more:\n\n- names\n- queries", "Low")
BARE = TaskFacts(
    text="Add the `search` table",
    id="",
    plan=PLAN,
    phase=None,
    body="",
    details=(),
    dependencies=(),
    components=(),
    endpoints=(),
    files=(),
    assignee="",
    label="",
    size="",
    repo="",
)
LINK = reference(ItemKey("t-1"), "Choose a database")
FULL = replace(
    BARE,
    id="T002",
    phase=PHASE,
    body="Names are unique.\n\n```sql\ncreate table search\n```",
    details=(DetailFacts("migration", 0, True), DetailFacts("way back", 1, False)),
    dependencies=(DependencyFacts("T001", "Choose a database", LINK),),
    components=(STORE,),
    endpoints=(EndpointFacts("GET /products", True, "", "", "", "", "takes `f`", "takes `filters`", True),),
    files=("src/@shop/table.sql", "see `a.py`"),
    assignee="ann",
    label="backend",
    size="S",
    repo="acme/web",
)
RISK = RiskFacts(
    text="The job is slow",
    id="",
    plan=PLAN,
    likelihood="M | maybe",
    impact="",
    likelihood_level=Level.MEDIUM,
    impact_level=None,
    score=None,
    priority="",
    body="",
    mitigation=(),
    owner="",
    components=(),
)


def render(facts: Facts) -> Text:
    return TemplateRenderer().render(facts)


def test_a_task_with_everything() -> None:
    text = render(FULL)
    assert text.title == "Add the `search` table"
    assert (
        text.body
        == f"""\
Add the `search` table

Names are unique.

```sql
create table search
```

### Why

Keep searches.

### To do

- [x] migration
  - [ ] way back

### Deliverable of the phase

A search is kept.

### Depends on

- {LINK}

### Where

- `src/@shop/table.sql`
- see `a.py`

#### Store (modified)

- **Location:** `src/store.py`
- **Change:**

  Keeps more:

  - names
  - queries

- **Risk:** Low

#### GET /products (modified)

- **Breaking change:** existing callers must be told
- **Today:** takes `f`
- **From now on:** takes `filters`

---

- **Plan:** `plans/s.md#phase-1-saving`
- **Spec:** `specs/014.md`
- **Phase:** Phase 1: Saving
- **Id:** T002
- **Size:** S
- **Label:** backend
- **Suggested assignee:** ann
- **Repository:** acme/web"""
    )


def test_a_task_with_nothing_but_its_text_has_no_empty_headings() -> None:
    assert render(BARE).body == (
        "Add the `search` table\n\n---\n\n- **Plan:** `plans/s.md#phase-1-saving`\n- **Spec:** `specs/014.md`"
    )


def test_a_phase_without_goal_and_deliverable_is_named_only() -> None:
    body = render(replace(BARE, phase=replace(PHASE, goal="", deliverable=""))).body
    assert "###" not in body
    assert body.endswith("- **Phase:** Phase 1: Saving")


def test_a_task_added_to_the_phase_changes_no_other_text() -> None:
    more = replace(PHASE, tasks=4)
    assert render(replace(FULL, phase=more)) == render(FULL)
    assert render(MilestoneFacts(plan=PLAN, phase=more)) == render(MilestoneFacts(plan=PLAN, phase=PHASE))


def test_a_risk_with_everything() -> None:
    risk = replace(
        RISK,
        impact="High",
        impact_level=Level.HIGH,
        score=6,
        priority="high",
        body="It waits for locks.",
        mitigation=(DetailFacts("batches", 0, False), DetailFacts("stop at 08:00", 0, True)),
        owner="bo",
        components=(replace(STORE, change="Keeps more"),),
    )
    assert render(risk) == Text(
        "Risk: The job is slow",
        """\
The job is slow

It waits for locks.

| Likelihood | Impact | Score |
| --- | --- | --- |
| M \\| maybe | High | 6 of 9 (high) |

### Mitigation

- [ ] batches
- [x] stop at 08:00

### Affected

#### Store (modified)

- **Location:** `src/store.py`
- **Change:** Keeps more
- **Risk:** Low

---

- **Plan:** `plans/s.md#phase-1-saving`
- **Spec:** `specs/014.md`
- **Owner:** bo""",
    )


def test_a_risk_whose_level_is_unreadable_has_a_dash_for_its_score() -> None:
    assert "| M \\| maybe | – | – |\n" in render(RISK).body


def test_a_level_of_one_letter_is_spelled_out() -> None:
    risk = replace(RISK, likelihood="M", impact="?")
    assert "| Medium | ? | – |\n" in render(risk).body


def test_a_risk_without_levels_has_no_table() -> None:
    assert "|" not in render(replace(RISK, likelihood="")).body


def test_a_question_says_how_it_is_answered() -> None:
    question = QuestionFacts(text="Which hour?", id="Q1", plan=PLAN, details=(DetailFacts("06:00", 0, False),))
    assert render(question) == Text(
        "Which hour?",
        """\
Which hour?

### Details

- [ ] 06:00

Answer in a comment; whoever decides closes the issue.

---

- **Plan:** `plans/s.md#phase-1-saving`
- **Spec:** `specs/014.md`
- **Id:** Q1""",
    )


def test_a_milestone_says_what_its_phase_is_for() -> None:
    assert render(MilestoneFacts(plan=PLAN, phase=PHASE)) == Text(
        "Saved searches: Phase 1: Saving",
        """\
Keep searches.

**Depends on**

- Phase 0: Start

**Deliverable**

A search is kept.

- **Plan:** `plans/s.md#phase-1-saving`
- **Spec:** `specs/014.md`""",
    )


def test_a_milestone_of_a_plan_without_phases_is_named_after_the_plan() -> None:
    plan = replace(PLAN, spec="", place="plans/s.md")
    assert render(MilestoneFacts(plan=plan, phase=None)) == Text("Saved searches", "- **Plan:** `plans/s.md`")


def test_a_title_is_one_line_and_keeps_references_to_come(tmp_path: Path) -> None:
    own = _folder(tmp_path, {"task.title.j2": "\n {{ task.text }}\n\t ({{ task.dependencies[0].link }}) \n"})
    assert TemplateRenderer(own).render(FULL).title == f"Add the `search` table ({LINK})"


def test_one_file_of_a_users_folder_goes_before_the_shipped_one(tmp_path: Path) -> None:
    own = _folder(tmp_path, {"task.md.j2": "\r\n\n  Do: {{ task.text }}  \r\n\r\n"})
    mine, shipped = TemplateRenderer(own), TemplateRenderer()
    assert mine.render(FULL).body == "  Do: Add the `search` table"
    assert mine.render(FULL).title == shipped.render(FULL).title
    assert mine.render(RISK) == shipped.render(RISK)


def test_a_users_template_may_use_the_shipped_parts(tmp_path: Path) -> None:
    own = _folder(tmp_path, {"task.md.j2": '{% import "issues/parts.md.j2" as p %}{{ p.checklist(task.details) }}'})
    assert TemplateRenderer(own).render(FULL).body == "- [x] migration\n  - [ ] way back"


def test_an_empty_text_is_allowed(tmp_path: Path) -> None:
    own = _folder(tmp_path, {"task.md.j2": "\n \n"})
    assert TemplateRenderer(own).render(FULL).body == ""


def test_the_fingerprint_changes_with_any_template_in_use(tmp_path: Path) -> None:
    shipped = TemplateRenderer().fingerprint
    assert TemplateRenderer(_folder(tmp_path / "none", {"other.txt": "x"})).fingerprint == shipped
    assert TemplateRenderer(_folder(tmp_path / "one", {"task.md.j2": "x"})).fingerprint != shipped
    assert TemplateRenderer(_folder(tmp_path / "parts", {"parts.md.j2": "x"})).fingerprint != shipped


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"template folder .*/nowhere: there is no such folder"):
        TemplateRenderer(tmp_path / "nowhere")


def _folder(path: Path, files: dict[str, str]) -> Path:
    (path / "issues").mkdir(parents=True)
    for name, text in files.items():
        (path / "issues" / name).write_text(text, encoding="utf-8", newline="")
    return path


def test_a_tracking_issue_names_the_phases_and_not_how_many_tasks_they_have() -> None:
    plan = replace(PLAN, place=PLAN.path)
    text = render(TrackingFacts(plan=plan, phases=(PHASE, replace(PHASE, heading="Phase 2: Sharing"))))
    assert text.title == "Saved searches"
    assert (
        text.body
        == """\
This issue stands for the whole plan. Its tasks have issues of their own.

### Phases

- Phase 1: Saving
- Phase 2: Sharing

---

- **Plan:** `plans/s.md`
- **Spec:** `specs/014.md`"""
    )
    more = replace(PHASE, tasks=4)
    assert render(TrackingFacts(plan=plan, phases=(more,))) == render(TrackingFacts(plan=plan, phases=(PHASE,)))
    assert "Phases" not in render(TrackingFacts(plan=plan, phases=())).body
