"""`pip install .` brings the whole program: the code, and every file that it reads."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE_DATA = ("store/migrations/*.sql", "gui/theme/style.qss")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with what is installed here: nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def files_in(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_every_resource_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = files_in(ROOT / "resources")

    assert {Path(name).parts[0] for name in resources} >= {"fonts", "icons", "models", "samples"}
    assert [name for name in resources if f"hitl_desktop/resources/{name}" not in names] == []


@pytest.mark.parametrize("pattern", PACKAGE_DATA)
def test_files_beside_the_code_are_in_the_wheel(wheel: Path, pattern: str) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "hitl_desktop").glob(pattern)]

    assert files
    assert set(files) <= names


def test_the_licences_of_what_travels_along_are_in_the_wheel(wheel: Path) -> None:
    inside = [name for name in zipfile.ZipFile(wheel).namelist() if "/licenses/" in name]

    assert sorted(name.rsplit("/", 1)[1] for name in inside) == ["LICENSE", "THIRD_PARTY_NOTICES.md"]


def test_tests_and_build_scripts_stay_out_of_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"hitl_desktop", next(top for top in tops if top.endswith(".dist-info"))}


def test_the_installed_program_passes_its_self_test_away_from_the_sources(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    pip("install", "--no-deps", "--no-index", "--target", site, wheel)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(site)}
    where = [sys.executable, "-P", "-c", "import hitl_desktop; print(hitl_desktop.__file__)"]
    command = [sys.executable, "-P", "-m", "hitl_desktop", "self-test", "--json"]

    imported = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert imported.stdout.startswith(str(site))
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ok"]
