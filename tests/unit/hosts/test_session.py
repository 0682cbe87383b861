"""The session under both libraries, on real sockets: trust, proxies, time-outs, and what was surely not sent."""

import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import responses

from plansync.errors import CredentialRefused
from plansync.hosts.calls import Call, Lost, Reply, Wire
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.gitlab_wire import GitLabWire
from plansync.hosts.session import QuietSession, call_through, reply_of
from tests.support.certificates import self_signed
from tests.unit.hosts.peers import OK, Deed, closed_port, closes, peer, resets, says, waits

TOKEN = "glpat-canary0canary0"
CALL = Call(method="POST", path="/things", body={"title": "x"}, repeatable=False, what="make a thing")
SOON = timedelta(seconds=0.2)
Make = Callable[[str, str], Wire]


def github(url: str, ca_file: str = "") -> Wire:
    return GitHubWire(token_auth(TOKEN), url, ca_file=ca_file, read_timeout=SOON)


def gitlab(url: str, ca_file: str = "") -> Wire:
    return GitLabWire(TOKEN, url, ca_file=ca_file, read_timeout=SOON)


@pytest.fixture(params=[github, gitlab])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def lost(wire: Wire) -> Lost:
    with pytest.raises(Lost) as caught:
        wire.send(CALL)
    assert TOKEN not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    return caught.value


