"""A new plan from ``templates/plan.md.j2``, for ``plansync new``."""

from __future__ import annotations

from datetime import date

from plansync.rendering.faults import translated
from plansync.rendering.locate import templates_dir
from plansync.rendering.sandbox import make_environment, make_loader

_TEMPLATE = "plan.md.j2"


def new_plan(title: str, feature_id: str, spec: str, created: date | str) -> str:
    """Return the text of a plan with all eight sections, its placeholders in braces, Status Draft."""
    with translated(_TEMPLATE):
        template = make_environment(make_loader(None, templates_dir())).get_template(_TEMPLATE)
        filled = template.render(title=title, feature_id=feature_id, spec=spec, date=str(created))
    return filled.rstrip("\n") + "\n"
