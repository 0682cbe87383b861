"""Which token a Git source is used with, and to which host none goes (spec §10)."""

from pathlib import Path

import pytest

from plansync.settings import load_settings
from plansync.settings.secrets import git_token_for

GITHUB = 'tracker = { kind = "github", project = "acme/web" }'
GITLAB = 'tracker = { kind = "gitlab", project = "acme/web", api_url = "https://gitlab.example.com:8443" }'
ENTERPRISE = 'tracker = { kind = "github", project = "acme/web", api_url = "https://ghe.example.com/api/v3" }'
WEB, GIT, SHARED = "PLANSYNC_TOKEN_WEB", "PLANSYNC_GIT_TOKEN", "PLANSYNC_GITHUB_TOKEN"


@pytest.mark.parametrize(
    ("tracker", "environ", "host", "token"),
    [
        ("", {}, "git.example.com", ""),
        ("", {GIT: "git"}, "git.example.com", "git"),
        ("", {GIT: "git", WEB: "web"}, "git.example.com", "web"),
        ("", {SHARED: "shared", "GITHUB_TOKEN": "ci"}, "github.com", ""),
        (GITHUB, {WEB: "web", GIT: "git"}, "github.com", "web"),
        (GITHUB, {WEB: "web", GIT: "git"}, "GitHub.com", "web"),
        (GITHUB, {SHARED: "shared"}, "github.com", "shared"),
        (GITHUB, {"GITHUB_TOKEN": "ci"}, "github.com", "ci"),
        (GITHUB, {WEB: "web", SHARED: "shared", "GITHUB_TOKEN": "ci"}, "git.example.com", ""),
        (GITHUB, {WEB: "web", GIT: "git"}, "git.example.com", "git"),
        (GITHUB, {WEB: "web"}, "github.com.evil.example", ""),
        (GITLAB, {WEB: "web"}, "gitlab.example.com:8443", "web"),
        (GITLAB, {WEB: "web"}, "gitlab.example.com", ""),
        (ENTERPRISE, {WEB: "web"}, "ghe.example.com", "web"),
        (ENTERPRISE, {WEB: "web"}, "github.com", ""),
    ],
)
def test_a_tracker_s_token_goes_to_its_own_host_alone(
    tracker: str, environ: dict[str, str], host: str, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "plansync.toml"
    file.write_text(f'[[targets]]\nname = "web"\nsource = {{ kind = "git", url = "https://x.example/a" }}\n{tracker}\n')
    settings = load_settings(config=file, environ=environ)
    assert git_token_for(settings, settings.targets[0], environ, host) == token
