"""Settings become a workshop of real adapters."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from plansync.app.request import Workshop
from plansync.bootstrap import SystemClock, close_workshop, open_workshop
from plansync.bootstrap import sources as wiring
from plansync.core.rules import Limits, Rules
from plansync.errors import ConfigError, StoreError, TemplateError
from plansync.ports.source import Content, Source
from plansync.ports.tracker import Asked
from plansync.settings import Settings, load_settings
from tests.support.git_remote import Remote


class Bench:
    """A project's folder, and workshops opened on it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack

    def settings(self, text: str = "") -> Settings:
        """Write plansync.toml and load it."""
        file = self.folder / "plansync.toml"
        file.write_text(text, "utf-8")
        return load_settings(config=file, environ={})

    def open(self, text: str = "", *, read_only: bool = False) -> Workshop:
        """Open a workshop, which is closed after the test."""
        workshop = open_workshop(self.settings(text), read_only=read_only)
        self._stack.callback(close_workshop, workshop)
        return workshop

    def plan(self, path: str) -> None:
        """Put a plan into the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# Implementation Plan: X\n\n**Status:** Draft\n", "utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(tmp_path, stack)


def open_sources(settings: Settings) -> tuple[Source, ...]:
    return wiring.open_sources(settings, settings.targets, read_only=True)


TWO = """
[[targets]]
name = "web"
source = { path = "web", include = ["*.md"] }
[[targets]]
name = "core"
source = { path = "%s", include = ["*.md"] }
tracker = { path = "core.db" }
"""


def test_the_default_workshop_reads_plans_and_keeps_issues_beside_them(bench: Bench) -> None:
    bench.plan("plans/a.md")
    workshop = bench.open()
    (target,) = workshop.targets
    assert target.source.list() == ["plans/a.md"]
    content = target.source.read("plans/a.md")
    assert isinstance(content, Content)
    assert workshop.parse(content.data).title == "X"
    assert target.tracker.observe(Asked()).issues == ()
    assert workshop.store.plans.load(target.project) == {}
    assert target.project == f"local:{bench.folder}/.plansync/tracker.db"
    assert (target.rules, target.limits) == (Rules(), Limits())
    assert target.renderer.fingerprint
    assert workshop.holder.count(":") == 2
    assert (bench.folder / ".plansync/.gitignore").read_text("utf-8") == "*\n"
    assert (bench.folder / ".plansync/state.db").exists()


def test_a_read_only_workshop_answers_as_an_empty_one_and_makes_nothing_on_disk(bench: Bench) -> None:
    bench.plan("plans/a.md")
    workshop = bench.open(read_only=True)
    (target,) = workshop.targets
    assert target.source.list() == ["plans/a.md"]
    assert target.tracker.observe(Asked()).issues == ()
    assert workshop.store.plans.load(target.project) == {}
    assert target.project == f"local:{bench.folder}/.plansync/tracker.db"
    assert not (bench.folder / ".plansync").exists()


def test_a_read_only_workshop_reads_the_databases_that_are_there(bench: Bench) -> None:
    bench.plan("plans/a.md")
    now = SystemClock().now()
    run = bench.open().store.journal.start("web", "once", now)
    assert [found.id for found in bench.open(read_only=True).store.journal.runs(None, 5)] == [run]


def test_a_read_only_workshop_says_what_is_wrong_with_a_database_it_cannot_look_at(bench: Bench) -> None:
    (bench.folder / ".plansync").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be opened"):
        bench.open(read_only=True)


def test_the_state_folder_is_made_only_if_something_lives_in_it(bench: Bench) -> None:
    text = '[state]\nurl = "sqlite:///s.db"\n[[targets]]\nname = "a"\ntracker = { path = "t.db" }\n'
    bench.open(text).targets[0].tracker.observe(Asked())
    made = {file.name for file in bench.folder.iterdir()}
    assert {"s.db", "t.db"} <= made
    assert ".plansync" not in made


def test_each_target_has_its_own_source_tracker_and_rules(bench: Bench) -> None:
    bench.plan("web/a.md")
    bench.plan("core/a.md")
    web, core = bench.open(TWO % "core" + "\n[sync]\nquestions = true\n[limits]\ncreates = 1\n").targets
    assert (web.name, core.name) == ("web", "core")
    assert web.source.uid != core.source.uid
    assert web.project != core.project
    assert core.rules.questions
    assert core.limits.creates == 1


def test_two_targets_on_one_tracker_file_share_the_project(bench: Bench) -> None:
    bench.plan("web/a.md")
    bench.plan("core/a.md")
    (bench.folder / "link.db").symlink_to(".plansync/tracker.db")
    web, core = bench.open((TWO % "core").replace("core.db", "link.db")).targets
    assert web.project == core.project


def test_one_file_in_two_targets_is_an_error_that_names_both(bench: Bench) -> None:
    bench.plan("web/a.md")
    with pytest.raises(ConfigError, match=r"web/a\.md: stands in two targets, web and core"):
        open_sources(bench.settings(TWO % "web"))


def test_a_link_does_not_hide_that_a_file_is_in_two_targets(bench: Bench) -> None:
    bench.plan("web/a.md")
    (bench.folder / "core").symlink_to("web")
    with pytest.raises(ConfigError, match="two targets"):
        bench.open(TWO % "core")


def test_a_source_without_a_folder_is_left_to_its_own_run(bench: Bench) -> None:
    bench.plan("web/a.md")
    assert len(bench.open(TWO % "gone").targets) == 2


def test_a_git_source_keeps_its_copy_in_the_state_folder_or_nowhere_if_nothing_may_be_made(bench: Bench) -> None:
    remote = Remote.new(bench.folder / "remote.git")
    remote.commit({"plans/a.md": b"# A\n"})
    text = '[[targets]]\nname = "a"\nsource = { kind = "git", url = "remote.git" }\n'
    [source] = open_sources(bench.settings(text))
    assert source.list() == ["plans/a.md"]
    assert not (bench.folder / ".plansync").exists()
    assert bench.open(text).targets[0].source.list() == ["plans/a.md"]
    assert len([*(bench.folder / ".plansync/git").glob("*/plansync-ready")]) == 1


def test_edits_are_gathered_where_writing_them_is_a_commit(bench: Bench) -> None:
    Remote.new(bench.folder / "remote.git")
    git = '[[targets]]\nname = "a"\nsource = { kind = "git", url = "remote.git" }\n'
    folder = '[[targets]]\nname = "b"\n'
    asked = [target.gather for target in bench.open(git + folder).targets]
    assert asked == [timedelta(minutes=5), None]
    (target,) = bench.open(f'{git}[schedule]\nwriteback_interval = "1h"\n').targets
    assert target.gather == timedelta(hours=1)


def test_one_file_of_a_remote_in_two_targets_is_an_error_that_names_both(bench: Bench) -> None:
    Remote.new(bench.folder / "remote.git").commit({"plans/a.md": b"# A\n", "docs/plans/b.md": b"# B\n"})
    one = '[[targets]]\nname = "%s"\nsource = { kind = "git", url = "remote.git", include = ["%s"] }\n'
    assert len(open_sources(bench.settings(one % ("web", "plans/*.md") + one % ("core", "docs/**/*.md")))) == 2
    with pytest.raises(ConfigError, match=r"plans/a\.md: stands in two targets, web and core"):
        open_sources(bench.settings(one % ("web", "plans/*.md") + one % ("core", "**/a.md")))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('url = "ext::sh -c x"', r"targets\.a\.source: .*is no address"),
        ('url = "remote.git", branch = "-x"', r"targets\.a\.source: .*cannot be the name of a branch"),
    ],
)
def test_what_a_git_source_cannot_be_is_told_with_its_key(source: str, told: str, bench: Bench) -> None:
    with pytest.raises(ConfigError, match=told):
        open_sources(bench.settings(f'[[targets]]\nname = "a"\nsource = {{ kind = "git", {source} }}\n'))


def test_a_template_that_describes_no_commit_is_told_before_anything_is_opened(bench: Bench) -> None:
    (bench.folder / "mine").mkdir()
    (bench.folder / "mine/commit.md.j2").write_text("{{ commit.nothing }}", "utf-8")
    text = 'templates = "mine"\n[[targets]]\nname = "a"\nsource = { kind = "git", url = "remote.git" }\n'
    with pytest.raises(TemplateError, match=r"commit\.md\.j2"):
        bench.open(text)


def test_plans_can_be_read_even_if_their_tracker_is_of_a_later_version(bench: Bench) -> None:
    bench.plan("plans/a.md")
    text = '[[targets]]\nname = "a"\ntracker = { kind = "github", project = "acme/web" }\n'
    assert [source.list() for source in open_sources(bench.settings(text))] == [["plans/a.md"]]


def test_templates_of_one_s_own_are_found_beside_the_file(bench: Bench) -> None:
    plain = bench.open().targets[0].renderer.fingerprint
    (bench.folder / "mine/issues").mkdir(parents=True)
    (bench.folder / "mine/issues/risk.title.j2").write_text("R: {{ risk.text }}", "utf-8")
    assert bench.open('templates = "mine"\n').targets[0].renderer.fingerprint != plain


def test_the_system_clock_is_aware_and_never_waits_backwards() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.sleep(timedelta(seconds=-1))
    assert before.tzinfo is UTC
    assert clock.now() >= before


def test_the_wiring_by_itself_loads_no_library() -> None:
    code = "import sys, plansync.bootstrap; print([name for name in sys.argv[1:] if name in sys.modules])"
    libraries = ("sqlalchemy", "pydantic", "jinja2", "pyromark", "pathspec", "github", "gitlab")
    done = subprocess.run([sys.executable, "-c", code, *libraries], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
