"""What is taken off an item's text, and what stays."""

from __future__ import annotations

import pytest

from plansync.core.grammar.issue_links import is_issue_url
from plansync.core.model import Item, LinkPlace, Plan, State, Task
from tests.support.plan_texts import ISSUE, LINK, codes, edited, read, titles

PLAN = "# P\n\n**Status:** Draft\n\n## Phases\n\n### Phase 1: X\n\n**Tasks:**\n\n- {}\n"


def plan_of(text: str) -> Plan:
    return read(PLAN.replace("{}", text, 1))


def task_of(text: str) -> Task:
    (task,) = plan_of(text).tasks
    return task


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Add it", "Add it"),
        ("[ ] Add it", "Add it"),
        ("✅ Add it", "Add it"),
        ("[x] ✅ Add it", "Add it"),
        ("T001: Add it", "Add it"),
        ("**T001**: Add it", "Add it"),
        ("**T001:** Add it", "Add it"),
        ("T-12 - Add it", "Add it"),
        (f"{LINK} Add it", "Add it"),
        (f"{LINK}: Add it", "Add it"),
        (f"T001 {LINK} Add it", "Add it"),
        (f"Add it ({LINK})", "Add it"),
        (f"Add it\n  again ({LINK})", "Add it again"),
        (f"Add it ({LINK}) ({LINK})", "Add it"),
        ("Add it — Assignee: kim", "Add it"),
        ("Add it - **Assignee:** kim", "Add it"),
        (f"Add it – Assignee: `kim` ({LINK})", "Add it"),
        (f"Add it ({LINK}) — Assignee: kim", "Add it"),
        ("Add it <!-- later -->", "Add it"),
        (f"~~Add it ({LINK})~~", "~~Add it~~"),
        ("Add `a\n  b` and  \n  more\\\n  here", "Add `a b` and more here"),
        ("Add it\n  *", "Add it"),
        ("Add it\n  2.", "Add it"),
        ("Add it\n  -", "Add it"),
        ("Add it\n  again\n  ## <!-- later -->", "Add it again"),
        (f"Add it ({LINK})\n  +", "Add it"),
        # what stays
        ("Add it *", "Add it *"),
        ("[ ] *", "*"),
        (f"Add {LINK} to it", f"Add {LINK} to it"),
        (f"Add it {LINK}", f"Add it {LINK}"),
        ("Add it ([docs](https://x.example/docs))", "Add it ([docs](https://x.example/docs))"),
        ("[docs](https://x.example/docs) first", "[docs](https://x.example/docs) first"),
        ("Say ` - Assignee: kim`", "Say ` - Assignee: kim`"),
        ("Add if the assignee: is set", "Add if the assignee: is set"),
        ("Keep `{name}`", "Keep `{name}`"),
        ("`{name}`", "`{name}`"),
        ("T-shirt sizes", "T-shirt sizes"),
        ("C:\\dir\\", "C:\\dir\\"),
        ("**Bold** and (more)", "**Bold** and (more)"),
        (LINK, LINK),
        (f"**{LINK} Add**", f"**{LINK} Add**"),
        ("*Add ([d](https://x.example/d))*", "*Add ([d](https://x.example/d))*"),
        (f"**Add {LINK} it**", f"**Add {LINK} it**"),
    ],
)
def test_the_title_text_is_what_is_left(written: str, text: str) -> None:
    assert task_of(written).text == text


def test_a_hard_break_before_a_label_is_no_text() -> None:
    task = task_of("Add it\\\n  **Note:** more")
    assert (task.text, task.body) == ("Add it", "**Note:** more")
    assert (
        edited(PLAN.replace("{}", "Add it\\\n**Note:** more"), task.link_site.edit(LINK)).count(f"Add it ({LINK})\\")
        == 1
    )


@pytest.mark.parametrize(
    "text",
    ["{a task}", "None", "none.", "N/A", "TBD", "—", "-", "*None*", "_n/a_", "[ ]", "{task} — Assignee: {agent}", ""],
)
def test_what_is_wholly_a_placeholder_is_no_item(text: str) -> None:
    assert plan_of(text).tasks == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("None — what exists is used", 0),
        ("No specific setup tasks required, since there is a script", 0),
        ("No new database tasks are needed.", 0),
        ("[x] No setup tasks needed", 1),
        ("None-safe lookups in the index", 1),
        ("No task without an owner", 1),
    ],
)
def test_an_item_without_box_may_say_that_there_are_none(text: str, count: int) -> None:
    assert len(plan_of(text).tasks) == count


@pytest.mark.parametrize("item", ["# heading", "```\n  code\n  ```", "> quote"])
def test_an_item_without_text_of_its_own_is_none(item: str) -> None:
    assert plan_of(item).tasks == ()


