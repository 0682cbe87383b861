"""The HTTP session under both client libraries: one way to time out, to trust and to fail, and no redirects.

A redirect is followed by the line, which knows what may be sent again and to whom; a session of ``requests`` would
turn a POST into a GET, and carry GitLab's token to any host.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from plansync.errors import CredentialRefused
from plansync.hosts.calls import Lost, Reply

CONNECT_TIMEOUT = timedelta(seconds=10)
READ_TIMEOUT = timedelta(seconds=30)
_TRUST = "if the server has a certificate of your own authority, name it: tracker.ca_file, or REQUESTS_CA_BUNDLE"
_PROXY = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
_REACH = "check the address, the network and the proxy; run `plansync doctor`"
_TOKEN = "set the token again: it has line ends, blanks or letters that no token has"  # noqa: S105 - words
_NO_TRUST = r"certificate verify failed|CertificateError|NO_CERTIFICATE|\[X509|TLS CA certificate bundle"
_NOT_SENT = r"NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused|Tunnel connection"
_Loss = tuple[type[OSError], str, bool, str, str]
_LOSSES: tuple[_Loss, ...] = (
    (requests.exceptions.SSLError, _NO_TRUST, False, "its certificate cannot be verified", _TRUST),
    (requests.exceptions.SSLError, "", True, "the encrypted connection failed", _REACH),
    (requests.exceptions.ProxyError, "", False, "the proxy refused the connection", _PROXY),
    (requests.exceptions.ConnectTimeout, "", False, "it did not take the connection in time", _REACH),
    (requests.exceptions.Timeout, "", True, "it did not answer in time", _REACH),
    (requests.exceptions.ConnectionError, _NOT_SENT, False, "it cannot be reached", _REACH),
    (requests.exceptions.ConnectionError, "", True, "the connection broke", _REACH),
    (OSError, _NO_TRUST, False, "the file of certificates to trust cannot be read", _TRUST),
    (OSError, "", True, "the answer broke off", _REACH),
)
"""What an error means, the first that fits: its kind, what stands in it, whether the request may have arrived.

A TLS error may come while the answer is read; only one about certificates came surely before the request.
"""


class QuietSession(requests.Session):
    """A session that follows nothing, repeats nothing, and keeps the last reply for those who need its headers."""

    def __init__(self, ca_file: str = "", read_timeout: timedelta = READ_TIMEOUT) -> None:
        """``ca_file`` names a bundle of certificates to trust instead of the usual one."""
        super().__init__()
        self.last: Reply | None = None
        self.ca_file = ca_file
        self.timeouts = (CONNECT_TIMEOUT.total_seconds(), read_timeout.total_seconds())
        # anything but None keeps .netrc from replacing the Authorization header
        self.auth = _as_it_is
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(max_retries=0))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request with this session's time-outs and trust, whatever the library asks for."""
        kwargs |= {"allow_redirects": False, "timeout": self.timeouts}
        kwargs["auth"] = kwargs.get("auth") or self.auth
        kwargs["verify"] = self.ca_file or True
        self.last = None
        response = super().request(method, url, *args, **kwargs)
        self.last = reply_of(response)
        return response

    def take(self) -> Reply | None:
        """Return the last reply, once, so that nobody takes it for the answer to something else."""
        reply, self.last = self.last, None
        return reply


def reply_of(response: requests.Response) -> Reply:
    """Return a response as a value."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, response.content.decode("utf-8", "replace"), response.url)


def call_through(send: Callable[[], Reply]) -> Reply:
    """Return what ``send`` returns; errors of ``requests`` become ``Lost``, in words without addresses."""
    try:
        return send()
    except OSError as error:  # which all errors of requests are
        if isinstance(error, requests.exceptions.InvalidHeader):
            raise _unsendable() from None
        raise _lost(error) from error
    except ValueError as error:
        if isinstance(error, UnicodeError) or "Invalid header value" in str(error):
            raise _unsendable() from None
        raise


def _unsendable() -> CredentialRefused:
    """Return an error in place of one whose words hold the token."""
    return CredentialRefused("the credential holds characters that cannot be sent", hint=_TOKEN)


def _lost(error: OSError) -> Lost:
    text = repr(error)
    fitting = (row for row in _LOSSES if isinstance(error, row[0]) and re.search(row[1], text))
    _, _, sent, why, hint = next(fitting)
    return Lost(why, hint, sent=sent, passing=hint not in {_TRUST, _PROXY})


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
