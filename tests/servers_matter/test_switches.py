"""Each behaviour of the test servers matters: with its switch on, the test of plansync that needs it goes red.

All named tests run in one process, each with its own switch on and no other, and in another one with none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.servers.github.switches import SWITCHES as GITHUB
from tests.servers.gitlab.switches import SWITCHES as GITLAB
from tests.support.leniency import VARIABLE

ROOT = Path(__file__).parents[2]
ON_GITHUB, ON_GITLAB = "tests/laws/test_ways_of_github.py::test_", "tests/laws/test_ways_of_gitlab.py::test_"
CLASH = "a_title_that_a_milestone_took_a_moment_ago_fails_one_run_and_is_numbered_in_the_next"
BLANKS = "a_milestone_whose_title_had_blanks_around_it_takes_the_title_without"
REPLACED = "labels_that_people_added_stay_where_a_list_of_labels_would_replace_them"
PAGES = "our_issues_are_found_on_the_second_page_as_well"
NEEDED_BY = {
    "github:browser-crlf": ON_GITHUB + "a_body_that_was_saved_in_a_browser_is_no_drift_and_keeps_its_line_ends",
    "github:case-blind-labels": ON_GITHUB + "a_label_that_somebody_made_a_moment_ago_is_used_in_their_case",
    "github:counters-include-pull-requests": ON_GITHUB + "a_pull_request_in_a_milestone_is_none_of_its_issues",
    "github:cursor-beyond-10000": ON_GITHUB
    + "a_long_list_is_followed_by_the_links_where_pages_are_not_counted_any_more",
    "github:deleted-is-410": ON_GITHUB + "an_issue_that_was_deleted_is_a_problem_and_not_made_again",
    "github:etags-per-token": ON_GITHUB + "what_was_answered_to_one_token_is_not_taken_for_an_answer_to_another",
    "github:invalid-assignee": ON_GITHUB + "an_assignee_who_is_unknown_there_is_left_out_and_the_issue_is_made",
    "github:labels-dropped": ON_GITHUB + "a_token_that_may_not_push_opens_one_issue_that_is_kept_and_no_more",
    "github:long-text": ON_GITHUB + "a_text_that_is_too_long_is_cut_to_what_github_takes",
    "github:milestone-title-clash": ON_GITHUB + CLASH,
    "github:pages": ON_GITHUB + PAGES,
    "github:patch-replaces-labels": ON_GITHUB + REPLACED,
    "github:pull-requests-in-list": ON_GITHUB + "a_pull_request_with_the_text_of_an_issue_is_none",
    "github:redirect-on-rename": ON_GITHUB
    + "a_renamed_repository_is_synced_under_its_old_name_and_its_old_links_count",
    "github:transferred-issues": ON_GITHUB + "the_link_follows_an_issue_that_was_transferred",
    "github:trimmed-titles": ON_GITHUB + BLANKS,
    "gitlab:browser-crlf": ON_GITLAB + "a_body_that_was_saved_in_a_browser_is_no_drift",
    "gitlab:group-milestone-title-clash": ON_GITLAB
    + "a_title_that_a_group_above_took_since_yesterday_is_numbered_in_the_next_run",
    "gitlab:label-case": ON_GITLAB + "a_label_in_another_case_is_another_label_and_stays_beside_ours",
    "gitlab:labels-dropped-for-guests": ON_GITLAB + "a_strangers_token_opens_one_issue_that_is_kept_and_no_more",
    "gitlab:milestone-ids": ON_GITLAB + "an_issue_goes_into_the_milestone_that_its_id_names_not_its_number",
    "gitlab:milestone-title-clash": ON_GITLAB + CLASH,
    "gitlab:moved-issues": ON_GITLAB + "an_issue_that_was_moved_takes_its_link_along_and_its_box_stays_open",
    "gitlab:pages": ON_GITLAB + PAGES,
    "gitlab:promoted-issues": ON_GITLAB + "an_issue_that_became_an_epic_is_no_task_that_was_done",
    "gitlab:put-labels-replaces": ON_GITLAB + REPLACED,
    "gitlab:quick-actions": ON_GITLAB + "lines_that_gitlab_would_carry_out_do_nothing_in_a_plan",
    "gitlab:renamed-projects": ON_GITLAB + "a_renamed_project_is_synced_under_its_old_name_and_its_old_links_count",
    "gitlab:tidied-texts": ON_GITLAB + "text_that_gitlab_tidied_is_no_drift",
    "gitlab:totals": ON_GITLAB + "a_list_whose_pages_are_not_counted_is_read_to_its_end",
    "gitlab:trimmed-titles": ON_GITLAB + BLANKS,
    "gitlab:work-items-urls": ON_GITLAB + "issues_that_are_called_work_items_are_linked_and_found_under_either_address",
}
"""Switch → the test that fails where it is on. There is none that plansync need not care for."""

Outcomes = Mapping[str, str]
"""Node id → ``passed``, the message of what failed in the test, or ``error: …`` where something else than it failed."""


def outcomes_with(switches: str, report: Path) -> Outcomes:
    """Run all named tests in a process of their own, with ``switches`` ordered, and return what became of each."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    done = subprocess.run(
        [*command, *NEEDED_BY.values()],
        cwd=ROOT,
        env={**kept, VARIABLE: switches},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert report.exists(), done.stdout + done.stderr
    return dict(_outcomes(report))


def _outcomes(report: Path) -> Iterator[tuple[str, str]]:
    for case in ET.parse(report).iter("testcase"):
        node = f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}"
        failure, error = case.find("failure"), case.find("error")
        if error is not None:
            yield node, f"error: {error.attrib['message']}"
        else:
            yield node, "passed" if failure is None else failure.attrib["message"]


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What becomes of each test with its switch on."""
    words = (f"{switch}@{test}" for switch, test in NEEDED_BY.items())
    return outcomes_with(" ".join(words), tmp_path_factory.mktemp("lenient") / "report.xml")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What becomes of each test with no switch on."""
    return outcomes_with("", tmp_path_factory.mktemp("strict") / "report.xml")


def test_every_switch_has_a_test_of_its_own_that_needs_it() -> None:
    known = {*(f"github:{name}" for name in GITHUB), *(f"gitlab:{name}" for name in GITLAB)}
    assert NEEDED_BY.keys() == known
    assert len({*NEEDED_BY.values()}) == len(NEEDED_BY)


def test_all_of_them_pass_on_servers_that_are_true(strict: Outcomes) -> None:
    assert strict == dict.fromkeys(NEEDED_BY.values(), "passed")


@pytest.mark.parametrize("switch", NEEDED_BY)
def test_a_switch_turns_its_test_red(lenient: Outcomes, switch: str) -> None:
    outcome = lenient[NEEDED_BY[switch]]
    assert outcome.startswith(("assert ", "AssertionError")), outcome
