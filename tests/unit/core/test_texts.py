"""What a template sees of an item, and what the issue shall then read (spec §2, §4.1, §8)."""

from __future__ import annotations

from typing import Any

import pytest

from plansync.core.context import Context
from plansync.core.design import Component, Endpoint
from plansync.core.facts import Facts, MilestoneFacts, QuestionFacts, RiskFacts, TaskFacts
from plansync.core.fit import Capabilities
from plansync.core.identity import PhaseKey, text_digest
from plansync.core.marker import read_marker
from plansync.core.match import Match
from plansync.core.model import Box, Detail, Level, Plan, Rating, State
from plansync.core.phases import PhaseMatch
from plansync.core.refs import reference
from plansync.core.region import sole_region
from plansync.core.rules import MarkerRules, Rules
from plansync.core.stages import By
from plansync.core.text import Span
from plansync.core.texts import Texts, Wanted, dependencies_of, split_steps
from tests.support.plan_values import make_phase, make_plan, make_risk, make_task
from tests.support.reconciling import (
    PLAN,
    issue_of,
    link_to,
    make_context,
    make_question,
    make_reading,
    match_of,
    owning,
)

BOX = Box("x", Span(0, 0))


def _texts(plan: Plan, *matches: Match, context: Context | None = None, rules: Rules | None = None) -> Texts:
    phases = [PhaseMatch(index, PhaseKey(f"p-{index}")) for index in range(len(plan.phases))]
    return Texts(context or make_context(), make_reading(plan, rules=rules or Rules()), matches, phases)


def _seen(plan: Plan, *matches: Match, rules: Rules | None = None) -> Any:
    """Return what the template of the first match's item, or of the first phase, sees."""
    seen: list[Facts] = []

    def render(facts: Facts) -> tuple[str, str]:
        seen.append(facts)
        return "Title", "Body"

    texts = _texts(plan, *matches, context=make_context(render=render), rules=rules)
    if matches:
        texts.issue(matches[0], adopted=False)
    else:
        texts.milestone(texts.phases[0])
    return seen[0]


def test_a_task_is_told_with_its_phase_and_its_place_in_the_plan() -> None:
    task = make_task(
        "Build it", id="T1", size="S", label="feat", repo="web", assignee="Ann", files=("a.py",), body="More."
    )
    cancelled = make_task("Gone", state=State.CANCELLED)
    phase = make_phase(task, cancelled, anchor="phase-1", goal="Goal", deliverable="It", depends_on=("0", "9"))
    plan = make_plan(make_phase(id="0"), phase, feature_id="001", spec="spec.md")
    facts = _seen(plan, match_of(task, phase=1))
    assert isinstance(facts, TaskFacts)
    assert (facts.text, facts.id, facts.size, facts.label, facts.repo) == ("Build it", "T1", "S", "feat", "web")
    assert (facts.assignee, facts.files, facts.body) == ("Ann", ("a.py",), "More.")
    assert (facts.plan.title, facts.plan.place, facts.plan.spec) == ("Search", "plans/plan.md#phase-1", "spec.md")
    assert facts.phase is not None
    assert (facts.phase.goal, facts.phase.deliverable, facts.phase.tasks) == ("Goal", "It", 1)
    assert facts.phase.depends_on == ("Phase 0: Foundation",)


def test_a_plan_without_phases_tells_of_none() -> None:
    task = make_task()
    assert _seen(make_plan(make_phase(task, id=None)), match_of(task)).phase is None


def test_a_plan_without_a_title_is_called_by_its_path() -> None:
    task = make_task()
    assert _seen(make_plan(make_phase(task), title=""), match_of(task)).plan.title == "plans/plan.md"


def test_details_come_in_order_with_depth_and_tick() -> None:
    details = (Detail("One", 2), Detail("Two", 3, 1, BOX), Detail("Three", 4, 0, Box(" ", Span(0, 0))))
    task = make_task(details=details)
    facts = _seen(make_plan(make_phase(task)), match_of(task))
    assert [(d.text, d.depth, d.ticked) for d in facts.details] == [
        ("One", 0, False),
        ("Two", 1, True),
        ("Three", 0, False),
    ]


