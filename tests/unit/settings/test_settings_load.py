"""File, environment and options, laid over one another."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from plansync.settings import Settings, load_settings
from tests.unit.settings.conftest import Desk

TWO_TARGETS = """
[limits]
creates = 10
removals = 3
[[targets]]
name = "web-app"
[[targets]]
name = "core"
source = { path = "core", branch = "main" }
"""


def test_without_anything_the_defaults_hold(desk: Desk) -> None:
    settings = desk.load()
    assert [target.name for target in settings.targets] == [desk.folder.name]
    assert settings.limits.creates == 200
    assert settings.place.file is None


def test_a_file_without_targets_has_the_default_target(desk: Desk) -> None:
    settings = desk.load("[limits]\ncreates = 1\n")
    assert settings.targets[0].tracker.kind == "local"
    assert settings.place.file == desk.file


def test_options_win_over_environment_and_that_over_the_file(desk: Desk) -> None:
    settings = desk.load(
        TWO_TARGETS, {"limits": {"creates": 30}}, PLANSYNC_LIMITS__CREATES="20", PLANSYNC_LIMITS__LEASE="9"
    )
    assert (settings.limits.creates, settings.limits.removals) == (30, 3)
    assert settings.limits.lease == timedelta(seconds=9)
    assert desk.load(PLANSYNC_LIMITS__CREATES="20").limits.creates == 20


def test_settings_are_frozen(desk: Desk) -> None:
    settings = desk.load()
    with pytest.raises(ValidationError):
        settings.limits.creates = 3
    with pytest.raises(ValidationError):
        settings.templates = "x"


def test_a_file_with_a_byte_order_mark_is_read(desk: Desk) -> None:
    desk.file.write_bytes(b"\xef\xbb\xbf[limits]\ncreates = 1\n")
    assert desk.load().limits.creates == 1


def test_lists_in_variables_are_words_between_commas_or_json(desk: Desk) -> None:
    assert desk.load(PLANSYNC_SYNC__MENTIONS="@ann, ben").sync.mentions == ("ann", "ben")
    assert desk.load(PLANSYNC_SYNC__OWN='["title"]').sync.own == ("title",)


def test_free_tables_in_variables_are_json_and_are_merged_with_what_is_set_below_them(desk: Desk) -> None:
    settings = desk.load(
        PLANSYNC_SYNC='{"risks": false}',
        PLANSYNC_SYNC__ASSIGNEES='{"Ann Example": "@ann"}',
        PLANSYNC_PACING='{"ghe.example.com": {"write_interval": 0}}',
    )
    assert settings.sync.risks is False
    assert settings.sync.assignees == {"Ann Example": "ann"}
    assert settings.pacing.__pydantic_extra__["ghe.example.com"].write_interval == timedelta(0)


def test_a_target_is_reached_from_the_environment_by_its_name_or_place(desk: Desk) -> None:
    settings = desk.load(
        TWO_TARGETS, PLANSYNC_TARGETS__WEB_APP__QUESTIONS="true", PLANSYNC_TARGETS__1__SOURCE__BRANCH="next"
    )
    web, core = settings.targets
    assert web.questions
    assert (core.source.path, core.source.branch) == ("core", "next")


def test_all_targets_may_come_from_one_variable(desk: Desk) -> None:
    settings = desk.load(PLANSYNC_TARGETS='[{"name": "a"}]', PLANSYNC_TOKEN_A="abc", PLANSYNC_TARGETS__A__RISKS="no")
    assert settings.tokens["A"].get_secret_value() == "abc"
    assert not settings.targets[0].risks


def test_an_empty_variable_counts_as_not_set(desk: Desk) -> None:
    assert desk.load(PLANSYNC_LIMITS__CREATES="").limits.creates == 200


def test_what_kubernetes_sets_is_passed_over(desk: Desk) -> None:
    desk.load(
        PLANSYNC_PORT="tcp://10.0.0.1:80",
        PLANSYNC_PORT_80_TCP="x",
        PLANSYNC_SERVICE_HOST="x",
        PLANSYNC_WEB_SERVICE_PORT="80",
    )


def test_the_environment_of_the_process_is_read_unless_another_is_given(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANSYNC_LIMITS__CREATES", "7")
    monkeypatch.chdir(desk.folder)
    assert load_settings().limits.creates == 7
    assert desk.load().limits.creates == 200


def test_the_model_by_itself_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMITS", '{"creates": 7}')
    assert Settings.model_validate({"targets": [{"name": "a"}]}).limits.creates == 200
    assert Settings(targets=({"name": "a"},)).limits.creates == 200  # type: ignore[arg-type]  # as from a file
