"""How well real plans are read: precision and recall of phases, tasks and risks against what people labelled.

``pytest -s tests/corpus/test_corpus_score.py`` prints the table, and every miss with what was wanted and what was got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.scoring import WHAT, Golden, Part, Place, Score, deviations, score_plan

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
GOLDEN = [Golden.load(path) for path in sorted((CORPUS / "golden").glob("*/*.json"))]
KINDS = sorted({golden.kind for golden in GOLDEN})
OF_A_KIND = {"seed": 1.0}
"""The least precision and recall of a kind of plan, if not ``OF_OTHERS``."""
OF_OTHERS = 0.98
OF_ONE_PLAN = 0.95


@dataclass(frozen=True)
class Discussed:
    """Deviations that the label itself remarks on, at the line that its remark begins with."""

    remark: int
    what: str
    places: frozenset[Place]


def lines(first: int, last: int) -> frozenset[Place]:
    return frozenset(range(first, last + 1))


DISCUSSED: dict[str, tuple[Discussed, ...]] = {}
"""By file. Empty: reader and labels agree everywhere."""


def source_of(golden: Golden) -> bytes:
    return (CORPUS / golden.file).read_bytes()


def score(golden: Golden) -> dict[str, Score]:
    said = DISCUSSED.get(golden.file, ())
    places = {what: frozenset(place for one in said if one.what == what for place in one.places) for what in WHAT}
    return dict(score_plan(golden, source_of(golden), places))


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, Score]]:
    return {golden.file: score(golden) for golden in GOLDEN}


def of_kind(kind: str, scores: dict[str, dict[str, Score]]) -> dict[str, Score]:
    files = [golden.file for golden in GOLDEN if golden.kind == kind]
    return {what: sum((scores[file][what] for file in files), Score()) for what in WHAT}


def table(scores: dict[str, dict[str, Score]]) -> Iterator[str]:
    yield f"{'kind':<16}{'':<8}precision and recall"
    for kind in KINDS:
        for what, total in of_kind(kind, scores).items():
            yield f"{kind if what == WHAT[0] else '':<16}{what:<8}{total}"


def misses(scores: dict[str, dict[str, Score]]) -> list[str]:
    return [str(miss) for by_what in scores.values() for total in by_what.values() for miss in total.misses]


def test_the_scores_are_shown_with_every_miss(
    scores: dict[str, dict[str, Score]], record_property: Callable[[str, object], None]
) -> None:
    if not GOLDEN:
        record_property("scores", "no labelled plans beside the checkout: nothing was scored")
    print("", *table(scores), *misses(scores), sep="\n")
    for kind in KINDS:
        shown = (f"{what} {total.precision:.1%}/{total.recall:.1%}" for what, total in of_kind(kind, scores).items())
        record_property(f"read of {kind}", ", ".join(shown))
    assert bool(GOLDEN) == (CORPUS / "golden").is_dir()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_plan_is_read_as_people_read_it(kind: str, scores: dict[str, dict[str, Score]]) -> None:
    least = OF_A_KIND.get(kind, OF_OTHERS)
    for what, total in of_kind(kind, scores).items():
        found = "\n".join(str(miss) for miss in total.misses)
        assert min(total.precision, total.recall) >= least, f"{kind}: {what} {total}\n{found}"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.file)
def test_no_plan_is_read_much_worse_than_others(golden: Golden, scores: dict[str, dict[str, Score]]) -> None:
    for what, total in scores[golden.file].items():
        found = "\n".join(str(miss) for miss in total.misses)
        assert min(total.precision, total.recall) >= OF_ONE_PLAN, f"{golden.file}: {what} {total}\n{found}"
        assert total.wanted or not total.found, f"{golden.file}: there are no {what}\n{found}"


def test_what_is_discussed_is_remarked_on_in_the_label_and_still_differs() -> None:
    for golden in (golden for golden in GOLDEN if golden.file in DISCUSSED):
        differs = deviations(golden, source_of(golden))
        for said in DISCUSSED[golden.file]:
            assert any(remark.startswith(f"line {said.remark}:") for remark in golden.remarks), said
            assert said.places <= differs[said.what], f"take these off the list: {said.places - differs[said.what]}"


def test_the_scorer_counts_what_is_missing_what_is_too_much_and_what_reads_otherwise() -> None:
    source = b"# P\n\n## Risks\n\n| Risk | Impact |\n|---|---|\n| **One**, `two` | L |\n| Three | L |\n| Four | L |\n"
    risks = [Part(7, "one two!"), Part(8, "Tree"), Part(12, "Five")]
    golden = Golden("made", "made/01.md", {"phases": [], "tasks": [], "risks": risks}, ())
    got = score_plan(golden, source, {})["risks"]
    assert (got.wanted, got.found, got.right) == (3, 3, 1)
    assert [str(miss) for miss in got.misses] == [
        "made/01.md: risks, line 8: wanted 'Tree', got 'Three'",
        "made/01.md: risks, line 12: wanted 'Five', found nothing",
        "made/01.md: risks, line 9: there is none, got 'Four'",
    ]
    lenient = score_plan(golden, source, {"risks": frozenset({8, 12})})["risks"]
    assert (lenient.wanted, lenient.found, lenient.right) == (1, 2, 1)
    assert (lenient.precision, lenient.recall) == (0.5, 1.0)
