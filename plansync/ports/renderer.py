"""The renderer port: facts in, texts out, by users' templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from plansync.core.facts import Facts, NoteFacts


@dataclass(frozen=True, slots=True)
class Text:
    """Title (one line) and body of an issue, a milestone, a commit or a request; LF line ends, no outer blank lines."""

    title: str
    body: str


class Renderer(Protocol):
    """Renders texts from templates. Any method may raise ``TemplateError``."""

    @property
    def fingerprint(self) -> str:
        """Return a digest that changes whenever a template of issues or milestones changes."""

    def render(self, facts: Facts | NoteFacts) -> Text:
        """Return title and body for ``facts``; which templates is decided by its type."""
