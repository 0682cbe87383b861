"""Addresses of repositories that plansync goes to; the hostile ones are in tests/integration/test_git_hostile.py."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plansync.errors import ConfigError
from plansync.sources.branches import check_branch
from plansync.sources.git.addresses import Address, read_address


@pytest.mark.parametrize(
    ("text", "url", "scheme", "host"),
    [
        ("https://git.example.com/a/b.git", "https://git.example.com/a/b.git", "https", "git.example.com"),
        ("https://GIT.example.com:8443/a", "https://GIT.example.com:8443/a", "https", "GIT.example.com:8443"),
        ("http://127.0.0.1:8080/a.git", "http://127.0.0.1:8080/a.git", "http", "127.0.0.1:8080"),
        ("http://[::1]:8080/a.git", "http://[::1]:8080/a.git", "http", "[::1]:8080"),
        ("ssh://git@git.example.com:22/a.git", "ssh://git@git.example.com:22/a.git", "ssh", "git.example.com:22"),
        ("git@git.example.com:a/b.git", "git@git.example.com:a/b.git", "ssh", "git.example.com"),
        ("git.example.com:a/b.git", "git.example.com:a/b.git", "ssh", "git.example.com"),
        ("plans.git", "file:///base/plans.git", "file", ""),
        ("../my plans.git", "file:///base/../my%20plans.git", "file", ""),
        ("/srv/plans.git", "file:///srv/plans.git", "file", ""),
        ("./a:b/plans.git", "file:///base/a%3Ab/plans.git", "file", ""),
        ("file:///srv/plans.git", "file:///srv/plans.git", "file", ""),
    ],
)
def test_an_address_is_read_as_git_reads_it(text: str, url: str, scheme: str, host: str) -> None:
    assert read_address(text, Path("/base")) == Address(url, scheme, host)


@pytest.mark.parametrize("name", ["main", "feature/a", "release-1.2", "täglich", "a#b", "refs"])
def test_a_usual_branch_is_taken(name: str) -> None:
    assert check_branch(name) == name


@settings(max_examples=150)
@given(st.text(st.sampled_from("ab-./@{}~^:?*[\\ \n+#é"), max_size=8) | st.sampled_from(["a.lock", "a.lock/b", "HEAD"]))
def test_no_name_is_taken_that_git_would_refuse(name: str) -> None:
    try:
        check_branch(name)
    except ConfigError:
        return
    assert subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False).returncode == 0
    assert not name.startswith("-")
