"""Routes of an App: what it is, where it is installed, and its tokens."""

from __future__ import annotations

from tests.servers.github import apps
from tests.servers.github.render import Json, instant
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import App
from tests.servers.github.words import not_found, refused
from tests.servers.wire import Answer

routes = Routes("app", "apps/apps")


def _app(call: Call) -> App:
    if call.identity.app is None or call.identity.token is not None:
        raise refused(401, "A JSON web token could not be decoded")
    return call.identity.app


@routes.on("GET", "/app")
def get_app(call: Call) -> Answer:
    return Answer(200, {**call.render.app(_app(call)), "installations_count": 1})


@routes.on("GET", "/app/installations/{installation_id}")
def get_installation(call: Call) -> Answer:
    return Answer(200, installation(call, _installed(call)))


@routes.on("GET", "/repos/{owner}/{repo}/installation")
def get_repository_installation(call: Call) -> Answer:
    return Answer(200, installation(call, _app(call)))


@routes.on("POST", "/app/installations/{installation_id}/access_tokens")
def create_token(call: Call) -> Answer:
    token = apps.hand_out(call.world, _installed(call))
    ends = "" if token.expires_at is None else instant(token.expires_at)
    content = {
        "token": token.text,
        "expires_at": ends,
        "permissions": token.permissions,
        "repository_selection": "all",
    }
    return Answer(201, content)


def _installed(call: Call) -> App:
    app = _app(call)
    if call.number("installation_id") != app.installation_id:
        raise not_found()
    return app


def installation(call: Call, app: App) -> Json:
    """Return an ``installation``."""
    api = f"{call.world.api}/app/installations/{app.installation_id}"
    return {
        "id": app.installation_id,
        "account": call.render.user(app.owner),
        "repository_selection": "all",
        "access_tokens_url": f"{api}/access_tokens",
        "repositories_url": f"{call.world.api}/installation/repositories",
        "html_url": f"{call.world.base}/organizations/{app.owner.login}/settings/installations/{app.installation_id}",
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": app.owner.id,
        "target_type": app.owner.type,
        "permissions": app.permissions,
        "events": ["issues", "push"],
        "created_at": instant(app.created_at),
        "updated_at": instant(app.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }
