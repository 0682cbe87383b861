"""Addresses that webhooks are delivered to: which are good, which are one, and what is shown of them."""

import pytest

from plansync.core.addresses import delivery_address, fault_of, hook_path, is_loopback, is_plain, same_place, shown


@pytest.mark.parametrize(
    ("base", "fault"),
    [
        ("https://plans.example.com", ""),
        ("http://127.0.0.1:8484/", ""),
        ("https://plans.example.com/team/plansync", ""),
        ("plans.example.com", "is no address that begins with https://"),
        ("ftp://plans.example.com", "is no address that begins with https://"),
        ("https:///webhooks", "is no address that begins with https://"),
        ("https://plans.example.com/a b", "is no address that begins with https://"),
        ("https://plans.example.com:port", "is no address"),
        ("https://[::1", "is no address"),
        ("https://me:hush@plans.example.com", "holds a login, which everybody could read at the tracker"),
        ("https://:@plans.example.com", "holds a login, which everybody could read at the tracker"),
        ("https://plans.example.com/?key=x", "has a query or a fragment"),
        ("https://plans.example.com/#top", "has a query or a fragment"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_to_be_none(base: str, fault: str) -> None:
    assert fault_of(base) == fault


@pytest.mark.parametrize("base", ["https://plans.example.com", "https://plans.example.com/"])
def test_the_host_s_own_path_comes_behind_the_address(base: str) -> None:
    assert hook_path("github") == "/webhooks/github"
    assert delivery_address(base, "gitlab") == "https://plans.example.com/webhooks/gitlab"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/webhooks/github", "HTTPS://A.example:443/webhooks/github/", True),
        ("http://a.example/x", "http://a.example:80/x", True),
        ("https://a.example/x", "http://a.example/x", False),
        ("https://a.example/x", "https://a.example:8443/x", False),
        ("https://a.example/x", "https://a.example/X", False),
        ("https://a.example/x", "https://b.example/x", False),
        ("https://a.example/x", "https://a.example/x?team=1", False),
        ("https://a.example/x", "https://a.example:many/x", False),
        ("", "https://a.example/x", False),
    ],
)
def test_two_spellings_of_one_address_are_one(one: str, other: str, same: bool) -> None:
    assert same_place(one, other) is same


@pytest.mark.parametrize(
    ("url", "loops"),
    [
        ("http://127.0.0.1:8484/x", True),
        ("http://LOCALHOST", True),
        ("http://plans.localhost", True),
        ("http://[::1]:8484", True),
        ("//127.0.0.1:40000", True),
        ("https://127.example.com", False),
        ("//github.com", False),
        ("", False),
    ],
)
def test_addresses_of_this_machine_alone_are_known(url: str, loops: bool) -> None:
    assert is_loopback(url) is loops


def test_plain_http_is_told_from_https() -> None:
    assert [is_plain(url) for url in ("http://a.example", "HTTP://a.example", "https://a.example")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://me:hush@a.example:8443/hook?token=hush#hush", "https://a.example:8443/hook"),
        ("http://[::1]:1/x", "http://[::1]:1/x"),
        ("https://a.example/x", "https://a.example/x"),
        ("/hush", ":///hush"),
        ("https://a.example:hush/", "an address that cannot be read"),
    ],
)
def test_what_may_be_secret_in_an_address_is_not_shown(url: str, text: str) -> None:
    assert shown(url) == text
