"""The laws of the Tracker port on relations between issues."""

from plansync.core.changes import Done, Failed, Relate
from plansync.core.observed import RelationKind
from plansync.core.relations import dependency_of, hierarchy_of
from plansync.ports.tracker import Tracker
from tests.support.changes import KEY, PLAN, done, issue, new_issue
from tests.support.people import People


def kinds_of(tracker: Tracker) -> set[RelationKind]:
    """Return what a tracker can say of two issues; every tracker there is can say something."""
    capabilities = tracker.capabilities
    kinds = {kind for kind in (hierarchy_of(capabilities), dependency_of(capabilities)) if kind is not None}
    assert kinds
    return kinds


def related(number: int, kind: RelationKind, other: int) -> Relate:
    return Relate(plan=PLAN, key=KEY, number=number, relation=kind, other_key=KEY, other=other)


class RelatingLaws:
    """How every tracker relates issues.

    Who subclasses gives the fixtures ``tracker`` and ``people``, who work in the same project by hand.
    """

    def test_two_issues_are_related_and_a_third_is_not(self, tracker: Tracker) -> None:
        for kind in kinds_of(tracker):
            one, two, three = (done(tracker, new_issue(title)) for title in ("One", "Two", "Three"))
            assert tracker.relations(kind, one) == frozenset()
            assert done(tracker, related(one, kind, two)) == one
            assert tracker.relations(kind, one) == {two}
            assert tracker.relations(kind, three) == frozenset()

    def test_relating_again_changes_nothing(self, tracker: Tracker) -> None:
        for kind in kinds_of(tracker):
            one, two = done(tracker, new_issue("One")), done(tracker, new_issue("Two"))
            done(tracker, related(one, kind, two))
            outcome = tracker.apply(related(one, kind, two))
            assert isinstance(outcome, Done)
            assert outcome.note == ""
            assert tracker.relations(kind, one) == {two}

    def test_a_relation_leaves_both_issues_as_they_are(self, tracker: Tracker) -> None:
        for kind in kinds_of(tracker):
            one, two = done(tracker, new_issue("One")), done(tracker, new_issue("Two"))
            before = [
                (seen.title, seen.body, seen.closed, seen.labels) for seen in (issue(tracker, n) for n in (one, two))
            ]
            done(tracker, related(one, kind, two))
            after = [
                (seen.title, seen.body, seen.closed, seen.labels) for seen in (issue(tracker, n) for n in (one, two))
            ]
            assert after == before

    def test_an_issue_that_people_opened_is_related_like_any_other(self, tracker: Tracker, people: People) -> None:
        for kind in kinds_of(tracker):
            one, two = done(tracker, new_issue("One")), people.create_issue("Ours")
            done(tracker, related(one, kind, two))
            assert tracker.relations(kind, one) == {two}

    def test_an_issue_that_is_gone_cannot_be_related(self, tracker: Tracker, people: People) -> None:
        for kind in kinds_of(tracker):
            one, two = done(tracker, new_issue("One")), people.create_issue("Ours")
            people.delete(two)
            outcome = tracker.apply(related(one, kind, two))
            assert isinstance(outcome, Failed)
            assert tracker.relations(kind, one) == frozenset()
