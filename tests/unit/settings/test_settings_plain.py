"""From settings to the plain values of the core."""

from dataclasses import replace
from datetime import timedelta

from plansync.core.pace import Manners
from plansync.core.rules import Limits, Rules, StatusWords
from plansync.settings.plain import ca_path, limits_of, manners_for, rules_for
from tests.unit.settings.conftest import Desk


def test_the_defaults_are_those_of_the_core(desk: Desk) -> None:
    settings = desk.load()
    assert limits_of(settings) == Limits()
    assert rules_for(settings, settings.targets[0]) == Rules()


def test_limits_are_handed_on(desk: Desk) -> None:
    settings = desk.load("[limits]\nlease = '1d'\nslice_creations = 0\n")
    assert limits_of(settings) == Limits(lease=timedelta(days=1), slice_creations=0)


def test_a_target_s_own_keys_win_one_by_one(desk: Desk) -> None:
    settings = desk.load(
        """
        [sync]
        questions = true
        mentions = ["ann"]
        status.insert = true
        status.words.complete = "Fertig"

        [[targets]]
        name = "plain"

        [[targets]]
        name = "own"
        risks = false
        questions = false
        mentions = []
        status.words.held = ["Geparkt"]
        """
    )
    plain, own = (rules_for(settings, target) for target in settings.targets)
    assert (plain.questions, plain.risks, plain.mentions) == (True, True, ("ann",))
    assert (own.questions, own.risks, own.mentions) == (False, False, ())
    assert plain.status_insert
    assert own.status_insert
    assert plain.status_words == StatusWords(complete="Fertig", extra={"complete": ("Fertig",)})
    assert own.status_words.complete == "Fertig"
    assert own.status_words.extra == {"complete": ("Fertig",), "held": ("Geparkt",)}


def test_every_rule_reaches_the_core(desk: Desk) -> None:
    settings = desk.load(
        """
        [sync]
        publish_when = ["Approved"]
        create_done = true
        checkboxes = true
        own = ["title"]
        references = "live"
        progress = "milestone"
        assignees = { "Ann Example" = "@ann" }
        status.words.not_started = ["Offen", "Neu"]
        [markers]
        require_signature = true
        """
    )
    rules = rules_for(settings, settings.targets[0])
    assert rules.publish_when == ("Approved",)
    assert rules.create_done
    assert rules.checkboxes
    assert rules.own == {"title"}
    assert rules.references == "live"
    assert rules.progress == "milestone"
    assert rules.assignees == {"Ann Example": "ann"}
    assert rules.status_words == StatusWords(not_started="Offen", extra={"not_started": ("Offen", "Neu")})
    assert rules.markers.require_signature


PUBLISHED = Manners(
    write_interval=timedelta(seconds=1), creations_per_minute=80, creations_per_hour=500, points_per_minute=900
)


def test_a_host_s_published_manners_hold_where_nothing_is_set(desk: Desk) -> None:
    assert manners_for(desk.load(), "github.com", PUBLISHED) == PUBLISHED


def test_what_is_set_for_a_host_wins_over_what_is_set_for_all_and_that_over_what_is_published(desk: Desk) -> None:
    settings = desk.load(
        """
        [pacing]
        write_interval = 2
        creations_per_minute = 20

        [pacing."git.example.com"]
        write_interval = 0
        creations_per_hour = 9000
        """
    )
    everywhere = replace(PUBLISHED, write_interval=timedelta(seconds=2), creations_per_minute=20)
    assert manners_for(settings, "github.com", PUBLISHED) == everywhere
    own = replace(everywhere, write_interval=timedelta(0), creations_per_hour=9000)
    assert manners_for(settings, "git.example.com", PUBLISHED) == own
    assert manners_for(settings, "git.example.com", Manners(edits_count=True)) == Manners(
        creations_per_minute=20, creations_per_hour=9000, edits_count=True
    )


def test_a_bundle_of_certificates_is_found_beside_the_file(desk: Desk) -> None:
    settings = desk.load(
        """
        [[targets]]
        name = "own"
        tracker = { kind = "gitlab", project = "acme/web", api_url = "https://git.example.com", ca_file = "ca.pem" }

        [[targets]]
        name = "usual"
        tracker = { kind = "gitlab", project = "acme/web" }
        """
    )
    own, usual = settings.targets
    assert ca_path(settings, own) == str(desk.folder / "ca.pem")
    assert ca_path(settings, usual) == ""
