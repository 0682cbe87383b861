"""Whom and what a text mentions, as GitLab reads it: not in code, and ``@all`` means everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Issue, Project

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_USER = re.compile(r"(?<![\w\\/@.])@([A-Za-z0-9_][\w.-]*(?:/[\w.-]+)*)")
_ISSUE = re.compile(r"(?<![\w/#&\\])((?:[\w.-]+/)+[\w.-]+|[\w.-]+)?(#|GL-)([0-9]+)\b(?![\w-])")
_ADDRESS = re.compile(r"https?://[^\s<>()]+?/([\w.-]+(?:/[\w.-]+)+)/-/(?:issues|work_items)/([0-9]+)\b")


def prose(text: str) -> str:
    """Return a text without its code and comments."""
    return _COMMENT.sub(" ", _SPAN.sub(" ", _FENCE.sub("\n", text)))


def mentioned_users(text: str) -> list[str]:
    """Return the logins that a text mentions, each once; whether there is such a user is another question."""
    found = [match[1].rstrip(".-") for match in _USER.finditer(prose(text))]
    return list(dict.fromkeys(found))


def mentioned_issues(state: State, project: Project, text: str) -> list[Issue]:
    """Return the issues that a text refers to: ``#12``, ``group/project#12``, ``project#12``, or an address."""
    return list(dict.fromkeys(_issues(state, project, prose(text))))


def _issues(state: State, project: Project, text: str) -> Iterator[Issue]:
    for match in _ISSUE.finditer(_ADDRESS.sub(" ", text)):
        path, _, number = match.groups()
        found = _target(state, project, path, int(number))
        if found is not None:
            yield found
    for match in _ADDRESS.finditer(text):
        found = _target(state, project, match[1], int(match[2]))
        if found is not None:
            yield found


def _target(state: State, project: Project, path: str | None, number: int) -> Issue | None:
    if path is None:
        return state.find_issue(project, number)
    parts = path.split("/")
    tries = ["/".join(parts[start:]) for start in range(len(parts))] if len(parts) > 2 else [path]
    for address in [*tries, f"{project.group.full_path}/{path}"]:
        found, _ = state.find_project(address) if not address.isdigit() else (None, False)
        if found is not None:
            return state.find_issue(found, number)
    return None
