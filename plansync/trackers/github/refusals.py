"""GitHub's refusals → our errors: what failed, on which project, and what to do. No token is ever in a message.

Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api.
"""

from __future__ import annotations

from plansync.core.pace import Sending
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone, TrackerError
from plansync.hosts.calls import Call, Reply

_TOKEN = "set a valid token; `plansync doctor` says which rights it needs"  # noqa: S105 - words, not a secret
_SCOPE = "give a classic token the scope repo, a fine-grained one Issues: read and write"
_LOCKED = "unlock the issue, or give the token the right to write, which may comment on it all the same"
_ARCHIVED = "unarchive the repository, or take the target out of plansync.toml"


def refusal(call: Call, reply: Reply, host: str, project: str) -> TrackerError:
    """Return the error for a reply from 400 on.

    status    and                        error
    401       –                          CredentialRefused
    403       X-GitHub-SSO               CredentialRefused: authorise the token for single sign-on
    403       it is archived             TrackerError
    403       the issue is locked        ChangeRefused
    403       else                       CredentialRefused, with the right that GitHub names
    404       a part of the project      IssueGone
    404       the project is read        TrackerError
    404       something is made in it    CredentialRefused: GitHub answers so where a scope is missing
    410       issues are switched off    TrackerError
    410       else                       IssueGone
    451, 4xx  else                       ChangeRefused, with GitHub's words
    """
    where = f"{project} on {host}"
    said = reply.message
    match reply.status:
        case 401:
            return CredentialRefused(f"{host} does not accept the token for {project}", hint=_TOKEN)
        case 403:
            return _forbidden(call, reply, where)
        case 404 if _is_whole_project(call, project) and call.kind is not Sending.READ:
            return CredentialRefused(f"the token may not {call.what} in {where}: a scope is missing", hint=_SCOPE)
        case 404 if _is_whole_project(call, project):
            hint = "check tracker.project, and that the token may see it: GitHub answers 404 for both"
            return TrackerError(f"{where} was not found", hint=hint)
        case 410 if "disabled" in said.casefold():
            return TrackerError(f"issues are switched off in {where}", hint="switch them on in the settings there")
        case 404 | 410:
            return IssueGone(f"could not {call.what}: it does not exist in {where}")
        case _:
            return ChangeRefused(f"could not {call.what} in {where}: {said or f'GitHub answered {reply.status}'}")


def _forbidden(call: Call, reply: Reply, where: str) -> TrackerError:
    said = reply.message
    sso = reply.headers.get("x-github-sso", "")
    if sso:
        url = sso.partition("url=")[2].partition("?")[0]
        hint = f"authorise the token for single sign-on{f' at {url}' if url else ''}"
        return CredentialRefused(f"the organisation of {where} requires single sign-on", hint=hint)
    if "archived" in said.casefold():
        return TrackerError(f"{where} is archived and cannot be changed", hint=_ARCHIVED)
    if "is locked" in said.casefold():
        return ChangeRefused(f"could not {call.what} in {where}: {said}", hint=_LOCKED)
    needed = reply.headers.get("x-accepted-github-permissions", "")
    hint = f"give it {needed}" if needed else _TOKEN
    return CredentialRefused(f"the token may not {call.what} in {where}: {said or 'GitHub answered 403'}", hint=hint)


def _is_whole_project(call: Call, project: str) -> bool:
    """Say whether a call names the project and nothing that may be missing in it."""
    root = f"/repos/{project}"
    return call.path in {root, f"{root}/issues", f"{root}/milestones", f"{root}/labels"}
