"""python-gitlab as a wire: credentials and addresses are its own, the session is ours.

Its own repetitions are switched off: with ``retry_transient_errors`` it sends a POST again whose answer was lost.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import gitlab
from gitlab.exceptions import GitlabError

from plansync.hosts.calls import Call, Lost, Reply
from plansync.hosts.session import READ_TIMEOUT, QuietSession, call_through, reply_of

API_URL = "https://gitlab.com"
_SUFFIX = "/api/v4"


def site_url(api_url: str) -> str:
    """Return the address of the site, with its sub-path, from one with or without ``/api/v4``."""
    return api_url.rstrip("/").removesuffix(_SUFFIX).rstrip("/")


class GitLabWire:
    """Sends calls to one GitLab with one token: personal, project, group, or a CI job's. Several threads may use it."""

    def __init__(
        self,
        token: str,
        api_url: str = API_URL,
        *,
        is_job_token: bool = False,
        ca_file: str = "",
        read_timeout: timedelta = READ_TIMEOUT,
    ) -> None:
        """``token`` empty sends no credential."""
        self._token = token
        self._api_url = site_url(api_url)
        self._is_job_token = is_job_token
        self._ca_file = ca_file
        self._read_timeout = read_timeout
        self._local = threading.local()

    def send(self, call: Call) -> Reply:
        client, session = self._of_thread()

        def _send() -> Reply:
            session.take()
            try:
                response = client.http_request(
                    call.method.lower(),
                    call.path,
                    query_data=dict(call.query),
                    post_data=dict(call.body) if call.body is not None else None,
                    obey_rate_limit=False,
                    retry_transient_errors=False,
                    max_retries=0,
                    extra_headers=dict(call.headers),
                )
            except GitlabError as error:
                reply = session.take()
                if reply is None:
                    raise Lost("no answer was kept", sent=True) from error
                return reply
            return reply_of(response)

        return call_through(_send)

    def _of_thread(self) -> tuple[gitlab.Gitlab, QuietSession]:
        """Return this thread's own client and session."""
        if not hasattr(self._local, "pair"):
            session = QuietSession(self._ca_file, self._read_timeout)
            token = self._token or None
            client = gitlab.Gitlab(
                self._api_url,
                private_token=None if self._is_job_token else token,
                job_token=token if self._is_job_token else None,
                user_agent="plansync",
                session=session,
            )
            self._local.pair = (client, session)
        pair: tuple[gitlab.Gitlab, QuietSession] = self._local.pair
        return pair
