"""A GitHub App's credential: a token of its installation, renewed shortly before it ends, shared by all runs.

The token is kept in the snapshots, sealed with a key that is derived from the App's private key: whoever can open it
could make one anyway. So it is fetched once an hour, not once a run, and the answers to conditional reads, which
GitHub binds to the token, stay good from run to run
(https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import github.Auth
import jwt
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plansync.errors import CredentialRefused, TrackerError
from plansync.hosts.calls import Call, Reply, Wire
from plansync.hosts.digests import token_digest
from plansync.hosts.line import Line
from plansync.ports.clock import Clock
from plansync.ports.snapshots import Snapshots

MARGIN = timedelta(minutes=5)
"""A token that ends within this time is not used any more."""
_JWT_AGE = timedelta(minutes=9)
_DRIFT = timedelta(seconds=60)
"""How far the host's clock may be behind ours."""
_KEY_HINT = "give the App's private key, as GitHub made it, in PLANSYNC_GITHUB_APP_KEY or PLANSYNC_GITHUB_APP_KEY_FILE"


def app_auth(app_id: int, private_key: str, clock: Clock) -> github.Auth.AppAuth:
    """Return PyGithub's App credential, on our clock."""

    def _sign(claims: dict[str, Any]) -> str:
        now = clock.now()
        times = {"iat": int((now - _DRIFT).timestamp()), "exp": int((now + _JWT_AGE).timestamp())}
        try:
            return jwt.encode({**claims, **times}, private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise CredentialRefused("the GitHub App's private key cannot be read", hint=_KEY_HINT) from error

    return github.Auth.AppAuth(app_id, sign_func=_sign)


@dataclass(slots=True)
class Installation:
    """The App's installation that ``project`` belongs to. ``line`` speaks as the App itself."""

    app_id: int
    private_key: str = field(repr=False)
    project: str
    line: Line
    snapshots: Snapshots
    clock: Clock
    _token: str = field(default="", repr=False)
    _expires_at: datetime | None = None
    _login: str = ""

    @property
    def name(self) -> str:
        """Return the name of the snapshot: an installation belongs to an owner."""
        owner = self.project.partition("/")[0].casefold()
        return f"github-app:{self.line.host}:{self.app_id}:{owner}"

    def token(self) -> str:
        """Return a token that is good for a while; fetched when there is none."""
        if self._is_stale():
            self._load()
        if self._is_stale():
            self._fetch()
        return self._token

    def renew(self) -> str:
        """Fetch a token whatever the one in use is said to be good for: the host does not accept it any more."""
        self._fetch()
        return self._token

    def login(self) -> str:
        """Return the account that the installation acts as."""
        self.token()
        return self._login

    def digest(self) -> str:
        """Return what tells this token from the next, and reveals nothing of it."""
        return token_digest(self.token())

    def permissions(self) -> Mapping[str, str]:
        """Return what the App may do with the project, as its owner granted it (``{"issues": "write"}``)."""
        found = self._ask("GET", f"/repos/{self.project}/installation", "find the App's installation")
        return {name: str(level) for name, level in found["permissions"].items()}

    def _is_stale(self) -> bool:
        return self._expires_at is None or self.clock.now() + MARGIN >= self._expires_at

    def _load(self) -> None:
        snapshot = self.snapshots.load(self.name)
        if snapshot is None:
            return
        try:
            token = self._seal().decrypt(str(snapshot.head["token"]).encode()).decode()
            expires_at = datetime.fromisoformat(snapshot.head["expires_at"])
            login = str(snapshot.head["login"])
        except (KeyError, TypeError, ValueError, InvalidToken):
            return
        if expires_at.tzinfo is not None:
            self._token, self._expires_at, self._login = token, expires_at, login

    def _fetch(self) -> None:
        installation = self._ask("GET", f"/repos/{self.project}/installation", "find the App's installation")["id"]
        path = f"/app/installations/{installation}/access_tokens"
        answer = self._ask("POST", path, "get a token for the App's installation")
        slug = self._login.removesuffix("[bot]") or self._ask("GET", "/app", "read the App's name")["slug"]
        self._token, self._login = answer["token"], f"{slug}[bot]"
        self._expires_at = datetime.fromisoformat(answer["expires_at"])
        sealed = self._seal().encrypt(self._token.encode()).decode()
        head = {"token": sealed, "expires_at": self._expires_at.isoformat(), "login": self._login}
        self.snapshots.save(self.name, head, {})

    def _ask(self, method: str, path: str, what: str) -> Any:
        reply = self.line.ask(Call(method=method, path=path, what=what))
        if reply.status >= 400:
            raise self._refusal(reply, what)
        return reply.json()

    def _refusal(self, reply: Reply, what: str) -> TrackerError:
        message = f"could not {what} for {self.project} on {self.line.host}: {reply.message or reply.status}"
        if reply.status == 404:
            return CredentialRefused(message, hint="install the App on the repository, or check tracker.project")
        if reply.status in {401, 403}:
            return CredentialRefused(message, hint="check tracker.app_id, the private key, and this machine's clock")
        return TrackerError(message)

    def _seal(self) -> Fernet:
        derive = HKDF(SHA256(), length=32, salt=None, info=b"plansync installation token")
        return Fernet(base64.urlsafe_b64encode(derive.derive(self.private_key.encode())))


@dataclass(slots=True)
class InstallationWire:
    """A wire that always has a good token of the installation. ``make`` makes the wire for a token."""

    installation: Installation
    make: Callable[[str], Wire]
    _made: tuple[str, Wire] | None = None

    def send(self, call: Call) -> Reply:
        token = self.installation.token()
        if self._made is None or self._made[0] != token:
            self._made = (token, self.make(token))
        return self._made[1].send(call)

    def renewed(self) -> Wire:
        """Return this wire with a fresh token, for a line whose host refused the old one."""
        self.installation.renew()
        return self
