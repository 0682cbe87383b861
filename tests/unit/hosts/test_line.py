"""The one way to a host: what is sent again and what never is, on a host that follows a script."""

import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest

from plansync.core.pace import Sending
from plansync.errors import OutcomeUnknown, TrackerError, TrackerUnavailable
from plansync.hosts.calls import Call, Reply
from tests.support.clocks import NOON, FakeClock
from tests.unit.hosts.scripted import CREATE, GONE_WRONG, HOST, NEVER_SENT, READ, WRITE, Script, line_of, reply, script

DELETE = Call(method="DELETE", path="/issues/1/labels/x", kind=Sending.WRITE, what="take off a label")
PUT = Call(method="PUT", path="/issues/1", kind=Sending.WRITE, what="change issue #1")
PAGE = Reply(200, {"content-type": "text/html"}, "<html>Please log in</html>")
CUT = Reply(200, {"content-type": "application/json"}, '[{"numb')
EMPTY = Reply(201, {}, "")
BROKEN = [
    (GONE_WRONG, "the connection broke"),
    (reply(500), "it answered 500"),
    (reply(502), "it answered 502"),
    (reply(303), "it answered 303"),
    (reply(301), "it answered 301"),
    (PAGE, "it answered with a page instead of JSON"),
    (CUT, "its answer broke off"),
    (EMPTY, "its answer broke off"),
]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


# ------------------------------------------------------------------------------------------- what is sent again


@pytest.mark.parametrize("call", [READ, WRITE, PUT, DELETE], ids=lambda call: call.method)
@pytest.mark.parametrize(("broken", "words"), BROKEN)
def test_what_may_be_repeated_is_tried_three_times(
    clock: FakeClock, call: Call, broken: Reply | Exception, words: str
) -> None:
    wire = script(clock, broken, broken, broken)
    with pytest.raises(TrackerUnavailable, match=rf"could not {call.what}: {HOST}: {words}") as caught:
        line_of(wire).ask(call)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert wire.asked == [call] * 3
    assert wire.seconds == [0, 2, 6]


@pytest.mark.parametrize("call", [READ, WRITE, PUT, DELETE], ids=lambda call: call.method)
@pytest.mark.parametrize(("broken", "_"), BROKEN)
def test_the_answer_to_a_repetition_is_the_answer(
    clock: FakeClock, call: Call, broken: Reply | Exception, _: str
) -> None:
    wire = script(clock, broken, reply(200, [1]))
    assert line_of(wire).ask(call).json() == [1]
    assert len(wire.asked) == 2


@pytest.mark.parametrize(("broken", "words"), BROKEN)
def test_a_create_is_sent_once_and_its_lost_answer_is_told(
    clock: FakeClock, broken: Reply | Exception, words: str
) -> None:
    wire = script(clock, broken)
    with pytest.raises(OutcomeUnknown, match=f"could not open an issue: {HOST}: {words}") as caught:
        line_of(wire).ask(CREATE)
    assert caught.value.hint == "the next run finds out whether it took effect"
    assert wire.asked == [CREATE]


def test_a_create_that_surely_never_arrived_may_be_sent_again(clock: FakeClock) -> None:
    wire = script(clock, NEVER_SENT, reply(201, {"number": 1}))
    assert line_of(wire).ask(CREATE).status == 201


def test_a_create_that_never_arrives_is_no_unknown_outcome(clock: FakeClock) -> None:
    with pytest.raises(TrackerUnavailable, match="it cannot be reached") as caught:
        line_of(script(clock, NEVER_SENT, NEVER_SENT, NEVER_SENT)).ask(CREATE)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert caught.value.hint == "look"


def test_a_create_that_is_lost_after_one_that_never_arrived_is_unknown(clock: FakeClock) -> None:
    wire = script(clock, NEVER_SENT, GONE_WRONG)
    with pytest.raises(OutcomeUnknown):
        line_of(wire).ask(CREATE)
    assert len(wire.asked) == 2


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 401, 403, 404, 410, 422])
def test_every_other_answer_is_given_back_as_it_is(clock: FakeClock, status: int) -> None:
    for call in (READ, CREATE):
        wire = script(clock, reply(status))
        assert line_of(wire).ask(call) == reply(status)


def test_a_refusal_need_not_be_json(clock: FakeClock) -> None:
    page = Reply(404, {"content-type": "text/html"}, "<html>")
    assert line_of(script(clock, page)).ask(READ) is page
    nothing = Reply(204, {"content-type": "text/plain"}, "")
    assert line_of(script(clock, nothing)).ask(READ) is nothing


# --------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize(
    "location",
    [f"https://{HOST}/api/repositories/7/issues", f"https://{HOST}:443/api/repositories/7/issues"],
)
def test_a_read_is_followed_within_the_host_and_keeps_its_query(clock: FakeClock, status: int, location: str) -> None:
    wire = script(clock, reply(status, location=location), reply())
    line_of(wire).ask(Call(path="/issues", query={"state": "all"}, what="list issues"))
    assert [(call.path, dict(call.query)) for call in wire.asked[1:]] == [(location, {"state": "all"})]


def test_a_redirect_without_host_is_one_on_the_same(clock: FakeClock) -> None:
    wire = script(clock, reply(301, location="/api/repositories/7/issues"), reply())
    line_of(wire).ask(READ)
    assert wire.asked[1].path == f"https://{HOST}/api/repositories/7/issues"


