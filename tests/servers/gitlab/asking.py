"""Asks the GitLab test server without a socket in between, for tests of the server itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.gitlab.service import GitLab
from tests.servers.wire import Answer, Request

TOKEN = "glpat-plansync-test-server"


@dataclass(frozen=True)
class Asking:
    """Somebody with a token; paths begin below the project, or with ``/`` below the API."""

    gitlab: GitLab
    token: str = TOKEN
    header: str = "private-token"

    def answer(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Return the whole answer."""
        below = path.removeprefix("/") if path.startswith("/") else f"projects/{self.gitlab.project.id}/{path}"
        parts = urlsplit(f"/api/v4/{below.rstrip('/')}")
        pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {self.header: self.token} if self.token else {}
        sent |= {"content-type": "application/json"} if body is not None else {}
        data = b"" if body is None else json.dumps(body).encode()
        return self.gitlab.answer(Request(method, parts.path, unquote(parts.path), dict(pairs), sent, data, pairs))

    def get(self, path: str) -> Any:
        """Return what is read."""
        return self._content(self.answer("GET", path))

    def post(self, path: str, **body: Any) -> Any:
        """Make something."""
        return self._content(self.answer("POST", path, body))

    def put(self, path: str, **body: Any) -> Any:
        """Change something."""
        return self._content(self.answer("PUT", path, body))

    def refused(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        """Return status and words of a refusal."""
        answer = self.answer(method, path, body or None)
        assert answer.status >= 300, answer
        content = answer.content
        if isinstance(content, dict) and len(content) == 1:
            (content,) = content.values()
        return answer.status, content

    @staticmethod
    def _content(answer: Answer) -> Any:
        assert answer.status < 300, answer
        return answer.content