class TestState:
    @pytest.mark.parametrize(
        ("written", "state"),
        [
            ("Add", State.OPEN),
            ("[ ] Add", State.OPEN),
            ("[x] Add", State.DONE),
            ("[X] Add", State.DONE),
            ("[✓] Add", State.DONE),
            ("✅ Add", State.DONE),
            ("[ ] ✅ Add", State.DONE),
            ("[-] Add", State.OPEN),
            ("~~Add~~", State.CANCELLED),
            ("[x] ~~Add~~", State.CANCELLED),
            (f"~~Add~~ ~~it~~ ({LINK})", State.CANCELLED),
            ("~~Add~~ it", State.OPEN),
        ],
    )
    def test_is_what_the_plan_says(self, written: str, state: State) -> None:
        assert task_of(written).state is state

    def test_an_odd_mark_is_a_problem(self) -> None:
        assert codes(plan_of("[~] Add")) == ["PS202"]
        assert codes(plan_of("[ ] Add")) == []

    def test_a_link_that_looks_like_a_box_is_a_link(self) -> None:
        task = task_of("[x](https://x.example) Add")
        assert task.box is None
        assert len(task.links) == 1

    def test_a_reference_link_of_one_letter_is_no_box(self) -> None:
        task = read(PLAN.replace("{}", "[a] Add\n\n[a]: https://x.example", 1)).tasks[0]
        assert (task.box, task.text) == (None, "[a] Add")


class TestPlaces:
    def test_a_box_covers_the_bytes_of_its_mark(self) -> None:
        task = task_of("[✓] Add")
        assert task.box is not None
        assert task.box.span.of(PLAN.replace("{}", "[✓] Add").encode()).decode() == "✓"
        assert task.box_site is None

    def test_a_plain_bullet_can_be_given_a_box(self) -> None:
        site = task_of("Add").box_site
        assert site is not None
        assert edited(PLAN.replace("{}", "Add"), site.edit("[ ] ")) == PLAN.replace("{}", "[ ] Add")

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("Add", f"Add ({LINK})"),
            ("Add  ", f"Add ({LINK})  "),
            ("Add\n  more", f"Add\n  more ({LINK})"),
            ("Add — Assignee: kim", f"Add — Assignee: kim ({LINK})"),
            ("Add <!-- x --> ", f"Add ({LINK}) <!-- x --> "),
            ("Add\n  - detail", f"Add ({LINK})\n  - detail"),
        ],
    )
    def test_a_link_goes_to_the_end_of_the_text(self, before: str, after: str) -> None:
        source = PLAN.replace("{}", before)
        assert edited(source, task_of(before).link_site.edit(LINK)) == PLAN.replace("{}", after)

    @pytest.mark.parametrize(
        ("written", "place", "cut"),
        [
            (f"{LINK}: Add", LinkPlace.LEAD, f"{LINK}: "),
            (f"Add ({LINK})", LinkPlace.TAIL, f" ({LINK})"),
            (f"Add ({LINK}) <!-- x -->", LinkPlace.TAIL, f" ({LINK})"),
            (f"Add {LINK} it", LinkPlace.MENTION, LINK),
            (f"*Add ({LINK})*", LinkPlace.TAIL, f" ({LINK})"),
            (LINK, LinkPlace.LEAD, LINK),
        ],
    )
    def test_a_link_knows_its_place_and_what_goes_with_it(self, written: str, place: LinkPlace, cut: str) -> None:
        (link,) = task_of(written).links
        assert (link.place, link.url, link.label) == (place, ISSUE, "#12")
        assert link.cut.of(PLAN.replace("{}", written).encode()).decode() == cut

    def test_links_are_listed_in_order_however_they_are_wrapped(self) -> None:
        links = task_of(f"**[a](https://x.example)** and [](https://y.example) ({LINK})").links
        assert [(link.label, link.place.value) for link in links] == [
            ("a", "mention"),
            ("", "mention"),
            ("#12", "tail"),
        ]

    def test_lines_and_columns_are_those_of_the_marker(self) -> None:
        task = task_of("Add")
        assert (task.line, task.column) == (11, 1)


class TestNames:
    def test_an_id_is_kept_apart(self) -> None:
        assert (task_of("T001: Add").id, task_of("Add").id) == ("T001", None)

    @pytest.mark.parametrize(("name", "seen"), [("kim", "kim"), ("`kim`", "kim"), ("{agent}", None), ("", None)])
    def test_an_assignee_is_a_name(self, name: str, seen: str | None) -> None:
        assert task_of(f"Add — Assignee: {name}").assignee == seen


@pytest.mark.parametrize(
    ("url", "is_issue"),
    [
        ("https://github.com/a/b/issues/12", True),
        ("https://github.com/a/b/issues/12#issuecomment-1", True),
        ("https://gitlab.com/a/b/-/issues/12?x=y", True),
        ("https://gitlab.com/a/b/-/work_items/12/", True),
        ("http://127.0.0.1:8484/issues/1", True),
        ("https://github.com/a/b/pull/12", False),
        ("https://github.com/a/b/issues", False),
        ("https://github.com/a/b/issues/0", False),
        ("http://[broken/issues/1", False),
    ],
)
def test_issue_urls_are_known_by_their_path(url: str, is_issue: bool) -> None:
    assert is_issue_url(url) is is_issue


@pytest.mark.parametrize("label", ["#3", "\\`code\\`", "\\[x\\] y", "`code`", "a *b*"])
def test_a_links_label_is_what_stands_between_its_brackets(label: str) -> None:
    (link,) = task_of(f"Add it ([{label}](https://github.com/a/b/issues/3))").links
    assert link.label == label


def test_ignored_items_say_so() -> None:
    def ignored(text: str) -> bool:
        items: tuple[Item, ...] = plan_of(text).items
        return items[0].ignored

    assert ignored("Add <!-- plansync:ignore -->")
    assert ignored("Add\n\n  <!-- PLANSYNC:IGNORE -->")
    assert not ignored("Add <!-- plansync: not this -->")
    assert titles(plan_of("Add <!-- plansync:ignore -->").items) == ["Add"]
