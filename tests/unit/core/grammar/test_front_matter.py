"""Front matter as people and tools write it: what is read, and the bytes that each value has."""

from __future__ import annotations

import pytest

from plansync.core.grammar.front_matter import FrontMatter, read_front_matter
from tests.support.plan_texts import read


def front(text: str) -> FrontMatter:
    source = f"---\n{text}---\n# T\n".encode()
    found = read_front_matter(source, 0)
    assert source[found.end :] == b"# T\n"
    return found


def pairs(text: str) -> dict[str, str]:
    return {pair.key: pair.value for pair in front(text).pairs}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Feature-ID: 1\nplan_size: 2\n", {"feature id": "1", "plan size": "2"}),
        ("\"status\": draft\n'spec': s\n", {"status": "draft", "spec": "s"}),
        ('title: "A \\"b\\" c" # d\n', {"title": 'A "b" c'}),
        ("title: 'it''s' # d\n", {"title": "it's"}),
        ('title: "open\n', {"title": '"open'}),
        ("url: https://x.example/#a # b\n", {"url": "https://x.example/#a"}),
        ("status:\n", {"status": ""}),
        ("status: # nothing yet\n", {"status": ""}),
        ("# status: x\n\nspec: y\n", {"spec": "y"}),
        ("repos:\n  - web\n  -\n  - 'api' # main\nspec: y\n", {"repos": "web, api", "spec": "y"}),
        ("repos:\n- web\n- api\n", {"repos": "web, api"}),
        ("- stray\n", {}),
        ("phases:\n  - name: a\n    status: done\n  - name: b\n", {"phases": "name: a, name: b"}),
        ("text: |\n  status: no\n\n  more: x\nspec: y\n", {"spec": "y"}),
        ("text: >-  # folded\n  status: no\nspec: y\n", {"spec": "y"}),
        ("text: |\n  - no\nlist: a\n  - stray\n", {"list": "a"}),
        ("plan:\n  status: a\n  deep:\n    status: b\n", {"plan.status": "a", "plan.deep.status": "b"}),
        ("plan:\n  status: a\nspec: b\n", {"plan.status": "a", "spec": "b"}),
        ("status: a\nstatus: b\n", {"status": "a"}),
        ("\tstatus: a\nstatus\n{status: b}\n", {}),
    ],
)
def test_what_is_read(text: str, expected: dict[str, str]) -> None:
    assert pairs(text) == expected
    assert pairs(text.replace("\n", "\r\n")) == expected


def test_a_value_has_the_bytes_that_can_be_written() -> None:
    text = "a: x # c\nb: 'y' # c\nc: \"z\"\nd:\n  - 'p'\n  - q\ne:\n"
    source = f"---\n{text}---\n".encode()
    spans = {pair.key: pair.span.of(source) for pair in read_front_matter(source, 0).pairs}
    assert spans == {"a": b"x", "b": b"y", "c": b"z", "d": b"p'\n  - q", "e": b""}


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("status: a\nplan:\n  status: b\n", "a"),
        ("plan:\n  status: b\nstatus: a\n", "a"),
        ("metadata:\n  status: b\n", "b"),
        ("phase1:\n  status: done\n", None),
        ("plan:\n  phase1:\n    status: done\n", None),
        ("phases:\n  - status: done\n", None),
        ("status:\n", ""),
    ],
)
def test_the_status_is_the_plans_own(text: str, raw: str | None) -> None:
    status = read(f"---\n{text}---\n# T\n").front_matter_status
    assert (status.raw if status else None) == raw


@pytest.mark.parametrize("repos", ["[web, 'api']", "web, api", '\n  - web\n  - "api"', '["web", `api`]'])
def test_repos_may_be_a_list(repos: str) -> None:
    assert read(f"---\nrepos: {repos}\n---\n# T\n").repos == ("web", "api")


def test_front_matter_without_an_end_is_none() -> None:
    assert read_front_matter(b"---\nstatus: x\n", 0) == FrontMatter((), 0)
