"""The repository keeps its own house rules: no machine's traces, whole pins, records in order, links that lead somewhere."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import plansync

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs/adr").glob("*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

# Put together from pieces, so that this file does not hold what it looks for.
TRACES = re.compile(
    "|".join(
        (
            r"python" + r"hosted\.",
            r"\bpypi" + r"\.org",
            r"registry\.npm" + r"js\.",
            r"\bdeb\." + r"debian\.org",
            r"(?<![\w.:])/(?:wo" + r"rk|ro" + r"ot)/",
        )
    ),
    re.IGNORECASE,
)
MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)(\[[a-z, ]+\])?==(?P<version>[^ ;\\]+)( ; [^\\]+)? \\")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")


def tracked_files() -> list[Path]:
    """Return every file that is in Git and in the work tree."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a Git checkout")
    names = listing.stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def hand_written_pages() -> Iterator[Path]:
    """Return the pages for people: at the top, and in docs/."""
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")


def pins(name: str) -> dict[str, Version]:
    """Return package → version of one file of requirements/."""
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    found = (PIN.fullmatch(line) for line in lines)
    return {pin["name"]: Version(pin["version"]) for pin in found if pin}


def test_no_tracked_file_names_a_registry_host_or_a_path_of_one_machine() -> None:
    traces = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), start=1)
        if TRACES.search(line)
    ]
    assert traces == []


def test_decision_records_are_numbered_without_gaps_from_one() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_decision_record_has_its_number_in_the_title_and_all_its_parts(record: Path) -> None:
    lines = record.read_text("utf-8").splitlines()
    assert lines[0].startswith(f"# {int(record.name[:4])}. ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
        "## Alternatives considered",
    ]


def test_links_between_pages_lead_to_files_that_exist() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in hand_written_pages()
        for target in MARKDOWN_LINK.findall(page.read_text("utf-8"))
        if not re.match(r"[a-z]+:|#", target) and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "build.txt"])
def test_requirements_hold_nothing_but_exact_versions_with_hashes(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    content = [line for line in lines if not line.lstrip().startswith("#")]
    assert [line for line in content if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []
    unhashed = [
        line
        for line, following in zip(content, [*content[1:], ""], strict=True)
        if PIN.fullmatch(line) and not HASH.fullmatch(following)
    ]
    assert unhashed == []


def test_pins_satisfy_the_floors_of_the_project_file() -> None:
    runtime, dev = pins("runtime.txt"), pins("dev.txt")
    floors = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    building = [Requirement(text) for text in PROJECT["dependency-groups"]["build"]]
    tools = [Requirement(text) for text in PROJECT["dependency-groups"]["dev"] if isinstance(text, str)]
    assert [str(floor) for floor in floors if runtime[floor.name.lower()] not in floor.specifier] == []
    assert [str(tool) for tool in [*tools, *building] if dev[tool.name.lower()] not in tool.specifier] == []
    assert {tool.name for tool in building} <= pins("build.txt").keys()
    assert runtime.items() <= dev.items()
    assert pins("build.txt").items() <= dev.items()


def test_the_package_and_the_project_file_agree_on_the_version() -> None:
    assert PROJECT["project"]["version"] == plansync.__version__
