"""A preview as Markdown, for a comment on a pull request and for the summary of a job.

Plans of a pull request are anybody's text: all of it stands in code spans, where nothing acts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from plansync.app.report import ChangeReport, PlanReport, SyncReport, TargetReport
from plansync.cli.lines import counted, printable
from plansync.cli.views.counts import noun_of, verb_of
from plansync.cli.views.problems import in_order
from plansync.core.problems import Problem

LIMIT = 60_000
"""Characters: GitHub takes 65,536 in a comment."""
_MANY = 30
"""How many changes or Problems of one plan are named."""
_LONG = 200
_VERBS = {"create": "opens", "update": "updates", "close": "closes", "reopen": "reopens", "relate": "relates"}


def preview_markdown(report: SyncReport) -> str:
    """Return the preview of all targets, plan by plan; empty where there is nothing to say."""
    sections = [section for target in report.targets for section in _target(target)]
    if not sections:
        return ""
    return _within(f"### {_headline(report)}", sections)


def problems_markdown(files: Iterable[tuple[str, Sequence[Problem]]]) -> str:
    """Return the Problems of plans by themselves, for where no tracker may be asked."""
    sections = ["\n".join([f"#### {_code(path)}", "", *_problems(found)]) for path, found in files if found]
    title = "### Problems of the plans" if sections else "### No Problems in the plans"
    return _within(title, sections)


def _headline(report: SyncReport) -> str:
    kinds = Counter(change.kind for target in report.targets for change in target.changes)
    parts = []
    for verb, said in _VERBS.items():
        things = [(kinds[f"{verb}_{noun}"], noun) for noun in ("issue", "milestone")]
        named = " and ".join(counted(number, noun) for number, noun in things if number)
        parts += [f"{said} {named}"] if named else []
    return f"Merging this {', '.join(parts) or 'changes no issue'}"


def _target(target: TargetReport) -> Iterator[str]:
    for message, hint in target.errors:
        yield f"> **{_code(target.name)} is held up:** {_code(message)}" + (f" {_code(hint)}" if hint else "")
    for plan in target.plans:
        body = [*_blocked(plan), *_changes(plan), *_problems(plan.problems)]
        if body:
            yield "\n".join([f"#### {_code(plan.path)}", "", *body])


def _blocked(plan: PlanReport) -> Iterator[str]:
    for word, reason in (("passed over", plan.skipped if plan.problems else ""), ("held", plan.fused)):
        if reason:
            yield f"- {word}: {_code(reason)}"
    if plan.error:
        yield f"- error: {_code(plan.error)}"


def _changes(plan: PlanReport) -> Iterator[str]:
    shown = plan.changes[:_MANY]
    yield from (_change(change) for change in shown)
    if len(plan.changes) > len(shown):
        yield f"- … and {counted(len(plan.changes) - len(shown), 'more change')}"


def _change(change: ChangeReport) -> str:
    verb = _VERBS[verb_of(change.kind).infinitive]
    number = "" if change.number is None else f" {change.number}"
    fields = f" ({', '.join(field.name for field in change.fields)})" if change.fields else ""
    reason = f": {_code(change.reason)}" if change.reason and verb not in {"opens", "updates"} else ""
    return f"- {verb} {noun_of(change.kind)}{number} {_code(change.title)}{fields}{reason}"


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    for found in in_order(problems)[:_MANY]:
        place = f"{_code(found.file)} line {found.line}" if found.file else f"line {found.line}"
        yield f"- {place}: **{found.severity.value}** {found.code} {_code(found.message)}"
    if len(problems) > _MANY:
        yield f"- … and {counted(len(problems) - _MANY, 'more Problem')}"


def _code(text: str) -> str:
    """Return ``text`` as one code span on one line, cut where it is too long."""
    plain = printable(" ".join(text.replace("`", "'").replace(chr(0x200B), "").split()))
    return f"`{plain[:_LONG]}{'…' if len(plain) > _LONG else ''}`" if plain else "(nothing)"


def _within(title: str, sections: Sequence[str]) -> str:
    text = title
    for place, section in enumerate(sections):
        if len(text) + len(section) > LIMIT:
            return f"{text}\n\n… and {counted(len(sections) - place, 'more plan')}; `plansync preview` shows all.\n"
        text += f"\n\n{section}"
    return f"{text}\n"
