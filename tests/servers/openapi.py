"""Holds requests and answers against GitHub's own description of them.

``Description.check`` is a ``watch`` of ``TestServer``: a request that GitHub would not know, or an answer that it would
not give, fails the test that made it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.servers.openapi_cut import RECIPE, ROOT, cut_rest, cut_webhooks
from tests.servers.openapi_package import REST, WEBHOOKS, slim
from tests.servers.wire import Answer, Request

Json = dict[str, Any]

ANYWHERE = {"301", "302", "307", "400", "401", "403", "404", "410", "422", "429", "500", "502", "503"}
"""Errors that GitHub gives on any path, in the form of a ``basic-error``, whether they are described there or not."""

UNDESCRIBED = {("get", "/repos/{owner}/{repo}/issues"): {"after", "before"}}
"""Parameters that GitHub has and its description has not: the cursors that it puts into its links."""


class Mismatch(AssertionError):
    """A request or an answer does not fit the description."""


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_TIME.fullmatch(value) and datetime.fromisoformat(value))


@formats.checks("uri")
def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"[\s{}<>\"]", value)


class Description:
    """GitHub's description of the paths that the test server serves."""

    def __init__(self, content: Json) -> None:
        self.content = content
        registry: Registry[Any] = Registry()
        self._registry = registry.with_resource(ROOT, DRAFT202012.create_resource(content))
        self._validators: dict[str, Draft202012Validator] = {}
        self._templates = [(_pattern(template), template) for template in content.get("paths", {})]
        self._fitting: set[int] = set()

    def check(self, request: Request, answer: Answer) -> None:
        """Raise ``Mismatch`` unless both fit. GraphQL has no description here."""
        path = request.raw_path.removeprefix("/api/v3")
        if path in {"/graphql", "/api/graphql"}:
            return
        path = re.sub(r"^/repositories/\d+", "/repos/a/b", path)
        template, operation = self._operation(request.method.lower(), path)
        self._check_request(request, template, operation)
        self._check_answer(request, answer, template, operation)

    def knows(self, method: str, template: str) -> bool:
        """Say whether the description has this operation; placeholders may be named differently."""
        bare = re.sub(r"\{\w+\*?\}", "{}", template)
        found = next((one for _, one in self._templates if re.sub(r"\{\w+\}", "{}", one) == bare), None)
        return found is not None and method.lower() in self.content["paths"][found]

    def _operation(self, method: str, path: str) -> tuple[str, Json]:
        for pattern, template in self._templates:
            operations = self.content["paths"][template]
            if pattern.fullmatch(path) and method in operations:
                return template, operations[method]
        raise Mismatch(f"{method.upper()} {path}: GitHub describes no such thing")

    def _check_request(self, request: Request, template: str, operation: Json) -> None:
        method, what = request.method.lower(), f"{request.method} {request.path}: request"
        known = operation["query"].keys() | UNDESCRIBED.get((method, template), set())
        if unknown := request.query.keys() - known:
            raise Mismatch(f"{what}: unknown parameter {', '.join(sorted(unknown))}")
        if missing := set(operation["required"]) - request.query.keys():
            raise Mismatch(f"{what}: no parameter {', '.join(sorted(missing))}")
        for name, text in request.query.items():
            if name in operation["query"]:
                value = _typed(text, operation["query"][name].get("type"))
                self._fit(f"{what}: parameter {name}", ("paths", template, method, "query", name), value)
        if operation["body"] is None:
            if request.body and request.json() not in ({}, None):
                raise Mismatch(f"{what}: has a body, GitHub expects none")
        elif request.body or operation["body_required"]:
            if not request.body:
                raise Mismatch(f"{what}: has no body")
            self._fit(f"{what}: body", ("paths", template, method, "body"), request.json())

    def _check_answer(self, request: Request, answer: Answer, template: str, operation: Json) -> None:
        method, status = request.method.lower(), str(answer.status)
        what = f"{request.method} {request.path}: answer {status}"
        if status == "304":
            if answer.content is not None:
                raise Mismatch(f"{what}: has a body")
        elif status not in operation["answers"]:
            if status not in ANYWHERE:
                raise Mismatch(f"{what}: GitHub describes {', '.join(operation['answers'])}")
            self._fit(what, ("schemas", "basic-error.open"), answer.content)
        elif operation["answers"][status] is None:
            if answer.content is not None:
                raise Mismatch(f"{what}: has a body, GitHub gives none")
        else:
            self._fit(what, ("paths", template, method, "answers", status), answer.content)

    def _fit(self, what: str, place: tuple[str, ...], content: Any) -> None:
        """Hold a value against the schema at ``place``; one that fitted before is not looked at again."""
        pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in place)
        seen = hash((pointer, json.dumps(content, sort_keys=True)))
        if seen in self._fitting:
            return
        if pointer not in self._validators:
            schema = {"$ref": f"{ROOT}#{pointer}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry, format_checker=formats)
        worst = best_match(self._validators[pointer].iter_errors(content))
        if worst is not None:
            where = "/".join(str(part) for part in worst.absolute_path)
            raise Mismatch(f"{what}: at /{where}: {worst.message[:500]}")
        self._fitting.add(seen)

    def check_webhook(self, event: str, action: str | None, payload: Any) -> None:
        """Raise ``Mismatch`` unless a webhook's payload fits."""
        name = (event if action is None else f"{event}-{action}").replace("_", "-")
        if name not in self.content["hooks"]:
            raise Mismatch(f"webhook {name}: GitHub sends no such thing")
        self._fit(f"webhook {name}", ("hooks", name), payload)


def _pattern(template: str) -> re.Pattern[str]:
    """Return what a template matches; the path of a file and the name of a reference may hold slashes."""
    pattern = re.sub(r"\{(path|ref|basehead)\}", r".+", template)
    pattern = re.sub(r"\{\w+_(id|number)\}", r"\\d+", pattern)
    return re.compile(re.sub(r"\{\w+\}", r"[^/]+", pattern))


def _typed(text: str, type: object) -> Any:
    """Return a parameter as the number or truth value that it writes, where one is asked for."""
    if type == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text) if type == "boolean" else text


@cache
def rest() -> Description:
    """Return the description of the REST interface."""
    return Description(slim(REST, cut_rest, RECIPE))


@cache
def webhooks() -> Description:
    """Return the description of the webhooks."""
    return Description(slim(WEBHOOKS, cut_webhooks, RECIPE))
