"""Who reads what, and when that is worth a word."""

import pytest

from plansync.core.audience import Audience, Exposure

MEMBERS, SERVER, ALL = Audience


@pytest.mark.parametrize(
    ("issues", "plans", "leaks", "unknown"),
    [
        (ALL, MEMBERS, True, False),
        (ALL, SERVER, True, False),
        (SERVER, MEMBERS, True, False),
        (ALL, ALL, False, False),
        (SERVER, ALL, False, False),
        (MEMBERS, MEMBERS, False, False),
        (ALL, None, False, True),
        (SERVER, None, False, True),
        (MEMBERS, None, False, False),
    ],
)
def test_a_leak_is_where_issues_have_readers_that_the_plans_lack(
    issues: Audience, plans: Audience | None, leaks: bool, unknown: bool
) -> None:
    exposure = Exposure(issues, plans, "acme/plans")
    assert (exposure.is_leak, exposure.is_unknown) == (leaks, unknown)


def test_it_is_told_in_a_sentence() -> None:
    known = Exposure(ALL, MEMBERS, "acme/plans").told("acme/web")
    assert known == "the plans in acme/plans are private, and the issues of acme/web are public"
    unknown = Exposure(SERVER).told("acme/web")
    assert unknown == "the issues of acme/web are internal; whether the plans are private is not known"
