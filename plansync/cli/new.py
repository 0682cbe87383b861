"""``plansync new``: a new plan from the template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.lines import Line
from plansync.cli.options import Invocation
from plansync.cli.parameters import option
from plansync.cli.targets import check_file
from plansync.errors import SourceError, UsageError

if TYPE_CHECKING:
    from plansync.core.filling import Blanks
    from plansync.settings import Settings

_HEADER_BYTES = 4096
_FEATURE_ID = re.compile(rb"Feature ID\W+(\d[\w-]*)", re.IGNORECASE)


def new(
    invocation: Invocation,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What the plan is about.", show_default=False)],
    output: Annotated[
        Path | None,
        option("--output", "Write this file, not one beside the other plans.", metavar="FILE"),
    ] = None,
    template: Annotated[
        Path | None,
        option("--from", "Fill in this template of your own: Markdown, or Jinja2 if it ends in .j2.", metavar="FILE"),
    ] = None,
) -> None:
    """Write a new plan from the template.

    It has the title, the next free Feature ID, today's date and the Status Draft; its path is printed.
    """
    from plansync.app.new import feature_id
    from plansync.cli.workplace import read_settings
    from plansync.core.filling import Blanks

    words = " ".join(title.split())
    if not words:
        raise UsageError("the title is empty", hint='say what the plan is about: plansync new "Search for tasks"')
    settings = read_settings(invocation)
    folder = _folder_for_plans(settings)
    identity = feature_id(words, _taken(folder))
    path = output or folder / f"{identity}.md"
    today = datetime.now().astimezone().date()
    blanks = Blanks(words, identity, f"specs/{identity}/spec.md", str(today))
    create_file(path, _text(settings, template, blanks))
    invocation.terminal.show([Line(shown(path))])


def _text(settings: Settings, template: Path | None, blanks: Blanks) -> str:
    from plansync.rendering.plans import new_plan

    if template is not None:
        check_file(template)
        if template.suffix != ".j2":
            return _filled(settings, template, blanks)
    return new_plan(blanks.title, blanks.feature_id, blanks.spec, blanks.date, template)


def _filled(settings: Settings, template: Path, blanks: Blanks) -> str:
    """Return the plan that a Markdown template makes, in its own line ends."""
    from plansync.app.new import plan_from
    from plansync.bootstrap import open_folder
    from plansync.core.parser import parse_plan

    real = template.resolve()
    file = replace(open_folder(settings, real.parent).read(real.name), path=template.as_posix())
    return plan_from(file, blanks, parse_plan).decode()


def shown(path: Path) -> str:
    """Return ``path`` from the working folder where it lies below it, else as it is."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def create_file(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a new file and the folders above it; a file that is there stays, unless it may be replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if replace else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        if path.exists():
            raise UsageError(f"{path} exists already", hint="nothing was written; name another file") from error
        raise SourceError(f"{path}: cannot be written: {error.strerror}") from error


def _folder_for_plans(settings: Settings) -> Path:
    from plansync.app.new import home_of_plans
    from plansync.settings.plain import source_path

    first = settings.targets[0]
    root = source_path(settings, first) if first.source.kind == "folder" else settings.place.root
    return root / home_of_plans(first.source.include)


def _taken(folder: Path) -> Iterator[str]:
    """Yield the names and Feature IDs of the plans below ``folder``."""
    for path in sorted(folder.rglob("*.md")):
        yield path.relative_to(folder).as_posix()
        try:
            with path.open("rb") as file:
                header = file.read(_HEADER_BYTES)
        except OSError:
            continue
        yield from (found.decode("utf-8", "replace") for found in _FEATURE_ID.findall(header))
