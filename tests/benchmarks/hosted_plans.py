"""Plans for counting requests: dependencies, a cycle, details, assignees, risks, several phases."""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE = ("ann", "bob", "eve")


@dataclass(frozen=True)
class Shape:
    """What one plan holds."""

    phases: int
    tasks: int
    """Of each phase; the first two of the first phase wait for each other."""
    risks: int

    @property
    def items(self) -> int:
        """Return how many issues it becomes."""
        return self.phases * self.tasks + self.risks


def plan_text(number: int, shape: Shape) -> str:
    """Return a plan that is no other's twin."""
    lines = [
        f"# Implementation Plan: Canal {number}\n",
        f"**Feature ID:** {number:04}-canal\n**Status:** Draft\n",
        "## 5. Implementation Phases\n",
    ]
    for phase in range(1, shape.phases + 1):
        lines += [f"### Phase {phase}: Reach {phase} of canal {number}\n", "- **Goal:** Boats pass\n"]
        for task in range(1, shape.tasks + 1):
            lines.append(_task(number, phase, task))
    lines += [
        "## 7. Risks and Mitigations\n",
        "| Risk | Likelihood | Impact | Mitigation |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| Flood {risk} of canal {number} | M | H | Raise the banks |" for risk in range(1, shape.risks + 1)]
    return "\n".join([*lines, ""])


def _task(number: int, phase: int, task: int) -> str:
    name = f"T{phase:02}{task:03}"
    before = {1: "T01002", 2: "T01001"}.get(task, "") if phase == 1 else ""
    before = before or (f"T{phase:02}{task - 1:03}" if task > 1 else "None")
    person = PEOPLE[task % len(PEOPLE)]
    return (
        f"<!-- TASK:BEGIN id={name} -->\n#### {name}: Build lock {task} in reach {phase} of canal {number}\n\n"
        f"**Metadata:**\n- **Assignee:** @{person}\n- **Dependencies:** {before}\n\n"
        f"**Acceptance Criteria:**\n- [ ] The gates of lock {task} close\n- [ ] The chamber holds\n<!-- TASK:END -->\n"
    )
