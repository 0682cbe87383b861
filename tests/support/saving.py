"""Saving to a source as tests do it: one file, with a note of no importance."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from plansync.ports.source import Content, Note, Replacement, Saved, Source


def message(paths: Collection[str]) -> str:
    """Return what a commit may say."""
    return f"docs: {', '.join(sorted(paths))}\n"


def request(replacements: Sequence[Replacement]) -> str:
    """Return what a request for review may say."""
    return message([item.content.path for item in replacements])


NOTE = Note(run="run-1", target="web", trigger="once", message=message, request=request)


def save(source: Source, content: Content, data: bytes) -> Saved:
    """Save one file and return what became of it."""
    [answer] = source.save([Replacement(content, data)], NOTE)
    return answer
