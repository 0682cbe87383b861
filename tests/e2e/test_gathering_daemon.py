"""``plansync daemon`` on a Git repository, as a process: the first edit is committed at once, later ones are gathered."""

from __future__ import annotations

from pathlib import Path

from tests.support.daemon import daemon, until
from tests.support.git_remote import Remote
from tests.support.shell import Shell

PLAN = """\
# {name}

**Status**: Planned

## Implementation Phases

### Phase 1: Base

- [ ] Make the table of {name}
- [ ] Write the job of {name}
"""
INTERVAL = 4
CONFIG = f"""\
[[targets]]
name = "web"
source = {{ kind = "git", url = "../remote.git" }}

[schedule]
interval = "1s"
jitter = 0
writeback_interval = "{INTERVAL}s"
"""


def test_a_daemon_commits_no_sooner_again_than_its_interval_allows(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    remote, shell = Remote.new(tmp_path / "remote.git"), Shell(tmp_path / "work")
    shell.write("plansync.toml", CONFIG)
    remote.commit({"plans/first.md": PLAN.format(name="first").encode()})

    def ours() -> list[int]:
        """Return when plansync committed, the latest first, in seconds."""
        lines = (line.split() for line in remote.log("%ct %an"))
        return [int(at) for at, *name in lines if name == ["plansync"]]

    with daemon(shell):
        until(lambda: len(ours()) == 1, "nothing was committed")
        remote.commit({"plans/second.md": PLAN.format(name="second").encode()})
        until(lambda: remote.read("plans/second.md").count(b"/issues/") == 2, "what was gathered is not written")
    later, first = ours()
    assert later - first >= INTERVAL - 1  # whole seconds are compared
    assert remote.read("plans/first.md").count(b"/issues/") == 2
