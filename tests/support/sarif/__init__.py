"""SARIF logs, checked against the published schema and against what GitHub asks of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

_SCHEMA = Path(__file__).with_name("sarif-schema-2.1.0.json")


@cache
def _validator() -> Draft4Validator:
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def checked_run(log: Any) -> Any:
    """Return the one run of a log that fits the schema and has what GitHub's code scanning needs of it."""
    faults = [f"{fault.json_path}: {fault.message}" for fault in _validator().iter_errors(log)]
    assert faults == []
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} == region.keys()
        assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
        assert result["partialFingerprints"]["primaryLocationLineHash"]
    prints = [
        (result["ruleId"], str(result["locations"]), result["partialFingerprints"]["primaryLocationLineHash"])
        for result in run["results"]
    ]
    assert len(set(prints)) == len(prints)
    return run
