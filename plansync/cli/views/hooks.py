"""What ``plansync webhook`` did or found: one line a target, warnings and what to do below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plansync.app.hooking import Posted
from plansync.cli.lines import Line, Role


def posted_lines(one: Posted, width: int, *, detailed: bool = False) -> Iterator[Line]:
    """Yield what became of one target, whose name takes ``width`` columns; ``detailed``: with address and events."""
    mark, role = {True: ("✓", Role.ADDED), False: ("✗", Role.BAD), None: ("-", Role.FAINT)}[one.ok]
    yield Line(f"{one.target:<{width}}  {mark} {' '.join(one.message.split())}", role)
    if detailed and one.url:
        yield Line(f"  address  {one.url}")
    if detailed and one.hook is not None:
        yield Line(f"  events   {', '.join(one.hook.events) or 'none'}")
    for warning in one.warnings:
        yield Line(f"  ! {warning}", Role.CHANGED)
    if one.hint:
        yield Line(f"  → {' '.join(one.hint.split())}")


def fault_of(one: Posted) -> tuple[str, str]:
    """Return message and hint of a target that failed."""
    return f"{one.target}: {one.message}", one.hint


def as_plain(one: Posted, secrets: int) -> dict[str, Any]:
    """Return what was found at one target as JSON has it; ``secrets`` are how many are configured for its host."""
    hook = one.hook
    return {
        "target": one.target,
        "tracker": one.kind,
        "project": one.project,
        "ok": one.ok,
        "installed": hook is not None,
        "active": hook.active if hook is not None else None,
        "url": one.url,
        "events": list(hook.events) if hook is not None else [],
        "last_answer": one.last,
        "secrets": secrets,
        "message": one.message,
        "hint": one.hint,
        "warnings": list(one.warnings),
    }
