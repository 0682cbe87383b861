"""The labels of a repository: found by name whatever its case, made when an issue names a new one."""

from __future__ import annotations

import re

from tests.servers.github.state import Issue, Label, Repository, User
from tests.servers.github.words import invalid
from tests.servers.github.world import World

_COLOR = re.compile(r"[0-9a-fA-F]{6}")


def find(world: World, repository: Repository, name: str) -> Label | None:
    """Return the repository's label of that name."""
    if world.lenient.strict("case-blind-labels"):
        return next((label for label in repository.labels if label.name.casefold() == name.casefold()), None)
    return next((label for label in repository.labels if label.name == name), None)


def create(world: World, repository: Repository, actor: User, name: str, **rest: str | None) -> Label:
    """Make a label; keywords are ``color`` and ``description``."""
    check(world, repository, None, name=name, **rest)
    label = Label(world.next_id(), name.strip(), (rest.get("color") or "ededed").lower(), rest.get("description"))
    repository.labels.append(label)
    world.announce("label", "created", repository, actor, {"repository": repository, "label": label})
    return label


def change(world: World, repository: Repository, actor: User, label: Label, **new: str | None) -> None:
    """Give a label another name, colour or description."""
    check(world, repository, label, **new)
    changes: dict[str, object] = {}
    for field, value in new.items():
        old = getattr(label, field)
        if value is not None and value != old:
            changes[field] = {"from": old or ""}
            setattr(label, field, value.lower() if field == "color" else value)
    if changes:
        world.announce(
            "label", "edited", repository, actor, {"repository": repository, "label": label, "changes": changes}
        )


def delete(world: World, repository: Repository, actor: User, label: Label) -> None:
    """Take a label away from the repository and from all its issues."""
    repository.labels.remove(label)
    for issue in repository.issues.values():
        if label in issue.labels:
            issue.labels.remove(label)
    world.announce("label", "deleted", repository, actor, {"repository": repository, "label": label})


def check(world: World, repository: Repository, own: Label | None, **fields: str | None) -> None:
    """Refuse a name that is taken, and what is no colour or too long."""
    name, color, description = fields.get("name"), fields.get("color"), fields.get("description")
    if name is not None:
        if not name.strip():
            raise invalid("Label", "name", "missing_field")
        if len(name) > 50:
            raise invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
        if find(world, repository, name.strip()) not in {None, own}:
            raise invalid("Label", "name", "already_exists")
    if color is not None and not _COLOR.fullmatch(color):
        raise invalid("Label", "color", "invalid")
    if description is not None and len(description) > 100:
        raise invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)")


def named(world: World, repository: Repository, actor: User, names: list[str]) -> list[Label]:
    """Return the labels of these names, each once, making those that the repository has not."""
    found: list[Label] = []
    for name in names:
        label = find(world, repository, name.strip()) or create(world, repository, actor, name)
        if label not in found:
            found.append(label)
    return found


def of(issue: Issue, name: str) -> Label | None:
    """Return the issue's own label of that name."""
    return next((label for label in issue.labels if label.name.casefold() == name.casefold()), None)