def test_a_dependency_is_a_reference_until_its_number_is_known() -> None:
    first, second = make_task("Build it", id="T1"), make_task("Paint it", id="T2", depends_on=("T1", "T9"))
    one, two = match_of(first), match_of(second)
    [found] = _seen(make_plan(make_phase(first, second)), two, one).dependencies
    assert (found.id, found.text, found.link) == ("T1", "Build it", reference(one.key, "Build it"))


def test_a_dependency_that_is_tracked_elsewhere_keeps_its_own_link() -> None:
    first, second = make_task("Build it", id="T1"), make_task("Paint it", depends_on=("T1",))
    elsewhere = match_of(first, by=By.ELSEWHERE, link=link_to(4, url="https://tracker.example/acme/api/issues/{}"))
    [found] = _seen(make_plan(make_phase(first, second)), match_of(second), elsewhere).dependencies
    assert found.link == "[#4](https://tracker.example/acme/api/issues/4) Build it"


def test_dependencies_are_the_tasks_of_these_ids_and_never_the_task_itself() -> None:
    one, twin, risk = make_task("a", id="T1"), make_task("b", id="T1"), make_risk("c", id="R1")
    last = make_task("d", id="T2", depends_on=("T1", "R1", "T2", "T7"))
    matches = [match_of(item, phase=-1 if item is risk else 0) for item in (one, twin, risk, last)]
    assert [match.placed.item.text for match in dependencies_of(last, matches)] == ["a"]


def test_components_and_endpoints_that_the_task_names_are_told() -> None:
    component = Component(name="Feed", line=1, modified=True, location="feed.py", change="All of it", risk="None")
    endpoint = Endpoint(name="GET /feed", line=2, modified=True, new_behavior="Faster", breaking=True)
    task, other = make_task("Change the Feed", details=(Detail("for GET /feed", 2),)), make_task("Rest")
    plan = make_plan(make_phase(task, other), components=(component,), endpoints=(endpoint,))
    facts = _seen(plan, match_of(task))
    assert [(c.name, c.location, c.change) for c in facts.components] == [("Feed", "feed.py", "All of it")]
    assert [(e.name, e.new_behavior, e.breaking) for e in facts.endpoints] == [("GET /feed", "Faster", True)]
    assert _texts(plan).breaking(match_of(task))
    assert not _texts(plan).breaking(match_of(other))
    assert not _texts(plan).breaking(match_of(make_risk("GET /feed"), phase=-1))


def test_a_risk_is_told_with_its_priority_and_its_mitigation_in_steps() -> None:
    ratings: dict[str, Any] = {"likelihood": Rating("M", Level.MEDIUM), "impact": Rating("High", Level.HIGH)}
    risk = make_risk("It rains", mitigation="Wait; take `a;b`<br>an umbrella", owner="Ann", **ratings)
    facts = _seen(make_plan(risks=(risk,)), match_of(risk, phase=-1))
    assert isinstance(facts, RiskFacts)
    assert (facts.priority, facts.score, facts.likelihood, facts.impact, facts.owner) == ("high", 6, "M", "High", "Ann")
    assert [step.text for step in facts.mitigation] == ["Wait", "take `a;b`", "an umbrella"]


def test_a_risks_own_points_are_its_mitigation_where_it_has_some() -> None:
    risk = make_risk(mitigation="Wait", details=(Detail("Look up", 2, 0, BOX),))
    facts = _seen(make_plan(risks=(risk,)), match_of(risk, phase=-1))
    assert [(step.text, step.ticked) for step in facts.mitigation] == [("Look up", True)]
    assert facts.priority == ""


def test_a_question_is_told_with_its_details() -> None:
    question = make_question(details=(Detail("Or not", 2),), id="Q1")
    facts = _seen(make_plan(questions=(question,)), match_of(question, phase=-1))
    assert isinstance(facts, QuestionFacts)
    assert (facts.text, facts.id, [d.text for d in facts.details]) == ("How fast?", "Q1", ["Or not"])


