"""Requests and answers are held against GitHub's own description, strictly enough to find mistakes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.servers import openapi
from tests.servers.github.site import Site
from tests.servers.openapi_cut import Cutter
from tests.servers.wire import Answer, Request

LABELS = "/api/v3/repos/acme/web/labels"
LABEL: dict[str, Any] = {
    "id": 1,
    "node_id": "LA_1",
    "url": "http://127.0.0.1:1/repos/acme/web/labels/risk",
    "name": "risk",
    "description": None,
    "color": "ededed",
    "default": False,
}


def asked(method: str, path: str, body: Any = None, **query: str) -> Request:
    return Request(method, path, path, query, {}, b"" if body is None else json.dumps(body).encode())


def refused(request: Request, answer: Answer) -> str:
    with pytest.raises(openapi.Mismatch) as caught:
        openapi.rest().check(request, answer)
    return str(caught.value)


def test_what_fits_passes() -> None:
    check = openapi.rest().check
    check(asked("GET", LABELS, per_page="100"), Answer(200, [LABEL]))
    check(asked("GET", "/repositories/7/labels"), Answer(304))
    check(asked("POST", LABELS, {"name": "risk"}), Answer(201, LABEL))
    check(asked("GET", LABELS), Answer(403, {"message": "no", "documentation_url": "x", "status": "403"}))
    check(asked("DELETE", LABELS + "/a%2Fb"), Answer(204))
    check(asked("POST", "/api/graphql", {"query": "{}"}), Answer(200, {}))


def test_a_field_of_the_wrong_kind_is_named() -> None:
    said = refused(asked("GET", LABELS), Answer(200, [LABEL, {**LABEL, "color": None}]))
    assert said == "GET /api/v3/repos/acme/web/labels: answer 200: at /1/color: None is not of type 'string'"


def test_fields_that_github_does_not_know_are_mistakes_on_both_sides() -> None:
    assert "'colour' was unexpected" in refused(asked("GET", LABELS), Answer(200, [{**LABEL, "colour": "red"}]))
    assert "'colour' was unexpected" in refused(asked("POST", LABELS, {"name": "a", "colour": "b"}), Answer(201, LABEL))


def test_missing_fields_are_mistakes_on_both_sides() -> None:
    assert "'name' is a required property" in refused(asked("POST", LABELS, {}), Answer(201, LABEL))
    assert "'id' is a required property" in refused(asked("GET", LABELS), Answer(200, [{"name": "risk"}]))


def test_parameters_are_looked_at() -> None:
    issues = "/repos/acme/web/issues"
    assert "unknown parameter sate" in refused(asked("GET", issues, sate="all"), Answer(200, []))
    assert "'both' is not one of" in refused(asked("GET", issues, state="both"), Answer(200, []))
    assert "parameter since" in refused(asked("GET", issues, since="yesterday"), Answer(200, []))
    assert "parameter per_page" in refused(asked("GET", issues, per_page="many"), Answer(200, []))
    openapi.rest().check(asked("GET", issues, after="Y3Vyc29y", milestone="3"), Answer(200, []))


def test_an_unknown_path_or_status_is_a_mistake() -> None:
    assert "describes no such thing" in refused(asked("GET", "/repos/acme/web/tickets"), Answer(200, []))
    assert "describes no such thing" in refused(asked("PATCH", LABELS, {}), Answer(200, []))
    assert "GitHub describes 200" in refused(asked("GET", LABELS), Answer(206, []))


def test_bodies_are_where_github_has_them_and_nowhere_else() -> None:
    path = LABELS + "/risk"
    assert "GitHub expects none" in refused(asked("DELETE", path, {"now": True}), Answer(204))
    assert "GitHub gives none" in refused(asked("DELETE", path), Answer(204, {"ok": True}))
    assert "has no body" in refused(asked("POST", LABELS), Answer(201, LABEL))
    assert "has a body" in refused(asked("GET", LABELS), Answer(304, []))


def test_nullable_of_openapi_3_0_becomes_null_of_json_schema() -> None:
    cutter = Cutter({"components": {"schemas": {}}})
    assert cutter.schema({"type": "string", "nullable": True}) == {"type": ["string", "null"]}
    assert cutter.schema({"type": "string", "enum": ["a"], "nullable": True})["enum"] == ["a", None]
    either = {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True}
    assert cutter.schema(either) == {"anyOf": [{"oneOf": either["oneOf"]}, {"type": "null"}]}
    assert cutter.schema({"nullable": True}) == {}


def test_schemas_that_hold_themselves_end() -> None:
    tree = {"type": "object", "properties": {"parent": {"$ref": "#/components/schemas/tree"}}}
    cutter = Cutter({"components": {"schemas": {"tree": tree}}})
    cutter.schema({"$ref": "#/components/schemas/tree"})
    assert cutter.schemas["tree"]["properties"]["parent"] == {"$ref": "urn:plansync:description#/schemas/tree"}


def test_webhooks_have_descriptions_too() -> None:
    with pytest.raises(openapi.Mismatch, match="sends no such thing"):
        openapi.webhooks().check_webhook("issues", "sung", {})
    with pytest.raises(openapi.Mismatch, match="webhook issues-opened"):
        openapi.webhooks().check_webhook("issues", "opened", {"action": "opened"})


def test_the_cut_loads_in_no_time() -> None:
    openapi.rest()
    openapi.webhooks()
    openapi.rest.cache_clear()
    openapi.webhooks.cache_clear()
    before = time.process_time()
    openapi.rest()
    openapi.webhooks()
    assert time.process_time() - before < 2


def test_a_mismatch_fails_the_test_even_if_the_client_takes_the_500_for_a_hiccup() -> None:
    site = Site()
    with pytest.raises(AssertionError, match="unknown parameter sate"), site:
        assert site.call("GET", "/repos/acme/web/issues?sate=all").status_code == 500
