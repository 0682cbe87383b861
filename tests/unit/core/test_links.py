"""What a URL in a plan points at: one table for the comparison of URLs (spec §3.1, §3.5)."""

from __future__ import annotations

import pytest

from plansync.core.links import Address, Reference, RefKind, Where, page_of, read_reference

GITHUB = Address("github", "github.com", "acme/web", formerly=("acme/site", "old.example/acme/web"))
GITLAB = Address("gitlab", "gitlab.example:8443", "acme/platform/core")
LOCAL = Address("local", "127.0.0.1:8484", "")
PORTED = Address("github", "ghe.example", "acme/web")

HERE = [
    (GITHUB, "https://github.com/acme/web/issues/12"),
    (GITHUB, "http://github.com/acme/web/issues/12"),
    (GITHUB, "HTTPS://GitHub.com/Acme/WEB/issues/12"),
    (GITHUB, "//github.com/acme/web/issues/12"),
    (GITHUB, "https://github.com/acme/web/issues/12/"),
    (GITHUB, "https://github.com/acme/web/issues/12?notification=1&x=/issues/13"),
    (GITHUB, "https://github.com/acme/web/issues/12#issuecomment-99"),
    (GITHUB, "https://github.com/acme/web/work_items/12"),
    (GITHUB, "https://ann@github.com/acme/web/issues/12"),
    (GITHUB, "https://github.com:443/acme/web/issues/12"),
    (GITHUB, "http://github.com:80/acme/web/issues/12"),
    (GITHUB, "https://github.com/acme/%77eb/issues/12"),
    (GITHUB, "https://github.com/acme/site/issues/12"),
    (GITHUB, "https://old.example/Acme/Web/issues/12"),
    (GITLAB, "https://gitlab.example:8443/acme/platform/core/-/issues/12"),
    (GITLAB, "https://gitlab.example:8443/acme/platform/core/-/work_items/12"),
    (GITLAB, "https://gitlab.example:8443/acme/platform/core/issues/12"),
    (LOCAL, "http://127.0.0.1:8484/issues/12"),
    (LOCAL, "https://127.0.0.1:8484/issues/12#top"),
]

ELSEWHERE = [
    (GITHUB, "https://github.com/acme/api/issues/12"),
    (GITHUB, "https://github.com/acme/web2/issues/12"),
    (GITHUB, "https://www.github.com/acme/web/issues/12"),
    (GITHUB, "https://github.com:8443/acme/web/issues/12"),
    (GITHUB, "https://old.example/acme/site/issues/12"),
    (GITHUB, "https://redmine.example/issues/12"),
    (GITLAB, "https://gitlab.example/acme/platform/core/-/issues/12"),
    (GITLAB, "https://gitlab.example:8443/acme/platform/-/issues/12"),
    (PORTED, "https://github.com/acme/web/issues/12"),
    (LOCAL, "https://github.com/acme/web/issues/12"),
]

ON_SOME_LOCAL_TRACKER = [
    (GITHUB, "http://127.0.0.1:8484/issues/12"),
    (GITHUB, "http://localhost:9000/issues/12"),
    (GITHUB, "http://[::1]:8484/issues/12"),
    (GITHUB, "http://127.1.2.3/issues/12"),
    (LOCAL, "http://127.0.0.1:9999/issues/12"),
    (LOCAL, "http://localhost:8484/issues/12"),
]

NOTHING = [
    "https://github.com/acme/web/pull/12",
    "https://gitlab.example:8443/acme/platform/core/-/merge_requests/12",
    "https://github.com/acme/web/issues",
    "https://github.com/acme/web/issues/0",
    "https://github.com/acme/web/issues/012",
    "https://github.com/acme/web/issues/twelve",
    "https://github.com/acme/web/issues/12/events",
    "https://github.com/acme/web/issues/1234567890123456789",
    "https://github.com/acme/web/discussions/12",
    "https://github.com/acme/web/wiki?page=/issues/12",
    "https://github.com/acme/web#/issues/12",
    "/acme/web/issues/12",
    "acme/web/issues/12",
    "issues/12",
    "#12",
    "mailto:ann@example.com",
    "",
    "https://[::1/issues/12",
]


@pytest.mark.parametrize(("address", "url"), HERE)
def test_an_issue_of_the_target_is_known_in_every_spelling(address: Address, url: str) -> None:
    assert read_reference(url, address) == Reference(RefKind.ISSUE, 12, Where.HERE)


@pytest.mark.parametrize(("address", "url"), ELSEWHERE)
def test_an_issue_of_another_host_port_or_project_is_elsewhere(address: Address, url: str) -> None:
    assert read_reference(url, address) == Reference(RefKind.ISSUE, 12, Where.ELSEWHERE)


@pytest.mark.parametrize(("address", "url"), ON_SOME_LOCAL_TRACKER)
def test_an_issue_of_another_local_tracker_is_neither_here_nor_elsewhere(address: Address, url: str) -> None:
    assert read_reference(url, address) == Reference(RefKind.ISSUE, 12, Where.LOCAL)


@pytest.mark.parametrize("address", [GITHUB, GITLAB, LOCAL])
@pytest.mark.parametrize("url", NOTHING)
def test_requests_and_other_pages_are_no_references(address: Address, url: str) -> None:
    assert read_reference(url, address) is None


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (GITHUB, "https://github.com/acme/web/milestone/3"),
        (GITHUB, "https://github.com/acme/web/milestone/3?closed=1"),
        (GITHUB, "https://github.com/acme/site/milestone/3"),
        (GITLAB, "https://gitlab.example:8443/acme/platform/core/-/milestones/3#tab-issues"),
        (LOCAL, "http://127.0.0.1:8484/milestones/3"),
    ],
)
def test_a_milestone_is_known_as_one(address: Address, url: str) -> None:
    assert read_reference(url, address) == Reference(RefKind.MILESTONE, 3, Where.HERE)


def test_a_former_name_counts_whether_the_project_moved_within_the_host_or_to_another() -> None:
    moved = Address("gitlab", "new.example", "team/web", formerly=("/acme/web/", "OLD.example/acme/web"))
    for url in ("https://new.example/acme/web/-/issues/1", "https://old.example/acme/web/-/issues/1"):
        assert read_reference(url, moved) == Reference(RefKind.ISSUE, 1, Where.HERE)
    assert read_reference("https://third.example/acme/web/-/issues/1", moved) == Reference(
        RefKind.ISSUE, 1, Where.ELSEWHERE
    )


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/Acme/Web", "github.com/acme/web"),
        ("https://github.com:443/acme/web/", "github.com/acme/web"),
        ("http://ann:secret@GHE.example.com:8080/acme/web?tab=1#top", "ghe.example.com:8080/acme/web"),
        ("https://example.com/git/acme/web", "example.com/git/acme/web"),
        ("https://example.com", "example.com"),
        ("acme/web", ""),
        ("https://[acme/web", ""),
        ("", ""),
    ],
)
def test_a_page_is_host_and_path_without_case(url: str, page: str) -> None:
    assert page_of(url) == page


def test_a_project_is_known_by_its_name_and_its_earlier_ones() -> None:
    address = Address("gitlab", "example.com/git", "Acme/Web", ("acme/old", "gitlab.com/acme/web"))
    assert {"example.com/git/acme/web", "example.com/git/acme/old", "gitlab.com/acme/web"} <= address.pages
