"""Every mistake in the configuration is named: where it stands, which key, what is allowed."""

import pytest

from plansync.errors import ConfigError
from tests.unit.settings.conftest import Desk


def test_broken_toml_is_named_with_its_line(desk: Desk) -> None:
    (line,) = desk.faults("[limits]\ncreates = = 3\n")
    assert line.startswith("plansync.toml: is not TOML: ")
    assert "at line 2" in line


def test_a_file_that_is_not_utf_8_is_named(desk: Desk) -> None:
    desk.file.write_bytes(b'templates = "\xff"')
    assert desk.faults() == ["plansync.toml: is not UTF-8"]


def test_a_file_that_cannot_be_read_is_named(desk: Desk) -> None:
    desk.file.symlink_to("/proc/self/mem")
    (line,) = desk.faults()
    assert "cannot be read" in line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("limts = 1", 'limts: unknown key; did you mean "limits"?'),
        ("[limits]\ncreate = 1", 'limits.create: unknown key; did you mean "creates"?'),
        ("[pacing]\nwrite_intervall = 1", 'pacing.write_intervall: unknown key; did you mean "write_interval"?'),
        (
            '[pacing."ghe.example.com"]\nwrites = 1',
            'pacing."ghe.example.com".writes: unknown key; did you mean "write_',
        ),
        ('[[targets]]\nname = "web"\nquestons = true', 'targets.web.questons: unknown key; did you mean "questions"?'),
        (
            '[[targets]]\nname = "web"\n[targets.source]\nexcluded = []',
            'targets.web.source.excluded: unknown key; did you mean "exclude"',
        ),
        ("[[targets]]\n[targets.tracker]\n", "targets[0].name: is missing"),
        ("[limits]\ncreates = 'many'", "limits.creates: must be a whole number, not 'many'"),
        ("[limits]\ncreates = 1.5", "limits.creates: must be a whole number, not 1.5"),
        ("[limits]\ncreates = -1", "limits.creates: must be at least 0"),
        ("[limits]\nremovals_share = 2", "limits.removals_share: must be at most 1"),
        (
            "[limits]\nlease = 'soon'",
            'limits.lease: must be seconds as a number, or a text such as "30s", "10m", "2h", "1d", not \'soon\'',
        ),
        ("[sync]\nrisks = 'perhaps'", "sync.risks: must be true or false, not 'perhaps'"),
        (
            "[sync]\nown = ['title', 'colour']",
            "sync.own[1]: must be one of 'title', 'body', 'milestone' or 'labels', not 'colour'",
        ),
        ("[sync]\nmentions = 'ann'", "sync.mentions: must be a list, not 'ann'"),
        ("[sync]\nassignees = 'ann'", "sync.assignees: must be a table, not 'ann'"),
        ("limits = 3", "limits: must be a table, not 3"),
        ("targets = 3", "targets: must be a list, not 3"),
        ("targets = []", "targets: must not be empty"),
        ("targets = [3]", "targets[0]: must be a table, not 3"),
        ("templates = []", "templates: must be a text"),
        ('[[targets]]\nname = " "', 'targets." ".name: must not be blank'),
        (
            '[[targets]]\nname = "a"\nsource = { kind = "svn" }',
            "targets.a.source.kind: must be one of 'folder', 'git', 'github' or 'gitlab', not 'svn'",
        ),
        (
            '[[targets]]\nname = "a"\nsource = { project = "a/b" }',
            'targets.a.source: has the key "project", which means nothing for kind "folder"',
        ),
        ('[[targets]]\nname = "a"\nsource = { write = "direct" }', 'targets.a.source: has the key "write"'),
        ('[[targets]]\nname = "a"\nsource = { kind = "github" }', "targets.a.source: needs a project"),
        ('[[targets]]\nname = "a"\ntracker = { kind = "github" }', "targets.a.tracker: needs a project"),
        (
            '[[targets]]\nname = "a"\ntracker = { kind = "github", project = "web" }',
            "targets.a.tracker.project: must name owner and project, such as \"acme/web\", not 'web'",
        ),
        (
            '[[targets]]\nname = "a"\ntracker = { kind = "gitlab", project = "a/b", path = "x" }',
            'targets.a.tracker: has the key "path"',
        ),
        (
            '[[targets]]\nname = "a"\ntracker = { url = "example.com" }',
            "targets.a.tracker.url: must be an address that begins with https://",
        ),
        ('[[targets]]\nname = "a"\n[[targets]]\nname = "a"', "two targets have the name 'a'"),
        (
            '[[targets]]\nname = "a-b"\n[[targets]]\nname = "a b"',
            "the names 'a-b' and 'a b' are one in the environment (PLANSYNC_TOKEN_A_B)",
        ),
        ("[schedule]\ninterval = 3\ncron = '* * * * *'", "schedule: has both interval and cron; keep one of them"),
        ("[sync.status.words]\nheld = ['In progress']", "sync.status.words: holds the word 'in progress' twice"),
        ("[web]\nport = 70000", "web.port: must be at most 65535"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_with_file_key_and_what_is_allowed(text: str, line: str, desk: Desk) -> None:
    (found,) = desk.faults(text)
    assert found.startswith(f"plansync.toml: {line}")


def test_all_mistakes_are_named_at_once(desk: Desk) -> None:
    lines = desk.faults("[limits]\ncreates = 'x'\nlese = 1\n", PLANSYNC_WEB__PORT="y")
    assert [line.partition(": ")[0] for line in lines] == ["plansync.toml", "plansync.toml", "PLANSYNC_WEB__PORT"]


def test_a_wrong_value_in_a_variable_names_variable_and_key(desk: Desk) -> None:
    assert desk.faults(PLANSYNC_WEB__PORT="abc") == ["PLANSYNC_WEB__PORT: web.port: must be a whole number, not 'abc'"]


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("PLANSYNC_LIMIT__CREATES", "PLANSYNC_LIMITS__CREATES"),
        ("PLANSYNC_GITHUB_TOKE", "PLANSYNC_GITHUB_TOKEN"),
        ("PLANSYNC_TOKENS", "PLANSYNC_GIT_TOKEN"),
        ("PLANSYNC_TOKEN_WEB", "PLANSYNC_TOKEN_WEB_APP"),
        ("PLANSYNC_TARGETS__WEBAPP__RISKS", "PLANSYNC_TARGETS__WEB_APP__RISKS"),
        ("PLANSYNC_TARGETS__7__RISKS", "PLANSYNC_TARGETS__WEB_APP__RISKS"),
        ("PLANSYNC_LIMITS__CREATES_FILE", "PLANSYNC_LIMITS__CREATES"),
        ("PLANSYNC_SECRET_DIR", "PLANSYNC_SECRETS_DIR"),
    ],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest_known_one(
    variable: str, nearest: str, desk: Desk
) -> None:
    text = '[[targets]]\nname = "web-app"\n'
    assert desk.faults(text, **{variable: "1"}) == [f"{variable}: unknown variable; did you mean {nearest}?"]


def test_json_that_is_none_is_named_with_its_place(desk: Desk) -> None:
    (line,) = desk.faults(PLANSYNC_SYNC__ASSIGNEES="ann=ben")
    assert line.startswith("PLANSYNC_SYNC__ASSIGNEES: is not JSON (")


def test_a_variable_below_something_that_is_no_table_is_named(desk: Desk) -> None:
    text = "targets = [3]"
    assert desk.faults(text, PLANSYNC_TARGETS__0__NAME="x") == [
        "PLANSYNC_TARGETS__0__NAME: cannot be set: 0 is not a table"
    ]


def test_the_hint_says_where_to_read_on(desk: Desk) -> None:
    desk.write("x = 1")
    with pytest.raises(ConfigError) as caught:
        desk.load()
    assert "docs/configuration.md" in caught.value.hint
    assert caught.value.exit_code == 2
