"""Each behaviour of GitHub that trips careless tools, and its switch that turns it off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers.github.site import REPO, Site
from tests.servers.github.switches import SWITCHES


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def labels_dropped(site: Site) -> bool:
    """A new issue has none of its labels where the account may not push."""
    site.github.may_push = False
    made = site.post("/issues", {"title": "One", "labels": ["risk"], "assignees": [site.github.login]})
    return (made["labels"], made["assignees"]) == ([], [])


def patch_replaces_labels(site: Site) -> bool:
    """A label that a person added is gone after a PATCH."""
    site.post("/issues", {"title": "One", "labels": ["plansync"]})
    site.github.people("ann").add_label(1, "hers")
    patched = site.patch("/issues/1", {"labels": ["plansync", "risk"]})
    return "hers" not in [label["name"] for label in patched["labels"]]


def milestone_title_clash(site: Site) -> bool:
    """A second milestone of the same title is refused, though the first is closed."""
    ann = site.github.people("ann")
    ann.create_milestone("Phase 1")
    ann.change_milestone(1, state="closed")
    answer = site.call("POST", REPO + "/milestones", {"title": "Phase 1"})
    if answer.status_code == 201:
        return False
    assert answer.json()["errors"] == [{"resource": "Milestone", "code": "already_exists", "field": "title"}]
    return True


def redirect_on_rename(site: Site) -> bool:
    """The old name of a repository leads elsewhere: 301 for reading, 307 for writing."""
    site.github.rename_repository("acme/web", "acme/website")
    read = site.call("GET", REPO + "/issues?state=all")
    write = site.call("POST", REPO + "/issues", {"title": "One"})
    if read.status_code == 200:
        return False
    assert (read.status_code, write.status_code) == (301, 307)
    assert site.call("GET", read.headers["Location"]).status_code == 200
    assert "/repositories/" in read.headers["Location"]
    assert read.headers["Location"].endswith("/issues?state=all")
    assert site.call("POST", write.headers["Location"], {"title": "One"}).status_code == 201
    return True


def case_blind_labels(site: Site) -> bool:
    """``Risk`` is ``risk``: refused as a second label, and on an issue the one that is there."""
    site.post("/labels", {"name": "Risk"})
    answer = site.call("POST", REPO + "/labels", {"name": "risk"})
    made = site.post("/issues", {"title": "One", "labels": ["risk"]})
    if answer.status_code == 201:
        return False
    assert answer.json()["errors"][0]["code"] == "already_exists"
    return bool(made["labels"][0]["name"] == "Risk")


def trimmed_titles(site: Site) -> bool:
    """Blanks around a title are not kept."""
    milestone = site.post("/milestones", {"title": " Phase 1 "})["title"]
    issue = site.post("/issues", {"title": " One "})["title"]
    return bool((milestone, issue) == ("Phase 1", "One"))


def pull_requests_in_list(site: Site) -> bool:
    """Pull requests are among the issues, known by a key of their own."""
    ann = site.github.people("ann")
    ann.create_issue("Issue")
    ann.open_pull_request("Pull")
    return any("pull_request" in issue for issue in site.get("/issues"))


def pages(site: Site) -> bool:
    """A list has 30 items if nothing is said, and never more than 100."""
    ann = site.github.people("ann")
    for number in range(101):
        ann.create_issue(f"Issue {number}")
    lengths = [len(site.get(f"/issues{query}")) for query in ("", "?per_page=1000")]
    return lengths == [30, 100]


def cursor_beyond_10000(site: Site) -> bool:
    """The hundredth page of a hundred is refused; the link's cursor goes on."""
    site.github.people("ann").create_issue("One")
    first = site.call("GET", REPO + "/issues?per_page=100&page=99")
    assert first.status_code == 200
    return site.call("GET", REPO + "/issues?per_page=100&page=100").status_code == 422


def etags_per_token(site: Site) -> bool:
    """Another token finds the answer changed."""
    site.github.add_user("bob", "write", token="ghp_bob")
    tag = site.call("GET", REPO + "/issues").headers["ETag"]
    assert site.call("GET", REPO + "/issues", If_None_Match=tag).status_code == 304
    return site.call("GET", REPO + "/issues", token="ghp_bob", If_None_Match=tag).status_code == 200


