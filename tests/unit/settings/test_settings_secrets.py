"""Secrets come from environment, files named by it, or a folder; never from plansync.toml, and never into a text."""

from pathlib import Path

import pytest

from plansync.settings.environment import Known
from plansync.settings.plain import rules_for
from plansync.settings.secrets import app_key_for, is_job_token, token_for
from tests.unit.settings.conftest import Desk

WEB = '[[targets]]\nname = "web"\n'
GITHUB = WEB + 'tracker = { kind = "github", project = "acme/web" }\n'
ENTERPRISE = WEB + 'tracker = { kind = "github", project = "acme/web", api_url = "https://ghe.example.com/api/v3" }\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('github_token = "hunter2"', "github_token: secrets are not read from the file; set PLANSYNC_GITHUB_TOKEN (or PLANSYNC_GITHUB_TOKEN_FILE)"),
        ('[tokens]\nWEB = "hunter2"', "tokens: secrets are not read from the file"),
        ('[markers]\nkeys = ["hunter2"]', "markers.keys: secrets are not read from the file; set PLANSYNC_MARKERS__KEYS"),
        ('[webhooks]\ngithub_secret = "hunter2"', "webhooks.github_secret: secrets are not read from the file; set PLANSYNC_WEBHOOKS__GITHUB_SECRET"),
        (WEB + 'token = "hunter2"', "targets.web.token: secrets are not read from the file; set PLANSYNC_TOKEN_WEB"),
        (GITHUB.replace(" }", ', token = "hunter2" }'), "targets.web.tracker.token: secrets are not read from the file; set PLANSYNC_TOKEN_WEB"),
        ('[state]\nurl = "postgresql+psycopg://me:hunter2@db/p"', "state.url: holds a password; secrets are not read from the file; set PLANSYNC_STATE__URL"),
        ('[state]\nurl = "postgresql+psycopg://db/p?password=hunter2"', "state.url: holds a password"),
        (ENTERPRISE.replace("https://", "https://me:hunter2@"), "targets.web.tracker.api_url: must not hold credentials"),
    ],
)  # fmt: skip
def test_a_secret_in_the_file_is_refused_with_the_variable_to_use_and_not_shown(
    text: str, line: str, desk: Desk
) -> None:
    (found,) = desk.faults(text)
    assert found.startswith(f"plansync.toml: {line}")
    assert "hunter2" not in found


def test_secrets_come_from_variables_and_are_masked(desk: Desk) -> None:
    settings = desk.load(
        WEB,
        PLANSYNC_TOKEN_WEB="hunter2",
        PLANSYNC_GITHUB_TOKEN="hunter2",
        PLANSYNC_MARKERS__KEYS="hunter2 b,c",
        PLANSYNC_STATE__URL="postgresql+psycopg://me:hunter2@db/p",
    )
    assert settings.tokens["WEB"].get_secret_value() == "hunter2"
    assert rules_for(settings, settings.targets[0]).markers.keys == ("hunter2", "b,c")
    assert "hunter2" not in f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"
    assert "hunter2" not in repr(rules_for(settings, settings.targets[0]))


def test_secrets_come_from_files_that_variables_name(desk: Desk) -> None:
    secret = desk.folder / "secret"
    secret.write_text("one,two\nthree\n", "utf-8")
    settings = desk.load(PLANSYNC_WEBHOOKS__GITHUB_SECRET_FILE=str(secret), PLANSYNC_GITLAB_TOKEN_FILE=str(secret))
    assert [key.get_secret_value() for key in settings.webhooks.github_secret] == ["one,two", "three"]
    assert settings.gitlab_token is not None
    assert settings.gitlab_token.get_secret_value() == "one,two\nthree"


def test_a_target_whose_name_ends_in_file_has_its_own_variable(desk: Desk) -> None:
    settings = desk.load('[[targets]]\nname = "web-file"\n', PLANSYNC_TOKEN_WEB_FILE="abc")
    assert settings.tokens["WEB_FILE"].get_secret_value() == "abc"


def test_a_variable_and_its_file_at_once_are_refused(desk: Desk) -> None:
    lines = desk.faults(PLANSYNC_GITHUB_TOKEN="a", PLANSYNC_GITHUB_TOKEN_FILE="/x")
    assert lines == ["PLANSYNC_GITHUB_TOKEN_FILE: PLANSYNC_GITHUB_TOKEN is set as well; keep one of them"]


