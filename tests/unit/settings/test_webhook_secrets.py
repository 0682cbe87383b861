"""The secrets of webhooks: where they are kept, how one is added, and that the settings read what was written."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from plansync.errors import ConfigError
from plansync.settings import load_settings
from plansync.settings.webhook_secrets import Kind, Ring, ring_of
from tests.unit.settings.conftest import Desk

GITHUB, GITLAB = "PLANSYNC_WEBHOOKS__GITHUB_SECRET", "PLANSYNC_WEBHOOKS__GITLAB_TOKEN"


def ring(desk: Desk, variables: Mapping[str, str], kind: Kind = "github") -> Ring:
    """Return the secrets as they are read anew."""
    return ring_of(load_settings(working=desk.folder, environ=variables), kind, variables)


@pytest.fixture
def folder(desk: Desk) -> Path:
    made = desk.folder / "secrets"
    made.mkdir()
    return made


@pytest.mark.parametrize(("kind", "variable"), [("github", GITHUB), ("gitlab", GITLAB)])
def test_a_new_secret_goes_to_the_folder_for_its_owner_alone_and_is_read_again(
    desk: Desk, folder: Path, kind: Kind, variable: str
) -> None:
    given = {"PLANSYNC_SECRETS_DIR": str(folder)}
    empty = ring(desk, given, kind)
    assert (empty.secrets, empty.variable, empty.file) == ((), variable, folder / variable)
    first = empty.renewed()
    first.save()
    assert (folder / variable).stat().st_mode & 0o777 == 0o600
    assert ring(desk, given, kind).secrets == first.secrets
    second = ring(desk, given, kind).renewed()
    second.save()
    assert ring(desk, given, kind).secrets == second.secrets == (second.secrets[0], *first.secrets)
    ring(desk, given, kind).narrowed().save()
    assert ring(desk, given, kind).secrets == second.secrets[:1]
    assert [file.name for file in folder.iterdir()] == [variable]


def test_secrets_are_random_and_long_and_gitlab_s_can_sign() -> None:
    kinds: tuple[Kind, ...] = ("github", "gitlab")
    made = {kind: [Ring(kind, ()).renewed().secrets[0] for _ in range(3)] for kind in kinds}
    assert all(len(set(found)) == 3 and min(map(len, found)) >= 43 for found in made.values())
    assert len(base64.b64decode(made["gitlab"][0].removeprefix("whsec_"), validate=True)) == 32


def test_a_file_that_is_there_keeps_its_name_and_mode_and_its_link(desk: Desk, folder: Path) -> None:
    real = desk.folder / "real"
    real.write_text("old\n", "utf-8")
    real.chmod(0o640)
    link = folder / GITHUB.lower()
    link.symlink_to(real)
    found = ring(desk, {"PLANSYNC_SECRETS_DIR": str(folder)})
    assert (found.secrets, found.file) == (("old",), link)
    found.renewed().save()
    assert real.read_text("utf-8").split()[1] == "old"
    assert real.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


def test_a_file_that_a_variable_names_is_where_they_are_kept(desk: Desk, folder: Path) -> None:
    file = desk.folder / "hook-secret"
    file.write_text("old", "utf-8")
    found = ring(desk, {f"{GITHUB}_FILE": str(file), "PLANSYNC_SECRETS_DIR": str(folder)})
    assert (found.file, found.secrets) == (file, ("old",))


def test_a_variable_of_the_environment_cannot_be_changed(desk: Desk, folder: Path) -> None:
    found = ring(desk, {GITHUB: "old older", "PLANSYNC_SECRETS_DIR": str(folder)})
    assert (found.file, found.secrets) == (None, ("old", "older"))
    assert found.why_not == f"{GITHUB} is set in the environment"
    found.renewed().save()
    assert list(folder.iterdir()) == []


def test_without_a_folder_it_says_which_there_is_not(desk: Desk) -> None:
    found = ring(desk, {})
    if not Path("/run/secrets").is_dir():
        assert (found.file, found.why_not) == (None, "there is no secrets folder /run/secrets")


def test_secrets_with_blanks_are_kept_as_json(desk: Desk, folder: Path) -> None:
    (folder / GITHUB).write_text('["two words", "[bracket"]', "utf-8")
    found = ring(desk, {"PLANSYNC_SECRETS_DIR": str(folder)})
    found.renewed().save()
    assert ring(desk, {"PLANSYNC_SECRETS_DIR": str(folder)}).secrets[1:] == ("two words", "[bracket")


def test_a_place_that_vanished_is_an_error_with_what_to_do(desk: Desk, folder: Path) -> None:
    made = ring(desk, {"PLANSYNC_SECRETS_DIR": str(folder)}).renewed()
    folder.rmdir()
    with pytest.raises(ConfigError, match="cannot be written: No such file") as error:
        made.save()
    assert error.value.hint


def test_a_secret_is_in_no_representation() -> None:
    made = Ring("github", ("hunter2",))
    assert "hunter2" not in repr(made)
