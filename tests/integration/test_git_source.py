"""The source on a Git remote: commits, what it asks the remote, and what stands in the way of a push (spec §5)."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plansync.errors import ConfigError, SourceError
from plansync.ports.checkup import Check
from plansync.ports.source import Changed, Content, Refused, Replacement, Unreadable
from plansync.sources.git.program import Credential
from plansync.sources.git.source import GitSource
from plansync.sources.style import Style
from tests.servers.githttp import GitHttp, serve_git
from tests.support.git_remote import Remote, git, source_on
from tests.support.saving import NOTE, save

PLAN = b"# Plan\n\n- [ ] a task\n"
A, B = "plans/a.md", "plans/b.md"
TOKEN = "s3cret-token"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote.new(tmp_path / "remote.git")
    made.commit({A: PLAN, B: PLAN})
    return made


@pytest.fixture
def source(remote: Remote, tmp_path: Path) -> GitSource:
    return source_on(str(remote.folder), tmp_path / "state")


@pytest.fixture
def site(remote: Remote, tmp_path: Path) -> Iterator[GitHttp]:
    with serve_git(remote.folder.parent, token=TOKEN, read_token="read-only") as made:
        yield made


def over(site: GitHttp, tmp_path: Path, secret: str = TOKEN, name: str = "remote.git", branch: str = "") -> GitSource:
    return source_on(f"{site.url}/{name}", tmp_path / "state", credential=Credential(secret), branch=branch)


def read(source: GitSource, path: str = A) -> Content:
    content = source.read(path)
    assert isinstance(content, Content), content
    return content


def fault(source: GitSource, path: str) -> str:
    answer = source.read(path)
    assert isinstance(answer, Unreadable)
    assert answer.code == "PS103"
    return answer.message


def test_the_plans_of_a_slice_are_one_commit_with_message_and_trailers(remote: Remote, tmp_path: Path) -> None:
    style = Style("Plan Bot <bot@example.com>", sign_off=True, skip_ci=True)
    source = source_on(str(remote.folder), tmp_path / "state", style=style)
    before = remote.tip()
    source.save([Replacement(read(source, A), b"new a"), Replacement(read(source, B), b"new b")], NOTE)
    assert remote.log("%P")[0] == before
    assert set(remote.log("%an <%ae> %cn <%ce>")[:1]) == {"Plan Bot <bot@example.com> Plan Bot <bot@example.com>"}
    assert git(remote.folder, "log", "--max-count=1", "--format=%B", "main").splitlines() == [
        "docs: plans/a.md, plans/b.md [skip ci]",
        "",
        "Plansync-Run: run-1",
        "Signed-off-by: Plan Bot <bot@example.com>",
    ]
    assert git(remote.folder, "diff", "--name-only", before, "main").splitlines() == [A, B]


@pytest.mark.parametrize(
    "author", ["", "Ann", "<ann@example.com>", "Ann <>", "Ann <a b>", "Ann\n<a@b>", "A <a@b> <c@d>"]
)
def test_an_author_that_git_could_not_write_is_refused(author: str) -> None:
    with pytest.raises(ConfigError, match="author"):
        Style(author).identity()


def test_a_message_without_body_run_or_sign_off_is_its_subject(remote: Remote) -> None:
    assert Style().message("\nsubject\n\n\nbody\0\n\n", "") == "subject\n\nbody\n"
    assert Style().message("subject", "") == "subject\n"


def test_bytes_and_modes_are_those_of_the_commit(
    remote: Remote, source: GitSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text("[core]\n\tautocrlf = true\n\tsafecrlf = true\n\teol = crlf\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    odd = b"\xef\xbb\xbf# A\r\n\r- [ ] $Id$ \xff\n\ttab"
    remote.commit({".gitattributes": b"* text eol=crlf ident working-tree-encoding=UTF-16\n"})
    remote.commit({A: odd}, mode="100755")
    assert read(source).data == odd
    save(source, read(source), odd + b"\r\n")
    assert remote.read(A) == odd + b"\r\n"
    save(source, read(source, B), b"# Plan\r\n\r\n- [ ] a task\r\n")
    assert remote.read(B) == b"# Plan\r\n\r\n- [ ] a task\r\n"
    assert git(remote.folder, "ls-tree", "main", A).split()[0] == "100755"


def test_a_link_is_written_where_it_leads(remote: Remote, source: GitSource) -> None:
    remote.commit({"real/a.md": PLAN})
    remote.commit({"plans/link.md": b"../real/a.md"}, mode="120000")
    assert source.list() == [A, B, "plans/link.md"]
    assert isinstance(save(source, read(source, "plans/link.md"), b"new"), Content)
    assert remote.read("real/a.md") == b"new"
    assert git(remote.folder, "ls-tree", "main", "plans/link.md").split()[0] == "120000"


def test_a_link_to_a_plan_that_is_listed_anyway_is_passed_over(remote: Remote, source: GitSource) -> None:
    remote.commit({"plans/link.md": b"a.md", "plans/lost.md": b"../../x", "plans/gone.md": b"nothing"}, mode="120000")
    assert source.list() == [A, B, "plans/gone.md", "plans/lost.md"]
    assert "leads out of the repository" in fault(source, "plans/lost.md")
    assert "does not exist" in fault(source, "plans/gone.md")


def test_two_links_to_one_file_are_not_both_written_at_once(remote: Remote, source: GitSource) -> None:
    remote.commit({"real/a.md": PLAN})
    remote.commit({"plans/l.md": b"../real/a.md", "plans/m.md": b"../real/a.md"}, mode="120000")
    twice = [Replacement(read(source, f"plans/{name}.md"), name.encode()) for name in "lm"]
    assert [type(answer) for answer in source.save(twice, NOTE)] == [Content, Changed]
    assert remote.read("real/a.md") == b"l"


def test_a_link_that_came_to_lead_astray_is_a_change(remote: Remote, source: GitSource) -> None:
    content = read(source)
    remote.commit({A: b"../../a.md"}, mode="120000")
    assert isinstance(save(source, content, b"new"), Changed)


def test_twins_by_case_are_two_plans(remote: Remote, source: GitSource) -> None:
    remote.commit({"plans/A.md": b"upper"})
    assert source.list() == ["plans/A.md", A, B]
    assert isinstance(save(source, read(source, "plans/A.md"), b"new upper"), Content)
    assert (remote.read("plans/A.md"), remote.read(A)) == (b"new upper", PLAN)


def test_the_branch_is_the_one_that_is_named_else_the_remote_s_own(remote: Remote, tmp_path: Path) -> None:
    remote.commit({A: b"other"}, branch="other/branch")
    git(remote.folder, "symbolic-ref", "HEAD", "refs/heads/other/branch")
    assert read(source_on(str(remote.folder), tmp_path / "s")).data == b"other"
    assert read(source_on(str(remote.folder), tmp_path / "s", branch="main")).data == PLAN


def test_a_quiet_run_asks_the_remote_once(site: GitHttp, tmp_path: Path) -> None:
    first = over(site, tmp_path)
    assert [read(first, path).data for path in first.list()] == [PLAN, PLAN]
    site.books.clear()
    again = over(site, tmp_path)
    again.refresh()
    assert [read(again, path).data for path in again.list()] == [PLAN, PLAN]
    assert again.save([Replacement(read(again), PLAN)], NOTE) == [read(again)]
    assert len({path for _, path, _ in site.books}) == 2  # which branches are there: capabilities, then their names
    assert len(site.books) <= 3  # the first of them once more, with the token


def test_what_did_not_change_is_not_fetched_again(remote: Remote, site: GitHttp, tmp_path: Path) -> None:
    remote.commit({f"plans/{number}.md": bytes([65 + number]) * 900 for number in range(20)})
    source = over(site, tmp_path)
    assert len(source.list()) == 22
    remote.commit({A: b"new"})
    source.refresh()
    assert read(source).data == b"new"
    packs = sorted((tmp_path / "state/git/copy/objects/pack").glob("*.pack"), key=lambda pack: pack.stat().st_mtime)
    assert len(packs) <= 2


def test_the_token_is_asked_for_and_the_wrong_one_is_told_with_a_hint(site: GitHttp, tmp_path: Path) -> None:
    assert read(over(site, tmp_path)).data == PLAN
    for secret in ("", "wrong"):
        with pytest.raises(SourceError, match="no access") as told:
            over(site, tmp_path / "other", secret).refresh()
        assert "PLANSYNC_GIT_TOKEN" in told.value.hint


def test_a_token_that_may_only_read_is_told_and_nothing_is_written(
    remote: Remote, site: GitHttp, tmp_path: Path
) -> None:
    source = over(site, tmp_path, "read-only")
    with pytest.raises(SourceError, match="no access"):
        save(source, read(source), b"new")
    assert remote.read(A) == PLAN
    assert [check.ok for check in source.examine()] == [True, False]


def test_the_checkup_says_where_the_branch_is_and_pushes_nothing(remote: Remote, site: GitHttp, tmp_path: Path) -> None:
    where = f"branch main of {site.url}/remote.git is at {remote.tip()[:10]}"
    checks = over(site, tmp_path).examine()
    assert checks[0] == Check("remote", True, where)
    assert checks[1].ok
    assert site.pushes() == 0


@pytest.mark.parametrize(
    ("name", "branch", "told"), [("gone.git", "", "not found"), ("remote.git", "gone", "no branch gone")]
)
def test_what_is_not_there_is_told(name: str, branch: str, told: str, site: GitHttp, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        over(site, tmp_path, name=name, branch=branch).refresh()
    assert "source.branch" in caught.value.hint


def test_a_repository_without_a_commit_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    with pytest.raises(SourceError, match=r"no (default )?branch"):
        source_on(str(tmp_path / "empty.git"), tmp_path / "state").refresh()
    with pytest.raises(SourceError, match="no branch main"):
        source_on(str(tmp_path / "empty.git"), tmp_path / "state", branch="main").list()


def test_without_git_there_is_one_clear_error(
    source: GitSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="no git program"):
        source.refresh()


def test_a_git_that_does_not_end_is_ended_with_its_children(
    source: GitSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/child\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    source.tip.copy = replace(source.tip.copy, git=replace(source.tip.copy.git, remote_seconds=1))
    with pytest.raises(SourceError, match="did not end within 1 s"):
        source.refresh()
    child, until = int((tmp_path / "child").read_text()), time.monotonic() + 10
    while is_alive(child):
        assert time.monotonic() < until


def is_alive(process: int) -> bool:
    """Say whether a process runs; one that ended and was not fetched yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_state_folder_that_cannot_be_made_is_told(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(SourceError, match="working copies cannot be kept"):
        source_on(str(remote.folder), tmp_path / "state").refresh()


def test_a_protected_branch_refuses_with_the_remote_s_own_words(remote: Remote, source: GitSource) -> None:
    remote.refuse()
    answer = save(source, read(source), b"new")
    assert isinstance(answer, Refused)
    assert "GH006: protected" in answer.reason
    assert "branch main" in answer.reason
    assert "write" in answer.hint
    assert remote.read(A) == PLAN


def test_an_answer_that_is_lost_after_the_push_is_found_out(remote: Remote, site: GitHttp, tmp_path: Path) -> None:
    source = over(site, tmp_path)
    content, before = read(source), remote.tip()
    site.cut_pushes = 1
    assert isinstance(save(source, content, b"new"), Content)
    assert remote.log("%P")[0] == before
    assert site.pushes() == 1


def test_an_answer_that_is_lost_while_others_push_is_found_out_as_well(
    remote: Remote, site: GitHttp, tmp_path: Path
) -> None:
    source = over(site, tmp_path)
    content = read(source)
    site.cut_pushes = 1
    site.after_push = lambda: remote.commit({B: b"theirs"})
    assert isinstance(save(source, content, b"new"), Content)
    assert (read(source).data, read(source, B).data) == (b"new", b"theirs")
    assert site.pushes() == 1


def test_a_push_that_never_arrives_is_an_error(remote: Remote, site: GitHttp, tmp_path: Path) -> None:
    source = over(site, tmp_path)
    content = read(source)
    site.before_push = lambda: setattr(site, "root", tmp_path / "elsewhere")
    site.after_push = lambda: setattr(site, "root", tmp_path)
    with pytest.raises(SourceError):
        save(source, content, b"new")
    assert remote.read(A) == PLAN


def test_others_who_push_other_files_do_not_stop_it(remote: Remote, site: GitHttp, tmp_path: Path) -> None:
    source = over(site, tmp_path)
    content = read(source)
    rounds = iter(range(3))
    site.before_push = lambda: (
        next(rounds, None) is not None and remote.commit({B: bytes(str(len(site.books)), "ascii")})
    )
    assert isinstance(save(source, content, b"new"), Content)
    assert site.pushes() == 4
    assert remote.read(A) == b"new"
    assert git(remote.folder, "rev-list", "--merges", "main") == ""


def test_a_branch_that_never_rests_is_left_after_five_tries(remote: Remote, site: GitHttp, tmp_path: Path) -> None:
    source = over(site, tmp_path)
    content = read(source)
    site.before_push = lambda: remote.commit({B: bytes(str(len(site.books)), "ascii")})
    answer = save(source, content, b"new")
    assert isinstance(answer, Refused)
    assert "kept moving" in answer.reason
    assert site.pushes() == 5
    assert remote.read(A) == PLAN


def test_a_plan_that_is_changed_in_the_middle_of_a_push_is_a_change_and_the_other_is_written(
    remote: Remote, site: GitHttp, tmp_path: Path
) -> None:
    source = over(site, tmp_path)
    both = [Replacement(read(source, A), b"new a"), Replacement(read(source, B), b"new b")]
    rounds = iter([b"theirs"])
    site.before_push = lambda: (data := next(rounds, None)) and remote.commit({B: data})
    assert [type(answer) for answer in source.save(both, NOTE)] == [Content, Changed]
    assert (remote.read(A), remote.read(B)) == (b"new a", b"theirs")
    assert git(remote.folder, "log", "--max-count=1", "--format=%s", "main") == "docs: plans/a.md"


def test_a_branch_that_was_rewritten_by_force_is_read_as_it_is_now(remote: Remote, source: GitSource) -> None:
    content = read(source)
    git(remote.folder, "update-ref", "refs/heads/main", git(remote.folder, "rev-parse", "main~1"))
    remote.commit({A: b"rewritten"})
    assert isinstance(save(source, content, b"new"), Changed)
    assert read(source).data == b"rewritten"


def spoil_objects(copy: Path) -> None:
    shutil.rmtree(copy / "objects")
    (copy / "objects").mkdir()


def spoil_packs(copy: Path) -> None:
    for pack in (copy / "objects/pack").glob("*"):
        pack.chmod(0o600)
        pack.write_bytes(b"nonsense")


SPOILT: dict[str, Callable[[Path], object]] = {
    "no objects": spoil_objects,
    "broken packs": spoil_packs,
    "no copy": shutil.rmtree,
    "half made": lambda copy: (copy / "plansync-ready").unlink(),
    "broken configuration": lambda copy: (copy / "config").write_text("[core"),
    "left locks": lambda copy: [
        (copy / name).write_text("") for name in ("shallow.lock", "config.lock", "packed-refs.lock")
    ],
    "a left lock of the branch": lambda copy: [
        ref.with_name(ref.name + ".lock").write_text("") for ref in (copy / "refs/plansync").iterdir()
    ],
    "a left folder": lambda copy: (copy / "plansync-work").mkdir(),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_copy_that_is_spoilt_is_made_again(spoilt: str, remote: Remote, source: GitSource, tmp_path: Path) -> None:
    read(source)
    SPOILT[spoilt](tmp_path / "state/git/copy")
    remote.commit({B: b"new"})
    again = source_on(str(remote.folder), tmp_path / "state")
    again.refresh()
    assert read(again, B).data == b"new"
    assert isinstance(save(again, read(again), b"ours"), Content)


def test_a_copy_of_another_kind_of_names_is_made_again(source: GitSource, remote: Remote, tmp_path: Path) -> None:
    read(source)
    shutil.rmtree(remote.folder)
    git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", "--initial-branch=main", str(remote.folder))
    blob = git(remote.folder, "hash-object", "-w", "--stdin", given=PLAN)
    plans = git(remote.folder, "mktree", given=f"100644 blob {blob}\ta.md\n".encode())
    root = git(remote.folder, "mktree", given=f"040000 tree {plans}\tplans\n".encode())
    git(remote.folder, "update-ref", "refs/heads/main", git(remote.folder, "commit-tree", root, "-m", "one"))
    source.refresh()
    assert read(source).data == PLAN
    assert isinstance(save(source, read(source), b"new"), Content)
    assert remote.read(A) == b"new"


def test_a_copy_that_is_deleted_between_reading_and_saving_is_made_again(
    remote: Remote, source: GitSource, tmp_path: Path
) -> None:
    content = read(source)
    shutil.rmtree(tmp_path / "state")
    assert isinstance(save(source, content, b"new"), Content)
    assert remote.read(A) == b"new"


def test_a_repository_is_reached_by_ssh_with_the_user_s_own_program(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program stands for ssh: it runs here what would be run there."""
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$*" >> "{tmp_path}/words"\nenv >> "{tmp_path}/environment"\n' + _LAST_WORD)
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    monkeypatch.setenv("PLANSYNC_GIT_TOKEN", TOKEN)
    source = source_on(f"git@git.example.com:{remote.folder}", tmp_path / "state", credential=Credential(TOKEN))
    assert isinstance(save(source, read(source), b"new"), Content)
    assert remote.read(A) == b"new"
    assert "git@git.example.com git-receive-pack" in (tmp_path / "words").read_text()
    assert TOKEN not in (tmp_path / "environment").read_text()


_LAST_WORD = 'while [ $# -gt 1 ]; do shift; done\nexec sh -c "$1"\n'


def test_two_of_one_process_take_turns_in_a_copy(remote: Remote, tmp_path: Path) -> None:
    answers: list[object] = []

    def work(path: str) -> None:
        source = source_on(str(remote.folder), tmp_path / "state")
        answers.append(save(source, read(source, path), b"new"))

    threads = [threading.Thread(target=work, args=(path,)) for path in (A, B)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(answer) for answer in answers] == [Content, Content]
    assert (remote.read(A), remote.read(B)) == (b"new", b"new")


def sign_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    program = tmp_path / "signer"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    (tmp_path / "gitconfig").write_text(f"[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = {program}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))


def test_commits_are_signed_where_git_is_configured_so(
    remote: Remote, source: GitSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_with(
        tmp_path, monkeypatch, "cat >/dev/null; echo '[GNUPG:] SIG_CREATED x' >&2; echo '-----BEGIN SIGNATURE-----'"
    )
    save(source, read(source), b"new")
    assert "gpgsig -----BEGIN SIGNATURE-----" in git(remote.folder, "cat-file", "commit", "main")


def test_a_signature_that_cannot_be_made_is_told(
    remote: Remote, source: GitSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_with(tmp_path, monkeypatch, "echo 'no key' >&2; exit 1")
    with pytest.raises(SourceError, match="commit could not be made") as told:
        save(source, read(source), b"new")
    assert "commit.gpgSign" in told.value.hint
    assert remote.read(A) == PLAN


def test_a_source_is_known_by_address_and_branch(remote: Remote, tmp_path: Path) -> None:
    assert source_on("https://git.example.com/a.git", tmp_path).uid == "git:https://git.example.com/a.git#"
    assert source_on("git@git.example.com:a.git", tmp_path, branch="main").uid == "git:git@git.example.com:a.git#main"
