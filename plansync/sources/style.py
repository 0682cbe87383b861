"""How commits of plansync look, wherever they are made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plansync.errors import ConfigError

_AUTHOR = re.compile(r"([^<>\x00-\x1f\x7f]*[^<>\x00-\x20\x7f]) *<([^<>\s\x00-\x1f\x7f]+)>")
RUN_TRAILER = "Plansync-Run"
"""What commits of ours are known by."""


@dataclass(frozen=True, slots=True)
class Style:
    """How commits look. ``author`` reads ``Name <mail>``."""

    author: str = "plansync <plansync@localhost>"
    sign_off: bool = False
    skip_ci: bool = False

    def identity(self) -> tuple[str, str]:
        """Return name and mail; ``ConfigError`` where the author is written otherwise."""
        match = _AUTHOR.fullmatch(self.author)
        if match is None:
            raise ConfigError(f"{self.author!r} is no author", hint='write "Name <mail@example.com>"')
        return match[1], match[2]

    def message(self, text: str, run: str) -> str:
        """Return a commit's message: ``text`` with what this style adds, and the trailers."""
        subject, _, body = text.replace("\0", "").strip().partition("\n")
        name, mail = self.identity()
        subject += " [skip ci]" if self.skip_ci else ""
        trailers = [f"{RUN_TRAILER}: {run}"] if run else []
        trailers += [f"Signed-off-by: {name} <{mail}>"] if self.sign_off else []
        return "\n\n".join(part for part in (subject, body.strip("\n"), "\n".join(trailers)) if part) + "\n"
