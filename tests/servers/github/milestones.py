"""The milestones of a repository, as somebody opens, changes and deletes them."""

from __future__ import annotations

from typing import Any

from tests.servers.github.state import Milestone, Repository, User
from tests.servers.github.words import invalid
from tests.servers.github.world import World


def create(world: World, repository: Repository, actor: User, **fields: Any) -> Milestone:
    """Open a milestone; keywords as in the REST interface."""
    check(world, repository, None, fields)
    repository.last_milestone += 1
    now = world.now()
    made = Milestone(
        id=world.next_id(),
        number=repository.last_milestone,
        title=kept(world, fields["title"]),
        description=fields.get("description"),
        creator=actor,
        created_at=now,
        updated_at=now,
        due_on=fields.get("due_on"),
    )
    repository.milestones[made.number] = made
    world.announce("milestone", "created", repository, actor, {"repository": repository, "milestone": made})
    if fields.get("state") == "closed":
        change(world, repository, actor, made, state="closed")
    return made


def change(world: World, repository: Repository, actor: User, milestone: Milestone, **new: Any) -> None:
    """Change what ``new`` names: title, description, due_on, state."""
    check(world, repository, milestone, new)
    changes: dict[str, Any] = {}
    for field in ("title", "description", "due_on"):
        value = kept(world, new["title"]) if field == "title" and "title" in new else new.get(field)
        if field in new and value != getattr(milestone, field):
            changes[field] = {"from": getattr(milestone, field) or ""}
            setattr(milestone, field, value)
    if changes:
        milestone.updated_at = world.now()
        world.announce(
            "milestone",
            "edited",
            repository,
            actor,
            {"repository": repository, "milestone": milestone, "changes": changes},
        )
    state = new.get("state", milestone.state)
    if state != milestone.state:
        milestone.state, milestone.updated_at = state, world.now()
        milestone.closed_at = world.now() if state == "closed" else None
        action = "closed" if state == "closed" else "opened"
        world.announce("milestone", action, repository, actor, {"repository": repository, "milestone": milestone})


def delete(world: World, repository: Repository, actor: User, milestone: Milestone) -> None:
    """Take a milestone away; its issues stay, without it."""
    del repository.milestones[milestone.number]
    for issue in milestone.members.values():
        issue.milestone = None
    milestone.members.clear()
    world.announce("milestone", "deleted", repository, actor, {"repository": repository, "milestone": milestone})


def check(world: World, repository: Repository, own: Milestone | None, fields: dict[str, Any]) -> None:
    """Refuse a title that is missing or taken by another milestone, open or closed."""
    if "title" not in fields:
        if own is None:
            raise invalid("Milestone", "title", "missing_field")
        return
    title = kept(world, fields["title"] or "")
    if not title.strip():
        raise invalid("Milestone", "title", "missing_field")
    taken = any(other.title == title and other is not own for other in repository.milestones.values())
    if taken and world.lenient.strict("milestone-title-clash"):
        raise invalid("Milestone", "title", "already_exists")


def kept(world: World, title: str) -> str:
    """Return a title as GitHub keeps it."""
    return title.strip() if world.lenient.strict("trimmed-titles") else title


def counts(world: World, milestone: Milestone) -> tuple[int, int]:
    """Return how many open and closed issues the milestone has; pull requests count, too."""
    with_pulls = world.lenient.strict("counters-include-pull-requests")
    members = [issue for issue in milestone.members.values() if with_pulls or issue.pull is None]
    is_open = sum(issue.state == "open" for issue in members)
    return is_open, len(members) - is_open
