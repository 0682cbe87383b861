"""Limits, errors and redirects in GitLab's own words, for the faults that a test orders."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from tests.servers.gitlab.accountant import REQUESTED_TOO_OFTEN
from tests.servers.wire import Answer, Fault, Request

if TYPE_CHECKING:
    from tests.servers.gitlab.service import GitLab

_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>\r\n"
)
_WORDS = {
    Fault.ERROR_500: (500, "500 Internal Server Error"),
    Fault.NOT_FOUND: (404, "404 Project Not Found"),
    Fault.GONE: (410, "410 Gone"),
    Fault.SECONDARY: (403, "403 Forbidden"),
}


def refusal(lab: GitLab, fault: Fault, request: Request) -> Answer:
    """Return the answer to a request that meets a fault. GitLab has no secondary limits: its own forms stand in."""
    credential = lab.credential(request)
    match fault:
        case Fault.ERROR_502_APPLIED:
            return Answer(502, _BAD_GATEWAY, {"Content-Type": "text/html"})
        case Fault.TOO_MANY:
            return lab.accountant.throttled(credential, lab.now(), 30)
        case Fault.SECONDARY_WITH_HEADER:
            lab.accountant.back_off(credential, lab.now(), 60)
            return Answer(429, {"message": REQUESTED_TOO_OFTEN}, {"Retry-After": "60"})
        case Fault.REDIRECT:
            return _moved(lab, request)
        case _:
            status, words = _WORDS[fault]
            return Answer(status, {"message": words})


def _moved(lab: GitLab, request: Request) -> Answer:
    """Answer as for a project that was renamed: reading leads to its id (or, by id, to its path), writing does not."""
    if request.writes:
        return Answer(405, {"message": "Non GET methods are not allowed for moved projects"})
    before, found, after = request.raw_path.partition("/projects/")
    address, slash, rest = after.partition("/")
    other = quote(lab.project.full_path, safe="") if address.isdigit() else str(lab.project.id)
    path = f"{before}{found}{other}{slash}{rest}" if found else request.raw_path
    query = f"?{urlencode(request.pairs)}" if request.pairs else ""
    root = urlsplit(lab.base)
    return Answer(301, {"message": "Moved"}, {"Location": f"{root.scheme}://{root.netloc}{path}{query}"})
