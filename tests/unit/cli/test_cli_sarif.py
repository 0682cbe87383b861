"""Problems become a SARIF log that code scanning takes."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from plansync.cli.views.sarif import sarif_log
from plansync.core.parser import parse_plan
from plansync.core.problems import CATALOGUE, Problem, problem
from tests.support.sarif import checked_run

ODD = "# T\n\n### Phase 1: A\n\n- **Tasks:**\n  - [?] ä `x`  \n  - [?] b\n  - [?] b\n"


def results_of(text: str, folder: Path, file: str = "plans/a.md") -> list[Any]:
    """Return the results for one plan in a repository at ``folder``."""
    data = text.encode()
    place = folder / file
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    with chdir(folder):
        log = sarif_log([(file, parse_plan(data).problems)], {file: data}, folder)
    results: list[Any] = checked_run(log)["results"]
    return results


def prints_of(results: list[Any]) -> list[str]:
    """Return the fingerprints of results."""
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]


def test_every_code_of_the_catalogue_is_a_rule_and_may_be_a_result(tmp_path: Path) -> None:
    found = [problem(code, 1, 1, "what is wrong") for code in CATALOGUE]
    run = checked_run(sarif_log([("a.md", found)], {}, tmp_path))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CATALOGUE)
    assert [result["ruleId"] for result in run["results"]] == sorted(CATALOGUE)
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    (rule,) = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "PS104"]
    assert rule["name"] == "ThePlanHasNoStatusLine"
    assert "Draft" in rule["help"]["markdown"]


def test_a_result_has_its_place_in_characters_and_from_the_root(tmp_path: Path) -> None:
    result = next(result for result in results_of(ODD, tmp_path) if result["ruleId"] == "PS202")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "plans/a.md", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 6, "startColumn": 5, "endLine": 6, "endColumn": 14}


@pytest.mark.parametrize("change", [("# T\n", "# T\n\nmore\n"), ("\n", "\r\n"), ("\n", "\r"), ("# T", "\ufeff# T")])
def test_a_result_is_known_again_where_lines_were_put_in_above_it(tmp_path: Path, change: tuple[str, str]) -> None:
    before, after = results_of(ODD, tmp_path), results_of(ODD.replace(*change), tmp_path)
    assert prints_of(before) == prints_of(after)
    assert len(set(prints_of(before))) == len(before)


def test_a_result_of_another_line_is_another(tmp_path: Path) -> None:
    before, after = results_of(ODD, tmp_path), results_of(ODD.replace("] ä", "] ö"), tmp_path)
    assert sum(old != new for old, new in zip(prints_of(before), prints_of(after), strict=True)) == 1


@pytest.mark.parametrize(
    ("file", "location"),
    [
        ("plans/a b#ü%.md", {"uri": "plans/a%20b%23%C3%BC%25.md", "uriBaseId": "%SRCROOT%"}),
        ("docs/behind-an-api.md", {"uri": "docs/behind-an-api.md", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_a_path_is_a_uri_from_the_root(tmp_path: Path, file: str, location: dict[str, str]) -> None:
    if not file.startswith("docs/"):
        (tmp_path / "plans").mkdir()
        (tmp_path / file).touch()
    with chdir(tmp_path):
        run = checked_run(sarif_log([(file, [problem("PS106", 1, 1, "no title")])], {}, tmp_path))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == location


def test_a_path_from_a_folder_below_the_root_or_outside_of_it(tmp_path: Path) -> None:
    found: list[Problem] = [problem("PS106", 1, 1, "no title")]
    (tmp_path / "web/plans").mkdir(parents=True)
    (tmp_path / "web/plans/a.md").touch()
    (tmp_path / "b.md").touch()
    with chdir(tmp_path / "web"):
        run = checked_run(sarif_log([("plans/a.md", found), ("../b.md", found)], {}, tmp_path / "web"))
        inner = checked_run(sarif_log([("plans/a.md", found)], {}, tmp_path))
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]
    assert places == [{"uri": "plans/a.md", "uriBaseId": "%SRCROOT%"}, {"uri": (tmp_path / "b.md").as_uri()}]
    assert inner["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "web/plans/a.md"


def test_a_message_steers_no_terminal_and_no_reading_direction(tmp_path: Path) -> None:
    run = checked_run(sarif_log([("a.md", [problem("PS106", 9, 3, "a\u202eb\x1b[31m")])], {}, tmp_path))
    assert run["results"][0]["message"]["text"] == "a\ufffdb\ufffd[31m"


def test_a_log_without_problems_has_no_results(tmp_path: Path) -> None:
    assert checked_run(sarif_log([("a.md", [])], {"a.md": b"# T\n"}, tmp_path))["results"] == []
