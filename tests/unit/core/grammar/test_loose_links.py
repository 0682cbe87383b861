"""Links as plansync writes them, where no item has them."""

from __future__ import annotations

import pytest

from tests.support.plan_texts import ISSUE, LINK, read


def loose(body: str) -> list[tuple[str, int, int]]:
    plan = read(f"# P\n\n## Implementation Phases\n\n### Phase 1: Base\n\n- [ ] Saw\n{body}")
    return [(link.url, link.line, link.column) for link in plan.loose_links]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (f"  - [ ] Plane ({LINK})\n", (8, 15)),
        (f"-[ ] Plane ({LINK})\n-[ ] File\n", (8, 12)),
        (f"\n## Notes\n\n- [ ] Plane ({LINK})\n", (11, 13)),
        (f"\nPlane ({LINK}) well\n", (9, 7)),
        (f"\n<!-- never closed\n\n- [ ] Plane ({LINK})\n", (11, 13)),
        (f"<!-- a --> and <!-- b -->\n\n> - [ ] Plane ({LINK})\n", (10, 15)),
    ],
)
def test_say_where_they_stand(body: str, place: tuple[int, int]) -> None:
    assert loose(body) == [(ISSUE, *place)]


@pytest.mark.parametrize(
    "body",
    [
        f"- [ ] Plane ({LINK})\n",
        f"- [ ] {LINK} Plane\n",
        f"- [ ] **Plane ({LINK})**\n",
        f"  - see {LINK}\n",
        "  - see ([#12](https://tracker.example/acme/web/pull/12))\n",
        "  - see ([docs](https://tracker.example/acme/web/issues/12))\n",
        f"<!-- - [ ] Plane ({LINK}) -->\n",
        f"<!--\n- [ ] Plane ({LINK})\n- [ ] File ({LINK})\n-->\n",
    ],
)
def test_are_none_with_an_item_in_a_comment_or_otherwise_written(body: str) -> None:
    assert loose(body) == []
