"""The plan that the demo shows, and the one that `plansync new` writes, as the reader reads them."""

from __future__ import annotations

from plansync.core.parser import parse_plan
from plansync.rendering.locate import examples_dir
from plansync.rendering.plans import new_plan


def test_the_example_is_a_whole_plan_without_problems() -> None:
    plan = parse_plan((examples_dir() / "plans" / "saved-searches.md").read_bytes())
    assert plan.problems == ()
    assert [len(phase.tasks) for phase in plan.phases] == [4, 4, 4]
    assert [phase.depends_on for phase in plan.phases] == [(), ("1",), ("2",)]
    assert (len(plan.risks), len(plan.questions), len(plan.components), len(plan.endpoints)) == (5, 2, 4, 3)
    assert all(risk.score for risk in plan.risks)
    assert [endpoint.name for endpoint in plan.endpoints if endpoint.breaking] == ["GET /products"]


def test_a_new_plan_has_phases_and_no_tasks_yet() -> None:
    plan = parse_plan(new_plan("Gift cards", "015-gift-cards", "spec.md", "2026-03-09").encode())
    assert (plan.title, plan.feature_id, plan.created) == ("Gift cards", "015-gift-cards", "2026-03-09")
    assert plan.status is not None
    assert plan.status.raw == "Draft"
    assert [phase.id for phase in plan.phases] == ["1", "2"]
    assert plan.items == ()
