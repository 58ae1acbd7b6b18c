"""The lock files, the notices and the scripts of the set-up agree with each other."""

import importlib.util
import os
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def notices() -> ModuleType:
    spec = importlib.util.spec_from_file_location("packaging_notices", ROOT / "packaging" / "notices.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[\w.-]+==)", text)[1:]

    assert "://" not in text
    assert len(blocks) == len(pins(lock))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["project"]["optional-dependencies"]["dev"]),
        ("requirements-build.txt", PROJECT["build-system"]["requires"]),
    ],
)
def test_the_lock_holds_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    locked = pins(lock)

    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_no_two_locks_name_different_versions() -> None:
    together: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in pins(lock).items():
            together.setdefault(name, set()).add(version)

    assert {name: versions for name, versions in together.items() if len(versions) > 1} == {}


def test_the_qt_that_breaks_on_python_3_11_is_not_locked() -> None:
    assert tuple(map(int, pins("requirements.txt")["pyside6-essentials"].split(".")[:2])) < (6, 12)


def test_the_notices_are_those_of_the_lock_and_the_resources(notices: ModuleType) -> None:
    written = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")

    assert written == notices.text(), "run `make notices`"


def test_every_font_is_in_the_notices(notices: ModuleType) -> None:
    licences = {where for _, _, where in notices.FONTS}

    assert licences == {f"resources/fonts/{path.name}" for path in (ROOT / "resources" / "fonts").glob("OFL-*.txt")}


@pytest.mark.parametrize("target", ["run", "test"])
def test_make_knows_the_two_commands_of_the_readme(target: str, tmp_path: Path) -> None:
    command = ["make", "--dry-run", target, f"VENV={tmp_path / 'venv'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert "--require-hashes -r requirements.txt" in done.stdout


def fake_system(folder: Path, libraries: str, user: int) -> dict[str, str]:
    """A PATH on which `ldconfig` lists the given libraries, and `apt-get` only writes down what it was asked."""
    programs = {
        "ldconfig": f"echo '{libraries}'",
        "id": f"echo {user}",
        "uname": "echo Linux",
        "apt-get": f'echo "$@" >> {folder / "apt.log"}',
    }
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": f"{folder}:/usr/bin:/bin"}


def system_libraries(environment: dict[str, str]) -> str:
    script = ROOT / "packaging" / "system_libraries.sh"
    return subprocess.run(["sh", script], env=environment, capture_output=True, text=True, check=True).stdout


def test_root_gets_only_the_missing_system_libraries(tmp_path: Path) -> None:
    system_libraries(fake_system(tmp_path, "\tlibEGL.so.1 (libc6,x86-64) => /lib/libEGL.so.1", user=0))
    asked = (tmp_path / "apt.log").read_text(encoding="utf-8")

    assert "libgl1" in asked
    assert "libegl1" not in asked


def test_others_get_the_one_line_to_run(tmp_path: Path) -> None:
    said = system_libraries(fake_system(tmp_path, "", user=1000))

    assert not (tmp_path / "apt.log").exists()
    assert len(said.splitlines()) == 1
    assert "sudo apt-get install" in said
    assert "libegl1" in said


def test_nothing_is_said_when_nothing_is_missing(tmp_path: Path) -> None:
    script = (ROOT / "packaging" / "system_libraries.sh").read_text(encoding="utf-8")
    names = re.findall(r"^(lib\S+\.so\.\d)", script, flags=re.MULTILINE)
    everything = "\n".join(f"\t{name} (libc6,x86-64) => /lib/{name}" for name in names)

    assert system_libraries(fake_system(tmp_path, everything, user=0)) == ""
