"""An item explained: one fact a line, under its place and text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plansync.app.explain import Baseline, Did, Explanation
from plansync.app.report import ChangeReport
from plansync.cli.lines import Line, Role, indented
from plansync.cli.views.counts import noun_of, verb_of
from plansync.cli.views.past import moment, step_line
from plansync.cli.views.preview import diff_lines
from plansync.cli.views.problems import problem_lines
from plansync.core.holds import short
from plansync.core.together import beside

_DEEDS = 3
"""So many of the last deeds are shown."""


def explained_lines(found: Sequence[Explanation]) -> Iterator[Line]:
    """Yield what is known of each item."""
    for at, one in enumerate(found):
        if at:
            yield Line("")
        yield Line(_head(one), Role.TITLE)
        yield from indented(_facts(one))


def place_of(one: Explanation) -> str:
    """Return ``plans/plan.md:12``, by which it can be asked for."""
    return f"{beside(one.path, one.item.file)}:{one.item.line}" if one.item is not None else f"#{one.number}"


def _head(one: Explanation) -> str:
    if one.item is None:
        return f"#{one.number}  of {one.path}: no item has this issue any more"
    name = f"{one.item.kind} {one.item.id}".rstrip()
    return f"{place_of(one)}  {name}  {one.item.text}"


def _facts(one: Explanation) -> Iterator[Line]:
    if one.item is not None:
        yield from _issue(one)
        yield Line(f"baseline  {_baseline(one.baseline)}")
    deeds = one.did[:_DEEDS]
    for did in deeds:
        yield Line(f"run       {_deed(did)}")
    if not deeds:
        yield Line("run       none in the journal did anything to it")
    if one.held:
        yield Line(f"next      nothing: {one.held}", Role.BAD)
    else:
        yield from _next(one)
        yield from (Line(f"note      {note}", Role.FAINT) for note in one.notes)
    yield from problem_lines(one.path, one.problems, hints=True)


def _issue(one: Explanation) -> Iterator[Line]:
    item = one.item
    if item is None or item.number is None:
        yield Line(f"issue     none: {item.by if item else ''}")
    else:
        state = {"": "not looked at", "open": "open"}.get(item.state, f"closed as {item.state.replace('_', ' ')}")
        yield Line(f"issue     #{item.number}  {state}  {item.url}".rstrip())
        yield Line(f"matched   by {item.by}, confidence {item.confidence:.2f}")
    if item is not None and item.near_miss:
        yield Line(f"near miss {item.near_miss}", Role.FAINT)


def _baseline(base: Baseline | None) -> str:
    if base is None:
        return "none: box and issue were never seen in step"
    box = {True: "box [x]", False: "box [ ]", None: "no box"}[base.box]
    link = "" if base.linked else ", not linked then"
    at = f", in step on {moment(base.at)}" if base.at is not None else ""
    state = base.issue if base.issue == "open" else f"closed as {base.issue.replace('_', ' ')}"
    return f"{box}, issue {state}{link}{at}"


def _deed(did: Did) -> str:
    return f"{short(did.run)} on {moment(did.step.at)} ({did.trigger.partition(' ')[0]}): {step_line(did.step).text}"


def _next(one: Explanation) -> Iterator[Line]:
    for change in one.next:
        yield Line(f"next      {_change(change)}", Role.CHANGED)
    if one.writes:
        yield Line("next      write into the plan", Role.CHANGED)
        yield from indented(diff_lines(one.writes), 10)
    if not one.next and not one.writes:
        yield Line("next      nothing to do", Role.GOOD)


def _change(change: ChangeReport) -> str:
    verb = verb_of(change.kind).infinitive
    fields = ", ".join(field.name for field in change.fields)
    parts = [part for part in (change.reason, fields) if part]
    number = f" #{change.number}" if change.number is not None else ""
    why = f" ({': '.join(parts)})" if parts else ""
    return f"{verb} {noun_of(change.kind)}{number}{why}"
