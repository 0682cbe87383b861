"""A plan's key is given once, and no newcomer changes another's (spec §3.7)."""

from __future__ import annotations

from collections.abc import Mapping

from plansync.core.baseline import PlanState
from plansync.core.identity import PlanKey
from plansync.core.keys import PlanFile, assign_plan_keys, join_keys


def _file(path: str, id: str = "", linked: str = "", source: str = "here") -> PlanFile:
    return PlanFile(source, path, id, tuple(map(PlanKey, linked.split())))


def _known(*states: tuple[str, str, str], source: str = "here") -> Mapping[str, PlanState]:
    """Return states from (key, path, feature id)."""
    return {key: PlanState(key=key, source=source, path=path, target="web", feature_id=id) for key, path, id in states}


def _keys(*files: PlanFile, known: Mapping[str, PlanState] | None = None) -> list[str]:
    assigned = assign_plan_keys(files, known or {})
    return [assigned.keys.get(file.place, "none") for file in files]


def test_a_new_plan_is_known_by_its_feature_id() -> None:
    assert _keys(_file("a.md", "001-a")) == ["001-a"]


def test_a_new_plan_without_one_is_known_by_its_path() -> None:
    assert _keys(_file("plans/a.md")) == ["plans/a.md"]


def test_of_two_new_plans_of_one_feature_id_the_second_adds_its_path() -> None:
    assert _keys(_file("a.md", "001"), _file("b.md", "001")) == ["001", "001@b.md"]


def test_the_same_feature_id_in_another_source_adds_its_path_as_well() -> None:
    assert _keys(_file("a.md", "001"), _file("a.md", "001", source="there")) == ["001", "001@a.md"]


def test_a_key_stays_when_the_feature_id_changes() -> None:
    assert _keys(_file("a.md", "002-new"), known=_known(("001-old", "a.md", "001-old"))) == ["001-old"]


def test_a_newcomer_that_is_listed_first_does_not_take_a_known_plans_key() -> None:
    known = _known(("001", "z.md", "001"))
    assert _keys(_file("a.md", "001"), _file("z.md", "001"), known=known) == ["001@a.md", "001"]


def test_a_newcomer_does_not_take_the_key_of_a_plan_that_is_not_listed_now() -> None:
    known = _known(("001", "gone.md", "001-other"))
    assert _keys(_file("a.md", "001"), known=known) == ["001@a.md"]


def test_a_renamed_plan_is_known_by_the_markers_of_its_issues() -> None:
    known = _known(("001", "old.md", ""))
    assert _keys(_file("new.md", linked="001 001 002"), known=known) == ["001"]


def test_most_markers_decide_and_a_key_that_is_taken_goes_to_nobody_else() -> None:
    known = _known(("001", "a.md", "001"))
    assert _keys(_file("a.md", "001"), _file("b.md", "009", linked="001 001 002"), known=known) == ["001", "002"]


def test_a_copy_of_a_plan_with_its_links_gets_a_key_of_its_own() -> None:
    known = _known(("001", "a.md", "001"))
    assert _keys(_file("a.md", "001", "001"), _file("b.md", "001", "001"), known=known) == ["001", "001@b.md"]


def test_a_renamed_plan_that_lost_its_links_is_known_by_its_feature_id() -> None:
    known = _known(("001@old.md", "old.md", "001"))
    assert _keys(_file("new.md", "001"), known=known) == ["001@old.md"]


def test_a_plan_of_another_source_is_not_a_renamed_one() -> None:
    known = _known(("001@old.md", "old.md", "001"), source="there")
    assert _keys(_file("new.md", "001"), known=known) == ["001"]


def test_a_key_that_waits_for_its_lost_plan_is_given_when_nothing_else_is_left() -> None:
    """The path of a plan that was known under another source is the newcomer's only name."""
    known = _known(("a.md", "a.md", ""), source="there")
    assert _keys(_file("a.md"), known=known) == ["a.md"]


def test_the_same_key_from_two_sources_is_a_clash_that_names_both() -> None:
    first, second = _file("a.md"), _file("a.md", source="there")
    assigned = assign_plan_keys((first, second), {})
    assert assigned.keys == {first.place: "a.md"}
    assert [(clash.key, clash.first, clash.second) for clash in assigned.clashes] == [("a.md", first, second)]


GROUP = ("s/plan.md", "s/tasks.md")


def _plan(*files: PlanFile, known: Mapping[str, PlanState] | None = None) -> tuple[str, dict[str, str]]:
    """Return the key of the plan of ``files``, and the keys that it took in."""
    found = join_keys(assign_plan_keys(files, known or {}), [[file.place for file in files]])
    return found.keys[files[0].place], {str(old): str(new) for old, new in found.joined.items()}


def test_a_new_plan_of_several_files_goes_by_its_main_file() -> None:
    assert _plan(_file("s/plan.md", "001"), _file("s/tasks.md")) == ("001", {"s/tasks.md": "001"})


def test_of_files_that_were_plans_the_first_ones_key_stays_and_takes_in_the_other() -> None:
    known = _known(("s/plan.md", "s/plan.md", ""), ("s/tasks.md", "s/tasks.md", ""))
    assert _plan(_file("s/plan.md"), _file("s/tasks.md"), known=known) == ("s/plan.md", {"s/tasks.md": "s/plan.md"})


def test_a_main_file_that_is_new_takes_the_key_that_the_other_was_known_by() -> None:
    known = _known(("s/tasks.md", "s/tasks.md", ""))
    assert _plan(_file("s/plan.md", "001"), _file("s/tasks.md"), known=known) == ("s/tasks.md", {"001": "s/tasks.md"})


def test_markers_tell_which_keys_the_files_had() -> None:
    first, second = _file("s/plan.md", linked="a"), _file("s/tasks.md", linked="b b a")
    assert _plan(first, second) == ("a", {"b": "a"})


def test_a_file_that_is_left_alone_is_still_the_plan_that_it_was_one_with() -> None:
    left = PlanFile("here", "s/tasks.md", "", (), GROUP)
    assert _keys(left, known=_known(("001", "s/plan.md", "001"))) == ["001"]
    assert _keys(PlanFile("there", "s/tasks.md", "", (), GROUP), known=_known(("001", "s/plan.md", ""))) == [
        "s/tasks.md"
    ]


def test_a_clash_counts_only_where_no_other_file_has_a_key_for_the_plan() -> None:
    first = _file("s/plan.md", source="one")
    second, third = _file("s/plan.md", source="two"), _file("s/tasks.md", source="two")
    assigned = assign_plan_keys([first, second, third], {})
    joined = join_keys(assigned, [[first.place], [second.place, third.place]])
    assert (joined.keys[second.place], joined.clashes) == ("s/tasks.md", ())
    alone = join_keys(assign_plan_keys([first, second], {}), [[first.place], [second.place]])
    assert second.place not in alone.keys
    assert [clash.second for clash in alone.clashes] == [second]
