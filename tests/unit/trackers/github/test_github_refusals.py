"""GitHub's refusals: which error, in which words, and what to do; never a token."""

import json
from typing import Any

import pytest

from plansync.core.pace import Sending
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.trackers.github.refusals import refusal

ROOT = "/repos/acme/web"
PROJECT = Call(path=ROOT, what="read the project")
ISSUES = Call(path=f"{ROOT}/issues", what="list issues")
ISSUE = Call(path=f"{ROOT}/issues/12", what="read issue #12")
OPEN = Call(method="POST", path=f"{ROOT}/issues", kind=Sending.CREATE, what="open the issue “x”")
CHANGE = Call(method="PATCH", path=f"{ROOT}/issues/12", kind=Sending.WRITE, what="change issue #12")
WHERE = "acme/web on api.github.com"


def refused(call: Call, status: int, message: str = "", **headers: str) -> TrackerError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content: Any = {"message": message} if message else {}
    reply = Reply(status, {"content-type": "application/json", **named}, json.dumps(content))
    return refusal(call, reply, "api.github.com", "acme/web")


@pytest.mark.parametrize(
    ("call", "answer", "kind", "words", "hint"),
    [
        (
            ISSUES,
            (401, "Bad credentials"),
            CredentialRefused,
            "does not accept the token for acme/web",
            "set a valid token",
        ),
        (CHANGE, (403, "Repository was archived so is read-only."), TrackerError, f"{WHERE} is archived", "unarchive"),
        (
            CHANGE,
            (403, "Unable to create comment because issue is locked."),
            ChangeRefused,
            "issue is locked",
            "unlock",
        ),
        (
            CHANGE,
            (403, "Resource not accessible by personal access token"),
            CredentialRefused,
            f"the token may not change issue #12 in {WHERE}: Resource not accessible",
            "set a valid token",
        ),
        (CHANGE, (403, ""), CredentialRefused, "GitHub answered 403", "plansync doctor"),
        (PROJECT, (404, "Not Found"), TrackerError, f"{WHERE} was not found", "404 for both"),
        (ISSUES, (404, "Not Found"), TrackerError, f"{WHERE} was not found", "check tracker.project"),
        (OPEN, (404, "Not Found"), CredentialRefused, "a scope is missing", "the scope repo"),
        (ISSUE, (404, "Not Found"), IssueGone, f"could not read issue #12: it does not exist in {WHERE}", ""),
        (CHANGE, (404, "Not Found"), IssueGone, "could not change issue #12", ""),
        (ISSUE, (410, "This issue was deleted"), IssueGone, "it does not exist", ""),
        (
            ISSUES,
            (410, "Issues are disabled for this repo"),
            TrackerError,
            "switched off in acme/web",
            "switch them on",
        ),
        (
            OPEN,
            (422, "Validation Failed"),
            ChangeRefused,
            f"could not open the issue “x” in {WHERE}: Validation Failed",
            "",
        ),
        (CHANGE, (451, ""), ChangeRefused, "GitHub answered 451", ""),
        (CHANGE, (409, "Conflict"), ChangeRefused, "Conflict", ""),
    ],
)
def test_a_refusal_is_one_line_with_a_remedy(
    call: Call, answer: tuple[int, str], kind: type[TrackerError], words: str, hint: str
) -> None:
    error = refused(call, *answer)
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
    assert hint in error.hint
    assert not error.transient


def test_single_sign_on_names_the_page_where_the_token_is_authorised() -> None:
    sso = "required; url=https://github.com/orgs/acme/sso?authorization_request=secret"
    error = refused(ISSUES, 403, "Resource protected by organization SAML enforcement.", x_github_sso=sso)
    assert isinstance(error, CredentialRefused)
    assert "requires single sign-on" in str(error)
    assert error.hint == "authorise the token for single sign-on at https://github.com/orgs/acme/sso"
    bare = refused(ISSUES, 403, "x", x_github_sso="partial-results; organizations=1")
    assert bare.hint == "authorise the token for single sign-on"


def test_the_right_that_github_names_is_the_remedy() -> None:
    error = refused(CHANGE, 403, "Resource not accessible", x_accepted_github_permissions="issues=write")
    assert error.hint == "give it issues=write"
