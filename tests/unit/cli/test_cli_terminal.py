"""Results go to stdout and words about the run to stderr; colours, bars and questions only where someone looks."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from rich.table import Table

from plansync.cli.lines import Line, Role
from plansync.cli.logs import configure_logs, hide_secrets, redact
from plansync.cli.progress import PlainLines, ProgressBar, about, ask_to_create, change_line, listening
from plansync.cli.terminal import Terminal
from plansync.core.changes import CloseIssue, CreateIssue, Done, Failed
from plansync.core.identity import ItemKey, PlanKey
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason

CREATE = CreateIssue(plan=PlanKey("p"), key=ItemKey("t-1"), kind=ItemKind.TASK, title="Build \x1bit", body="")
CLOSE = CloseIssue(plan=PlanKey("p"), key=ItemKey("t-2"), number=7, because=CloseReason.COMPLETED)


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _own_log_handlers() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("plansync")
    before = (root.handlers, root.level, ours.level)
    yield
    root.handlers, root.level, ours.level = before


def piped(**given: bool) -> Terminal:
    """Return a terminal whose streams go nowhere special."""
    return Terminal(io.StringIO(), io.StringIO(), **given)


def said(stream: object) -> str:
    """Return what was written to a stream of a test."""
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def test_a_pipe_gets_plain_lines_without_control_characters() -> None:
    terminal = piped()
    terminal.show([Line("a\x1b[31m", Role.BAD), Line("")])
    assert said(terminal.out) == "a\N{REPLACEMENT CHARACTER}[31m\n\n"


def test_a_screen_gets_colours_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    long = "x" * 300
    coloured, plain = Terminal(Screen(), Screen()), Terminal(Screen(), Screen(), colour=False)
    for terminal in (coloured, plain):
        terminal.show([Line(long, Role.BAD)])
    assert said(coloured.out) == f"\x1b[1;31m{long}\x1b[0m\n"
    assert said(plain.out) == f"{long}\n"
    monkeypatch.setenv("NO_COLOR", "1")
    quiet = Terminal(Screen(), Screen())
    quiet.show([Line("a", Role.BAD)])
    assert "31m" not in said(quiet.out)


def test_a_fault_is_one_line_and_its_hint_another() -> None:
    terminal = piped()
    terminal.fault("it\nbroke", "mend  it")
    terminal.fault("again")
    assert said(terminal.err) == "plansync: it broke\nhint: mend it\nplansync: again\n"


def test_json_keeps_letters_and_writes_times_as_iso() -> None:
    terminal = piped()
    terminal.show_json({"at": datetime(2026, 3, 1, tzinfo=UTC), "title": "Größe"})
    assert json.loads(said(terminal.out)) == {"at": "2026-03-01T00:00:00+00:00", "title": "Größe"}
    assert "Größe" in said(terminal.out)
    with pytest.raises(TypeError, match="object has no JSON form"):
        terminal.show_json(object())


def test_a_table_in_a_pipe_is_never_folded() -> None:
    terminal = piped()
    table = Table(box=None)
    table.add_column("Plan")
    table.add_row("long " * 60)
    terminal.show_table(table)
    assert len(said(terminal.out).splitlines()) == 2


def test_without_a_screen_applied_changes_are_lines_on_stderr() -> None:
    terminal = piped()
    with listening(terminal) as listener:
        listener.started("web", 2, timedelta(0))
        listener.applied("web", CREATE, Done(12, "url"))
        listener.applied("web", CLOSE, Failed("403"))
        assert listener.may_create("web", 300, 200) is False
    assert said(terminal.err) == (
        "web: created issue #12 Build \N{REPLACEMENT CHARACTER}it\nweb: failed: CloseIssue #7: 403\n"
    )
    assert said(terminal.out) == ""


def test_a_long_run_and_a_pause_are_told_before_anything_is_sent() -> None:
    terminal = piped()
    with listening(terminal) as listener:
        listener.started("web", 700, timedelta(minutes=61))
        listener.waiting("web", timedelta(seconds=60), "github.com asked for a pause")
        listener.queued("web", timedelta(minutes=2), "process 7 on desk is at work")
    assert said(terminal.err).splitlines() == [
        "web: this will take about 61 min at the pace that the tracker allows",
        "web: waiting about 60 s: github.com asked for a pause",
        "web: waiting up to 2 min: process 7 on desk is at work",
    ]


def test_a_bar_says_how_long_is_left_and_what_it_waits_for() -> None:
    terminal = Terminal(Screen(), Screen())
    with listening(terminal) as listener:
        listener.queued("web", timedelta(minutes=2), "process 7 on desk is at work")
        listener.waiting("web", timedelta(seconds=30), "before the first change")
        listener.started("web", 2, timedelta(minutes=30))
        listener.applied("web", CREATE, Done(12, "url"))
        listener.waiting("web", timedelta(minutes=4), "it asked for a pause")
    shown = said(terminal.err)
    assert "web: about 30 min left" in shown
    assert "it asked for a pause" in shown
    assert "web: waiting up to 2 min: process 7 on desk is at work" in shown


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "about 1 s"),
        (timedelta(seconds=89), "about 89 s"),
        (timedelta(minutes=12), "about 12 min"),
        (timedelta(hours=4.1), "about 4.1 h"),
    ],
)
def test_lengths_of_time_are_told_as_people_say_them(span: timedelta, words: str) -> None:
    assert about(span) == words


def test_a_quiet_run_says_nothing_of_its_steps() -> None:
    terminal = Terminal(Screen(), Screen(), quiet=True)
    with listening(terminal) as listener:
        assert isinstance(listener, PlainLines)
        listener.started("web", 1, timedelta(hours=1))
        listener.waiting("web", timedelta(hours=1), "nobody hears")
        listener.queued("web", timedelta(hours=1), "nobody hears")
        listener.applied("web", CREATE, Done(12, "url"))
    assert said(terminal.err) == ""


def test_on_a_screen_a_bar_goes_on_from_slice_to_slice() -> None:
    terminal = Terminal(Screen(), Screen())
    with listening(terminal) as listener:
        assert isinstance(listener, ProgressBar)
        for _slice in range(2):
            listener.started("web", 1, timedelta(0))
            listener.applied("web", CREATE, Done(12, "url"))
        assert listener.may_create("web", 300, 200) is False
    assert "web" in said(terminal.err)


@pytest.mark.parametrize(("answer", "wanted"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_a_person_at_the_terminal_is_asked_and_silence_is_no(
    answer: str, wanted: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Screen(answer))
    assert ask_to_create(Terminal(Screen(), Screen()), "web", 300, 200) is wanted
    question = "web: 300 issues would be created, more than 200. Create them?"
    assert question in capsys.readouterr().err


def test_a_change_is_named_by_number_and_title() -> None:
    assert change_line(CLOSE, Done(7, "url")) == "closed issue #7"


def test_secrets_are_hidden_in_texts_and_under_telling_names() -> None:
    token = "ghp_" + "a" * 36
    assert redact(f"push to https://user:{token}@github.com/a/b failed, {token}") == (
        "push to https://***@github.com/a/b failed, ***"
    )
    assert redact("the key whsec_" + "Aa+/" * 10 + "AAA= was refused") == "the key *** was refused"
    assert redact("Authorization: Bearer abc.def-1 and glpat-" + "b" * 20) == "Authorization: Bearer *** and ***"
    event = hide_secrets(None, "info", {"event": token, "api_token": "x", "number": 3})
    assert event == {"event": "***", "api_token": "***", "number": 3}


@pytest.mark.parametrize(
    ("given", "levels"),
    [({}, ["warning", "error"]), ({"quiet": True}, ["error"]), ({"verbose": True}, ["debug", "warning", "error"])],
)
def test_log_lines_go_to_stderr_as_json_by_level(given: dict[str, bool], levels: list[str]) -> None:
    terminal = piped(**given)
    configure_logs(terminal, as_json=True)
    logger = logging.getLogger("plansync.somewhere")
    logger.debug("d")
    logger.warning("w", extra={"token": "x"})
    logger.error("e")
    lines = [json.loads(line) for line in said(terminal.err).splitlines()]
    assert [line["level"] for line in lines] == levels
    assert {line["logger"] for line in lines} == {"plansync.somewhere"}
    assert [line["token"] for line in lines if line["event"] == "w"] in ([], ["***"])


def test_log_lines_are_readable_as_text() -> None:
    terminal = piped()
    configure_logs(terminal, as_json=False)
    logging.getLogger("elsewhere").warning("slow %s", "down")
    assert "slow down" in said(terminal.err)
