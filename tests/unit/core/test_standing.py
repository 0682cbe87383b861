"""Where the links of issues stand that no item has."""

from __future__ import annotations

from plansync.core.identity import ItemKey
from plansync.core.match import Match
from plansync.core.model import LinkPlace
from plansync.core.reading import Placed
from plansync.core.spellings import LooseLink
from plansync.core.stages import By
from plansync.core.standing import standing_links
from tests.support.plan_values import make_plan, make_task
from tests.support.reconciling import URL, WEB, link_to

ITEM = make_task("Saw", links=(link_to(1), link_to(2), link_to(3, LinkPlace.MENTION)))


def _match(by: By) -> Match:
    return Match(placed=Placed(ITEM, 0), key=ItemKey("t-1"), number=1, by=by)


def test_a_loose_link_to_an_issue_of_the_target_stands_where_it_is_first() -> None:
    loose = tuple(
        LooseLink(url, line, 1)
        for line, url in enumerate(
            [URL.format(3), URL.format(3), URL.format(4).replace("acme", "other"), "http://[x"], 1
        )
    )
    assert standing_links(make_plan(loose_links=loose), (), WEB) == {3: loose[0]}


def test_links_of_an_item_stand_where_it_has_its_issue_by_one_of_them() -> None:
    assert standing_links(make_plan(), [_match(By.LINK)], WEB) == {1: ITEM, 2: ITEM}
    assert standing_links(make_plan(), [_match(By.KEY)], WEB) == {}
