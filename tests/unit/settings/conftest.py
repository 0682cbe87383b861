"""A folder to configure plansync in, with nothing of the machine's own environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plansync.errors import ConfigError
from plansync.settings import Settings, load_settings


class Desk:
    """A working folder whose configuration is written, loaded, or shown to be wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "plansync.toml"

    def write(self, text: str) -> Path:
        """Write plansync.toml."""
        self.file.write_text(text, "utf-8")
        return self.file

    def load(self, text: str | None = None, options: Mapping[str, Any] | None = None, **environ: str) -> Settings:
        """Load the settings, from ``text`` as file if given, with only these variables."""
        if text is not None:
            self.write(text)
        return load_settings(working=self.folder, environ=environ, options=options)

    def faults(self, text: str | None = None, **environ: str) -> list[str]:
        """Return the lines of the error that loading ends with, the file's path cut to its name."""
        with pytest.raises(ConfigError) as caught:
            self.load(text, None, **environ)
        return str(caught.value).replace(f"{self.folder}/", "").splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
