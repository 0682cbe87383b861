"""Configuration: ``plansync.toml``, over it ``PLANSYNC_…`` variables, over those options (spec §10)."""

from __future__ import annotations

from plansync.settings.load import load_settings
from plansync.settings.model import Settings
from plansync.settings.place import Place, find_place

__all__ = ["Place", "Settings", "find_place", "load_settings"]
