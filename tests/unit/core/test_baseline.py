"""What was last in step with a plan, where its files were plans before."""

from plansync.core.baseline import ItemState, PhaseState, PlanState, join_states
from plansync.core.observed import Relation, RelationKind


def _state(key: str, *numbers: int, phase: str = "p-1") -> PlanState:
    items = tuple(ItemState(key=f"t-{n}", kind="task", text=key, phase=phase, number=n) for n in numbers)
    relations = (Relation(RelationKind.BLOCKED_BY, 1, numbers[0]),)
    phases = (PhaseState(key=phase, id="1", name="A"),)
    return PlanState(key=key, source="", path="", target="", items=items, phases=phases, relations=relations)


def test_nothing_is_known_of_a_new_plan() -> None:
    assert join_states("a", []) is None


def test_one_file_is_known_as_it_was() -> None:
    state = _state("a", 1)
    assert join_states("a", [state]) == state
    assert join_states("b", [state]) == state


def test_a_plan_knows_the_items_phases_and_relations_of_all_its_files() -> None:
    joined = join_states("b", [_state("a", 1, 2, phase="p-a"), _state("b", 2, 3, phase="p-b")])
    assert joined is not None
    assert (joined.key, [(item.number, item.text) for item in joined.items]) == ("b", [(2, "b"), (3, "b"), (1, "a")])
    assert [phase.key for phase in joined.phases] == ["p-b", "p-a"]
    assert len(joined.relations) == 2
