"""What GitLab refuses becomes one clear line, with what to do, and never with a token."""

import json

import pytest

from plansync.core.pace import Sending
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.trackers.gitlab.refusals import refusal, safe, unfit
from plansync.trackers.hosted.desk import Facts

READ = Call(path="/projects/42/issues/7", what="read issue #7")
WRITE = Call(method="PUT", path="/projects/42/issues/7", kind=Sending.WRITE, what="change issue #7")
INVALID = {"error": "invalid_token", "error_description": "Token is expired. You can either do re-authorization."}
SCOPE = {
    "error": "insufficient_scope",
    "error_description": "The request requires higher privileges than provided by the access token.",
    "scope": "api",
}
TAKEN = 'Failed to create milestone {:title=>["already being used for another group or project milestone."]}'


def refused(call: Call, status: int, content: object) -> TrackerError:
    reply = Reply(status, {"content-type": "application/json"}, json.dumps(content))
    return refusal(call, reply, "gitlab.example.com", "acme/core")


@pytest.mark.parametrize(
    ("call", "status", "content", "error", "words"),
    [
        (READ, 401, {"message": "401 Unauthorized"}, CredentialRefused, ("it is not valid", "scope api")),
        (READ, 401, INVALID, CredentialRefused, ("it is expired", "new token")),
        (READ, 401, {"error_description": "Token was revoked."}, CredentialRefused, ("it was revoked", "new token")),
        (WRITE, 403, SCOPE, CredentialRefused, ("its scope does not allow it", "scope api")),
        (WRITE, 403, {"message": "403 Forbidden"}, CredentialRefused, ("may not change issue #7", "Planner, Reporter")),
        (READ, 403, {"message": "403 Forbidden"}, CredentialRefused, ("may not read issue #7", "Guest")),
        (READ, 403, None, CredentialRefused, ("GitLab answered 403", "Guest")),
        (READ, 403, {"message": "Your account has been blocked."}, CredentialRefused, ("blocked", "log in")),
        (READ, 404, {"message": "404 Project Not Found"}, TrackerError, ("was not found", "tracker.project")),
        (READ, 404, {"message": "404 Not found"}, IssueGone, ("could not read issue #7: it does not exist", "")),
        (READ, 410, {"message": "410 Gone"}, IssueGone, ("it does not exist", "")),
        (WRITE, 405, {"message": "Non GET methods are not allowed for moved projects"}, TrackerError, ("path", "path")),
        (WRITE, 405, {"message": "405 Method Not Allowed"}, ChangeRefused, ("405 Method Not Allowed", "")),
        (WRITE, 400, {"message": {"title": ["is too long"]}}, ChangeRefused, ("title is too long", "")),
        (WRITE, 400, {"error": "title is missing"}, ChangeRefused, ("title is missing", "")),
        (WRITE, 400, {"message": TAKEN}, ChangeRefused, ("already being used", "another title")),
        (WRITE, 400, {"message": {"title": ["has already been taken"]}}, ChangeRefused, ("taken", "another title")),
        (WRITE, 409, {"message": "Conflict"}, ChangeRefused, ("Conflict", "")),
        (WRITE, 413, None, ChangeRefused, ("GitLab answered 413", "")),
        (WRITE, 422, {"message": "422 Unprocessable"}, ChangeRefused, ("422 Unprocessable", "")),
    ],
)
def test_each_refusal_says_what_failed_where_and_what_to_do(
    call: Call, status: int, content: object, error: type[TrackerError], words: tuple[str, str]
) -> None:
    found = refused(call, status, content)
    message, hint = words
    assert type(found) is error
    assert message in str(found)
    assert hint in found.hint
    assert "acme/core" in str(found)
    assert "gitlab.example.com" in str(found)
    assert "\n" not in str(found)


def test_no_credential_gets_into_a_message() -> None:
    said = (
        "see https://oauth2:glpat-canary-0123456789@gitlab.example.com?private_token=canary and glptt-canary-0123456789"
    )
    error = refused(WRITE, 400, {"message": said})
    assert "canary" not in str(error)
    assert safe("nothing to hide: gl-pages, a@b") == "nothing to hide: gl-pages, a@b"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (Facts("acme/core", archived=True), "acme/core on gitlab.example.com is archived"),
        (Facts("acme/core", has_issues=False), "issues are switched off in acme/core on gitlab.example.com"),
    ],
)
def test_a_project_that_takes_no_changes_says_why(facts: Facts, message: str) -> None:
    error = unfit(facts, "gitlab.example.com")
    assert error is not None
    assert message in str(error)
    assert error.hint


def test_nothing_is_in_the_way_in_a_living_project() -> None:
    assert unfit(Facts("acme/core"), "gitlab.example.com") is None
