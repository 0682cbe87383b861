"""Who calls, and what that credential may do, in GitHub's own words where it may not."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.github import apps
from tests.servers.github.state import App, Repository, Token, User
from tests.servers.github.words import Refused, not_found, refused
from tests.servers.github.world import World
from tests.servers.wire import Request

_WRITING = frozenset({"repo", "public_repo"})
_SCOPES = {"repository_hooks": frozenset({"repo", "admin:repo_hook", "write:repo_hook"})}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who sent a request: an account with its token, an App with its JWT, or nobody."""

    user: User | None = None
    token: Token | None = None
    app: App | None = None

    @property
    def key(self) -> str:
        """Return whose limits count: those of the account, not of one of its tokens."""
        if self.user is not None:
            return f"user {self.user.login}"
        return "nobody" if self.app is None else f"app {self.app.slug}"

    @property
    def login(self) -> str | None:
        """Return the account's login."""
        return self.user.login if self.user else None


@dataclass(frozen=True, slots=True)
class Need:
    """What a route asks of a credential: a permission and its level, and what the account must be here."""

    permission: str = "metadata"
    level: str = "read"

    @property
    def header(self) -> str:
        """Return the value of ``x-accepted-github-permissions``."""
        return f"{self.permission}={self.level}"


def credential(request: Request) -> str:
    """Return the credential as it was sent, without the word before it."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() in {"token", "bearer"} else ""


def bad_credentials() -> Refused:
    """Return what GitHub says to a token that it does not know, or no longer."""
    return refused(401, "Bad credentials", "https://docs.github.com/rest")


def identify(world: World, text: str) -> Identity:
    """Return who has that token, or signed that JWT; raises 401."""
    if not text:
        return Identity()
    if text.count(".") == 2:
        return Identity(app=apps.signed_by(world, text))
    token = world.tokens.get(text)
    if token is None or token.revoked or (token.expires_at is not None and token.expires_at <= world.clock.now()):
        raise bad_credentials()
    return Identity(token.user, token, token.app)


def check_visible(world: World, identity: Identity, repository: Repository) -> None:
    """Refuse what the credential may not even see."""
    token = identity.token
    if token is not None and token.sso_required:
        page = f"{world.base}/orgs/{repository.owner.login}/sso?authorization_request=A1"
        wall = refused(403, "Resource protected by organization SAML enforcement. You must grant your Personal Access "
                       "token access to this organization.")  # fmt: skip
        wall.answer.headers["X-GitHub-SSO"] = f"required; url={page}"
        raise wall
    if not repository.private:
        return
    if identity.app is not None and token is None:
        return
    if token is None or not level_of(identity, repository, "read"):
        raise not_found()
    if token.permissions is None and "repo" not in token.scopes:
        raise not_found()


def check_need(identity: Identity, repository: Repository, need: Need) -> None:
    """Refuse what the credential may see, but not do."""
    token = identity.token
    if token is None:
        if need.level != "read" and identity.app is None:
            raise refused(401, "Requires authentication")
        return
    if token.permissions is not None:
        given = token.permissions.get(need.permission, "none")
        public = need.level == "read" and not repository.private
        if given not in {"write", need.level} and need.permission not in {"metadata", "app"} and not public:
            raise resource_not_accessible(token)
    elif need.level != "read" and not _SCOPES.get(need.permission, _WRITING) & set(token.scopes):
        raise not_found()


def resource_not_accessible(token: Token) -> Refused:
    """Return what GitHub says where a fine-grained token lacks a permission."""
    kind = "integration" if token.app is not None else "personal access token"
    return refused(403, f"Resource not accessible by {kind}")


def level_of(identity: Identity, repository: Repository, wanted: str) -> bool:
    """Say whether the caller may do here what ``wanted`` names; an App may what its permissions say."""
    token = identity.token
    if token is not None and token.app is not None:
        return wanted != "admin"
    return repository.allows(identity.login, wanted)
