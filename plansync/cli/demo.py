"""``plansync demo``: the whole story on a sample plan, through the same functions as the commands it names."""

from __future__ import annotations

import contextlib
import difflib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.lines import Line, Role
from plansync.cli.options import Invocation
from plansync.errors import PlansyncError, UsageError

if TYPE_CHECKING:
    from plansync.app.request import SyncRequest

_MARKER = ".made-by-plansync-demo"
_CONFIG = "plansync.toml"


def demo(
    invocation: Invocation,
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="The folder to make, or to make anew.")] = Path(
        ".demo"
    ),
) -> None:
    """Sync a sample plan step by step, in its own folder.

    Each step names the command that does the same. Only a folder that the demo made is ever made anew.
    """
    make_folder(folder)
    with contextlib.chdir(folder):
        _Story(replace(invocation, config=Path(_CONFIG)), folder).tell()


def make_folder(folder: Path) -> None:
    """Make the demo's folder anew; what the demo did not make itself is never removed."""
    from plansync.rendering.locate import config_dir, examples_dir

    if (folder / _MARKER).is_file():
        shutil.rmtree(folder)
    elif folder.exists():
        raise UsageError(f"{folder} exists and was not made by the demo", hint="name another folder with --dir")
    try:
        shutil.copytree(examples_dir() / "plans", folder / "plans")
        shutil.copyfile(config_dir() / "demo.toml", folder / _CONFIG)
        (folder / _MARKER).touch()
    except OSError as error:
        raise PlansyncError(f"{folder}: cannot be made: {error.strerror}") from error


class _Story:
    """The steps of the demo, told in the working folder."""

    def __init__(self, invocation: Invocation, folder: Path) -> None:
        self._invocation = invocation
        self._terminal = invocation.terminal
        self._folder = folder
        self._plan = next(iter(sorted(Path("plans").glob("*.md"))))

    def tell(self) -> None:
        """Preview, sync, close a phase's issues, sync again, and say where to look next."""
        from plansync.app.request import SyncRequest

        self._say(f"A sample plan stands in {self._folder / self._plan}. What would plansync do with it?")
        self._run("plansync preview", SyncRequest(dry_run=True, trigger="demo"))
        self._say("Nothing was changed so far. Now do it.")
        self._sync()
        self._say("Somebody works, and closes the issues of the first phase.")
        self._close_first_phase()
        self._say("The next sync takes that back into the plan.")
        self._sync()
        self._say("How far are we?")
        self._status()
        self._terminal.show(self._where_next())

    def _sync(self) -> None:
        from plansync.app.request import SyncRequest

        before = self._plan.read_text("utf-8")
        self._run("plansync once", SyncRequest(trigger="demo"))
        self._say(f"This is what changed in {self._plan}:")
        self._terminal.show(_diff(before, self._plan.read_text("utf-8"), self._plan))

    def _run(self, command: str, request: SyncRequest) -> None:
        from plansync.cli.runs import show_run

        self._prompt(command)
        report = show_run(self._invocation, (), None, request)
        if report.exit_code:
            raise PlansyncError("the demo stopped: its run is not in step", hint="see the report above")

    def _close_first_phase(self) -> None:
        from plansync.cli.local import close, opened_desk

        with opened_desk(self._invocation) as desk:
            issues = desk.list_issues("open")
        first = next(issue.milestone for issue in issues if issue.milestone)
        for issue in issues:
            if issue.milestone == first:
                self._prompt(f"plansync local close {issue.number}")
                close(self._invocation, issue.number)

    def _status(self) -> None:
        from plansync.cli.status import show_status

        self._prompt("plansync status --verbose")
        show_status(replace(self._invocation, terminal=replace(self._terminal, verbose=True)))

    def _prompt(self, command: str) -> None:
        self._terminal.show([Line(""), Line(f"$ {command}", Role.TITLE)])

    def _say(self, text: str) -> None:
        self._terminal.show([Line(""), Line(text, Role.FAINT)])

    def _where_next(self) -> Iterator[Line]:
        yield Line("")
        yield Line("Go on by yourself:", Role.TITLE)
        yield Line(f"  cd {self._folder}")
        if (programs := _programs_off_the_path()) is not None:
            yield Line(f'  export PATH="{programs}:$PATH"')
        yield Line("  plansync local list    the issues; `plansync local show 1` shows one of them")
        yield Line("  plansync preview       after you have changed something in the plan; then `plansync once`")
        yield Line("  cat plansync.toml      the configuration; `plansync init` writes one for your own project")


def _programs_off_the_path() -> Path | None:
    """Return the folder of this plansync where the shell would not find it, as from a virtual environment."""
    programs = Path(sys.executable).parent
    is_hidden = shutil.which("plansync") is None and (programs / "plansync").exists()
    return programs if is_hidden else None


def _diff(before: str, after: str, path: Path) -> Iterator[Line]:
    from plansync.cli.views.preview import diff_lines

    changed = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{path}", f"b/{path}", lineterm="", n=1)
    yield from diff_lines("\n".join(changed))
