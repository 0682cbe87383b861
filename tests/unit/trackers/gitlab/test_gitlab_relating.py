"""Exactly what the desk sends to GitLab to relate issues, with a licence and without."""

from dataclasses import replace

import pytest

from plansync.core.observed import RelationKind
from plansync.errors import ChangeRefused, CredentialRefused
from tests.unit.trackers.gitlab.wires import BY_ID, BY_PATH, ROW, Wires, issue

BLOCKED, RELATED = RelationKind.BLOCKED_BY, RelationKind.RELATED
OTHER = replace(ROW, number=13, id=813)
LINKS = f"{BY_ID}/issues/12/links"
MADE = {"id": 1, "source_issue": issue(), "target_issue": issue(iid=13), "link_type": "relates_to"}
UNLICENSED = {"message": "Blocked issues not available for current license"}


def test_a_plain_link_is_one_request(known: Wires) -> None:
    known.answer("POST", LINKS, MADE, status=201)
    assert known.desk.relate(ROW, RELATED, OTHER) == ""
    assert known.requests() == [f"POST {LINKS}"]
    assert known.body() == {"target_project_id": 42, "target_issue_iid": 13, "link_type": "relates_to"}


def test_with_a_licence_an_issue_is_blocked(known: Wires) -> None:
    known.answer("POST", LINKS, MADE, status=201)
    assert known.desk.relate(ROW, BLOCKED, OTHER) == ""
    assert known.body()["link_type"] == "is_blocked_by"


@pytest.mark.parametrize(
    ("status", "said"), [(403, UNLICENSED), (400, {"error": "link_type does not have a valid value"})]
)
def test_without_one_it_is_related_with_a_note_and_not_asked_again(known: Wires, status: int, said: object) -> None:
    known.answer("POST", LINKS, said, status=status)
    known.answer("POST", LINKS, MADE, status=201)
    known.answer("POST", LINKS, MADE, status=201)
    notes = [known.desk.relate(ROW, BLOCKED, OTHER) for _ in range(2)]
    assert notes == ["related to #13, as links that block take a licence here"] * 2
    types = [known.body(call)["link_type"] for call in range(3)]
    assert types == ["is_blocked_by", "relates_to", "relates_to"]


def test_another_refusal_is_one(known: Wires) -> None:
    known.answer("POST", LINKS, {"message": "403 Forbidden"}, status=403)
    known.answer("GET", BY_ID, {"id": 42, "path_with_namespace": "acme/core", "namespace": {"kind": "group"}})
    with pytest.raises(CredentialRefused):
        known.desk.relate(ROW, BLOCKED, OTHER)


def test_a_second_link_is_refused(known: Wires) -> None:
    known.answer("POST", LINKS, {"message": "Issue(s) already assigned"}, status=409)
    with pytest.raises(ChangeRefused):
        known.desk.relate(ROW, RELATED, OTHER)


@pytest.mark.parametrize("kind", [BLOCKED, RELATED])
def test_links_of_every_type_count_but_only_to_the_same_project(known: Wires, kind: RelationKind) -> None:
    others = [
        issue(iid=13, link_type="relates_to"),
        issue(iid=14, link_type="blocks"),
        issue(iid=15, project_id=7, link_type="relates_to"),
    ]
    known.answer("GET", LINKS, others)
    assert known.desk.related(12, kind) == {13, 14}


def test_the_number_of_the_project_is_found_out_where_it_matters(wires: Wires) -> None:
    wires.answer("GET", f"{BY_PATH}/issues/12/links", [issue(iid=13)])
    wires.answer("GET", BY_PATH, {"id": 42, "path_with_namespace": "acme/core", "namespace": {"kind": "group"}})
    assert wires.desk.related(12, RELATED) == {13}
    wires.answer("GET", f"{BY_ID}/issues/14/links", [])
    assert wires.desk.related(14, RELATED) == frozenset()
