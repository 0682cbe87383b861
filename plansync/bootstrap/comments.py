"""Which pull or merge request CI runs for, and the way to its comments."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from plansync.bootstrap import SystemClock
from plansync.errors import UsageError
from plansync.settings.secrets import pipeline_token

if TYPE_CHECKING:
    from plansync.bootstrap.connections import Spot
    from plansync.ports.comments import Comments
    from plansync.ports.store import Store
    from plansync.settings import Settings

_PULL = re.compile(r"refs/pull/(\d+)/(?:merge|head)")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A run of CI for a pull or merge request: of which host's kind, where its API is, and which request it is."""

    kind: Literal["github", "gitlab"]
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


def open_comments(settings: Settings, store: Store) -> Comments | None:
    """Return the comments of the request that CI runs for, None where there is no token for its host."""
    from plansync.bootstrap.connections import Connections

    pipeline = pipeline_of(os.environ)
    spot = _spot(settings, pipeline)
    if not spot.token:
        return None
    line, _ = Connections(settings, SystemClock(), store).line(spot)
    if pipeline.kind == "github":
        from plansync.trackers.github.commenting import GitHubComments

        return GitHubComments(line, pipeline.project, number=pipeline.number)
    from plansync.hosts.gitlab_wire import site_url
    from plansync.trackers.gitlab.commenting import GitLabComments

    return GitLabComments(line, pipeline.project, site_url(pipeline.api_url), number=pipeline.number)


def _spot(settings: Settings, pipeline: Pipeline) -> Spot:
    """Return where the request is; a host that is a tracker's too is trusted by the same certificates."""
    from plansync.bootstrap.connections import Spot, tracker_spot

    token = pipeline_token(settings, pipeline.kind, os.environ)
    spot = Spot(pipeline.kind, "comment", pipeline.project, pipeline.api_url, token)
    hosted = [tracker_spot(settings, target) for target in settings.targets if target.tracker.kind == pipeline.kind]
    return replace(spot, ca_file=next((other.ca_file for other in hosted if other.api_host == spot.api_host), ""))
