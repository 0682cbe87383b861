"""Repositories, addresses and names made to have something run, read or written that is none of plansync's business."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from plansync.errors import ConfigError, SourceError
from plansync.ports.source import Content, Unreadable
from plansync.sources.branches import check_branch
from plansync.sources.git.addresses import read_address
from plansync.sources.git.source import GitSource
from tests.servers.githttp import serve_git
from tests.support.git_remote import Remote, git, source_on
from tests.support.saving import save
from tests.support.watchman import watching

SECRET = b"the contents of a file that is none of the repository's"
PLAN = b"# Plan\n\n- [ ] a task\n"
GOOD = "plans/good.md"

ADDRESSES = [
    "",
    "-",
    "--upload-pack=touch canary",
    "-oProxyCommand=touch canary",
    "ext::sh -c touch% canary",
    "ext::sh",
    "fd::17",
    "testgit::/tmp/x",
    "http::https://git.example.com/x",
    "https::ext::sh",
    "file::/etc",
    "::https://git.example.com/x",
    "git://git.example.com/x.git",
    "ftp://git.example.com/x.git",
    "gopher://git.example.com/x.git",
    "ssh+ext://git.example.com/x.git",
    "javascript://git.example.com/x",
    "ssh://-oProxyCommand=touch${IFS}canary/x.git",
    "ssh://ann@-oProxyCommand=touch/x.git",
    "ssh://-oProxyCommand=touch@git.example.com/x.git",
    "ssh://git.example.com/-x",
    "ssh://git.example.com:-1/x.git",
    "-oProxyCommand=touch canary:x.git",
    "ann@-oProxyCommand=touch:x.git",
    "-oProxyCommand=touch@git.example.com:x.git",
    "git.example.com:--upload-pack=touch",
    "https://ann:s3cret@git.example.com/x.git",
    "https://s3cret@git.example.com/x.git",
    "ssh://ann:s3cret@git.example.com/x.git",
    "https://git.example.com",
    "https://git.example.com/",
    "https:///x.git",
    "https://-git.example.com/x.git",
    "https://git.example.com:99999/x.git",
    "https://git.example.com:port/x.git",
    "https://[::1/x.git",
    "https://$(touch canary)/x.git",
    "https://git.example.com\\@evil.example.com/x.git",
    "https://git.example.com/x.git?upload=1",
    "https://git.example.com/x.git#main",
    "https://git.example.com/x\n.git",
    "https://git.example.com/x\x00.git",
    "file://evil.example.com/x.git",
]
BRANCHES = [
    "",
    "-",
    "-d",
    "--upload-pack=touch",
    "--force",
    "@",
    "@{-1}",
    "a@{1}",
    "a..b",
    "../../config",
    "a b",
    "a\nb",
    "a\x7f",
    "a~1",
    "a^",
    "a:b",
    "a:refs/heads/b",
    "a?",
    "a*",
    "a[b]",
    "a\\b",
    "a.lock",
    "a.lock/b",
    ".a",
    "a/.b",
    "a/",
    "/a",
    "a//b",
    "a.",
    "refs/heads/main",
    "HEAD",
    "a" * 300,
]


@pytest.mark.parametrize("text", ADDRESSES, ids=repr)
def test_an_address_that_git_could_take_for_something_else_is_refused(text: str, tmp_path: Path) -> None:
    with watching() as seen, pytest.raises(ConfigError) as told:
        read_address(text, tmp_path)
    assert seen.started == []
    assert "s3cret" not in str(told.value) or "ssh" in text


@pytest.mark.parametrize("name", BRANCHES, ids=repr)
def test_a_name_that_no_branch_can_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        check_branch(name)


@pytest.mark.parametrize("name", ["main", "feature/x", "release-1.2", "täglich", "a#b", "+x", "$(touch)", "`x`", "x;y"])
def test_odd_names_of_branches_are_names_and_nothing_else(name: str, tmp_path: Path) -> None:
    remote = Remote.new(tmp_path / "remote.git")
    remote.commit({GOOD: PLAN}, branch=name)
    source = source_on(str(remote.folder), tmp_path / "state", branch=name)
    good = source.read(GOOD)
    assert isinstance(good, Content)
    assert isinstance(save(source, good, PLAN + b"more\n"), Content)
    assert remote.read(GOOD, name) == PLAN + b"more\n"
    assert remote.read("README.md") == b"# Read me\n"


@dataclass
class Lair:
    """A hostile remote, with a secret beside it and a canary that nobody must touch."""

    remote: Remote
    outside: Path

    @property
    def canary(self) -> Path:
        return self.outside / "canary"

    @property
    def payload(self) -> str:
        return f"touch {self.canary}"

    def link(self, goal: str | bytes, path: str = "plans/link.md") -> None:
        self.remote.commit({path: os.fsencode(goal)}, mode="120000")

    def program(self, name: str) -> Path:
        file = self.outside / name
        file.write_text(f"#!/bin/sh\n{self.payload}\ncat\n")
        file.chmod(0o755)
        return file

    def raw_tree(self, name: bytes, inner: bytes) -> None:
        """Commit a tree with a name in it that git itself would not write."""
        blob = bytes.fromhex(self.remote.blob(PLAN))
        below = self._object("tree", b"100644 " + inner + b"\0" + blob)
        plans = self._object("tree", b"100644 good.md\0" + blob)
        entries = sorted([(name, below), (b"plans", plans)])
        raw = b"".join(b"40000 " + entry + b"\0" + bytes.fromhex(oid) for entry, oid in entries)
        commit = git(self.remote.folder, "commit-tree", self._object("tree", raw), "-m", "raw")
        git(self.remote.folder, "update-ref", "refs/heads/main", commit)

    def _object(self, kind: str, data: bytes) -> str:
        return git(self.remote.folder, "hash-object", "-t", kind, "-w", "--literally", "--stdin", given=data)

    def global_config(self, text: str) -> None:
        (self.outside / "gitconfig").write_text(text)


def links_upwards(lair: Lair) -> None:
    lair.link("..", "up")
    lair.link("../up/../secret.md")


def chain(lair: Lair) -> None:
    for number in range(60):
        lair.link(f"l{number + 1}.md", f"plans/l{number}.md")


def module(lair: Lair, name: str, url: str, extra: str = "") -> None:
    text = f'[submodule "{name}"]\n\tpath = sub\n\turl = {url}\n{extra}'
    lair.remote.commit({".gitmodules": text.encode()})
    index = {"GIT_INDEX_FILE": str(lair.remote.folder / "test-index")}
    tip = lair.remote.tip()
    git(lair.remote.folder, "read-tree", tip, extra=index)
    for path in ("sub", "plans/sub.md"):
        git(lair.remote.folder, "update-index", "--add", "--cacheinfo", f"160000,{tip},{path}", extra=index)
    tree = git(lair.remote.folder, "write-tree", extra=index)
    commit = git(lair.remote.folder, "commit-tree", tree, "-p", tip, "-m", "submodule")
    git(lair.remote.folder, "update-ref", "refs/heads/main", commit)
    lair.link("../sub/secret.md")


def attributes(lair: Lair, text: str, config: str = "") -> None:
    lair.remote.commit({".gitattributes": text.encode(), "plans/.gitattributes": text.encode()})
    lair.global_config(config.replace("EVIL", str(lair.program("evil"))))


def hooks(lair: Lair) -> None:
    folder = lair.outside / "template/hooks"
    folder.mkdir(parents=True)
    for name in (
        "pre-push",
        "post-checkout",
        "reference-transaction",
        "pre-auto-gc",
        "post-index-change",
        "post-commit",
    ):
        lair.program("evil").rename(folder / name)
    lair.global_config(
        f"[init]\n\ttemplateDir = {lair.outside}/template\n[core]\n\thooksPath = {folder}\n"
        f"\tfsmonitor = {lair.program('monitor')}\n\tattributesFile = {lair.outside}/attributes\n"
    )


def named(name: bytes, lair: Lair) -> None:
    lair.remote.commit({name: PLAN})


CASES: dict[str, Callable[[Lair], object]] = {
    "link to an absolute path": lambda lair: lair.link(str(lair.outside / "secret.md")),
    "link to a system file": lambda lair: lair.link("/etc/passwd"),
    "link to our environment": lambda lair: lair.link("/proc/self/environ"),
    "link upwards": lambda lair: lair.link("../../outside/secret.md"),
    "link far upwards": lambda lair: lair.link("../" * 40 + "etc/passwd"),
    "link to a pipe": lambda lair: lair.link("/dev/stdin"),
    "link into the repository's own folder": lambda lair: lair.link("../.git/config"),
    "link to itself": lambda lair: lair.link("link.md"),
    "links in a long chain": chain,
    "link to a folder": lambda lair: lair.link("../plans"),
    "link to nothing": lambda lair: lair.link("gone.md"),
    "link with an empty goal": lambda lair: lair.link(""),
    "link with line ends in it": lambda lair: lair.link("a\nb\0c.md"),
    "link as long as a file": lambda lair: lair.link("x/" * 5000),
    "folder that is a link outside": lambda lair: lair.link("/etc", "plans/sub"),
    "folder that is a link upwards": lambda lair: lair.link("../../outside", "docs"),
    "link through a folder that is a link": links_upwards,
    "filters of everything": lambda lair: attributes(
        lair, "* filter=evil\n", '[filter "evil"]\n\tsmudge = EVIL\n\tclean = EVIL\n\tprocess = EVIL\n\trequired\n'
    ),
    "large files elsewhere": lambda lair: attributes(
        lair,
        "*.md filter=lfs diff=lfs merge=lfs -text\n",
        '[filter "lfs"]\n\tsmudge = EVIL\n\tclean = EVIL\n\tprocess = EVIL\n',
    ),
    "line ends": lambda lair: attributes(lair, "* text eol=crlf ident\n", "[core]\n\tautocrlf = true\n\teol = crlf\n"),
    "other encodings": lambda lair: attributes(lair, "*.md working-tree-encoding=UTF-16LE\n"),
    "diff and merge programs": lambda lair: attributes(
        lair,
        "* diff=evil merge=evil\n",
        '[diff "evil"]\n\ttextconv = EVIL\n\tcommand = EVIL\n[merge "evil"]\n\tdriver = EVIL\n[diff]\n\texternal = EVIL\n',
    ),
    "submodule with a program for address": lambda lair: module(lair, "sub", f"ext::sh -c {lair.payload}"),
    "submodule with an option for address": lambda lair: module(lair, "sub", f"--upload-pack={lair.payload}"),
    "submodule with a name upwards": lambda lair: module(lair, "../../hooks", "https://127.0.0.1:1/x"),
    "submodule with a command": lambda lair: module(lair, "sub", "./sub", f"\tupdate = !{lair.payload}\n"),
    "submodule with recursion": lambda lair: module(
        lair, "sub", str(lair.remote.folder), "\tfetchRecurseSubmodules = true\n"
    ),
    "hooks in the template and in the configuration": hooks,
    "configuration in the tree": lambda lair: (
        lair.remote.commit(
            {
                name: f"[core]\n\tpager = {lair.payload}\n\tsshCommand = {lair.payload}\n".encode()
                for name in (".gitconfig", "config", ".lfsconfig")
            }
        )
        and None
    ),
    "hooks in the tree": lambda lair: (
        lair.remote.commit(
            {f"hooks/{name}": f"#!/bin/sh\n{lair.payload}\n".encode() for name in ("pre-push", "post-checkout")},
            mode="100755",
        )
        and None
    ),
    "name .git": lambda lair: lair.raw_tree(b".git", b"config.md"),
    "name .GIT": lambda lair: lair.raw_tree(b".GIT", b"config.md"),
    "name ..": lambda lair: lair.raw_tree(b"..", b"escaped.md"),
    "name .": lambda lair: lair.raw_tree(b".", b"escaped.md"),
    "name with a slash": lambda lair: lair.raw_tree(b"../outside", b"escaped.md"),
    "empty name": lambda lair: lair.raw_tree(b"docs", b""),
    "HEAD that is an option": lambda lair: (
        (lair.remote.folder / "HEAD").write_text("ref: refs/heads/--upload-pack=x\n") and None
    ),
    "HEAD that leads out": lambda lair: (lair.remote.folder / "HEAD").write_text("ref: refs/heads/../../x\n"),
    "HEAD that is no branch": lambda lair: (lair.remote.folder / "HEAD").write_text("ref: refs/tags/x\n"),
    "a remote that replaces objects": lambda lair: (
        git(lair.remote.folder, "replace", lair.remote.tip(), git(lair.remote.folder, "rev-parse", "main~1")) and None
    ),
    "a remote with alternates": lambda lair: (
        (lair.remote.folder / "objects/info/alternates").write_text("/etc\n") and None
    ),
}
NAMES = (
    b"plans/-rf.md",
    b"plans/--help.md",
    b"plans/$(touch canary).md",
    b"plans/`touch canary`.md",
    b"plans/a;touch canary.md",
    b"plans/line\nend.md",
    b'plans/tab\tand "quote".md',
    b"plans/\xff\xfe.md",
    b"plans/back\\slash.md",
    b"plans/..\\..\\up.md",
    b"plans/COM1.md",
    b"plans/git~1.md",
    b"plans/GOOD.MD",
    b"plans/Good.md",
    "plans/\u202egnp.md".encode(),
    b"plans/" + b"x" * 250 + b".md",
    b"plans/:(glob)x.md",
    b":(top)plans.md",
    b"plans/\x1b[31mred.md",
)
CASES |= {f"file named {name!r}": partial(named, name) for name in NAMES}


NOT_WRITTEN = {
    *("name .git", "name .GIT", "name ..", "name .", "name with a slash", "empty name"),
    *("HEAD that is an option", "HEAD that leads out", "HEAD that is no branch"),
}
"""Repositories that git itself makes no commit on, or that have no branch to speak of."""


@pytest.fixture
def lair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lair:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_bytes(SECRET)
    made = Lair(Remote.new(tmp_path / "remote.git"), outside)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("ssh", "git-remote-ext", "git-remote-fd", "git-lfs", "less", "vi"):
        made.program("evil").rename(programs / name)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(outside / "gitconfig"))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(outside / "template"))
    made.remote.commit({GOOD: PLAN})
    return made


def go_through(source: GitSource) -> None:
    """Do with a source all that plansync does with one; errors are in order, if they are ours."""
    try:
        for path in source.list():
            answer = source.read(path)
            assert isinstance(answer, Content | Unreadable)
            assert not isinstance(answer, Content) or SECRET not in answer.data
            assert not isinstance(answer, Content) or b"root:" not in answer.data
        good = source.read(GOOD)
        assert isinstance(good, Content)
        assert good.data == PLAN
        save(source, good, PLAN + b"more\n")
        source.refresh()
        list(source.examine())
    except SourceError as error:
        assert str(error)


def state_of(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_nothing_of_a_repository_is_run_or_leads_out_of_it(name: str, lair: Lair, tmp_path: Path) -> None:
    CASES[name](lair)
    before = state_of(lair.outside)
    state = tmp_path / "state"
    with serve_git(tmp_path) as site, watching() as seen:
        go_through(source_on(f"{site.url}/remote.git", state, "**/*.md"))
    assert (lair.remote.tip() and lair.remote.read(GOOD) == PLAN + b"more\n") == (name not in NOT_WRITTEN)
    assert not lair.canary.exists()
    assert state_of(lair.outside) == before
    assert seen.opened_outside(state) == []
    assert {words[0] for words in seen.started} == {"git"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "outside", "remote.git", "state"]
    assert sorted(path.name for path in state.iterdir()) == ["git"]
    assert not (state / "git/copy/hooks").exists()


@pytest.mark.parametrize(
    "goal", ["file:///etc", "ext::sh -c touch", "ssh://-oProxyCommand=x", "git://127.0.0.1:1", "//x"]
)
def test_a_redirect_leads_to_no_other_transport(goal: str, lair: Lair, tmp_path: Path) -> None:
    with serve_git(tmp_path) as site, watching() as seen:
        site.moved = goal
        source = source_on(f"{site.url}/remote.git", tmp_path / "state")
        with pytest.raises(SourceError):
            source.refresh()
    assert not lair.canary.exists()
    assert seen.opened_outside(tmp_path / "state") == []


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(ADDRESSES) + len(BRANCHES) + len(CASES) >= 60
    assert len(CASES) >= 60
