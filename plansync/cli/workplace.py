"""From the command line to a wired workshop: read the configuration, open what it names, close it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plansync.cli.options import Invocation
from plansync.errors import UsageError

if TYPE_CHECKING:
    from plansync.app.request import Workshop
    from plansync.settings import Settings


def read_settings(invocation: Invocation) -> Settings:
    """Return the configuration that the command line, the environment and the file give together."""
    from plansync.settings import load_settings

    settings = load_settings(config=invocation.config)
    if invocation.plans_from is None:
        return settings
    from plansync.bootstrap.pages import relocated

    if not invocation.plans_from.is_dir():
        raise UsageError(f"--plans-from: {invocation.plans_from} is no folder", hint="name a checkout of the plans")
    return relocated(settings, invocation.plans_from)


def is_unconfigured(invocation: Invocation) -> bool:
    """Say whether no file configures plansync here: then a plan that is named is meant, wherever it lies."""
    return read_settings(invocation).place.file is None


@contextmanager
def opened(invocation: Invocation, *, read_only: bool = False) -> Iterator[Workshop]:
    """Wire the workshop that the invocation's configuration describes, for as long as the command runs."""
    from plansync.bootstrap import close_workshop, open_workshop

    workshop = open_workshop(read_settings(invocation), read_only=read_only)
    try:
        yield workshop
    finally:
        close_workshop(workshop)
