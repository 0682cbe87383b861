"""Each behaviour of GitLab that a careless tool trips over, as the test server has it, and switched off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.gitlab import SWITCHES, GitLab
from tests.servers.gitlab.asking import Asking
from tests.servers.gitlab.values import GUEST
from tests.support.clocks import FakeClock, TickingClock


@pytest.fixture
def gitlab() -> GitLab:
    return GitLab(TickingClock())


@pytest.fixture
def bot(gitlab: GitLab) -> Asking:
    return Asking(gitlab)


def both(gitlab: GitLab, switch: str, look: Callable[[], object]) -> tuple[object, object]:
    """Return what is to be seen as GitLab does it, and then with the switch."""
    strict = look()
    gitlab.lenient.add(switch)
    return strict, look()


def test_titles_are_trimmed(gitlab: GitLab, bot: Asking) -> None:
    seen = both(gitlab, "trimmed-titles", lambda: bot.post("issues", title="  A task ")["title"])
    assert seen == ("A task", "  A task ")


def test_a_put_with_labels_replaces_what_people_added(gitlab: GitLab, bot: Asking) -> None:
    def look() -> object:
        number = bot.post("issues", title="Task", labels="plansync")["iid"]
        gitlab.people("ann").add_label(number, "urgent")
        return bot.put(f"issues/{number}", labels=["plansync"])["labels"]

    assert both(gitlab, "put-labels-replaces", look) == (["plansync"], ["plansync", "urgent"])


def test_labels_are_added_and_removed_one_by_one_without_touching_others(gitlab: GitLab, bot: Asking) -> None:
    number = bot.post("issues", title="Task", labels=["a", "b"])["iid"]
    gitlab.people("ann").add_label(number, "urgent")
    assert bot.put(f"issues/{number}", add_labels="c,d", remove_labels="a,none")["labels"] == ["b", "c", "d", "urgent"]


def test_a_second_milestone_of_a_title_is_refused(gitlab: GitLab, bot: Asking) -> None:
    bot.post("milestones", title="Plan")
    strict = bot.refused("POST", "milestones", title=" Plan ")
    words = '{:title=>["already being used for another group or project milestone."]}'
    assert strict == (400, f"Failed to create milestone {words}")
    other = bot.post("milestones", title="plan")
    assert bot.refused("PUT", f"milestones/{other['id']}", title="Plan") == (400, f"Failed to update milestone {words}")
    gitlab.lenient.add("milestone-title-clash")
    assert bot.post("milestones", title="Plan")["iid"] == 3


def test_a_milestone_is_refused_the_title_of_one_of_its_groups(gitlab: GitLab, bot: Asking) -> None:
    group = gitlab.state.group_at("acme")
    gitlab.desk.new_milestone(group, gitlab.user("plansync-bot"), "Plan", {})
    assert bot.refused("POST", "milestones", title="Plan")[0] == 400
    assert [found["title"] for found in bot.get("milestones")] == []
    assert [found["group_id"] for found in bot.get("milestones?include_ancestors=true")] == [group.id]
    gitlab.lenient.add("group-milestone-title-clash")
    assert bot.post("milestones", title="Plan")["title"] == "Plan"


def test_a_group_milestone_is_refused_the_title_of_one_below(gitlab: GitLab, bot: Asking) -> None:
    gitlab.set_access("plansync-bot", 40, gitlab.project)
    group = gitlab.state.group_at("acme")
    group.members[gitlab.user("plansync-bot").id] = 40
    bot.post("milestones", title="Plan")
    assert bot.refused("POST", "/groups/acme/milestones", title="Plan")[0] == 400
    assert bot.post("/groups/acme/milestones", title="Other")["web_url"].endswith("/groups/acme/-/milestones/1")


def test_labels_that_differ_in_case_are_two_labels(gitlab: GitLab, bot: Asking) -> None:
    def look() -> object:
        issue = bot.post("issues", title="Task", labels="Risk,risk")
        return issue["labels"], [label["name"] for label in bot.get("labels")]

    bot.post("labels", name="risk", color="#ff0000")
    assert both(gitlab, "label-case", look)[0] == (["Risk", "risk"], ["Risk", "risk"])
    blind = GitLab(FakeClock())
    blind.lenient.add("label-case")
    other = Asking(blind)
    other.post("labels", name="risk", color="#ff0000")
    assert other.refused("POST", "labels", name="RISK", color="#00ff00") == (409, "Label already exists")
    assert other.post("issues", title="Task", labels="Risk,risk")["labels"] == ["risk"]


def test_newer_versions_call_issues_work_items_in_addresses(gitlab: GitLab, bot: Asking) -> None:
    def look() -> object:
        return bot.get("issues/1")["web_url"].removeprefix(gitlab.base)

    bot.post("issues", title="Task")
    assert look() == "/acme/platform/core/-/issues/1"
    gitlab.work_items = True
    assert both(gitlab, "work-items-urls", look) == (
        "/acme/platform/core/-/work_items/1",
        "/acme/platform/core/-/issues/1",
    )


def test_a_moved_issue_is_closed_and_says_where_it_went(gitlab: GitLab, bot: Asking) -> None:
    other = gitlab.state.add_project("acme/web")

    def look() -> object:
        number = bot.post("issues", title="Task", description="Text")["iid"]
        moved = gitlab.people("ann").move(number, other)
        seen = bot.get(f"issues/{number}")
        return seen["state"], seen["moved_to_id"] == moved.id, gitlab.issue(number).notes[-1].body

    assert both(gitlab, "moved-issues", look) == (
        ("closed", True, "moved to acme/web#1"),
        ("closed", False, "moved to acme/web#2"),
    )


def test_an_issue_that_became_an_epic_is_closed(gitlab: GitLab, bot: Asking) -> None:
    def look() -> object:
        number = bot.post("issues", title="Task")["iid"]
        epic = gitlab.people("ann").promote(number)
        return bot.get(f"issues/{number}")["state"], gitlab.issue(number).notes[-1].body == f"promoted to epic &{epic}"

    assert both(gitlab, "promoted-issues", look) == (("closed", True), ("opened", True))


def test_lists_come_in_pages(gitlab: GitLab, bot: Asking) -> None:
    for number in range(45):
        gitlab.people("ann").create_issue(f"Task {number}")
    answer = bot.answer("GET", "issues?page=2&state=all")
    url = f"{gitlab.base}/api/v4/projects/{gitlab.project.id}/issues?state=all"
    assert [answer.headers[f"X-{name}"] for name in ("Page", "Per-Page", "Next-Page", "Prev-Page", "Total")] == [
        "2", "20", "3", "1", "45",
    ]  # fmt: skip
    assert answer.headers["Link"].split(", ") == [
        f'<{url}&page={number}&per_page=20>; rel="{rel}"'
        for rel, number in (("prev", 1), ("next", 3), ("first", 1), ("last", 3))
    ]
    assert both(gitlab, "pages", lambda: len(bot.get("issues?page=3"))) == (5, 45)


def test_no_page_holds_more_than_a_hundred(gitlab: GitLab, bot: Asking) -> None:
    for number in range(101):
        gitlab.people("ann").create_issue(f"Task {number}")
    answer = bot.answer("GET", "issues?per_page=1000")
    assert (len(answer.content), answer.headers["X-Per-Page"], answer.headers["X-Next-Page"]) == (100, "100", "2")


def test_pages_are_not_counted_above_10_000_records(gitlab: GitLab, bot: Asking) -> None:
    user = gitlab.user("plansync-bot")
    for number in range(10_001):
        gitlab.desk.open_issue(gitlab.project, user, f"Task {number}", {})

    def look() -> object:
        headers = bot.answer("GET", "issues").headers
        return headers.get("X-Total"), headers.get("X-Total-Pages"), 'rel="last"' in headers["Link"]

    assert both(gitlab, "totals", look) == ((None, None, False), ("10001", "501", True))


def test_a_milestone_is_addressed_by_its_id_not_its_iid(gitlab: GitLab, bot: Asking) -> None:
    milestone = bot.post("milestones", title="Plan")
    assert (milestone["iid"], milestone["id"] != 1, milestone["web_url"][-13:]) == (1, True, "-/milestones/1"[-13:])

    def look() -> object:
        found = bot.answer("GET", "milestones/1").status
        return found, bot.post("issues", title="Task", milestone_id=1)["milestone"] is not None

    assert both(gitlab, "milestone-ids", look) == ((404, False), (200, True))
    assert bot.post("issues", title="Task", milestone_id=milestone["id"])["milestone"]["title"] == "Plan"


def test_labels_of_who_may_not_set_them_are_left_out_silently(gitlab: GitLab) -> None:
    gitlab.add_user("gus", GUEST)
    guest = Asking(gitlab, "glpat-gus")
    number = guest.post("issues", title="Task")["iid"]

    def look() -> object:
        made = guest.post("issues", title="Task", labels="new")["labels"]
        return made, guest.put(f"issues/{number}", title="Changed", add_labels="new")["labels"]

    assert both(gitlab, "labels-dropped-for-guests", look) == (([], []), (["new"], ["new"]))
    assert gitlab.issue(number).title == "Changed"


def test_a_guest_may_set_labels_that_exist_on_a_new_issue_and_a_stranger_none(gitlab: GitLab) -> None:
    gitlab.add_user("gus", GUEST)
    gitlab.add_user("eve", 0)
    gitlab.project.visibility = "public"
    gitlab.desk.new_label(gitlab.project, "known")
    made = [Asking(gitlab, f"glpat-{login}").post("issues", title="Task", labels="known") for login in ("gus", "eve")]
    assert [issue["labels"] for issue in made] == [["known"], []]


def test_a_renamed_project_leads_readers_on_and_refuses_writers(gitlab: GitLab, bot: Asking) -> None:
    gitlab.rename_project("acme/new/core")
    old = "/projects/acme%2FPlatform%2Fcore"
    answer = bot.answer("GET", f"{old}/issues?state=all")
    where = f"{gitlab.base}/api/v4/projects/{gitlab.project.id}/issues?state=all"
    assert (answer.status, answer.headers["Location"]) == (301, where)
    assert bot.refused("POST", f"{old}/issues", title="Task") == (
        405,
        "Non GET methods are not allowed for moved projects",
    )
    gitlab.lenient.add("renamed-projects")
    assert bot.post(f"{old}/issues", title="Task")["references"]["full"] == "acme/new/core#1"


def test_what_an_old_browser_saved_has_carriage_returns(gitlab: GitLab, bot: Asking) -> None:
    def look() -> object:
        number = bot.post("issues", title="Task", description="one\ntwo")["iid"]
        gitlab.people("ann").save_from_browser(number)
        return bot.get(f"issues/{number}")["description"]

    assert both(gitlab, "browser-crlf", look) == ("one\r\ntwo", "one\ntwo")


def test_lists_lag_and_reading_by_number_does_not() -> None:
    clock = FakeClock()
    gitlab = GitLab(clock)
    gitlab.lag = timedelta(minutes=1)
    bot = Asking(gitlab)
    bot.post("issues", title="Task")
    milestone = bot.post("milestones", title="Plan")
    assert (bot.get("issues"), bot.get("milestones")) == ([], [])
    assert bot.get("issues/1")["title"] == "Task"
    assert bot.get(f"milestones/{milestone['id']}")["title"] == "Plan"
    clock.advance(timedelta(minutes=1))
    assert len(bot.get("issues")) == len(bot.get("milestones")) == 1


def test_a_switch_that_does_not_exist_is_a_mistake(gitlab: GitLab, bot: Asking) -> None:
    gitlab.lenient.add("trimmed-title")
    with pytest.raises(LookupError, match="trimmed-title"):
        bot.post("issues", title="Task")


def test_every_switch_is_shown_by_these_tests() -> None:
    texts = "".join(path.read_text() for path in Path(__file__).parent.glob("test_gitlab_*.py"))
    assert [name for name in SWITCHES if f'"{name}"' not in texts] == []
