"""Which components and endpoints a task speaks of."""

from __future__ import annotations

import pytest

from plansync.core.design import Component, Endpoint
from plansync.core.mentions import mentioned_components, mentioned_endpoints

FEED = Component(name="`ParcelFeed`", line=1, modified=False, location="`parcels/feed.py` (new)")
MAP = Component(name="Map", line=2, modified=True)
TINY = Component(name="UI", line=3, modified=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write the ParcelFeed", (FEED,)),
        ("Write the **ParcelFeed**.", (FEED,)),
        ("Read it in `parcels/feed.py`", (FEED,)),
        ("Read it in parcels/feed.py.", (FEED,)),
        ("Read it in parcels/feed.pyc", ()),
        ("Read it in old/parcels/feed.py", ()),
        ("Write ParcelFeeds", ()),
        ("Draw the Map, then ParcelFeed", (FEED, MAP)),
        ("Draw the Map-maker", ()),
        ("Change the UI", ()),
        ("", ()),
    ],
)
def test_a_component_is_named_by_name_or_file_as_a_word_of_its_own(text: str, found: tuple[Component, ...]) -> None:
    assert mentioned_components([text], [FEED, MAP, TINY]) == found


GET = Endpoint(name="`GET` /parcels", line=1, modified=True)
POST = Endpoint(name="POST /parcels", line=2, modified=False)
ONE = Endpoint(name="GET /parcels/{id}", line=3, modified=False)
METHOD = Endpoint(name="**load_parcel()**", line=4, modified=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Answer GET /parcels by pages", (GET,)),
        ("Answer `POST /parcels`", (POST,)),
        ("Answer /parcels", ()),
        ("Answer /parcels/{id}", (ONE,)),
        ("Call load_parcel() once", (METHOD,)),
        ("Answer GET /parcels/{id}", (ONE,)),
    ],
)
def test_an_endpoint_is_named_by_its_name_or_by_a_path_that_only_it_has(text: str, found: tuple[Endpoint, ...]) -> None:
    assert mentioned_endpoints(["First this.", text], [GET, POST, ONE, METHOD]) == found
