"""Plan files for the commands that need no tracker: those named on the command line, or all that the targets have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.cli.options import Invocation
from plansync.cli.targets import check_file, root_of, shown_path
from plansync.cli.workplace import read_settings

if TYPE_CHECKING:
    from plansync.core.rules import StatusWords
    from plansync.ports.source import Content, Source, Unreadable
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file: its ``path`` in a source, how it is ``shown`` from the working folder, and its target."""

    source: Source
    path: str
    shown: str
    target: TargetSettings

    @property
    def is_local(self) -> bool:
        """Say whether it lies in a folder here, and not in a repository elsewhere."""
        return root_of(self.source) is not None

    def read(self) -> Content | Unreadable:
        """Return the file under the path that leads to it from the working folder."""
        return replace(self.source.read(self.path), path=self.shown)

    def words(self, settings: Settings) -> StatusWords:
        """Return the Status words of its target."""
        from plansync.settings.plain import rules_for

        return rules_for(settings, self.target).status_words


def read_files(invocation: Invocation, plans: Sequence[Path]) -> Iterator[Content | Unreadable]:
    """Return plan files under the paths that lead to them from the working folder.

    A named file need not belong to any target; it is read as it is. No state is opened and nothing is made on disk.
    """
    return (file.read() for file in find_files(read_settings(invocation), plans))


def find_files(settings: Settings, plans: Sequence[Path]) -> Iterator[PlanFile]:
    """Yield the plan files, as :func:`read_files` reads them."""
    from plansync.bootstrap import open_folder
    from plansync.bootstrap.sources import open_sources

    for plan in plans:
        check_file(plan)
    for plan in plans:
        real = plan.resolve()
        yield PlanFile(open_folder(settings, real.parent), real.name, plan.as_posix(), _target_of(settings, real))
    sources = () if plans else open_sources(settings, settings.targets, read_only=True)
    for source, target in zip(sources, settings.targets, strict=False):
        for path in source.list():
            yield PlanFile(source, path, shown_path(source, path), target)


def _target_of(settings: Settings, plan: Path) -> TargetSettings:
    """Return the first target whose folder holds ``plan``, else the first of all."""
    from plansync.settings.plain import source_path

    folders = ((source_path(settings, target), target) for target in settings.targets if target.source.kind == "folder")
    return next((target for folder, target in folders if plan.is_relative_to(folder.resolve())), settings.targets[0])
