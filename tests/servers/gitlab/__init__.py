"""A stateful GitLab for tests: REST, quick actions, web hooks, and an accountant who knows the limits."""

from tests.servers.gitlab.accountant import Limits
from tests.servers.gitlab.people import GitLabPeople
from tests.servers.gitlab.service import GitLab, serve
from tests.servers.gitlab.switches import SWITCHES

__all__ = ["SWITCHES", "GitLab", "GitLabPeople", "Limits", "serve"]
