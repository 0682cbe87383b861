"""A GitHub that is up and running, with somebody to send it requests: for tests of the server itself."""

from __future__ import annotations

from typing import Any, Self

import requests

from tests.servers import openapi
from tests.servers.github.service import GitHub, serve
from tests.support.clocks import FakeClock

REPO = "/api/v3/repos/acme/web"


class Site:
    """The server, its clock, and a session with the main token; what is sent and answered must fit the description."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.github = GitHub(self.clock)
        self.server = serve(self.github, watch=openapi.rest().check)
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {self.github.token}"

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self.session.close()
        self.server.__exit__(kind, *rest)

    def call(self, method: str, path: str, json: Any = None, token: str = "", **headers: str) -> requests.Response:
        """Send a request and return the answer, a redirect included; in header names ``_`` stands for ``-``."""
        url = path if path.startswith("http") else f"{self.server.url}{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self.session.request(method, url, json=json, headers=sent, timeout=10, allow_redirects=False)

    def get(self, path: str, token: str = "", **headers: str) -> Any:
        """Return what is at ``path`` below the repository, which must be there."""
        return self._good("GET", path, None, token, headers)

    def post(self, path: str, json: Any = None, token: str = "") -> Any:
        """Post something below the repository, which must work."""
        return self._good("POST", path, json, token, {})

    def patch(self, path: str, json: Any) -> Any:
        """Patch something below the repository, which must work."""
        return self._good("PATCH", path, json, "", {})

    def _good(self, method: str, path: str, json: Any, token: str, headers: dict[str, str]) -> Any:
        answer = self.call(method, REPO + path, json, token, **headers)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
