"""Plan files for the commands that only read: those named on the command line, or all that the targets have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.cli.options import Invocation
from plansync.cli.targets import check_file, shown_path
from plansync.cli.workplace import read_settings

if TYPE_CHECKING:
    from plansync.ports.source import Content, Unreadable


def read_files(invocation: Invocation, plans: Sequence[Path]) -> Iterator[Content | Unreadable]:
    """Yield plan files under the paths that lead to them from the working folder.

    A named file need not belong to any target; it is read as it is. No state is opened and nothing is made on disk.
    """
    from plansync.bootstrap import open_folder
    from plansync.bootstrap.sources import open_sources

    settings = read_settings(invocation)
    for plan in plans:
        check_file(plan)
    for plan in plans:
        real = plan.resolve()
        yield replace(open_folder(settings, real.parent).read(real.name), path=plan.as_posix())
    for source in () if plans else open_sources(settings, settings.targets, read_only=True):
        for path in source.list():
            yield replace(source.read(path), path=shown_path(source, path))
