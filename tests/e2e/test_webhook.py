"""``plansync webhook`` on the test servers: what it puts up, keeps, prints once, rotates, shows and takes away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plansync.bootstrap import SystemClock
from plansync.bootstrap.doors import open_doors
from plansync.ports.queue import Letter
from plansync.settings import load_settings
from tests.servers.github import GitHub
from tests.servers.github.state import Hook as GitHubHook
from tests.servers.gitlab.values import DEVELOPER
from tests.servers.gitlab.values import Hook as GitLabHook
from tests.servers.wire import TestServer
from tests.support.clocks import NOON
from tests.support.hosted_shell import CANARY, HostedShell, Kind, hosted_shell
from tests.support.receiver import Receiver
from tests.support.shell import Shell

KINDS: tuple[Kind, ...] = ("github", "gitlab")
BASE = "https://plans.example.com"
VARIABLE = {"github": "PLANSYNC_WEBHOOKS__GITHUB_SECRET", "gitlab": "PLANSYNC_WEBHOOKS__GITLAB_TOKEN"}


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, plansync: Shell) -> Iterator[HostedShell]:
    with hosted_shell(request.param, plansync) as made:
        if isinstance(made.host, GitHub):
            made.host.repository.permissions[made.host.login] = "admin"
        made.shell = made.shell.given(PLANSYNC_WEB__PUBLIC_URL=BASE)
        yield made


def folder(site: HostedShell) -> Path:
    """Give the command line a secrets folder."""
    made = site.shell.folder / "secrets"
    made.mkdir()
    site.shell = site.shell.given(PLANSYNC_SECRETS_DIR=str(made))
    return made


def hooks(site: HostedShell) -> dict[str, str]:
    """Return the addresses of the host's webhooks, and their secrets."""
    if isinstance(site.host, GitHub):
        return {hook.url: hook.secret for hook in site.host.repository.hooks.values()}
    return {hook.url: hook.signing_token or hook.token for hook in site.host.state.hooks.values()}


def put_up_by_hand(site: HostedShell, number: int, url: str) -> None:
    """Let somebody make a webhook that hears of pushes."""
    if isinstance(site.host, GitHub):
        site.host.repository.hooks[number] = GitHubHook(number, url, "theirs", ["push"], NOON, NOON)
    else:
        owner, events = site.host.project, {"push_events": True}
        site.host.state.hooks[number] = GitLabHook(number, url, owner, NOON, token="theirs", events=events)


def url_at(site: HostedShell, base: str = BASE) -> str:
    return f"{base}/webhooks/{site.kind}"


def secrets_in(file: Path) -> list[str]:
    return file.read_text("utf-8").split()