def test_a_milestone_is_told_with_its_phase() -> None:
    facts = _seen(make_plan(make_phase(goal="Goal")))
    assert isinstance(facts, MilestoneFacts)
    assert facts.phase is not None
    assert facts.phase.goal == "Goal"


@pytest.mark.parametrize(
    ("mitigation", "steps"),
    [
        ("", ()),
        ("Wait", ("Wait",)),
        ("Wait; ; then go;", ("Wait", "then go")),
        ("Wait<br/>go", ("Wait", "go")),
        ("Run `a; b` twice; stop", ("Run `a; b` twice", "stop")),
        ("An open ` tick; more", ("An open ` tick; more",)),
    ],
)
def test_a_mitigation_is_split_at_semicolons_and_breaks_outside_code(mitigation: str, steps: tuple[str, ...]) -> None:
    assert split_steps(mitigation) == steps


def test_plan_text_cannot_act() -> None:
    task = make_task("Ask @ann about #12", details=(Detail("Tell @bob", 2),))
    facts = _seen(make_plan(make_phase(task)), match_of(task))
    assert "@ann" not in facts.text
    assert "#12" not in facts.text
    live = _seen(make_plan(make_phase(task)), match_of(task), rules=Rules(references="live", mentions=("ann",)))
    assert live.text == "Ask @ann about #12"
    assert _texts(make_plan(make_phase(task))).detail_texts(match_of(task)) == (facts.details[0].text,)


def _wanted(context: Context, rules: Rules | None = None, **parts: Any) -> Wanted:
    task = make_task("Build it", id="T1")
    texts = _texts(make_plan(make_phase(task)), context=context, rules=rules)
    return texts.issue(match_of(task, **parts), adopted=True)


def test_the_region_opens_with_a_marker_that_says_everything() -> None:
    wanted = _wanted(make_context(), Rules(markers=MarkerRules(keys=("k",))))
    marker = read_marker(wanted.region)
    assert marker is not None
    assert (marker.plan, marker.text, marker.id) == (PLAN, text_digest("Build it"), "T1")
    assert (marker.phase, marker.adopted) == ("p-0", True)
    assert " sig=" in wanted.region


def test_a_risks_marker_names_no_phase() -> None:
    risk = make_risk()
    marker = read_marker(_texts(make_plan(risks=(risk,))).issue(match_of(risk, phase=-1), adopted=False).region)
    assert marker is not None
    assert (marker.phase, marker.adopted) == ("", False)


def test_title_and_body_are_cut_to_what_the_tracker_holds() -> None:
    capabilities = Capabilities(name="small", title_limit=20, body_limit=400)
    context = make_context(capabilities=capabilities, render=lambda _: ("A title\nof many words", "A line\n" * 99))
    wanted = _wanted(context)
    assert wanted.title == "A title of many…"
    assert len(wanted.region) <= 400
    assert "\nA line\n\n…\n<!-- /plansync -->" in wanted.region


def test_what_people_wrote_around_the_region_counts_in_the_length() -> None:
    issue = issue_of(7, "Build it")
    longer = issue_of(7, "Build it", body=f"{'x' * 1000}\n\n{issue.body}")
    capabilities = Capabilities(name="small", body_limit=1500)
    for one, room in ((issue, 1500), (longer, 500)):
        context = make_context(owning(one), capabilities=capabilities, render=lambda _: ("T", "A line\n" * 999))
        region = _wanted(context, number=7).region
        assert room - 20 < len(region) <= room
        assert sole_region(region) is not None


def test_a_milestones_title_and_text_have_limits_of_their_own() -> None:
    capabilities = Capabilities(name="small", milestone_title_limit=10, milestone_body_limit=300)
    context = make_context(capabilities=capabilities, render=lambda _: ("A long title", "A line\n" * 99))
    texts = _texts(make_plan(make_phase()), context=context)
    wanted = texts.milestone(texts.phases[0])
    assert wanted.title == "A long…"
    assert len(wanted.region) <= 300
