"""The renderer: the texts of issues, milestones, commits and requests from ``templates/``, or a user's own files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator
from functools import cached_property
from pathlib import Path
from typing import cast

from plansync.core.facts import (
    CommitFacts,
    Facts,
    MilestoneFacts,
    NoteFacts,
    QuestionFacts,
    RequestFacts,
    RiskFacts,
    TaskFacts,
    TrackingFacts,
)
from plansync.errors import TemplateError
from plansync.ports.renderer import Text
from plansync.rendering.faults import translated
from plansync.rendering.locate import templates_dir
from plansync.rendering.sandbox import OUTPUT_LIMIT, counted_steps, make_environment, make_loader

_FOLDER = "issues"
_KINDS = {
    TaskFacts: "task",
    RiskFacts: "risk",
    QuestionFacts: "question",
    MilestoneFacts: "milestone",
    TrackingFacts: "tracking",
}
"""Facts, and the name of their templates and of the variable in them."""
_NOTES = {CommitFacts: "commit", RequestFacts: "request"}
"""The same for texts that stand in one template, whose first line is the title."""
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")


class TemplateRenderer:
    """Renders with shipped templates; a file of the same name below ``folder`` goes before a shipped one."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None and not folder.is_dir():
            raise TemplateError(
                f"template folder {folder}: there is no such folder",
                hint="create it, or take it out of the configuration; single files in it replace shipped templates",
            )
        self._loader = make_loader(folder, templates_dir())
        self._environment = make_environment(self._loader)

    @cached_property
    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for name in sorted(self._environment.list_templates(extensions=["j2"])):
            if name.startswith(f"{_FOLDER}/"):
                with translated(name):
                    source = self._loader.get_source(self._environment, name)[0]
                digest.update(f"{name}\0{source}\0".encode())
        return digest.hexdigest()

    def render(self, facts: Facts | NoteFacts) -> Text:
        if isinstance(facts, NoteFacts):
            name = _NOTES[type(facts)]
            title, _, body = _outer_blank_lines_off(self._fill(f"{name}.md.j2", name, facts)).partition("\n")
            return Text(_BLANKS.sub(" ", title).strip(" "), _outer_blank_lines_off(body))
        kind = _KINDS[type(facts)]
        title = self._fill(f"{_FOLDER}/{kind}.title.j2", kind, facts)
        body = self._fill(f"{_FOLDER}/{kind}.md.j2", kind, facts)
        return Text(_BLANKS.sub(" ", title).strip(" "), _outer_blank_lines_off(body))

    def _fill(self, name: str, kind: str, facts: Facts | NoteFacts) -> str:
        with translated(name), counted_steps():
            template = self._environment.get_template(name)
            parts: list[str] = []
            length = 0
            stream = cast("Generator[str]", template.generate({kind: facts}))
            for part in stream:
                length += len(part)
                if length > OUTPUT_LIMIT:  # raised inside, where the line is known
                    stream.throw(OverflowError(f"writes more than {OUTPUT_LIMIT:,} characters"))
                parts.append(part)
            return "".join(parts)


def _outer_blank_lines_off(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip(" \t")]
    return "\n".join(line.rstrip(" \t") for line in lines[filled[0] : filled[-1] + 1]) if filled else ""
