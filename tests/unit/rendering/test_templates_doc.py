"""The guide to templates names every file and every variable, and none that does not exist."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from plansync.core import facts
from plansync.rendering.locate import templates_dir

GUIDE = (templates_dir().parent / "docs" / "templates.md").read_text(encoding="utf-8")
VARIABLES = {
    "task": facts.TaskFacts,
    "risk": facts.RiskFacts,
    "question": facts.QuestionFacts,
    "milestone": facts.MilestoneFacts,
    "tracking": facts.TrackingFacts,
    "commit": facts.CommitFacts,
    "request": facts.RequestFacts,
    "written": facts.WrittenFacts,
    "plan": facts.PlanFacts,
    "phase": facts.PhaseFacts,
    "detail": facts.DetailFacts,
    "dependency": facts.DependencyFacts,
    "component": facts.ComponentFacts,
    "endpoint": facts.EndpointFacts,
}


@pytest.mark.parametrize("name", VARIABLES)
def test_the_guide_names_every_field_and_no_other(name: str) -> None:
    rows = "\n".join(line for line in GUIDE.splitlines() if line.startswith("| "))
    documented = set(re.findall(rf"`{name}\.([a-z_]+)`", rows))
    assert documented == {field.name for field in fields(VARIABLES[name])}


def test_the_guide_names_every_template() -> None:
    shipped = {path.relative_to(templates_dir()).as_posix() for path in (templates_dir() / "issues").glob("*.j2")}
    documented = set(re.findall(r"`(issues/[a-z.0-9]+\.j2)`", GUIDE))
    assert documented == shipped
