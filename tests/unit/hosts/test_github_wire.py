"""PyGithub as a wire: what is sent for a call, and PyGithub's own ways, pinned, that ours have to be kept from."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import github
import github.Requester
import pytest
import requests
import responses

from plansync.hosts.calls import Call, Lost, Reply
from plansync.hosts.github_wire import GitHubWire, token_auth
from tests.servers.github import GitHub, serve
from tests.servers.wire import Fault, TestServer
from tests.support.clocks import FakeClock

API = "https://api.github.com:443"
PLAIN = "https://api.github.com"
READ = Call(path="/repos/acme/web/issues", query={"state": "all"}, what="list issues")


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def wire(token: str = "ghp_token") -> GitHubWire:
    return GitHubWire(token_auth(token))


def head(mock: responses.RequestsMock, which: int = -1) -> dict[str, str]:
    """Return the headers of a request, by names in lower case."""
    return {name.lower(): str(value) for name, value in mock.calls[which].request.headers.items()}


def test_a_read_has_version_accept_credential_and_query(mock: responses.RequestsMock) -> None:
    mock.get(f"{PLAIN}/repos/acme/web/issues", json=[1], headers={"ETag": '"a"'})
    reply = wire().send(Call(path=READ.path, query=READ.query, headers={"If-None-Match": '"b"'}, what="x"))
    assert (reply.status, reply.json(), reply.headers["etag"]) == (200, [1], '"a"')
    assert mock.calls[0].request.url == reply.url == f"{PLAIN}/repos/acme/web/issues?state=all"
    sent = head(mock)
    assert sent["authorization"] == "token ghp_token"
    assert sent["accept"] == "application/vnd.github+json"
    assert sent["x-github-api-version"] == "2022-11-28"
    assert sent["user-agent"] == "plansync"
    assert sent["if-none-match"] == '"b"'
    assert mock.calls[0].request.body is None


def test_a_write_s_body_is_json(mock: responses.RequestsMock) -> None:
    mock.post(f"{PLAIN}/repos/acme/web/issues", json={"number": 7}, status=201)
    call = Call(method="POST", path="/repos/acme/web/issues", body={"title": "„é“"}, repeatable=False, what="x")
    assert wire().send(call).json() == {"number": 7}
    assert json.loads(mock.calls[0].request.body or "") == {"title": "„é“"}
    assert head(mock)["content-type"] == "application/json"


def test_without_a_token_no_credential_is_sent(mock: responses.RequestsMock) -> None:
    mock.get(f"{PLAIN}/meta", json={})
    wire("").send(Call(path="/meta", what="x"))
    assert "authorization" not in head(mock)


@pytest.mark.parametrize("url", ["https://ghe.example.com/api/v3", "https://ghe.example.com:8443/api/v3/"])
def test_a_server_of_one_s_own_is_asked_at_its_address(mock: responses.RequestsMock, url: str) -> None:
    mock.get(f"{url.rstrip('/')}/meta", json={})
    mock.get(f"{url.rstrip('/')}/repositories/7", json={"id": 7})
    own = GitHubWire(token_auth("t"), url)
    assert own.send(Call(path="/meta", what="x")).status == 200
    assert own.send(Call(path=f"{url.rstrip('/')}/repositories/7", what="x")).json() == {"id": 7}


def test_a_whole_address_keeps_its_query_to_the_letter(mock: responses.RequestsMock) -> None:
    after = "Y3Vyc29yOnYyOpLPAAABjtH%2B%2Fw%3D%3D"
    mock.get(f"{PLAIN}/repositories/7/issues", json=[])
    wire().send(Call(path=f"{PLAIN}/repositories/7/issues?after={after}&labels=a%20b", what="x"))
    url = mock.calls[0].request.url or ""
    assert f"after={after}" in url
    assert "labels=a+b" in url


@pytest.mark.parametrize("status", [202, 204, 301, 302, 304, 307, 401, 403, 404, 410, 422, 429, 500, 502])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_every_answer_comes_back_after_one_request(mock: responses.RequestsMock, status: int, method: str) -> None:
    headers = {"Location": f"{PLAIN}/elsewhere", "Retry-After": "7", "X-RateLimit-Remaining": "0"}
    mock.add(method, f"{PLAIN}/repos/acme/web/issues", status=status, headers=headers, body="")
    reply = wire().send(Call(method=method, path=READ.path, query={"page": "2"}, what="x"))
    assert (reply.status, reply.headers["location"]) == (status, f"{PLAIN}/elsewhere")
    assert len(mock.calls) == 1


def test_headers_that_hold_no_numbers_do_no_harm(mock: responses.RequestsMock) -> None:
    odd = {"X-RateLimit-Remaining": "many", "X-RateLimit-Limit": "all", "X-RateLimit-Reset": "soon"}
    mock.get(f"{PLAIN}/meta", json={}, headers={**odd, "X-OAuth-Scopes": "repo"})
    assert wire().send(Call(path="/meta", what="x")).headers["x-ratelimit-remaining"] == "many"


# -------------------------------------------------------------------------------------- PyGithub's own ways, pinned


def test_pygithub_sends_through_the_connection_that_it_is_given() -> None:
    sent: list[tuple[str, str, str | None]] = []

    class Ours(github.Requester.HTTPSRequestsConnectionClass):
        def __init__(self) -> None:
            pass

        def getresponse(self) -> github.Requester.RequestsResponse:
            sent.append((self.verb, self.url, str(self.input)))
            answer = requests.Response()
            answer.status_code = 200
            return github.Requester.RequestsResponse(answer)

    requester = github.Github(base_url="https://ghe.invalid/api/v3", retry=None).requester
    requester.requestJson("POST", "/x", headers={}, input={"a": 1}, cnx=Ours())
    assert sent == [("POST", "/api/v3/x", '{"a": 1}')]


def test_an_answer_is_given_once_even_if_pygithub_should_send_in_another_way(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.get(f"{PLAIN}/meta", json={"mine": True})
    ours = wire()
    ours.send(Call(path="/meta", what="x"))
    monkeypatch.setattr(github.Requester.Requester, "requestJson", lambda *_, **__: (200, {}, ""))
    with pytest.raises(Lost, match="the connection broke") as caught:
        ours.send(Call(path="/other", what="x"))
    assert caught.value.sent


def test_pygithub_by_itself_follows_a_redirect_without_its_query(mock: responses.RequestsMock) -> None:
    mock.get(f"{API}/a", status=301, headers={"Location": f"{PLAIN}/b?page=2"})
    mock.get(f"{API}/b", json={})
    hub = github.Github(retry=None, seconds_between_requests=None)
    hub.requester.requestJson("GET", "/a")
    assert [call.request.url for call in mock.calls] == [f"{API}/a", f"{API}/b"]


def test_pygithub_by_itself_would_repeat_a_post() -> None:
    retry = github.GithubRetry()
    assert retry.total == 10
    assert "POST" in (retry.allowed_methods or ())


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.ERROR_502_APPLIED, Fault.RESET, Fault.RESET_APPLIED])
def test_pygithub_repeats_nothing_on_our_connection(fault: Fault) -> None:
    server: TestServer
    hub = GitHub(FakeClock())
    with serve(hub) as server:
        server.fault_next(fault)
        ours = GitHubWire(token_auth(hub.token), hub.api)
        body = {"title": "x"}
        answer: Reply | Lost
        try:
            answer = ours.send(Call(method="POST", path="/repos/acme/web/issues", body=body, what="x"))
        except Lost as lost:
            answer = lost
            assert lost.sent
        assert server.requests == 1
        assert isinstance(answer, Lost) or answer.status >= 500


# ------------------------------------------------------------------------------------------------------- threads


def test_each_of_many_threads_gets_the_answer_to_its_own_question() -> None:
    hub = GitHub(FakeClock())
    hub.accountant.off()
    numbers = [hub.people().create_issue(f"Issue {n}") for n in range(8)]
    wrong: list[int] = []
    with serve(hub):
        ours = GitHubWire(token_auth(hub.token), hub.api, read_timeout=timedelta(seconds=20))

        def ask(number: int) -> None:
            for _ in range(25):
                found = ours.send(Call(path=f"/repos/acme/web/issues/{number}", what="x")).json()["number"]
                if found != number:
                    wrong.append(found)

        threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(before)
    assert wrong == []