# ------------------------------------------------------------------------------------ what was surely not sent


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (closes, "the connection broke"),
        (resets, "the connection broke"),
        (says(b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{"), "the answer broke off"),
        (says(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a"), "the answer broke off"),
        (says(b"220 smtp.example.com ESMTP\r\n"), "the connection broke"),
        (waits, "it did not answer in time"),
    ],
    ids=["closed", "reset", "short", "half a chunk", "not HTTP", "silent"],
)  # fmt: skip
def test_a_request_without_a_whole_answer_may_have_arrived(make: Make, deed: Deed, why: str) -> None:
    with peer(deed) as found:
        error = lost(make(f"http://127.0.0.1:{found.port}", ""))
        assert (error.sent, error.why) == (True, why)
        assert len(found.heads) == 1


@pytest.mark.parametrize("deed", [closes, resets, says(b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{")])
def test_a_break_behind_tls_may_have_come_after_the_request_arrived(make: Make, deed: Deed, tmp_path: Path) -> None:
    authority, context = self_signed(tmp_path)
    with peer(deed, context) as found:
        error = lost(make(f"https://127.0.0.1:{found.port}", str(authority)))
        assert error.sent
        assert len(found.heads) == 1


def test_an_alert_of_tls_in_place_of_an_answer_may_have_come_after_the_request_arrived(
    make: Make, tmp_path: Path
) -> None:
    authority, context = self_signed(tmp_path)

    def garble(connection: socket.socket) -> None:
        with socket.socket(fileno=os.dup(connection.fileno())) as below:
            below.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)

    with peer(garble, context) as found:
        error = lost(make(f"https://127.0.0.1:{found.port}", str(authority)))
        assert (error.sent, error.why) == (True, "the encrypted connection failed")
        assert len(found.heads) == 1


def test_what_reached_nobody_was_not_sent(make: Make) -> None:
    error = lost(make(f"http://127.0.0.1:{closed_port()}", ""))
    assert (error.sent, error.why) == (False, "it cannot be reached")
    assert "plansync doctor" in error.hint


def test_a_name_that_nobody_has_was_not_sent(make: Make) -> None:
    error = lost(make("http://git.invalid", ""))
    assert (error.sent, error.why) == (False, "it cannot be reached")


def test_a_connection_that_is_not_taken_in_time_was_not_sent() -> None:
    def send() -> Reply:
        raise requests.exceptions.ConnectTimeout("HTTPSConnectionPool(host='git.example.com')")

    with pytest.raises(Lost) as caught:
        call_through(send)
    assert (caught.value.sent, caught.value.why) == (False, "it did not take the connection in time")


# ------------------------------------------------------------------------------------------------------- trust


def test_a_stranger_s_certificate_is_not_trusted(make: Make, tmp_path: Path) -> None:
    _, context = self_signed(tmp_path)
    with peer(says(OK), context) as found:
        error = lost(make(f"https://127.0.0.1:{found.port}", ""))
        assert (error.sent, error.why) == (False, "its certificate cannot be verified")
        assert "tracker.ca_file" in error.hint
        assert found.heads == []


def test_a_certificate_for_another_name_is_not_trusted(make: Make, tmp_path: Path) -> None:
    authority, context = self_signed(tmp_path)
    with peer(says(OK), context) as found:
        error = lost(make(f"https://localhost:{found.port}", str(authority)))
        assert (error.sent, error.why) == (False, "its certificate cannot be verified")
        assert found.heads == []


def test_a_bundle_of_one_s_own_is_trusted(make: Make, tmp_path: Path) -> None:
    authority, context = self_signed(tmp_path)
    with peer(says(OK), context) as found:
        assert make(f"https://127.0.0.1:{found.port}", str(authority)).send(CALL).status == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_usual_variables_name_a_bundle(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    authority, context = self_signed(tmp_path)
    monkeypatch.setenv(variable, str(authority))
    with peer(says(OK), context) as found:
        assert make(f"https://127.0.0.1:{found.port}", "").send(CALL).status == 200


def test_a_bundle_that_is_not_there_or_holds_nothing_is_told(make: Make, tmp_path: Path) -> None:
    _, context = self_signed(tmp_path)
    odd = tmp_path / "odd.pem"
    odd.write_text("no certificate")
    with peer(says(OK), context) as found:
        for file in (tmp_path / "none.pem", odd):
            error = lost(make(f"https://127.0.0.1:{found.port}", str(file)))
            assert not error.sent
            assert "tracker.ca_file" in error.hint
        assert found.heads == []


# ----------------------------------------------------------------------------------------------------- proxies


def test_a_proxy_of_the_usual_variables_is_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(says(OK)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert make("http://git.invalid", "").send(CALL).status == 200
        assert proxy.heads[0].startswith("POST http://git.invalid/")


def test_no_proxy_is_honoured(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with peer(says(OK)) as found:
        assert make(f"http://127.0.0.1:{found.port}", "").send(CALL).status == 200


@pytest.mark.parametrize(
    "refusal", [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"],
)  # fmt: skip
def test_a_proxy_that_refuses_is_named_and_nothing_was_sent(
    make: Make, monkeypatch: pytest.MonkeyPatch, refusal: bytes
) -> None:
    with peer(says(refusal)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://ann:secret@127.0.0.1:{proxy.port}")
        error = lost(make("https://git.invalid", ""))
        assert (error.sent, error.why) == (False, "the proxy refused the connection")
        assert "HTTPS_PROXY" in error.hint
        assert "secret" not in str(error)
        assert TOKEN not in "".join(proxy.heads)


def test_a_proxy_that_is_not_there_means_that_nothing_was_sent(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{closed_port()}")
        error = lost(make(f"{scheme}://git.invalid", ""))
        assert (error.sent, error.why) == (False, "the proxy refused the connection")


# ------------------------------------------------------------------------------------------------- credentials


def test_netrc_is_never_used(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ann password letmein\ndefault login ann password letmein\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with peer(says(OK)) as found:
        url = f"http://127.0.0.1:{found.port}"
        make(url, "").send(CALL)
        GitHubWire(None, url).send(CALL)
        GitLabWire("", url).send(CALL)
        assert not any("basic" in head.casefold() for head in found.heads)
        assert TOKEN in found.heads[0]
        assert not any("authorization" in head.casefold() for head in found.heads[1:])


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}\r\nX-Evil: 1", f"{TOKEN}“", "\U0001f511" + TOKEN])
def test_a_token_that_no_header_can_hold_is_told_without_showing_it(token: str) -> None:
    with peer(says(OK)) as found:
        url = f"http://127.0.0.1:{found.port}"
        for wire in (GitLabWire(token, url), GitHubWire(token_auth(token), url)):
            with pytest.raises(CredentialRefused, match="cannot be sent") as caught:
                wire.send(CALL)
            assert TOKEN not in str(caught.value) + caught.value.hint
            assert caught.value.__suppress_context__
        assert found.heads == []


# --------------------------------------------------------------------------------------------------- the session


def test_nothing_is_repeated_followed_or_waited_for_without_end() -> None:
    session = QuietSession(read_timeout=timedelta(seconds=7))
    assert list(session.timeouts) == [10, 7]
    for scheme in ("https://x", "http://x"):
        adapter = session.get_adapter(scheme)
        assert isinstance(adapter, requests.adapters.HTTPAdapter)
        assert adapter.max_retries.total == 0
    with responses.RequestsMock() as mock:
        mock.get("https://a.example.com/", status=302, headers={"Location": "https://b.example.com/"})
        answer = session.get("https://a.example.com/", allow_redirects=True, timeout=None, verify=False)
        assert answer.status_code == 302
        sent = mock.calls[0].request
        asked = sent.__dict__["req_kwargs"]
        assert (asked["timeout"], asked["verify"]) == ((10, 7), True)
    assert session.take() == reply_of(answer)
    assert session.take() is None


def test_an_answer_s_header_names_are_lower_case_and_its_bytes_are_utf_8() -> None:
    with responses.RequestsMock() as mock:
        mock.get(
            "https://a.example.com/x", body="„é“".encode(), headers={"X-Odd": "1"}, content_type="application/json"
        )
        found = reply_of(requests.get("https://a.example.com/x", timeout=1))
        mock.get("https://a.example.com/y", body=b"\xff")
        broken = reply_of(requests.get("https://a.example.com/y", timeout=1))
    assert (found.headers["x-odd"], found.text, found.url) == ("1", "„é“", "https://a.example.com/x")
    assert broken.text == "\N{REPLACEMENT CHARACTER}"


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_network() -> None:
    def send() -> Reply:
        raise ValueError("a mistake")

    with pytest.raises(ValueError, match="a mistake"):
        call_through(send)
