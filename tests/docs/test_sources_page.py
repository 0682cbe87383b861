"""The guide to sources shows what is really written."""

from __future__ import annotations

from pathlib import Path

from plansync.core.facts import RequestFacts, WrittenFacts
from plansync.rendering.renderer import TemplateRenderer

PAGE = (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")


def test_the_text_of_a_request_is_shown_as_it_is_rendered() -> None:
    plans = tuple(WrittenFacts(path=f"plans/{name}.md", links=3, boxes=0, status="") for name in ("other", "plan"))
    text = TemplateRenderer().render(RequestFacts(target="web", plans=plans))
    assert text.title == "docs: sync plans of web with the tracker"
    assert f"```markdown\n{text.body}\n```" in PAGE
