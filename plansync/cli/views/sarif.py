"""Problems as a SARIF 2.1.0 log, which code scanning of GitHub and many editors and dashboards read.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html, and for what
GitHub makes of it https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from plansync import __version__
from plansync.cli.lines import printable
from plansync.core.problems import CATALOGUE, Entry, Problem, Severity
from plansync.core.text import Lines

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
"""What GitHub calls them."""
_RULES = {code: index for index, code in enumerate(CATALOGUE)}
_BOM = "\ufeff"


def sarif_log(
    files: Iterable[tuple[str, Sequence[Problem]]], contents: Mapping[str, bytes], root: Path
) -> dict[str, Any]:
    """Return the log of one run over ``files``, given by their paths from the working folder.

    ``contents`` has the bytes of those that could be read; ``root`` is the folder that the log's paths start from: a
    repository's own, so that they are the same wherever it is checked out.
    """
    results = [
        result
        for file, problems in files
        for result in _results(_location(file, root), problems, _lines(contents.get(file, b"")))
    ]
    driver = {
        "name": "plansync",
        "semanticVersion": __version__,
        "rules": [_rule(entry) for entry in CATALOGUE.values()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository that the plans are in."}}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(entry: Entry) -> dict[str, Any]:
    name = "".join(word.capitalize() for word in entry.title.replace("-", " ").split() if word.isalnum())
    return {
        "id": entry.code,
        "name": name,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": f"{entry.title}."},
        "help": {"text": entry.advice, "markdown": f"**What to do:** {entry.advice}"},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        "properties": {
            "tags": ["plan"],
            "precision": "very-high",
            "problem.severity": _SEVERITIES[entry.severity],
        },
    }


def _results(location: dict[str, Any], problems: Sequence[Problem], lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield one result for each Problem of a file, in file order.

    A result is known again by its code and the text of its line, so that it stays the same where lines are put in
    above it; equal ones are counted.
    """
    seen: Counter[str] = Counter()
    for found in sorted(problems, key=lambda problem: (problem.line, problem.column, problem.code)):
        line = lines[found.line - 1] if found.line <= len(lines) else ""
        print_ = hashlib.sha256(f"{found.code} {' '.join(line.split())}".encode()).hexdigest()[:16]
        seen[print_] += 1
        yield {
            "ruleId": found.code,
            "ruleIndex": _RULES[found.code],
            "level": _LEVELS[found.severity],
            "message": {"text": printable(found.message)},
            "locations": [{"physicalLocation": {"artifactLocation": location, "region": _region(found, line)}}],
            "partialFingerprints": {"primaryLocationLineHash": f"{print_}:{seen[print_]}"},
        }


def _region(found: Problem, line: str) -> dict[str, int]:
    """Return the place from the Problem's column to the end of its line."""
    return {
        "startLine": found.line,
        "startColumn": found.column,
        "endLine": found.line,
        "endColumn": max(len(line.rstrip()) + 1, found.column),
    }


def _lines(data: bytes) -> list[str]:
    starts = Lines(data).starts
    pieces = (data[start:end] for start, end in zip(starts, (*starts[1:], len(data)), strict=True))
    return [piece.decode("utf-8", "replace").removeprefix(_BOM).rstrip("\r\n") for piece in pieces]


def _location(file: str, root: Path) -> dict[str, Any]:
    """Return where ``file`` is: from the root, or by its whole address where it lies outside."""
    place = Path(file).absolute()
    if not place.exists():
        return {"uri": quote(file), "uriBaseId": _ROOT}  # in a repository that is read over the network
    real = place.parent.resolve() / place.name
    if not real.is_relative_to(root):
        return {"uri": real.as_uri()}
    return {"uri": quote(real.relative_to(root).as_posix()), "uriBaseId": _ROOT}
