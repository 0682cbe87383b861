"""What is said where a branch of ours holds somebody else's commit: it is never rebuilt then (spec §5)."""

from __future__ import annotations


def foreign_commit(branch: str, commit: str) -> tuple[str, str]:
    """Return why nothing is written to ``branch``, and what to do."""
    named = f" ({commit[:10]})" if commit else ""
    why = f"the branch {branch} holds a commit that is not plansync's{named}"
    return why, f"merge its request, or delete the branch {branch}"