def deleted_is_410(site: Site) -> bool:
    """A deleted issue is gone, which is more than not found."""
    ann = site.github.people("ann")
    ann.delete(ann.create_issue("One"))
    answer = site.call("GET", REPO + "/issues/1")
    return (answer.status_code, answer.json()["message"]) == (410, "This issue was deleted")


def counters_include_pull_requests(site: Site) -> bool:
    """A milestone with one pull request has one open issue."""
    ann = site.github.people("ann")
    ann.put_in_milestone(ann.open_pull_request("Pull"), ann.create_milestone("Phase 1"))
    return bool(site.get("/milestones/1")["open_issues"] == 1)


def invalid_assignee(site: Site) -> bool:
    """One unknown login makes the whole creation fail."""
    answer = site.call("POST", REPO + "/issues", {"title": "One", "assignees": ["ghost"]})
    if answer.status_code == 201:
        return False
    fault = {"value": "ghost", "resource": "Issue", "field": "assignees", "code": "invalid"}
    assert answer.json()["errors"] == [fault]
    return len(site.get("/issues")) == 0


def long_text(site: Site) -> bool:
    """A title of 257 and a body of 65,537 characters are refused; one less is not."""
    site.post("/issues", {"title": "x" * 256, "body": "y" * 65_536})
    answers = [
        site.call("POST", REPO + "/issues", {"title": "x" * 257}),
        site.call("POST", REPO + "/issues", {"title": "x", "body": "y" * 65_537}),
        site.call("PATCH", REPO + "/issues/1", {"body": "y" * 65_537}),
    ]
    if all(answer.ok for answer in answers):
        return False
    assert [answer.status_code for answer in answers] == [422] * 3
    assert "is too long (maximum is 65536 characters)" in answers[1].json()["errors"][0]["message"]
    return True


def browser_crlf(site: Site) -> bool:
    """A body that a person saves from a form comes back with CR and LF."""
    ann = site.github.people("ann")
    ann.save_from_browser(ann.create_issue("One", "a\nb"))
    return bool(site.get("/issues/1")["body"] == "a\r\nb")


def transferred_issues(site: Site) -> bool:
    """A transferred issue answers with its new place, not with 404."""
    site.github.add_repository("acme/shop")
    ann = site.github.people("ann")
    there = ann.transfer(ann.create_issue("One"), "acme/shop")
    answer = site.call("GET", REPO + "/issues/1")
    if answer.status_code == 404:
        return False
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/acme/shop/issues/{there}")
    return True


TRIALS: dict[str, Callable[[Site], bool]] = {
    trial.__name__.replace("_", "-"): trial
    for trial in (
        labels_dropped,
        patch_replaces_labels,
        milestone_title_clash,
        redirect_on_rename,
        case_blind_labels,
        trimmed_titles,
        pull_requests_in_list,
        pages,
        cursor_beyond_10000,
        etags_per_token,
        deleted_is_410,
        counters_include_pull_requests,
        invalid_assignee,
        long_text,
        browser_crlf,
        transferred_issues,
    )
}


def test_every_switch_is_tried() -> None:
    assert TRIALS.keys() == SWITCHES.keys()


@pytest.mark.parametrize("name", SWITCHES)
def test_github_is_strict_by_itself(site: Site, name: str) -> None:
    assert TRIALS[name](site)


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_makes_it_lenient(site: Site, name: str) -> None:
    site.github.lenient = {name}
    assert not TRIALS[name](site)


def test_a_switch_that_does_not_exist_is_a_mistake(site: Site) -> None:
    site.github.lenient = {"labels-droped"}
    assert "labels-droped" in site.call("GET", REPO + "/issues").json()["message"]


def test_a_cursor_leads_through_a_long_list(site: Site) -> None:
    ann = site.github.people("ann")
    for number in range(5):
        ann.create_issue(f"Issue {number}")
    page = site.call("GET", REPO + "/issues?per_page=2&state=all")
    seen = [issue["number"] for issue in page.json()]
    while "next" in page.links:
        assert "after=" in page.links["next"]["url"]
        page = site.call("GET", page.links["next"]["url"])
        seen += [issue["number"] for issue in page.json()]
    assert seen == [5, 4, 3, 2, 1]
