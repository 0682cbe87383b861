"""What people do to issues and milestones by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.simulator.town import Idle, Town

Act = Callable[[Town], None]


def close(town: Town) -> None:
    """Close an issue as completed."""
    line, issue = town.choose(town.linked("open"))
    town.world.people.close(issue.number)
    town.watch(issue.number)
    town.want(line.token, "tracker", "closed")


def close_not_planned(town: Town) -> None:
    """Close an issue as not planned."""
    line, issue = town.choose(town.linked("open", risks=False))
    town.world.people.close(issue.number, not_planned=True)
    town.watch(issue.number)
    town.want(line.token, "tracker", "not planned")


def reopen(town: Town) -> None:
    """Open a closed issue again."""
    line, issue = town.choose(town.linked("closed"))
    town.world.people.reopen(issue.number)
    town.watch(issue.number)
    town.want(line.token, "tracker", "open")


def rename(town: Town) -> None:
    """Give an issue another title."""
    _, issue = town.choose(town.linked())
    town.world.people.rename(issue.number, f"Please look at this {town.luck.randrange(999)}")
    town.watch(issue.number)


def write_above(town: Town) -> None:
    """Write above the managed region."""
    _, issue = town.choose(town.linked())
    town.world.people.set_body(issue.number, f"Seen on {town.luck.randrange(99)}.\n\n{issue.body}")
    town.watch(issue.number)


def write_below(town: Town) -> None:
    """Write below the managed region."""
    _, issue = town.choose(town.linked())
    town.world.people.set_body(issue.number, f"{issue.body}\n\nAsk Bob, {town.luck.randrange(99)}.")
    town.watch(issue.number)


def write_inside(town: Town) -> None:
    """Write inside the managed region."""
    _, issue = town.choose([pair for pair in town.linked() if "\n<!-- /plansync -->" in pair[1].body])
    town.world.people.set_body(
        issue.number, issue.body.replace("\n<!-- /plansync -->", "\nscribble\n<!-- /plansync -->", 1)
    )
    town.watch(issue.number)


def delete_marker(town: Town) -> None:
    """Delete the line with the marker, and the end of the region."""
    line, issue = town.choose([pair for pair in town.linked() if "<!-- plansync:v1" in pair[1].body])
    rows = [row for row in issue.body.split("\n") if "plansync:v1" not in row and "/plansync" not in row]
    town.world.people.set_body(issue.number, "\n".join(rows))
    town.watch(issue.number)
    town.items[line.token].unmarked = True


def empty_body(town: Town) -> None:
    """Delete an issue's whole text."""
    line, issue = town.choose(town.linked())
    town.world.people.set_body(issue.number, "")
    town.watch(issue.number)
    town.items[line.token].unmarked = True


def remove_our_label(town: Town) -> None:
    """Take plansync's label off."""
    _, issue = town.choose([pair for pair in town.linked() if "plansync" in pair[1].labels])
    town.world.people.remove_label(issue.number, "plansync")


def add_label(town: Town) -> None:
    """Put a label on."""
    _, issue = town.choose(town.linked())
    town.world.people.add_label(issue.number, town.luck.choice(("harbour", "good first issue", "later")))
    town.watch(issue.number)


def comment(town: Town) -> None:
    """Say something."""
    _, issue = town.choose(town.linked())
    town.world.people.comment(issue.number, f"Any news, after {town.luck.randrange(99)} days?")
    town.watch(issue.number)


def assign(town: Town) -> None:
    """Assign somebody."""
    _, issue = town.choose([pair for pair in town.linked() if not pair[1].assignees])
    town.world.people.assign(issue.number, "bob")


def delete(town: Town) -> None:
    """Delete an issue."""
    line, issue = town.choose(town.linked())
    town.world.people.delete(issue.number)
    town.theirs.pop(issue.number, None)
    town.items[line.token].wild = True
    town.loose.add(line.path)


def open_foreign(town: Town) -> None:
    """Open an issue that has nothing to do with any plan."""
    town.watch(town.world.people.create_issue("The gulls are loud", f"Since {town.luck.randrange(99)} o'clock."))


def open_namesake(town: Town) -> None:
    """Open an issue with the title of a task."""
    _, issue = town.choose(town.linked())
    town.watch(town.world.people.create_issue(issue.title, "By hand."))


def copy_issue(town: Town) -> None:
    """Open an issue with the text of another, marker and all."""
    line, issue = town.choose(town.linked("open"))
    number = town.world.people.create_issue(f"Copy {town.luck.randrange(99)}", issue.body)
    town.watch(number)
    town.items[line.token].wild = True


def describe_milestone(town: Town) -> None:
    """Write into a milestone's description, below the region."""
    found = _milestones(town)
    town.world.people.describe_milestone(town.choose(found), "Ours, by hand.")


def open_milestone(town: Town) -> None:
    """Open a milestone that has nothing to do with any plan."""
    town.world.people.create_milestone(f"Spring {town.luck.randrange(9999)}", "By hand.")


def delete_milestone(town: Town) -> None:
    """Delete a milestone."""
    town.world.people.delete_milestone(town.choose(_milestones(town)))
    town.loose |= set(town.paths())


def _milestones(town: Town) -> list[int]:
    numbers = [milestone.number for milestone in town.world.milestones().values()]
    if not numbers:
        raise Idle
    return sorted(numbers)


USUAL: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        close, close_not_planned, reopen, rename, write_above, write_below, write_inside, remove_our_label, add_label,
        comment, assign, open_foreign, open_namesake, open_milestone,
    )
}  # fmt: skip
ODD: Mapping[str, Act] = {
    act.__name__: act
    for act in (delete, delete_marker, empty_body, copy_issue, describe_milestone, delete_milestone)
}  # fmt: skip
