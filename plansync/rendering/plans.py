"""A new plan from ``templates/plan.md.j2`` or a team's own template, for ``plansync new``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from plansync.rendering.faults import translated
from plansync.rendering.locate import templates_dir
from plansync.rendering.sandbox import counted_steps, make_environment, make_loader

_TEMPLATE = "plan.md.j2"


def new_plan(title: str, feature_id: str, spec: str, created: date | str, template: Path | None = None) -> str:
    """Return the text of a plan with all eight sections, its placeholders in braces, Status Draft.

    ``template`` is a Jinja2 template of the user's own to make it from, with the same variables. Raises
    ``TemplateError`` for what is wrong in it.
    """
    name = template.name if template is not None else _TEMPLATE
    folder = template.absolute().parent if template is not None else None
    with translated(name), counted_steps():
        found = make_environment(make_loader(folder, templates_dir())).get_template(name)
        filled = found.render(title=title, feature_id=feature_id, spec=spec, date=str(created))
    return filled.rstrip("\n") + "\n"
