"""A slim cut of GitHub's descriptions: the served paths and the schemas that they reach, as plain JSON Schema.

OpenAPI 3.0 says ``nullable`` where JSON Schema has a type ``null``; OpenAPI 3.1, in which the webhooks are described,
is JSON Schema already. Objects are closed in the cut: a field that the description does not know is a mistake, too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SERVED = re.compile(
    r"/(user|users/\{username\}|meta|rate_limit|app|app/installations/\{installation_id\}(/access_tokens)?)"
    r"|/repos/\{owner\}/\{repo\}"
    r"(/(issues|labels|milestones|assignees|collaborators|hooks|git)(/.*)?"
    r"|/(installation|contents/\{path\}|commits/\{ref\}|compare/\{basehead\}|pulls(/\{pull_number\})?))?"
)
HOOKS = re.compile(
    r"(issues|issue-comment|milestone|label|sub-issues|issue-dependencies|repository|installation)-[a-z-]+|ping|push"
)
METHODS = ("get", "post", "patch", "put", "delete")
ROOT = "urn:plansync:description"
RECIPE = Path(__file__).read_bytes()
_KEPT = {
    "type", "format", "enum", "required", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum",
    "pattern", "minProperties", "maxProperties", "const", "uniqueItems",
}  # fmt: skip
_REF = "#/components/schemas/"


class Cutter:
    """Turns schemas of one description into JSON Schema and gathers those that are reached."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.schemas: Json = {}

    def resolve(self, node: Json) -> Json:
        """Follow a reference to a parameter, an answer or the like."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def schema(self, node: Json, *, closed: bool = True) -> Json:
        """Return a schema; ``closed`` says whether fields that it does not name are refused."""
        if "$ref" in node:
            return self._named(node["$ref"].removeprefix(_REF), closed=closed)
        made: Json = {name: value for name, value in node.items() if name in _KEPT}
        if "allOf" in node:
            made["allOf"] = [self.schema(part, closed=False) for part in node["allOf"]]
            if closed:
                made["unevaluatedProperties"] = False
        for name in ("oneOf", "anyOf"):
            if name in node:
                apart = closed and "properties" not in node
                made[name] = [self.schema(part, closed=apart) for part in node[name]]
        if "items" in node:
            made["items"] = self.schema(node["items"])
        self._properties(node, made, closed=closed)
        return _nullable(made) if node.get("nullable") else made

    def _properties(self, node: Json, made: Json, *, closed: bool) -> None:
        if "properties" in node:
            made["properties"] = {name: self.schema(value) for name, value in node["properties"].items()}
            if "gravatar_id" in made["properties"]:  # some of the many descriptions of an account lack what all have
                made["properties"].setdefault("user_view_type", {"type": "string"})
        more = node.get("additionalProperties")
        if isinstance(more, dict):
            made["additionalProperties"] = self.schema(more)
        elif more is not None:
            made["additionalProperties"] = more
        elif closed and "properties" in node and not {"allOf", "oneOf", "anyOf"} & node.keys():
            made["additionalProperties"] = False

    def _named(self, name: str, *, closed: bool) -> Json:
        key = name if closed else f"{name}.open"
        if key not in self.schemas:
            self.schemas[key] = {}
            self.schemas[key] = self.schema(self.document["components"]["schemas"][name], closed=closed)
        return {"$ref": f"{ROOT}#/schemas/{key}"}


def _nullable(made: Json) -> Json:
    if isinstance(made.get("type"), str) and not {"oneOf", "anyOf", "allOf"} & made.keys():
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [made, {"type": "null"}]} if made else {}


def cut_rest(document: Json) -> Json:
    """Return the served paths of the REST interface."""
    schemas = document["components"]["schemas"]
    # That issues close is described of their timeline, and forgotten in the list of their events.
    schemas["issue-event-for-issue"]["anyOf"].append({"$ref": f"{_REF}state-change-issue-event"})
    cutter = Cutter(document)
    paths = {
        template: {method: _operation(cutter, item[method]) for method in METHODS if method in item}
        for template, item in document["paths"].items()
        if SERVED.fullmatch(template)
    }
    return {"paths": paths, "schemas": cutter.schemas}


def cut_webhooks(document: Json) -> Json:
    """Return the payloads of the webhooks that the server sends."""
    cutter = Cutter(document)
    hooks = {
        name: cutter.schema(item["post"]["requestBody"]["content"]["application/json"]["schema"])
        for name, item in document["webhooks"].items()
        if HOOKS.fullmatch(name)
    }
    return {"hooks": hooks, "schemas": cutter.schemas}


def _operation(cutter: Cutter, operation: Json) -> Json:
    parameters = [cutter.resolve(parameter) for parameter in operation.get("parameters", [])]
    made: Json = {
        place: {item["name"]: cutter.schema(item["schema"]) for item in parameters if item["in"] == place}
        for place in ("path", "query")
    }
    made["required"] = [item["name"] for item in parameters if item["in"] == "query" and item.get("required")]
    body = operation.get("requestBody", {})
    made["body"] = _content(cutter, body)
    made["body_required"] = bool(body.get("required"))
    made["answers"] = {
        status: _content(cutter, cutter.resolve(answer), closed=status.startswith("2"))
        for status, answer in operation["responses"].items()
    }
    return made


def _content(cutter: Cutter, node: Json, *, closed: bool = True) -> Json | None:
    """Return the schema of a body; errors have a ``status``, which the description of some forgets, and stay open."""
    content = node.get("content", {})
    for kind in ("application/json", "application/json+json"):
        if kind in content:
            return cutter.schema(content[kind]["schema"], closed=closed)
    return None
