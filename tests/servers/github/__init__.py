"""A stateful GitHub for tests: REST, a little GraphQL, Apps, webhooks, and an accountant who knows the limits."""

from tests.servers.github.accountant import Limits
from tests.servers.github.people import GitHubPeople
from tests.servers.github.service import GitHub, serve
from tests.servers.github.switches import SWITCHES

__all__ = ["SWITCHES", "GitHub", "GitHubPeople", "Limits", "serve"]
