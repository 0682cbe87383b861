"""The issue of the plan as a whole, in front matter and header: every spelling of it."""

from __future__ import annotations

import pytest

from plansync.core.parser import parse_plan
from plansync.core.spellings import PlanIssue

URL = "https://tracker.example/acme/web/issues/5"
REST = "\n## Phase 1: One\n\n- [ ] Build it\n"


def _issue(head: str) -> PlanIssue | None:
    return parse_plan(f"{head}{REST}".encode()).issue


@pytest.mark.parametrize("key", ["github", "gitlab", "issue", "tracking_issue", "tracking-issue", "GitHub Issue"])
@pytest.mark.parametrize("value", [URL, f'"{URL}"', f"'{URL}'", f"<{URL}>", f"'[#5]({URL})'", f"{URL}  # ours"])
def test_front_matter_names_it(key: str, value: str) -> None:
    assert _issue(f"---\nname: Water\n{key}: {value}\n---\n\n# Water\n") in {
        PlanIssue(URL, 0, 3, len(key) + 3),
        PlanIssue(URL, 0, 3, len(key) + 4),
    }


@pytest.mark.parametrize(
    "line",
    [
        f"- **GitHub Issue:** [#5]({URL})",
        f"- **Issue**: [#5]({URL})",
        f"**Issue:** [#5]({URL}) CLOSED",
        f"**Issue:** {URL}",
        f"**Tracking Issue:** <{URL}>",
        f"> **GitLab issue:** [the pipes]({URL})",
        f"**Owner:** Ann | **Issue:** [#5]({URL})",
    ],
)
def test_a_field_of_the_header_names_it(line: str) -> None:
    issue = _issue(f"# Water\n\n{line}\n")
    assert issue is not None
    assert (issue.url, issue.number, issue.line) == (URL, 0, 3)


@pytest.mark.parametrize("value", ["5", "#5"])
def test_a_bare_number_is_kept_as_one(value: str) -> None:
    assert _issue(f"---\nissue: '{value}'\n---\n\n# Water\n") == PlanIssue("", 5, 2, 9)


def test_front_matter_comes_first() -> None:
    other = URL.replace("/5", "/6")
    issue = _issue(f"---\ngithub: {URL}\n---\n\n# Water\n\n**Issue:** [#6]({other})\n")
    assert issue is not None
    assert issue.url == URL


@pytest.mark.parametrize(
    "head",
    [
        "# Water\n",
        "---\ngithub: https://github.com/acme/web\n---\n\n# Water\n",
        "---\ngithub: https://github.com/acme/web/pull/5\n---\n\n# Water\n",
        "---\ngithub: '[Will be updated when synced]'\n---\n\n# Water\n",
        "---\nissue: acme/web#5\n---\n\n# Water\n",
        "---\nissue: none\n---\n\n# Water\n",
        f"---\nurl: {URL}\n---\n\n# Water\n",
        f"# Water\n\n**Related:** [#5]({URL})\n",
        "# Water\n\n**Issues:** 5\n",
    ],
)
def test_other_things_are_none(head: str) -> None:
    assert _issue(head) is None
