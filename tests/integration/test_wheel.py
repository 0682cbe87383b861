"""The wheel holds all that plansync needs, and finds it both installed and in a source checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Neither this process's measuring nor its paths may reach the other environment.
FOREIGN = ("COV_", "COVERAGE_", "PIP_", "PYTEST_", "PYTHON")
SHIPPED = {"templates": "plansync/_templates", "config": "plansync/_config", "examples": "plansync/_examples"}


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program to its good end and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel by the backend itself: offline, without a second environment."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install ``wheel`` into a fresh environment that borrows our libraries, and return its programs' folder.

    The borrowed folder comes by a ``.pth`` file: it stands after the wheel's own, and its ``.pth`` files, the
    editable install of this checkout among them, are not read.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
        *("--no-deps", "--no-index", "--no-compile", wheel),
        cwd=folder,
    )
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder / "bin"


def test_the_wheel_ships_package_templates_configuration_and_examples(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wheel(tmp_path)) as archive:
        names = set(archive.namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "plansync").rglob("*.py")}
    shipped = {
        f"{inside}/{path.relative_to(ROOT / outside).as_posix()}"
        for outside, inside in SHIPPED.items()
        for path in (ROOT / outside).rglob("*")
        if path.is_file() and not {".plansync", "__pycache__"} & set(path.parts)
    }
    assert {inside for inside in SHIPPED.values() if not any(name.startswith(inside) for name in shipped)} == set()
    assert modules | shipped | {"plansync/py.typed"} <= names
    assert {name.partition("/")[0] for name in names} == {"plansync", "plansync-0.1.0.dist-info"}


@pytest.mark.parametrize("kind", ["wheel", "checkout"])
def test_a_new_plan_is_made_from_the_templates(kind: str, tmp_path: Path) -> None:
    programs = (
        install(build_wheel(tmp_path / "dist"), tmp_path / "venv") if kind == "wheel" else Path(sys.executable).parent
    )
    project = tmp_path / "project"
    project.mkdir()
    where = run(programs / "python", "-c", "import plansync; print(plansync.__file__)", cwd=project).strip()
    assert Path(where).is_relative_to(ROOT if kind == "checkout" else tmp_path)
    run(programs / "plansync", "new", "Moon landing", cwd=project)
    (plan,) = (path for path in project.rglob("*.md") if ".plansync" not in path.parts)
    assert "Moon landing" in plan.read_text("utf-8")
