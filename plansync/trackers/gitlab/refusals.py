"""GitLab's refusals → our errors: what failed, on which project, and what to do. No token is ever in a message.

Sources: https://docs.gitlab.com/api/rest/troubleshooting and https://docs.gitlab.com/user/permissions.
"""

from __future__ import annotations

import re

from plansync.core.pace import Sending
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply
from plansync.trackers.hosted.desk import Facts

_RENEW = "make a new token with the scope api, and set it; `plansync doctor` says what a token can do"
_TOKENS = re.compile(r"(?<=//)[^/@\s]+@|\bgl[a-z]+-[\w.-]{8,}|(?<=_token=)[^&\s]+")
_TAKEN = ("already been taken", "already being used")


def refusal(call: Call, reply: Reply, host: str, project: str) -> TrackerError:
    """Return the error for a reply from 400 on.

    status   and                               error
    401      –                                 CredentialRefused: expired, revoked, or not valid
    403      the scope does not do             CredentialRefused, with the scope that is needed
    403      else                              CredentialRefused, with the role that is needed
    404      GitLab names the project          TrackerError
    404 410  else                              IssueGone
    405      the project has another path      TrackerError
    4xx      else                              ChangeRefused, with GitLab's words
    """
    where = f"{project} on {host}"
    said = safe(reply.message)
    match reply.status:
        case 401:
            return CredentialRefused(f"{host} does not accept the token for {project}: {_why(said)}", hint=_RENEW)
        case 403:
            return _forbidden(call, said, where)
        case 404 if "project not found" in said.casefold():
            hint = "check tracker.project, and that the token may see it: GitLab answers 404 for both"
            return TrackerError(f"{where} was not found", hint=hint)
        case 404 | 410:
            return IssueGone(f"could not {call.what}: it does not exist in {where}")
        case 405 if "moved" in said.casefold():
            return TrackerError(
                f"could not {call.what}: {where} has another path now", hint="name its new path in tracker.project"
            )
        case status:
            hint = "give one of the two another title" if any(words in said for words in _TAKEN) else ""
            return ChangeRefused(f"could not {call.what} in {where}: {said or f'GitLab answered {status}'}", hint=hint)


def unfit(facts: Facts, host: str) -> TrackerError | None:
    """Return why nothing can be written to a project, whatever the token; None where nothing is in the way."""
    where = f"{facts.path} on {host}"
    if facts.archived:
        hint = "unarchive the project, or take the target out of plansync.toml"
        return TrackerError(f"{where} is archived and cannot be changed", hint=hint)
    if not facts.has_issues:
        hint = "switch them on in the project's settings, under General, Visibility"
        return TrackerError(f"issues are switched off in {where}", hint=hint)
    return None


def safe(text: str) -> str:
    """Return GitLab's words without anything in them that is a credential."""
    return _TOKENS.sub("…", text)


def _why(said: str) -> str:
    words = said.casefold()
    if "expired" in words:
        return "it is expired"
    if "revoked" in words:
        return "it was revoked"
    return "it is not valid, or may not be used here"


def _forbidden(call: Call, said: str, where: str) -> TrackerError:
    what = f"the token may not {call.what} in {where}"
    words = said.casefold()
    if "insufficient_scope" in words or "higher privileges" in words:
        hint = "make a token with the scope api; read_api is enough for preview alone"
        return CredentialRefused(f"{what}: its scope does not allow it", hint=hint)
    if "blocked" in words or "terms" in words:
        return CredentialRefused(f"{what}: {said}", hint="log in to GitLab with this account and see what it wants")
    if call.kind is Sending.READ:
        hint = "give its account at least the role Guest in the project; in a private one, Reporter"
    else:
        hint = "give its account the role Planner, Reporter or above in the project"
    return CredentialRefused(f"{what}: {said or 'GitLab answered 403'}", hint=hint)
