"""Who asks: the credentials that the GitLab test server takes, and what they may do.

Assumed of CI job tokens, after GitLab's page on them and what people report: they are sent as ``JOB-TOKEN``, act with
the rights of their user at a short list of endpoints (packages, releases, the job itself), and everywhere else GitLab
behaves as if nobody had logged in. So ``GET /user`` and every write answer 401, and a private project answers 404.
"""

from __future__ import annotations

from tests.servers.gitlab.call import Refused
from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Token, TokenKind
from tests.servers.wire import Request

_READING = {"api", "read_api"}
_ABOUT_ME = {"read_user"}


def credential(request: Request) -> str:
    """Return the credential as it was sent, empty without one."""
    headers = request.headers
    bearer = headers.get("authorization", "")
    sent = headers.get("private-token") or headers.get("job-token") or request.query.get("private_token", "")
    return sent or (bearer.partition(" ")[2] if bearer.lower().startswith("bearer ") else "")


def authenticate(state: State, request: Request) -> Token | None:
    """Return the token, None for nobody; raises ``Refused`` for one that is unknown, expired or revoked."""
    value = credential(request)
    if not value:
        return None
    token = state.tokens.get(value)
    if token is None or (token.kind is TokenKind.JOB) != ("job-token" in request.headers):
        raise Refused(401, "401 Unauthorized")
    if token.revoked:
        raise _invalid("Token was revoked. You have to re-authorize from the user.")
    if token.expires_on is not None and token.expires_on <= state.now().date():
        raise _invalid("Token is expired. You can either do re-authorization or token refresh.")
    if token.user.state != "active":
        raise Refused(403, "403 Forbidden - Your account has been blocked.")
    return None if token.kind is TokenKind.JOB else token


def check_scope(token: Token | None, request: Request, path: str) -> None:
    """Refuse what the token's scopes do not cover."""
    if token is None or "api" in token.scopes:
        return
    enough = set() if request.writes else _READING
    if path in {"user", "personal_access_tokens/self"} and not request.writes:
        enough = _READING | _ABOUT_ME | ({*token.scopes} if path != "user" else set())
    if not enough & set(token.scopes):
        refusal = Refused(403, "insufficient_scope", "error")
        refusal.answer.content |= {
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": "api" if request.writes else "api read_api",
        }
        raise refusal


def _invalid(why: str) -> Refused:
    refusal = Refused(401, "invalid_token", "error")
    refusal.answer.content |= {"error_description": why}
    refusal.answer.headers["WWW-Authenticate"] = (
        f'Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="{why}"'
    )
    return refusal
