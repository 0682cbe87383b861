"""``lint`` for code scanning, and what ``lint --fix`` mends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.folder import snapshot
from tests.support.sarif import checked_run
from tests.support.shell import Shell

BARE = "# T\n\n## Implementation Phases\n\n### Phase 1: A\n\n- **Tasks:**\n  - [x] one\n  - [?] two\n"
MENDED = BARE.replace("# T\n", "# T\n\n**Status:** In Progress\n")
READY = BARE.replace("# T\n", "# Ready\n\n**Status:** Draft\n").replace("?", " ")


@pytest.fixture
def shell(plansync: Shell) -> Shell:
    """Run in a folder with a plan that lacks its Status and one that lacks nothing."""
    plansync.write("plans/bare.md", BARE)
    plansync.write("plans/ready.md", READY)
    return plansync


def test_the_sarif_log_fits_the_published_schema(shell: Shell) -> None:
    shell.write("plans/binary.md", "").write_bytes(b"\xff\xfe\x00")
    run = checked_run(json.loads(shell("lint", "--format", "sarif", code=1).stdout))
    found = [
        (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["ruleId"],
            result["level"],
        )
        for result in run["results"]
    ]
    assert found == [
        ("plans/bare.md", 1, "PS104", "warning"),
        ("plans/bare.md", 9, "PS202", "warning"),
        ("plans/binary.md", 1, "PS107", "error"),
    ]


def test_the_paths_of_the_sarif_log_start_at_the_repositorys_root(shell: Shell) -> None:
    (shell.folder / ".git").mkdir()
    inner = Shell(shell.folder / "plans")
    log = json.loads(inner("lint", "bare.md", "--format", "sarif").stdout)
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in checked_run(log)["results"]
    }
    assert uris == {"plans/bare.md"}


def test_the_sarif_log_of_another_checkout_starts_at_its_root(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / ".git").mkdir()
    base = Shell(tmp_path / "base")
    base.write("plansync.toml", "")
    log = json.loads(base("lint", "--plans-from", "..", "--format", "sarif").stdout)
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in checked_run(log)["results"]
    }
    assert uris == {"plans/bare.md"}


def test_fix_puts_in_the_status_line_and_says_so(shell: Shell) -> None:
    done = shell("lint", "--fix")
    assert done.stderr == "plans/bare.md:1:1: PS104 fixed: **Status:** In Progress\n"
    assert "PS104" not in done.stdout
    assert "PS202" in done.stdout
    assert shell.read("plans/bare.md") == MENDED
    assert shell.read("plans/ready.md") == READY
    before = snapshot(shell.folder)
    assert shell("lint", "--fix").stderr == ""
    assert snapshot(shell.folder) == before


def test_without_fix_nothing_is_written(shell: Shell) -> None:
    before = snapshot(shell.folder)
    shell("lint")
    assert snapshot(shell.folder) == before


def test_fix_mends_only_the_plans_that_are_named(shell: Shell) -> None:
    shell.write("plans/other.md", BARE)
    shell.write("notes.md", BARE)
    assert shell("lint", "--fix", "--quiet", "notes.md", "plans/other.md").stderr == ""
    assert (shell.read("notes.md"), shell.read("plans/other.md")) == (MENDED, MENDED)
    assert shell.read("plans/bare.md") == BARE


def test_what_was_fixed_is_in_the_json_form(shell: Shell) -> None:
    value = json.loads(shell("lint", "--fix", "--format", "json").stdout)
    bare, ready = value["files"]
    assert [problem["code"] for problem in bare["fixed"]] == ["PS104"]
    assert [problem["code"] for problem in bare["problems"]] == ["PS202"]
    assert (ready["fixed"], value["warnings"]) == ([], 1)


def test_fix_uses_the_words_of_the_target_that_holds_the_plan(shell: Shell) -> None:
    shell.write(
        "plansync.toml",
        '[[targets]]\nname = "de"\nsource = { kind = "folder", path = "plans", include = ["*.md"] }\n'
        'tracker = { kind = "local" }\n'
        'status = { words = { in_progress = "In Arbeit" } }\n',
    )
    shell("lint", "--fix", "plans/bare.md")
    assert "**Status:** In Arbeit\n" in shell.read("plans/bare.md")


def test_fix_leaves_alone_what_it_cannot_read_and_what_is_no_plan(shell: Shell) -> None:
    conflict = "<<<<<<< HEAD\n" + BARE + "=======\n# U\n>>>>>>> other\n"
    shell.write("plans/conflict.md", conflict)
    shell.write("plans/prose.md", "# Notes\n\nNothing to do.\n")
    shell.write("plans/ignored.md", "---\nplansync: false\n---\n" + BARE)
    before = snapshot(shell.folder)
    done = shell("lint", "--fix", code=1)
    assert "plans/conflict.md:1:1: PS105" in done.stdout
    after = snapshot(shell.folder)
    assert {path for path in after if after[path] != before.get(path)} == {"plans/bare.md"}


def test_a_file_that_cannot_be_written_is_an_error_and_holds_up_no_other(shell: Shell) -> None:
    shell.write("plans/aaa.md", BARE).chmod(0o444)
    done = shell("lint", "--fix", code=1)
    assert "cannot be written" in done.stderr
    assert "hint: " in done.stderr
    assert shell.read("plans/aaa.md") == BARE
    assert shell.read("plans/bare.md") == MENDED


def test_fix_keeps_mode_and_link(shell: Shell) -> None:
    (shell.folder / "plans/bare.md").chmod(0o640)
    (shell.folder / "linked.md").symlink_to("plans/bare.md")
    shell("lint", "--fix", "linked.md")
    assert (shell.folder / "linked.md").is_symlink()
    assert (shell.folder / "plans/bare.md").stat().st_mode & 0o777 == 0o640
    assert shell.read("plans/bare.md") == MENDED


def test_fix_does_not_go_with_plans_of_another_checkout(shell: Shell) -> None:
    refused = shell("lint", "--fix", "--plans-from", ".", code=2)
    assert refused.stderr.startswith("plansync: --fix does not go with --plans-from\nhint: ")
    assert shell.read("plans/bare.md") == BARE


def test_what_was_mended_is_kept_in_step_from_then_on(shell: Shell) -> None:
    shell.write("plans/bare.md", BARE.replace("?", " "))
    shell("lint", "--fix")
    shell("once")
    shell("local", "close", "1")
    shell("once")
    assert "**Status:** Complete\n" in shell.read("plans/bare.md")


def test_lint_knows_the_words_of_the_configuration(shell: Shell) -> None:
    shell.write("plans/bare.md", BARE.replace("# T\n", "# T\n\n**Status:** In Arbeit\n"))
    assert "plans/bare.md:3:13: PS701 " in shell("lint").stdout
    shell.write("plansync.toml", '[sync.status.words]\nin_progress = "In Arbeit"\n')
    assert "PS701" not in shell("lint").stdout