def test_a_secret_is_made_kept_in_the_folder_and_given_to_the_host_and_never_printed(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    done = site.shell("webhook", "install", "--verbose")
    (secret,) = secrets_in(kept)
    assert hooks(site) == {url_at(site): secret}
    assert kept.stat().st_mode & 0o777 == 0o600
    assert done.stdout.splitlines() == [
        "notes  - the embedded tracker has no webhooks, and needs none",
        f"web  ✓ installed: {url_at(site)}",
        f"secret kept in {kept}; a running daemon takes it over on SIGHUP",
    ]
    assert secret not in done.stdout + done.stderr


def test_what_the_host_delivers_then_is_believed_by_plansync_s_own_door(site: HostedShell) -> None:
    folder(site)
    receiver = Receiver(SystemClock())
    post = site.host.post if isinstance(site.host, GitHub) else site.host.webhooks
    post.deliver = True
    with TestServer(receiver) as server:
        for more in ((), ("--rotate",)):
            site.shell("webhook", "install", "--url", server.url, *more)
            site.host.people("ann").create_issue("Something")
            post.wait()
        shown = site.shell("webhook", "status", "--url", server.url).stdout
    environ = {"PLANSYNC_SECRETS_DIR": str(site.shell.folder / "secrets")}
    door = open_doors(load_settings(working=site.shell.folder, environ=environ))[site.kind]
    assert {request.path for request in receiver.heard} == {f"/webhooks/{site.kind}"}
    assert len(receiver.heard) >= 2
    for request in receiver.heard:
        assert isinstance(door.read(request.headers, request.body, datetime.now(UTC)), Letter)
    assert "installed and active; its last delivery was answered with 202; 2 secrets configured" in shown


def test_a_second_install_changes_nothing_but_what_people_took_from_the_webhook(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    put_up_by_hand(site, 901, url_at(site))
    put_up_by_hand(site, 902, f"{url_at(site)}/")
    put_up_by_hand(site, 903, "https://ci.example.com/hook")
    done = site.shell("webhook", "install", "--target", "web")
    (secret,) = secrets_in(kept)
    assert done.stdout.splitlines()[:2] == [
        f"web  ✓ brought up to date: {url_at(site)}",
        "  ! 1 more with this address taken away",
    ]
    assert hooks(site) == {url_at(site): secret, "https://ci.example.com/hook": "theirs"}
    again = site.shell("webhook", "install", "--target", "web")
    assert again.stdout == f"web  ✓ brought up to date: {url_at(site)}\n"
    assert hooks(site)[url_at(site)] == secret
    assert secrets_in(kept) == [secret]


def test_without_a_folder_the_secret_is_printed_once_with_its_variable(site: HostedShell) -> None:
    if Path("/run/secrets").is_dir():
        pytest.skip("this machine has a secrets folder")
    done = site.shell("webhook", "install", "--quiet")
    secret = hooks(site)[url_at(site)]
    assert done.stdout == f"{VARIABLE[site.kind]}={secret}\n"
    assert "there is no secrets folder /run/secrets, so here is the secret, this once" in done.stderr
    assert secret not in done.stderr
    given = site.shell.given(**{VARIABLE[site.kind]: secret})
    assert secret not in given("webhook", "install").stdout
    assert hooks(site) == {url_at(site): secret}
    files = [file.read_bytes() for file in site.shell.folder.rglob("*") if file.is_file()]
    assert not any(secret.encode() in data for data in files)


def test_a_secret_of_one_s_own_is_used_as_it_is(site: HostedShell) -> None:
    done = site.shell.given(**{VARIABLE[site.kind]: "first second"})("webhook", "install")
    assert hooks(site) == {url_at(site): "first"}
    assert "first" not in done.stdout + done.stderr


def test_rotating_puts_a_new_secret_first_and_dropping_leaves_it_alone(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    site.shell("webhook", "install")
    (old,) = secrets_in(kept)
    done = site.shell("webhook", "install", "--rotate")
    new = secrets_in(kept)[0]
    assert secrets_in(kept) == [new, old]
    assert new != old
    assert hooks(site) == {url_at(site): new}
    dropped = site.shell("webhook", "install", "--drop-old")
    assert dropped.stdout.splitlines()[-1] == f"1 older taken out of {kept}"
    assert secrets_in(kept) == [new]
    assert hooks(site) == {url_at(site): new}
    both = site.shell("webhook", "install", "--rotate", "--drop-old")
    assert secrets_in(kept) == [hooks(site)[url_at(site)]] != [new]
    for said in (done, dropped, both):
        assert not any(secret in said.stdout + said.stderr for secret in (old, new, *secrets_in(kept)))


def test_rotating_a_secret_of_the_environment_prints_the_new_one_and_says_where_it_goes(site: HostedShell) -> None:
    folder(site)
    shell = site.shell.given(**{VARIABLE[site.kind]: "old"})
    done = shell("webhook", "install", "--rotate", "--drop-old")
    new = hooks(site)[url_at(site)]
    assert f"{VARIABLE[site.kind]}={new}" in done.stdout.splitlines()
    assert "in front of the older ones, a blank between them" in done.stderr
    assert "take the 1 older out of it there" in done.stdout


def test_older_secrets_stay_while_a_project_has_not_got_the_new_one(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    site.shell("webhook", "install")
    demote(site)
    done = site.shell("webhook", "install", "--rotate", "--drop-old", code=1)
    assert len(secrets_in(kept)) == 2
    assert "not every project has the secret in use" in done.stderr
    assert not any(secret in done.stdout + done.stderr for secret in secrets_in(kept))


def test_dropping_for_one_of_several_targets_on_a_host_is_refused(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    kept.write_text("new old", "utf-8")
    text = site.shell.read("plansync.toml")
    site.shell.write("plansync.toml", text + text.partition("\n\n")[0].replace('"web"', '"more"').replace("md", "txt"))
    done = site.shell("webhook", "install", "--drop-old", "--target", "web", code=2)
    assert f"would lock out the other targets on {site.kind}" in done.stderr
    assert hooks(site) == {}


def demote(site: HostedShell) -> None:
    """Take the right to manage webhooks from plansync's account."""
    if isinstance(site.host, GitHub):
        site.host.repository.permissions[site.host.login] = "write"
    else:
        site.host.set_access("plansync-bot", DEVELOPER)


def test_without_the_right_it_is_named_and_the_next_run_uses_the_secret_that_was_kept(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    demote(site)
    done = site.shell("webhook", "install", code=1)
    (secret,) = secrets_in(kept)
    assert "✗ the token may not list the webhooks in acme/" in done.stdout
    assert ("Webhooks: read and write" if site.kind == "github" else "the role Maintainer") in done.stdout
    quiet = site.shell("webhook", "status", "--quiet", code=1)
    assert quiet.stdout == ""
    assert quiet.stderr.startswith("plansync: web: the token may not list the webhooks in ")
    assert secret not in done.stdout + quiet.stderr


def test_status_tells_of_a_webhook_that_is_not_there_and_of_one_that_is_well(site: HostedShell) -> None:
    missing = site.shell("webhook", "status", code=1)
    assert missing.stdout.splitlines() == [
        "web    ✗ not installed",
        f"  address  {url_at(site)}",
        "  → `plansync webhook install` puts it up",
        "notes  - the embedded tracker has no webhooks, and needs none",
    ]
    folder(site)
    site.shell("webhook", "install")
    lines = site.shell("webhook", "status", "--target", "web").stdout.splitlines()
    assert lines[:2] == ["web  ✓ installed and active; 1 secret configured", f"  address  {url_at(site)}"]
    assert lines[2].startswith("  events   ")
    assert {"issues", "milestone", "push"} <= {word.strip(",").removesuffix("_events") for word in lines[2].split()[1:]}


def test_status_as_json_has_everything_but_secrets(site: HostedShell) -> None:
    kept = folder(site) / VARIABLE[site.kind]
    site.shell("webhook", "install")
    done = site.shell("webhook", "status", "--json")
    report = json.loads(done.stdout)
    web, notes = report["targets"]
    events = web.pop("events")
    assert {word.removesuffix("_events") for word in events} >= {"issues", "push"}
    assert report["exit_code"] == 0
    assert web == {
        "target": "web",
        "tracker": site.kind,
        "project": "acme/web" if site.kind == "github" else "acme/platform/core",
        "ok": True,
        "installed": True,
        "active": True,
        "url": url_at(site),
        "last_answer": None,
        "secrets": 1,
        "message": "installed and active; 1 secret configured",
        "hint": "",
        "warnings": [],
    }
    assert (notes["ok"], notes["installed"], notes["url"]) == (None, False, "")
    assert secrets_in(kept)[0] not in done.stdout


def test_status_finds_what_is_wrong(site: HostedShell) -> None:
    put_up_by_hand(site, 901, url_at(site))
    put_up_by_hand(site, 902, url_at(site))
    put_up_by_hand(site, 903, f"https://me:hush@old.example.com/webhooks/{site.kind}?key=hush")
    deaf = site.shell("webhook", "status", "--target", "web", code=1).stdout
    assert "✗ installed, but it hears nothing of " in deaf
    assert f"  ! another leads to https://old.example.com/webhooks/{site.kind}\n" in deaf
    assert "  ! 2 have this address; `plansync webhook install` leaves one\n" in deaf
    assert "hush" not in deaf
    folder(site)
    site.shell("webhook", "install")
    unconfigured = site.shell.given(PLANSYNC_SECRETS_DIR="")
    assert "no secret is configured here" in unconfigured("webhook", "status", code=1).stdout


def test_status_shows_how_the_last_delivery_was_answered(site: HostedShell) -> None:
    nobody = "http://127.0.0.1:9"
    shell = site.shell.given(**{VARIABLE[site.kind]: "hush"})
    shell("webhook", "install", "--url", nobody)
    post = site.host.post if isinstance(site.host, GitHub) else site.host.webhooks
    post.deliver = True
    site.host.people("ann").create_issue("Something")
    post.wait()
    done = shell("webhook", "status", "--url", nobody, "--target", "web", code=1)
    assert "its last delivery was " in done.stdout
    assert "see that plansync is reached there" in done.stdout


def test_remove_takes_away_plansync_s_webhooks_and_no_other(site: HostedShell) -> None:
    put_up_by_hand(site, 901, url_at(site))
    put_up_by_hand(site, 902, f"https://other.example.com/webhooks/{site.kind}")
    done = site.shell("webhook", "remove")
    assert f"web    ✓ removed: {url_at(site)}" in done.stdout.splitlines()
    assert list(hooks(site)) == [f"https://other.example.com/webhooks/{site.kind}"]
    assert f"web    ✓ there was none: {url_at(site)}" in site.shell("webhook", "remove").stdout.splitlines()
    demote(site)
    assert "may not list" in site.shell("webhook", "remove", code=1).stdout


def test_doctor_sees_the_webhook(site: HostedShell) -> None:
    folder(site)
    site.shell("webhook", "install")
    assert "web    ✓ webhook     there\n" in site.shell("doctor").stdout


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "the address under which the hosts reach plansync is not known"),
        ("plans.example.com", "--url is no address that begins with https://"),
        ("https://me:hush@plans.example.com", "--url holds a login"),
        ("http://plans.example.com", "an address that begins with http:// lets everybody on the way read"),
    ],
)
def test_an_address_that_will_not_do_is_refused_before_anything_is_sent(plansync: Shell, url: str, said: str) -> None:
    with hosted_shell("github", plansync) as site:
        done = site.shell("webhook", "install", "--url", url, code=2)
        assert said in done.stderr
        assert "hush" not in done.stderr
        assert site.server.requests == 0


def test_plain_http_is_for_those_who_insist(plansync: Shell) -> None:
    with hosted_shell("gitlab", plansync) as site:
        shell = site.shell.given(PLANSYNC_WEBHOOKS__GITLAB_TOKEN="hush")
        shell("webhook", "install", "--url", "http://plans.example.com", "--insecure")
        assert list(hooks(site)) == ["http://plans.example.com/webhooks/gitlab"]


def test_the_embedded_tracker_needs_neither_address_nor_webhook(plansync: Shell) -> None:
    plansync.write("plansync.toml", '[[targets]]\nname = "notes"\n')
    line = "notes  - the embedded tracker has no webhooks, and needs none"
    for command in ("install", "status", "remove"):
        assert line in plansync("webhook", command).stdout
    with hosted_shell("github", plansync) as site:
        assert line in site.shell("webhook", "status", "--target", "notes").stdout
        assert CANARY["github"] not in site.shell("webhook", "--help").stdout
