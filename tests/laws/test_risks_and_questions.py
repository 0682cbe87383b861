"""Risks and questions in every form that people write them in, kept in step (spec §2.8, §2.10, §4.2, §5)."""

from dataclasses import replace

import pytest

from tests.support.world import World, kinds, only

_RISKS = """\
# Implementation Plan: Orchard

**Status:** Draft

## Implementation Phases

### Phase 1: Planting

- **Tasks:**
  - [ ] Dig

## Risks

- **Risk**: Frost in May. **Mitigation**: Cover them; heat
- [ ] Risk: Hail
  - Mitigation: Nets
- **Voles**: they gnaw. Mitigation: Cats

1. In the cellar

   | Risk | Impact | Status |
   | --- | --- | --- |
   | Rot | High | OPEN |
   | Mould | Low | Closed |

**Risk 5: Drought**
- **Likelihood**: High
- **Impact**: High
- **Mitigation**:
  - [ ] A well
  - [ ] A tank

### Risk 6: Theft

**Mitigation**: A fence

## Open Questions

- Which sorts?
- [ ] Who picks?
- [x] Which field? The lower one.
- ✅ Who owns it? We do.
- None of the neighbours?

"""


@pytest.fixture
def synced(world: World) -> World:
    world.rules = replace(world.rules, questions=True)
    world.write(_RISKS)
    world.sync()
    return world


def _line(world: World, words: str) -> str:
    return next(line for line in world.read().splitlines() if words in line)


def _body(world: World, number: int) -> str:
    return next(issue.body for issue in world.all_issues() if issue.number == number)


def _is_quiet(world: World) -> bool:
    return kinds(world.sync()) == [] and not only(world.sync()).diff


def test_each_gets_an_issue_and_its_link_behind_its_first_paragraph(synced: World) -> None:
    titles = [issue.title for issue in synced.all_issues()]
    assert titles[1:] == [
        "Risk: Frost in May.",
        "Risk: Hail",
        "Risk: **Voles**: they gnaw.",
        "Risk: Rot",
        "Risk: Drought",
        "Risk: Theft",
        "Which sorts?",
        "Who picks?",
        "None of the neighbours?",
    ]
    for words in ("Frost", "Hail", "Voles", "Drought", "Theft", "Which sorts", "Who picks", "None of"):
        assert _line(synced, words).rstrip("|").endswith("))"), words
    assert _is_quiet(synced)


def test_a_closed_risk_is_ticked_where_it_has_a_box_and_marked_where_it_has_a_cell(synced: World) -> None:
    for words in ("Frost", "Hail", "Rot", "Drought", "Theft"):
        synced.people.close(synced.number(words))
    synced.sync()
    assert _line(synced, "Hail").startswith("- [x] Risk: Hail")
    assert _line(synced, "Rot").endswith("| High | CLOSED |")
    assert _line(synced, "Frost").startswith("- **Risk**: Frost in May.")
    assert _is_quiet(synced)
    synced.edit("- [x] Risk: Hail", "- [ ] Risk: Hail")
    assert kinds(synced.sync()) == ["reopen_issue"]
    assert _is_quiet(synced)


def test_a_step_against_a_risk_is_ticked_on_both_sides(synced: World) -> None:
    number = synced.number("Drought")
    synced.people.set_body(number, _body(synced, number).replace("- [ ] A well", "- [x] A well"))
    synced.sync()
    assert "  - [x] A well" in synced.read()
    synced.edit("  - [ ] A tank", "  - [x] A tank")
    synced.sync()
    assert "- [x] A tank" in _body(synced, number)
    assert _is_quiet(synced)


def test_an_answered_question_is_closed_and_a_closed_one_is_answered(synced: World) -> None:
    synced.edit("- Which sorts?", "- ✅ Which sorts?")
    assert kinds(synced.sync()) == ["close_issue"]
    synced.people.close(synced.number("Who picks?"))
    synced.sync()
    assert _line(synced, "Who picks").startswith("- [x] Who picks?")
    assert _is_quiet(synced)
    synced.people.reopen(synced.number("Who picks?"))
    synced.sync()
    assert _line(synced, "Who picks").startswith("- [ ] Who picks?")
    assert _is_quiet(synced)


def test_a_risk_that_is_gone_is_closed_as_not_planned(synced: World) -> None:
    text = synced.read()
    start = text.index("### Risk 6")
    synced.write(text[:start] + text[text.index("## Open Questions") :])
    report = synced.sync()
    assert kinds(report) == ["close_issue"]
    assert _is_quiet(synced)
