"""``plansync explain``: why one item is as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson, TargetName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plansync.app.explain import Explained
    from plansync.app.request import Target
    from plansync.cli.terminal import Terminal
    from plansync.core.asked import Wish

_MANY = 5


def explain(
    invocation: Invocation,
    item: Annotated[
        str,
        typer.Argument(
            metavar="ITEM",
            help="An issue (12, #12, its address), PLAN:LINE, an id such as T001, or words of its text.",
            show_default=False,
        ),
    ],
    *,
    target: TargetName = None,
    as_json: AsJson = False,
) -> None:
    """Say why one item is as it is.

    Its issue, by what rule that was found and how sure, what was last in step, what runs did to it and why, and what
    the next run would do. Nothing is changed.
    """
    from plansync.app.explain import explain as explain_item
    from plansync.cli.targets import choose
    from plansync.cli.workplace import opened
    from plansync.core.asked import read_wish

    with opened(invocation, read_only=True) as workshop:
        targets = [choice.target for choice in choose(workshop.targets, [], target)]
        wish = read_wish(item, [one.tracker.address for one in targets])
        targets, wish = _placed(targets, wish)
        result = explain_item(workshop, targets, wish)
    for message, hint in result.errors:
        invocation.terminal.fault(message, hint)
    _show(invocation.terminal, item, result, as_json=as_json)
    raise typer.Exit(1 if result.errors else 0)


def _show(terminal: Terminal, item: str, result: Explained, *, as_json: bool) -> None:
    """Show what was found; nothing, or too much, is an error of who asked, unless something could not be read."""
    from plansync.app.report import as_json as plain
    from plansync.cli.views.explained import explained_lines, place_of
    from plansync.errors import UsageError

    if not result.found and result.errors:
        raise typer.Exit(1)
    if not result.found:
        raise UsageError(f"no item or issue fits {item!r}", hint="`plansync show PLAN` lists the items of a plan")
    if as_json:
        terminal.show_json({"found": plain(result.found)})
    elif len(result.found) > _MANY:
        places = ", ".join(place_of(one) for one in result.found[:_MANY])
        raise UsageError(f"{len(result.found)} items fit {item!r}", hint=f"name one by its place: {places}, …")
    else:
        terminal.show(explained_lines(result.found))


def _placed(targets: Sequence[Target], wish: Wish) -> tuple[list[Target], Wish]:
    """Return the target that a line's plan is of, and its path there; where there is no such plan, it is a text."""
    from plansync.cli.targets import choose
    from plansync.core.asked import ByLine, ByText
    from plansync.core.together import beside, group_of
    from plansync.errors import PlansyncError

    if not isinstance(wish, ByLine):
        return [*targets], wish
    try:
        (choice, *_) = choose(targets, [Path(wish.path)])
    except PlansyncError:
        return [*targets], ByText(f"{wish.path}:{wish.line}")
    file = beside(choice.plans[0], Path(wish.path).name)
    is_of_it = file in group_of(choice.plans[0], choice.target.together)
    return [choice.target], replace(wish, path=file if is_of_it else choice.plans[0])
