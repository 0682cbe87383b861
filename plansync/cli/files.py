"""Plan files for the commands that need no tracker: those named on the command line, or all that the targets have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.cli.options import Invocation
from plansync.cli.targets import check_file, root_of, shown_path
from plansync.cli.workplace import read_settings
from plansync.core.together import beside, group_of

if TYPE_CHECKING:
    from plansync.app.shelf import Shelf
    from plansync.core.rules import StatusWords
    from plansync.ports.source import Content, Unreadable
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan on the command line: its ``files`` on a shelf, how they are ``shown`` from the working folder, its target.

    Its main file is the first.
    """

    shelf: Shelf
    files: tuple[str, ...]
    shown: tuple[str, ...]
    target: TargetSettings

    @property
    def is_local(self) -> bool:
        """Say whether it lies in a folder here, and not in a repository elsewhere."""
        return root_of(self.shelf.source) is not None

    def read(self) -> tuple[Content | Unreadable, ...]:
        """Return its files under the paths that lead to them from the working folder."""
        read = zip(self.shelf.read_each(self.files), self.shown, strict=True)
        return tuple(replace(file, path=shown) for file, shown in read)

    def words(self, settings: Settings) -> StatusWords:
        """Return the Status words of its target."""
        from plansync.settings.plain import rules_for

        return rules_for(settings, self.target).status_words


def read_files(invocation: Invocation, plans: Sequence[Path]) -> Iterator[tuple[Content | Unreadable, ...]]:
    """Return the files of plans, the main one first, under the paths that lead to them from the working folder.

    A named file need not belong to any target; it is read as it is, with those in its folder that belong together with
    it. No state is opened and nothing is made on disk.
    """
    return (plan.read() for plan in find_plans(read_settings(invocation), plans))


def find_plans(settings: Settings, plans: Sequence[Path]) -> Iterator[FoundPlan]:
    """Yield the plans whose files :func:`read_files` reads."""
    from plansync.app.shelf import Shelf
    from plansync.bootstrap.sources import open_sources

    for plan in plans:
        check_file(plan)
    yield from _named(settings, plans)
    sources = () if plans else open_sources(settings, settings.targets, read_only=True)
    for source, target in zip(sources, settings.targets, strict=False):
        shelf = Shelf(source, target.source.together)
        for files in shelf.plans().values():
            yield FoundPlan(shelf, files, tuple(shown_path(source, path) for path in files), target)


def _named(settings: Settings, plans: Sequence[Path]) -> Iterator[FoundPlan]:
    """Yield each plan that is named, by whichever of its files, once."""
    from plansync.app.shelf import Shelf
    from plansync.bootstrap import open_folder

    done: set[str] = set()
    for plan in plans:
        real = plan.resolve()
        target = _target_of(settings, real)
        files = tuple(_with_others(plan, real, target))
        shown = tuple(beside(plan.as_posix(), name) for name in files) if len(files) > 1 else (plan.as_posix(),)
        if done.isdisjoint(shown):
            yield FoundPlan(Shelf(open_folder(settings, real.parent)), files, shown, target)
        done.update(shown)


def _with_others(plan: Path, real: Path, target: TargetSettings) -> Iterator[str]:
    """Yield the names of the plan's files in the folder of ``real``; beside a link there are no others."""
    is_link = real != plan.parent.resolve() / plan.name
    for name in (real.name,) if is_link else group_of(real.name, target.source.together):
        if name == real.name or (real.parent / name).is_file():
            yield name


def _target_of(settings: Settings, plan: Path) -> TargetSettings:
    """Return the first target whose folder holds ``plan``, else the first of all."""
    from plansync.settings.plain import source_path

    folders = ((source_path(settings, target), target) for target in settings.targets if target.source.kind == "folder")
    return next((target for folder, target in folders if plan.is_relative_to(folder.resolve())), settings.targets[0])
