"""Real plans of the template, where they lie beside the checkout: ``show --json`` equals what people read in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plansync.core.describe import describe_plan
from plansync.core.parser import parse_plan
from plansync.core.text import Span

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
GOLDEN = sorted((CORPUS / "golden" / "seed").glob("*.json"))
PLANS = sorted(CORPUS.glob("*/*.md")) if CORPUS.is_dir() else []
PLAN_KEYS = ("title", "feature_id", "spec", "created", "status", "questions")
PHASE_KEYS = ("id", "name", "goal", "depends_on", "deliverable")
TASK_KEYS = ("line", "title", "id", "assignee", "depends_on", "details")
RISK_KEYS = ("line", "risk", "likelihood", "impact", "mitigation")


def test_the_corpus_is_read_where_it_is_there(record_property: Callable[[str, object], None]) -> None:
    record_property(
        "corpus", f"{len(GOLDEN)} labelled plans, {len(PLANS)} plans" if PLANS else "absent: nothing was read"
    )
    assert bool(GOLDEN) == (CORPUS / "golden" / "seed").is_dir()


def some(values: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: values[key] for key in keys}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_plan_is_read_as_people_read_it(golden: Path) -> None:
    wanted = json.loads(golden.read_text("utf-8"))
    seen: Any = describe_plan(parse_plan((CORPUS / wanted["file"]).read_bytes()), wanted["file"])
    assert some(seen, PLAN_KEYS) == some(wanted, PLAN_KEYS)
    assert [some(p, PHASE_KEYS) for p in seen["phases"]] == [some(p, PHASE_KEYS) for p in wanted["phases"]]
    assert [some(r, RISK_KEYS) for r in seen["risks"]] == [some(r, RISK_KEYS) for r in wanted["risks"]]
    for phase, wanted_phase in zip(seen["phases"], wanted["phases"], strict=True):
        tasks, wanted_tasks = phase["tasks"], wanted_phase["tasks"]
        assert [some(t, TASK_KEYS) for t in tasks] == [some(t, TASK_KEYS) for t in wanted_tasks]
        assert [t["state"] == "done" for t in tasks] == [t["done"] for t in wanted_tasks]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_whatever_is_read_lies_in_the_file(path: Path) -> None:
    source = path.read_bytes()
    plan = parse_plan(source)
    whole = Span(0, len(source))
    assert all(whole.holds(part.span) for part in (*plan.items, *plan.phases))
    assert all(item.box.span.of(source).decode() == item.box.mark for item in plan.items if item.box)
    assert all(link.span.of(source).startswith((b"[", b"<")) for item in plan.items for link in item.links)
    assert plan.status is None or plan.status.span.of(source).decode() == plan.status.raw
