"""PyGithub as a wire: credentials, encoding and addresses are its own, the connection is ours.

The connection goes in by the public ``cnx`` argument of ``Requester.requestJson``, so that conditional reads,
redirects and time-outs are decided in this project, and nothing is repeated by the library
(https://pygithub.readthedocs.io). One requester for each thread: PyGithub's are not safe to share.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import github
import github.Auth
import requests
from github.Requester import HTTPSRequestsConnectionClass, Requester, RequestsResponse

from plansync.hosts.calls import Call, Reply
from plansync.hosts.session import READ_TIMEOUT, QuietSession, call_through, reply_of

API_URL = "https://api.github.com"
_VERSION = "2022-11-28"


class _Connection(HTTPSRequestsConnectionClass):
    """What PyGithub sends through: one request at a time, with a session of ours.

    PyGithub is told of an empty success, whatever came: it would follow redirects without their query, sleep and
    repeat after 202, and fail on headers that hold no numbers.
    """

    def __init__(self, root: str, session: QuietSession) -> None:
        self.root = root
        self.session = session
        self.reply: Reply | None = None

    def getresponse(self) -> RequestsResponse:
        self.reply = reply_of(
            self.session.request(self.verb, self.root + self.url, headers=self.headers, data=self.input)
        )
        told = requests.Response()
        told.status_code = 200
        return RequestsResponse(told)

    def take(self) -> Reply:
        """Return the answer that came, once: nobody is given that of an earlier request."""
        reply, self.reply = self.reply, None
        if reply is None:
            raise requests.exceptions.ConnectionError("no reply")
        return reply


class GitHubWire:
    """Sends calls to one GitHub host with one credential. May be used by several threads."""

    def __init__(
        self,
        auth: github.Auth.Auth | None,
        api_url: str = API_URL,
        *,
        ca_file: str = "",
        read_timeout: timedelta = READ_TIMEOUT,
    ) -> None:
        """``auth`` None sends no credential."""
        self._auth = auth
        self._api_url = api_url.rstrip("/")
        self._ca_file = ca_file
        self._read_timeout = read_timeout
        self._local = threading.local()

    def send(self, call: Call) -> Reply:
        requester, connection = self._of_thread()
        headers: dict[str, Any] = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": _VERSION}
        headers |= call.headers
        url = Requester.add_parameters_to_url(call.path, dict(call.query))

        def _send() -> Reply:
            body = dict(call.body) if call.body is not None else None
            requester.requestJson(call.method, url, headers=headers, input=body, cnx=connection)
            return connection.take()

        return call_through(_send)

    def _of_thread(self) -> tuple[Requester, _Connection]:
        """Return this thread's own requester and connection."""
        if not hasattr(self._local, "pair"):
            hub = github.Github(
                auth=self._auth,
                base_url=self._api_url,
                user_agent="plansync",
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
            scheme, _, rest = self._api_url.partition("://")
            root = f"{scheme}://{rest.partition('/')[0]}"
            self._local.pair = (hub.requester, _Connection(root, QuietSession(self._ca_file, self._read_timeout)))
        pair: tuple[Requester, _Connection] = self._local.pair
        return pair


def token_auth(token: str) -> github.Auth.Auth | None:
    """Return PyGithub's form of a personal token, or of an installation's; None for an empty one."""
    return github.Auth.Token(token) if token else None
