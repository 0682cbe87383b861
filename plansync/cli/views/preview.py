"""What a run would do, in the manner of ``terraform plan``: every change, every write to a file, and the counts."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from plansync.app.report import ChangeReport, MatchReport, PlanReport, SyncReport
from plansync.cli.lines import Line, Role, counted, indented
from plansync.cli.views.counts import noun_of, pending_counts, verb_of
from plansync.cli.views.problems import line_words, problem_lines
from plansync.core.changes import FieldChange

ROLES = {
    "create": Role.ADDED,
    "update": Role.CHANGED,
    "close": Role.REMOVED,
    "reopen": Role.ADDED,
    "relate": Role.CHANGED,
}
_DIFF_ROLES = {"+": Role.ADDED, "-": Role.REMOVED, "@": Role.FAINT}
_SURE = 1.0


def preview_lines(report: SyncReport, *, verbose: bool = False) -> Iterator[Line]:
    """Yield the preview of all targets, plan by plan, and the counts at the end."""
    for target in report.targets:
        yield Line(f"{target.name}: {target.project}", Role.TITLE)
        for plan in target.plans:
            yield from _plan_lines(plan, verbose=verbose)
        yield from (Line(f"note: {note}", Role.FAINT) for note in target.notes)
        yield Line("")
    yield summary_line(report)


def summary_line(report: SyncReport) -> Line:
    """Return the one line that says whether there is anything to do, and how much."""
    total: Counter[str] = Counter()
    for target in report.targets:
        total.update(target.counts)
    files = sum(len(plan.changed_files) for target in report.targets for plan in target.plans)
    writes = f"{counted(files, 'file')} to write" if files else ""
    pending = "; ".join(part for part in (pending_counts(total), writes) if part)
    if pending:
        return Line(pending, Role.TITLE)
    if report.exit_code:
        return Line("Nothing would be changed; see the errors.", Role.BAD)
    return Line("In step. Nothing to do.", Role.GOOD)


def blocked_line(plan: PlanReport) -> Iterator[Line]:
    """Yield why a plan is passed over, held by a fuse, or failed; nothing for a plan that goes its way."""
    if plan.skipped:
        yield Line(f"passed over: {plan.skipped}", Role.FAINT)
    if plan.fused:
        yield Line(f"held: {plan.fused}", Role.BAD)
    if plan.waits_at:
        yield Line(f"waits for review: {plan.waits_at}", Role.PLAIN)
    if plan.error:
        yield Line(f"error: {plan.error}", Role.BAD)
    if plan.hint:
        yield Line(f"  hint: {plan.hint}", Role.FAINT)


def _plan_lines(plan: PlanReport, *, verbose: bool) -> Iterator[Line]:
    body = [
        *blocked_line(plan),
        *(line for change in plan.changes for line in _change_lines(change, plan, verbose=verbose)),
        *(line for match in plan.matches for line in _match_lines(match, verbose=verbose)),
        *_write_lines(plan),
    ]
    problems = list(problem_lines(plan.path, plan.problems, hints=True))
    if not (body or problems or plan.diff or verbose):
        return
    yield Line("")
    yield Line(f"{plan.path}  {plan.title}".rstrip(), Role.TITLE)
    yield from indented(body)
    yield from problems
    yield from diff_lines(plan.diff)


def _change_lines(change: ChangeReport, plan: PlanReport, *, verbose: bool) -> Iterator[Line]:
    """Yield a change: what and on what, then field by field."""
    verb = verb_of(change.kind)
    remark = _remark(change, plan, with_reason=verbose or verb.infinitive != "create")
    yield Line(f"{verb.sign} {verb.infinitive} {_named(change)}{remark}", ROLES[verb.infinitive])
    for field in change.fields:
        yield from indented(_field_lines(field), 4)
    if change.message:
        yield Line(f"    {change.outcome}: {change.message}", Role.BAD)


def _named(change: ChangeReport) -> str:
    noun = noun_of(change.kind)
    if noun == "issue":
        return f"issue #{'?' if change.number is None else change.number}  {change.title}"
    number = "" if change.number is None else f" {change.number}"
    return f"milestone{number}  {change.title}"


def _remark(change: ChangeReport, plan: PlanReport, *, with_reason: bool) -> str:
    """Return milestone, labels and reason in brackets; the plan's title in front of its milestones goes unsaid."""
    milestone = change.milestone.removeprefix(f"{plan.title}: ")
    parts = [f"in {milestone}"] if milestone else []
    parts += [", ".join(change.labels)] if change.labels else []
    parts += [change.reason] if change.reason and with_reason else []
    return f"  ({'; '.join(parts)})" if parts else ""


def _field_lines(field: FieldChange) -> Iterator[Line]:
    if "\n" not in field.old + field.new:
        yield Line(f"{field.name}: {field.old or '(none)'} → {field.new or '(none)'}", Role.CHANGED)
        return
    yield Line(f"{field.name}:", Role.CHANGED)
    changed = difflib.unified_diff(field.old.splitlines(), field.new.splitlines(), lineterm="", n=1)
    lines = (line for line in changed if not line.startswith(("---", "+++", "@@")))
    yield from indented(diff_lines("\n".join(lines)))


def diff_lines(diff: str) -> Iterator[Line]:
    """Yield a unified diff in its colours. Carriage returns of the file are not shown."""
    for line in filter(None, diff.split("\n")):
        header = line.startswith(("--- ", "+++ "))
        yield Line(line.rstrip("\r"), Role.TITLE if header else _DIFF_ROLES.get(line[0], Role.PLAIN))


def _match_lines(match: MatchReport, *, verbose: bool) -> Iterator[Line]:
    place = line_words(match.line, match.file)
    if match.number is not None and (verbose or match.confidence < _SURE):
        how = f"matched by {match.by} {match.confidence:.2f}"
        yield Line(f"= #{match.number} {how}  {match.text}  ({place})", Role.FAINT)
    if match.near_miss:
        yield Line(f"? near miss: {match.near_miss}  {match.text}  ({place})", Role.FAINT)


def _files(plan: PlanReport) -> str:
    return "the file" if len(plan.changed_files) < 2 else counted(len(plan.changed_files), "file")


def _write_lines(plan: PlanReport) -> Iterator[Line]:
    parts = [counted(plan.linked, "link")] if plan.linked else []
    parts += [counted(plan.ticked, "box", "boxes")] if plan.ticked else []
    if parts:
        yield Line(f"✎ write {' and '.join(parts)} into {_files(plan)}", Role.CHANGED)
    if change := status_change(plan):
        yield Line(f"✎ {change}", Role.CHANGED)


def status_change(plan: PlanReport) -> str:
    """Return ``Status Draft → In Progress (…)``, or nothing when the file keeps its Status."""
    status = plan.status
    if status.after is None or status.after == status.before or not plan.diff:
        return ""
    return f"Status {status.before or '(none)'} → {status.reason or status.after}"
