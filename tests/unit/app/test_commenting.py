"""One comment of ours, whatever stands there already."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from plansync.app.commenting import MARK, keep_comment
from plansync.ports.comments import Comment


@dataclass
class Said:
    """The comments of a request; what was done to them is counted."""

    kept: list[Comment] = field(default_factory=list)
    acts: int = 0

    def login(self) -> str:
        return "plansync-bot"

    def all(self) -> list[Comment]:
        return list(self.kept)

    def post(self, text: str) -> None:
        self.acts += 1
        self.kept.append(Comment(100 + self.acts, self.login(), text))

    def change(self, comment: Comment, text: str) -> None:
        self.acts += 1
        self.kept[self.kept.index(comment)] = replace(comment, text=text)

    def remove(self, comment: Comment) -> None:
        self.acts += 1
        self.kept.remove(comment)


def test_it_is_posted_left_updated_and_removed() -> None:
    said = Said([Comment(1, "ann", "Nice")])
    assert keep_comment(said, "one") == "posted"
    assert keep_comment(said, "one") == "up to date"
    assert keep_comment(said, "two") == "updated"
    assert [comment.text for comment in said.kept] == ["Nice", f"{MARK}\ntwo"]
    assert keep_comment(said, "") == "removed"
    assert keep_comment(said, "") == "not needed"
    assert said.acts == 3


def test_line_ends_of_the_host_are_no_difference() -> None:
    said = Said([Comment(1, "PlanSync-bot", f"{MARK}\r\none\r\n")])
    assert keep_comment(said, "one\n") == "up to date"


def test_of_several_one_stays() -> None:
    said = Said([Comment(number, "plansync-bot", f"{MARK}\n{number}") for number in (1, 2, 3)])
    keep_comment(said, "new")
    assert said.kept == [Comment(1, "plansync-bot", f"{MARK}\nnew")]


def test_others_comments_are_left_alone() -> None:
    theirs = [Comment(1, "mallory", f"{MARK}\nmine"), Comment(2, "plansync-bot", f"see {MARK}")]
    said = Said(list(theirs))
    assert keep_comment(said, "") == "not needed"
    assert keep_comment(said, "one") == "posted"
    assert said.kept[:2] == theirs