def test_a_secret_file_that_cannot_be_read_is_named(desk: Desk) -> None:
    (desk.folder / "bytes").write_bytes(b"\xff")
    lines = desk.faults(
        PLANSYNC_GITHUB_TOKEN_FILE=f"{desk.folder}/gone", PLANSYNC_GITLAB_TOKEN_FILE=f"{desk.folder}/bytes"
    )
    assert lines == [
        "PLANSYNC_GITHUB_TOKEN_FILE (gone): cannot be read: No such file or directory",
        "PLANSYNC_GITLAB_TOKEN_FILE (bytes): cannot be read: it is not UTF-8",
    ]


def test_secrets_come_from_a_folder_and_variables_win_over_it(desk: Desk) -> None:
    folder = desk.folder / "secrets"
    folder.mkdir()
    (folder / "plansync_token_web").write_text("from folder\n", "utf-8")
    (folder / "PLANSYNC_GITHUB_TOKEN").write_text("from folder", "utf-8")
    (folder / "PLANSYNC_GITLAB_TOKEN").write_text("\n", "utf-8")
    (folder / "db_password").write_text("not ours", "utf-8")
    settings = desk.load(WEB, PLANSYNC_SECRETS_DIR=str(folder), PLANSYNC_GITHUB_TOKEN="from variable")
    assert settings.tokens["WEB"].get_secret_value() == "from folder"
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "from variable"
    assert settings.gitlab_token is None


def test_an_unknown_secret_in_the_named_folder_is_an_error(desk: Desk) -> None:
    (desk.folder / "plansync_githb_token").write_text("x", "utf-8")
    lines = desk.faults(PLANSYNC_SECRETS_DIR=str(desk.folder))
    assert lines == ["plansync_githb_token: unknown secret; did you mean PLANSYNC_GITHUB_TOKEN?"]


def test_a_secrets_folder_that_is_none_is_an_error(desk: Desk) -> None:
    lines = desk.faults(PLANSYNC_SECRETS_DIR=str(desk.folder / "gone"))
    assert lines == ["PLANSYNC_SECRETS_DIR: there is no folder gone"]


def test_the_target_s_token_wins_over_that_of_its_kind_and_that_over_ci_s(desk: Desk) -> None:
    ci = {"GITHUB_TOKEN": "ci"}
    for own, shared, expected in (("own", "shared", "own"), ("", "shared", "shared"), ("", "", "ci")):
        settings = desk.load(GITHUB, PLANSYNC_TOKEN_WEB=own, PLANSYNC_GITHUB_TOKEN=shared)
        token = token_for(settings, settings.targets[0], ci)
        assert token is not None
        assert token.get_secret_value() == expected


@pytest.mark.parametrize(
    ("text", "environ", "goes"),
    [
        (GITHUB, {}, True),
        (GITHUB.replace(" }", ', api_url = "https://api.github.com" }'), {}, True),
        (GITHUB, {"GITHUB_SERVER_URL": "https://ghe.example.com"}, False),
        (ENTERPRISE, {}, False),
        (ENTERPRISE, {"GITHUB_SERVER_URL": "https://ghe.example.com"}, True),
        (WEB, {}, False),
    ],
)
def test_ci_s_token_goes_to_no_host_but_its_own(text: str, environ: dict[str, str], goes: bool, desk: Desk) -> None:
    settings = desk.load(text)
    assert (token_for(settings, settings.targets[0], {"GITHUB_TOKEN": "ci", **environ}) is not None) == goes


def test_every_variable_that_is_offered_exists() -> None:
    known = Known(["web-app", "项目"])
    missing = [name for name in known.names() if known.locate(name) is None]
    assert missing == ["PLANSYNC_SECRETS_DIR"]


def test_a_url_that_cannot_be_read_is_no_secret(desk: Desk, tmp_path: Path) -> None:
    assert desk.load('[state]\nurl = "postgresql://[::1"').state.url.get_secret_value() == "postgresql://[::1"


def test_an_app_s_key_may_have_its_line_ends_escaped(desk: Desk) -> None:
    assert app_key_for(desk.load("", PLANSYNC_GITHUB_APP_KEY="-----BEGIN-----\\nabc\\n-----END-----")) == (
        "-----BEGIN-----\nabc\n-----END-----"
    )
    assert app_key_for(desk.load("", PLANSYNC_GITHUB_APP_KEY="-----BEGIN-----\nabc")) == "-----BEGIN-----\nabc"
    assert app_key_for(desk.load("")) == ""


def test_a_job_s_token_is_known_by_the_job_s_own_variable() -> None:
    assert is_job_token("ci-1", {"CI_JOB_TOKEN": "ci-1"})
    assert not is_job_token("glpat-1", {"CI_JOB_TOKEN": "ci-1"})
    assert not is_job_token("", {"CI_JOB_TOKEN": ""})
    assert not is_job_token("", {})
    assert not is_job_token("glpat-1", {})
