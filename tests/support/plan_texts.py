"""Short ways to write a plan down in a test and to see what the reader made of it."""

from __future__ import annotations

from textwrap import dedent

from plansync.core.model import Item, Phase, Plan
from plansync.core.parser import parse_plan
from plansync.core.text import Edit, apply_edits

ISSUE = "https://tracker.example/acme/web/issues/12"
LINK = f"[#12]({ISSUE})"
MILESTONE = "[m](https://tracker.example/acme/web/milestone/3)"


def read(text: str) -> Plan:
    """Return the plan that ``text``, indented as the test is, holds."""
    return parse_plan(dedent(text).encode())


def read_phase(body: str, heading: str = "### Phase 1: Base") -> Phase:
    """Return the one phase whose lines below the heading are ``body``."""
    plan = parse_plan(f"# P\n\n## Implementation Phases\n\n{heading}\n\n{dedent(body)}".encode())
    (phase,) = plan.phases
    return phase


def titles(items: tuple[Item, ...]) -> list[str]:
    """Return the texts of ``items``."""
    return [item.text for item in items]


def codes(plan: Plan) -> list[str]:
    """Return the codes of the plan's Problems, but for those that nearly every short example has."""
    return [problem.code for problem in plan.problems if problem.code not in {"PS104", "PS106", "PS201", "PS208"}]


def edited(text: str, *edits: Edit) -> str:
    """Return ``text``, indented as the test is, with ``edits``."""
    return apply_edits(dedent(text).encode(), edits).decode()
