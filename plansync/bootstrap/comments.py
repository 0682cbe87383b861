"""Which pull or merge request CI runs for, and the way to its comments."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plansync.bootstrap import SystemClock
from plansync.errors import UsageError
from plansync.settings.secrets import pipeline_token

if TYPE_CHECKING:
    from plansync.core.pace import Manners
    from plansync.hosts.pace import Pace
    from plansync.ports.comments import Comments
    from plansync.ports.pacing import Pacing
    from plansync.settings import Settings

_PULL = re.compile(r"refs/pull/(\d+)/(?:merge|head)")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A run of CI for a pull or merge request: of which host's kind, where its API is, and which request it is."""

    kind: str
    api_url: str
    project: str
    number: int


def pipeline_of(environ: Mapping[str, str]) -> Pipeline:
    """Return what GitHub Actions or GitLab CI say of their run; ``UsageError`` where it is for no request.

    Variables: https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
    https://docs.gitlab.com/ci/variables/predefined_variables.
    """
    pull = _PULL.fullmatch(environ.get("GITHUB_REF", ""))
    if environ.get("GITHUB_ACTIONS") == "true" and pull is not None:
        api_url = environ.get("GITHUB_API_URL", "https://api.github.com")
        return Pipeline("github", api_url, environ.get("GITHUB_REPOSITORY", ""), int(pull[1]))
    number = environ.get("CI_MERGE_REQUEST_IID", "")
    if environ.get("GITLAB_CI") == "true" and number.isdecimal():
        api_url = environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4")
        return Pipeline("gitlab", api_url, environ.get("CI_MERGE_REQUEST_PROJECT_PATH", ""), int(number))
    raise UsageError(
        "--comment: there is no pull or merge request here",
        hint="it is for pipelines of GitHub Actions (on: pull_request) and GitLab CI (merge_request_event)",
    )


def open_comments(settings: Settings, pacing: Pacing) -> Comments | None:
    """Return the comments of the request that CI runs for, None where there is no token for its host."""
    pipeline = pipeline_of(os.environ)
    token = pipeline_token(settings, pipeline.kind, os.environ)
    if not token:
        return None
    return _on_github(pipeline, token, pacing) if pipeline.kind == "github" else _on_gitlab(pipeline, token, pacing)


def _on_github(pipeline: Pipeline, token: str, pacing: Pacing) -> Comments:
    from plansync.hosts.github_wire import GitHubWire, token_auth
    from plansync.hosts.line import Line
    from plansync.trackers.github.commenting import GitHubComments
    from plansync.trackers.github.tracker import MANNERS

    wire = GitHubWire(token_auth(token), pipeline.api_url)
    return GitHubComments(Line(wire, _pace(pipeline, token, pacing, MANNERS)), pipeline.project, number=pipeline.number)


def _on_gitlab(pipeline: Pipeline, token: str, pacing: Pacing) -> Comments:
    from plansync.hosts.gitlab_wire import GitLabWire, site_url
    from plansync.hosts.line import Line
    from plansync.trackers.gitlab.commenting import GitLabComments
    from plansync.trackers.gitlab.tracker import MANNERS

    line = Line(GitLabWire(token, pipeline.api_url), _pace(pipeline, token, pacing, MANNERS))
    return GitLabComments(line, pipeline.project, site_url(pipeline.api_url), number=pipeline.number)


def _pace(pipeline: Pipeline, token: str, pacing: Pacing, manners: Manners) -> Pace:
    from plansync.hosts.digests import token_digest
    from plansync.hosts.pace import Pace
    from plansync.trackers.hosted.tracker import host_of

    host = host_of(pipeline.api_url)
    return Pace(host, f"{host}:{token_digest(token)}", manners, pacing, SystemClock())
