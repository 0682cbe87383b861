"""The comment on a pull request, as the page about CI shows it, is what is rendered."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.shell import Shell

PAGE = (Path(__file__).parents[2] / "docs/ci.md").read_text("utf-8")
PLAN = """# Implementation Plan: Saved searches

**Feature ID:** saved-searches
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Storage

- **Tasks:**
  - [ ] Create the table
  - [ ] Write the `SearchStore`
  - [ ] Ask @ann about <limits>

## 6. Risks

| Risk | Likelihood | Impact | Mitigation |
| --- | --- | --- | --- |
| The table grows without bounds | Medium | High | Delete after a year |
"""


def test_the_page_shows_the_comment_as_it_is_rendered(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.write("plans/saved-searches.md", PLAN)
    shell("once")
    text = shell.read("plans/saved-searches.md")
    closed = re.sub(r"  - \[ \] Ask @ann.*\n", "  - [ ] Show at most `limit` of them\n  - [ ] Delete old ones\n", text)
    shell.write("plans/saved-searches.md", closed.replace("| Medium | High |", "| Medium | Enormous |"))
    rendered = shell("preview", "--format", "markdown", code=None).stdout
    [shown] = re.findall(r"<!-- comment -->\n```markdown\n(.*?)```", PAGE, re.DOTALL)
    assert shown == rendered
