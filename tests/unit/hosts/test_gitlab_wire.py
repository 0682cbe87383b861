"""python-gitlab as a wire: what is sent for a call, and python-gitlab's own ways, pinned."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import gitlab
import pytest
import requests
import responses

from plansync.hosts.calls import Call, Lost, Reply
from plansync.hosts.gitlab_wire import GitLabWire, site_url
from tests.servers.gitlab import GitLab, serve
from tests.servers.wire import Fault
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import TOKEN

SITE = "https://gitlab.example.com"
API = f"{SITE}/api/v4"
ISSUES = "/projects/acme%2Fcore/issues"


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def head(mock: responses.RequestsMock, which: int = -1) -> dict[str, str]:
    """Return the headers of a request, by names in lower case."""
    return {name.lower(): str(value) for name, value in mock.calls[which].request.headers.items()}


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://gitlab.com", "https://gitlab.com"),
        ("https://gitlab.com/", "https://gitlab.com"),
        ("https://gitlab.com/api/v4", "https://gitlab.com"),
        ("https://example.com/git/api/v4/", "https://example.com/git"),
        ("https://example.com/git/", "https://example.com/git"),
    ],
)
def test_a_site_is_known_by_its_address_with_or_without_the_interface(url: str, site: str) -> None:
    assert site_url(url) == site


def test_a_read_has_credential_and_query(mock: responses.RequestsMock) -> None:
    mock.get(f"{API}{ISSUES}", json=[1], headers={"ETag": 'W/"a"'})
    reply = GitLabWire("glpat-x", SITE).send(
        Call(path=ISSUES, query={"state": "all"}, headers={"If-None-Match": 'W/"b"'}, what="x")
    )
    assert (reply.status, reply.json(), reply.headers["etag"]) == (200, [1], 'W/"a"')
    assert mock.calls[0].request.url == reply.url == f"{API}{ISSUES}?state=all"
    sent = head(mock)
    assert (sent["private-token"], sent["user-agent"], sent["if-none-match"]) == ("glpat-x", "plansync", 'W/"b"')
    assert "job-token" not in sent
    assert mock.calls[0].request.body is None


def test_a_write_s_body_is_json(mock: responses.RequestsMock) -> None:
    mock.put(f"{API}{ISSUES}/1", json={"iid": 1})
    GitLabWire("glpat-x", SITE).send(Call(method="PUT", path=f"{ISSUES}/1", body={"title": "„é“"}, what="x"))
    assert json.loads(mock.calls[0].request.body or "") == {"title": "„é“"}


def test_a_job_s_token_has_a_header_of_its_own(mock: responses.RequestsMock) -> None:
    mock.get(f"{API}{ISSUES}", json=[])
    GitLabWire("ci-x", SITE, is_job_token=True).send(Call(path=ISSUES, what="x"))
    assert head(mock)["job-token"] == "ci-x"
    assert "private-token" not in head(mock)


def test_without_a_token_no_credential_is_sent(mock: responses.RequestsMock) -> None:
    mock.get(f"{API}{ISSUES}", json=[])
    GitLabWire("", SITE).send(Call(path=ISSUES, what="x"))
    assert not {"private-token", "job-token", "authorization"} & head(mock).keys()


def test_a_site_below_a_path_is_asked_there_and_whole_addresses_as_they_are(mock: responses.RequestsMock) -> None:
    mock.get(f"https://example.com/git/api/v4{ISSUES}", json=[])
    wire = GitLabWire("t", "https://example.com/git/api/v4")
    assert wire.send(Call(path=ISSUES, what="x")).status == 200
    whole = f"https://example.com/git/api/v4{ISSUES}?cursor=eyJpZCI6IjEyIn0%3D&per_page=100"
    assert wire.send(Call(path=whole, what="x")).status == 200
    assert "cursor=eyJpZCI6IjEyIn0%3D" in (mock.calls[1].request.url or "")


@pytest.mark.parametrize("status", [202, 204, 301, 302, 304, 307, 401, 403, 404, 409, 422, 429, 500, 502, 503])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_every_answer_comes_back_after_one_request(mock: responses.RequestsMock, status: int, method: str) -> None:
    headers = {"Location": f"{SITE}/elsewhere", "Retry-After": "7", "RateLimit-Reset": "1"}
    mock.add(method, f"{API}{ISSUES}", status=status, headers=headers, body="")
    reply = GitLabWire("t", SITE).send(Call(method=method, path=ISSUES, what="x"))
    assert (reply.status, reply.headers["location"], reply.text) == (status, f"{SITE}/elsewhere", "")
    assert len(mock.calls) == 1


def test_a_refusal_keeps_its_words(mock: responses.RequestsMock) -> None:
    mock.post(f"{API}{ISSUES}", status=400, json={"message": {"title": ["is too long"]}})
    reply = GitLabWire("t", SITE).send(Call(method="POST", path=ISSUES, body={}, what="x"))
    assert reply.message == "title is too long"


def test_an_error_of_the_library_itself_is_not_taken_for_an_answer(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.get(f"{API}{ISSUES}", json=[])
    wire = GitLabWire("t", SITE)
    wire.send(Call(path=ISSUES, what="x"))

    def odd(*_: object, **__: object) -> None:
        raise gitlab.exceptions.GitlabParsingError(error_message="odd")

    monkeypatch.setattr(gitlab.Gitlab, "http_request", odd)
    with pytest.raises(Lost) as caught:
        wire.send(Call(path=ISSUES, what="x"))
    assert caught.value.sent


# ---------------------------------------------------------------------------------- python-gitlab's own ways, pinned


def test_python_gitlab_by_itself_would_wait_for_ever_and_repeat_a_post(mock: responses.RequestsMock) -> None:
    client = gitlab.Gitlab(SITE, retry_transient_errors=True)
    assert client.timeout is None
    mock.post(f"{API}/x", body=requests.exceptions.ConnectionError("lost"))
    with pytest.raises(requests.exceptions.ConnectionError):
        client.http_request("post", "/x", max_retries=1)
    assert len(mock.calls) == 2


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.ERROR_502_APPLIED, Fault.RESET_APPLIED, Fault.TOO_MANY])
def test_python_gitlab_repeats_nothing_of_ours(fault: Fault) -> None:
    host = GitLab(FakeClock())
    with serve(host) as server:
        server.fault_next(fault)
        call = Call(method="POST", path="/projects/acme%2Fplatform%2Fcore/issues", body={"title": "x"}, what="x")
        answer: Reply | Lost
        try:
            answer = GitLabWire(TOKEN, host.base).send(call)
        except Lost as lost:
            answer = lost
        assert server.requests == 1
        assert isinstance(answer, Lost) or answer.status >= 400


def test_each_of_many_threads_gets_the_answer_to_its_own_question() -> None:
    host = GitLab(FakeClock())
    people = host.people("ann")
    numbers = [people.create_issue(f"Issue {n}") for n in range(8)]
    wrong: list[int] = []
    with serve(host):
        wire = GitLabWire(TOKEN, host.base, read_timeout=timedelta(seconds=20))

        def ask(number: int) -> None:
            for _ in range(25):
                path = f"/projects/acme%2Fplatform%2Fcore/issues/{number}"
                found = wire.send(Call(path=path, what="x")).json()["iid"]
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
