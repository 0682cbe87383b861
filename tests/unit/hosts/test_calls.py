"""What goes over a line, as values: bodies, clocks, and a host's own words about a refusal."""

from datetime import UTC, datetime

import pytest

from plansync.errors import CredentialRefused
from plansync.hosts.calls import Call, NoCredential, Reply, read_date
from tests.unit.hosts.scripted import reply


@pytest.mark.parametrize(
    ("text", "kind", "is_json"),
    [
        ("", "", True),
        ("", "text/html", True),
        ("{}", "application/json; charset=utf-8", True),
        ("{}", "application/vnd.github+json", True),
        ("<html>", "text/html", False),
        ("{}", "", False),
    ],
)
def test_a_body_is_json_when_it_says_so_or_is_empty(text: str, kind: str, is_json: bool) -> None:
    assert Reply(200, {"content-type": kind}, text).is_json is is_json


def test_an_empty_body_is_nothing_and_half_a_body_an_error() -> None:
    assert Reply(204, {}, "").json() is None
    assert Reply(200, {}, '{"number": 7}').json() == {"number": 7}
    with pytest.raises(ValueError, match="delimiter"):
        Reply(200, {}, '{"number": 7').json()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"message": "Not Found"}, "Not Found"),
        ({"message": "404 Project Not Found", "status": "404"}, "404 Project Not Found"),
        ({"message": "", "id": 7}, ""),
        ({"error": "insufficient_scope", "error_description": "needs api"}, "needs api"),
        ({"error": "404 Not Found"}, "404 Not Found"),
        ({"message": {"title": ["is too long", "is odd"]}}, "title is too long; is odd"),
        (
            {"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "title", "code": "missing"}]},
            "Validation Failed: Issue.title: missing",
        ),
        ({"message": "Validation Failed", "errors": ["a", "b"]}, "Validation Failed: a; b"),
        ({"message": "Refused", "errors": []}, "Refused"),
        (["one", "", "two"], "one; two"),
        ("on two\n   lines", "on two lines"),
        (7, ""),
        (None, ""),
        ("x" * 400, "x" * 300),
    ],
)
def test_a_refusal_s_words_are_found_in_all_shapes(content: object, message: str) -> None:
    assert reply(422, content).message == message


def test_a_page_has_no_words_for_us() -> None:
    assert Reply(502, {"content-type": "text/html"}, "<html>Bad gateway</html>").message == ""


def test_an_answer_shows_no_body_when_it_is_printed() -> None:
    assert "canary" not in repr(reply(201, {"token": "canary"}))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 02 Mar 2026 12:00:00 GMT", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 13:00:00 +0100", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 12:00:00 -0000", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("", None),
        ("soon", None),
        ("Fri, 31 Dec 9999 23:00:00 -1200", None),
    ],
)
def test_dates_are_read_in_utc_or_not_at_all(text: str, date: datetime | None) -> None:
    assert read_date(text) == date
    assert reply(date=text).date == date


def test_without_a_credential_nothing_is_sent_and_the_remedy_is_told() -> None:
    wire = NoCredential("there is no token for the target web", "set PLANSYNC_TOKEN_WEB")
    with pytest.raises(CredentialRefused, match="could not list issues: there is no token for") as caught:
        wire.send(Call(path="/issues", what="list issues"))
    assert caught.value.hint == "set PLANSYNC_TOKEN_WEB"
