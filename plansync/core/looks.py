"""What plansync's own labels look like when they are made: colour (six hexadecimal digits) and description. Pure."""

from __future__ import annotations

_LOOKS = {
    "plansync": ("5319e7", "Kept in step with a plan by plansync"),
    "risk": ("d4a72c", "A risk of a plan"),
    "risk:high": ("b60205", "Likelihood times impact is 6 or more"),
    "risk:medium": ("e99695", "Likelihood times impact is 3 or 4"),
    "risk:low": ("c2e0c6", "Likelihood times impact is 1 or 2"),
    "breaking-change": ("d93f0b", "Changes an interface in a way that breaks its users"),
    "plan": ("0e8a16", "A plan as a whole; its tasks have issues of their own"),
    "question": ("d876e3", "An open question of a plan"),
    "plansync:removed": ("8c959f", "Its item was removed from the plan"),
    "plansync:undone": ("8c959f", "The run that opened it was undone"),
    "plansync:retired": ("8c959f", "Its plan was retired"),
    "plansync:not-planned": ("8c959f", "Closed as not planned, where the tracker keeps no reasons"),
    "plansync:duplicate": ("cfd3d7", "Closed as a duplicate, where the tracker keeps no reasons"),
}
_OTHER = ("ededed", "")
_IN_PLACE_OF_REASONS = frozenset({"plansync:not-planned", "plansync:duplicate"})


def look_of(name: str) -> tuple[str, str]:
    """Return colour and description for a new label."""
    return _LOOKS.get(name.casefold(), _OTHER)


def own_labels(*, close_reasons: bool) -> tuple[str, ...]:
    """Return the labels that plansync may come to need on a tracker that keeps reasons of closing, or does not."""
    return tuple(name for name in _LOOKS if not close_reasons or name not in _IN_PLACE_OF_REASONS)