def test_a_redirect_with_a_query_of_its_own_is_taken_as_it_is(clock: FakeClock) -> None:
    location = f"https://{HOST}/api/repositories/7/issues?state=open"
    wire = script(clock, reply(301, location=location), reply())
    line_of(wire).ask(Call(path="/issues", query={"state": "all"}, what="list issues"))
    assert (wire.asked[1].path, wire.asked[1].query) == (location, {})


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.com/api/issues",
        f"https://{HOST}.evil.example.com/api/issues",
        f"https://{HOST}@evil.example.com/api/issues",
        "//evil.example.com/api/issues",
        f"https://{HOST}:8443/api/issues",
        f"http://{HOST}/api/issues",
        "https://[broken/api",
        f"https://{HOST}:port/api",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("call", [READ, CREATE], ids=lambda call: call.method)
def test_nothing_is_sent_to_another_host_port_or_scheme(clock: FakeClock, location: str, call: Call) -> None:
    wire = script(clock, reply(307, location=location))
    with pytest.raises(TrackerError, match=f"{HOST} sends us to another host") as caught:
        line_of(wire).ask(call)
    assert "tracker.api_url" in caught.value.hint
    assert not caught.value.transient
    assert wire.asked == [call]


def test_the_query_of_a_redirect_elsewhere_is_not_repeated(clock: FakeClock) -> None:
    wire = script(clock, reply(302, location="https://sso.example.com/login?token=canary"))
    with pytest.raises(TrackerError) as caught:
        line_of(wire).ask(READ)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302])
@pytest.mark.parametrize("call", [CREATE, WRITE, DELETE], ids=lambda call: call.method)
def test_a_write_is_not_turned_into_a_read_by_a_redirect(clock: FakeClock, status: int, call: Call) -> None:
    wire = script(clock, reply(status, location=f"https://{HOST}/api/repositories/7/issues"))
    with pytest.raises(TrackerError, match="the project was moved") as caught:
        line_of(wire).ask(call)
    assert "tracker.project" in caught.value.hint
    assert wire.asked == [call]


@pytest.mark.parametrize("status", [307, 308])
def test_a_create_follows_a_redirect_that_keeps_its_method(clock: FakeClock, status: int) -> None:
    wire = script(clock, reply(status, location=f"https://{HOST}/api/repositories/7/issues"), reply(201))
    assert line_of(wire).ask(CREATE).status == 201
    assert [(call.method, call.body) for call in wire.asked] == [("POST", CREATE.body)] * 2


def test_redirects_without_end_end(clock: FakeClock) -> None:
    wire = script(clock, *[reply(301, location=f"https://{HOST}/api/issues")] * 9)
    with pytest.raises(TrackerError, match="from one address to the next without end"):
        line_of(wire).ask(READ)
    assert len(wire.asked) == 4


# ------------------------------------------------------------------------------------------------- credentials


def test_a_credential_that_is_not_accepted_any_more_is_renewed_once(clock: FakeClock) -> None:
    old, new = script(clock, reply(401)), script(clock, reply(200, [1]))
    line = line_of(old)
    line.renew = lambda: new
    assert line.ask(CREATE).json() == [1]
    assert (old.asked, new.asked, line.wire) == ([CREATE], [CREATE], new)


def test_a_renewed_credential_that_is_not_accepted_either_is_not_renewed_again(clock: FakeClock) -> None:
    old, new = script(clock, reply(401)), script(clock, reply(401))
    line = line_of(old)
    renewals: list[Script] = []

    def renew() -> Script:
        renewals.append(new)
        return new

    line.renew = renew
    assert line.ask(READ).status == 401
    assert len(renewals) == 1


def test_without_another_credential_a_401_is_the_answer(clock: FakeClock) -> None:
    wire = script(clock, reply(401))
    assert line_of(wire).ask(READ).status == 401


# --------------------------------------------------------------------------------------------- counts and clock


def test_requests_and_writes_are_counted_with_their_repetitions(clock: FakeClock) -> None:
    line = line_of(script(clock, reply(), GONE_WRONG, reply(), reply(201)))
    for call in (READ, WRITE, CREATE):
        line.ask(call)
    assert (line.sent, line.writes) == (4, 3)


def test_the_host_s_clock_is_that_of_its_last_answer(clock: FakeClock) -> None:
    date = format_datetime(NOON + timedelta(minutes=5), usegmt=True)
    line = line_of(script(clock, reply(date=date), reply()))
    assert line.now == NOON
    line.ask(READ)
    clock.advance(timedelta(minutes=1))
    line.ask(READ)
    assert line.now == NOON + timedelta(minutes=6)


def test_the_last_scopes_that_were_told_are_kept(clock: FakeClock) -> None:
    line = line_of(script(clock, reply(x_oauth_scopes="repo"), reply()))
    line.ask(READ)
    line.ask(READ)
    assert (line.scopes, line.host) == ("repo", HOST)


def test_many_threads_may_ask_over_one_line(clock: FakeClock) -> None:
    line = line_of(script(clock, *[reply(200, [number]) for number in range(64)]))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.extend(line.ask(READ).json())) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(64))
