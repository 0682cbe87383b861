"""Plans that runs leave alone until a person names them: what was undone, and what was retired (spec §9). Pure.

The hold is kept with the plan's state. What a person asked to be closed carries a label of its own, so that a run that
knows of no hold, because it has another state database, does not open it again either.
"""

from __future__ import annotations

_UNDONE, _RETIRED = "undone ", "retired"


def undone(run: str) -> str:
    """Return the hold of a plan of which ``run`` was undone."""
    return _UNDONE + run


RETIRED = _RETIRED
"""The hold of a plan that was retired."""


def undone_run(hold: str) -> str:
    """Return the run that was undone, empty for any other hold and for none."""
    return hold.removeprefix(_UNDONE) if hold.startswith(_UNDONE) else ""


def is_lifted(hold: str, *, by_name: bool, publish: bool) -> bool:
    """Say whether a run may take the plan up again: a person named it, and if it was retired, said so as well."""
    return not hold or (by_name and (publish or bool(undone_run(hold))))


def why_held(hold: str, path: str) -> str:
    """Say why a plan is left alone, and what takes it up again."""
    run = undone_run(hold)
    if run:
        return f"held since run {short(run)} was undone; `plansync once {path}` takes it up again"
    return f"retired; `plansync once --publish {path}` takes it up again"


def short(run: str) -> str:
    """Return the end of a run's id, which is enough to name it."""
    return run.rpartition("-")[2]
