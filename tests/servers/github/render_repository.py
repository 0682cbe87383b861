"""A repository and an account as the JSON of GitHub's REST interface: much of it is addresses."""

from __future__ import annotations

from tests.servers.github.access import Identity, level_of
from tests.servers.github.render import Json, Renderer, instant
from tests.servers.github.state import Repository, User


def plain_repository(render: Renderer, repository: Repository) -> Json:
    """Return what every form of a repository has, as in webhooks."""
    world = render.world
    page = f"{world.base}/{repository.full_name}"
    open_issues = sum(issue.state == "open" for issue in repository.issues.values())
    host = world.base.partition("://")[2]
    return {
        **render.simple_repository(repository),
        "clone_url": f"{page}.git",
        "git_url": f"git://{host}/{repository.full_name}.git",
        "ssh_url": f"git@{host.partition(':')[0]}:{repository.full_name}.git",
        "svn_url": page,
        "homepage": None,
        "language": None,
        "license": None,
        "mirror_url": None,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "forks_count": 0,
        "watchers": 0,
        "forks": 0,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "has_issues": repository.has_issues,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "archived": repository.archived,
        "disabled": False,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repository.private else "public",
        "default_branch": repository.default_branch,
        "created_at": instant(repository.created_at),
        "updated_at": instant(repository.created_at),
        "pushed_at": instant(repository.created_at),
    }


def full_repository(render: Renderer, repository: Repository, identity: Identity) -> Json:
    """Return a ``full-repository`` as one credential sees it."""
    levels = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin"}
    return {
        **plain_repository(render, repository),
        "permissions": {name: level_of(identity, repository, level) for name, level in levels.items()},
        "network_count": 0,
        "subscribers_count": 0,
    }


def whole_user(render: Renderer, user: User) -> Json:
    """Return a ``public-user``, which is what /user gives to a token without the scope ``user``."""
    then = "2020-01-01T00:00:00Z"
    unsaid = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio", "twitter_username"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    return {**render.user(user), **unsaid, "blog": "", **counts, "created_at": then, "updated_at": then}
