"""How GitHub says no: the JSON of its errors, as an exception that ends a request."""

from __future__ import annotations

from typing import Any

from tests.servers.wire import Answer

DOCS = "https://docs.github.com/rest"
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
SECONDARY_DOCS = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
PRIMARY_DOCS = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#primary-rate-limit-for-authenticated-users"


class Refused(Exception):
    """Ends a request with an answer that is no success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}: {answer.content}")
        self.answer = answer


def refused(status: int, message: str, docs: str = "", **headers: str) -> Refused:
    """Return the error ``status``; a keyword ``retry_after`` becomes the header ``retry-after``."""
    content: dict[str, Any] = {"message": message}
    if docs:
        content["documentation_url"] = docs
    return Refused(Answer(status, content, {name.replace("_", "-"): value for name, value in headers.items()}))


def not_found() -> Refused:
    """Return what GitHub says of what is not there, and of what the credential may not see."""
    return refused(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str = "", value: Any = None) -> Refused:
    """Return the 422 for a field; codes are ``missing_field``, ``invalid``, ``already_exists``, ``custom``."""
    fault: dict[str, Any] = {"resource": resource, "code": code, "field": field}
    if message:
        fault["message"] = message
    if value is not None:
        fault["value"] = value
    return Refused(Answer(422, {"message": "Validation Failed", "errors": [fault]}))


def moved(status: int, location: str) -> Refused:
    """Return a redirect."""
    words = "Moved Permanently" if status == 301 else "Temporary Redirect"
    return Refused(Answer(status, {"message": words, "url": location}, {"Location": location}))
