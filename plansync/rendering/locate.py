"""Where the files that ship with plansync are: inside the installed wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_dir() -> Path:
    """Return the folder of the shipped templates."""
    return shipped_dir("templates")


def examples_dir() -> Path:
    """Return the folder of the shipped example plans."""
    return shipped_dir("examples")


def config_dir() -> Path:
    """Return the folder of the shipped configuration files."""
    return shipped_dir("config")


def shipped_dir(name: str, package: Path = _PACKAGE) -> Path:
    """Return ``_name`` inside the package (the wheel puts it there), else ``name`` beside it."""
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent / name
