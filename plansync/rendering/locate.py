"""Where the files that ship with plansync are: inside the installed wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_dir() -> Path:
    """Return the folder of the shipped templates."""
    return _shipped("templates")


def examples_dir() -> Path:
    """Return the folder of the shipped example plans."""
    return _shipped("examples")


def config_dir() -> Path:
    """Return the folder of the shipped configuration files."""
    return _shipped("config")


def _shipped(name: str, package: Path = _PACKAGE) -> Path:
    """Return ``_name`` within the package (the wheel puts it there), else ``name`` beside it."""
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent / name
