"""Settings are never in the way of a start."""

import errno
import json
from pathlib import Path

import pytest

from hitl_desktop.workflow.settings import RecentProject, Settings, SettingsFile


def recent(number: int) -> RecentProject:
    return RecentProject(f"/p/{number}.hitl", f"P {number} \udcff", "image", "2026-01-01T00:00:00.000+00:00")


def test_settings_come_back(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "config")
    file.change(theme="dark", reviewer="a\udcff", keys={"general": {"skip": ["S"]}})
    file.remember(recent(1))
    file.remember(recent(2))
    file.remember(recent(1))
    again = SettingsFile(tmp_path / "config").value
    assert again == file.value
    assert (again.theme, again.reviewer, again.keys) == ("dark", "a\udcff", {"general": {"skip": ["S"]}})
    assert [p.folder for p in again.recent] == ["/p/1.hitl", "/p/2.hitl"]
    file.forget("/p/1.hitl")
    assert SettingsFile(tmp_path / "config").value.recent == (recent(2),)


def test_only_so_many_projects_are_remembered(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    for number in range(15):
        file.remember(recent(number))
    assert [p.folder for p in file.value.recent] == [f"/p/{n}.hitl" for n in range(14, 2, -1)]


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", "7", '{"recent": 3}', '{"recent": [{"unknown": 1}]}', "\xff", "[" * 100_000]
)
def test_a_broken_file_is_set_aside(tmp_path: Path, broken: str) -> None:
    (tmp_path / "settings.json").write_bytes(broken.encode("latin-1"))
    assert SettingsFile(tmp_path).value == Settings()
    assert (tmp_path / "settings.broken.json").read_bytes() == broken.encode("latin-1")


def test_a_value_of_the_wrong_sort_is_passed_over(tmp_path: Path) -> None:
    stored = {"theme": 5, "text_points": "large", "keys": [], "keymap": "radiology", "from_the_future": True}
    (tmp_path / "settings.json").write_text(json.dumps(stored), "utf-8")
    assert SettingsFile(tmp_path).value == Settings(keymap="radiology")


def test_a_place_that_cannot_be_written_keeps_the_settings_for_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    file = SettingsFile(tmp_path / "file")
    assert file.change(theme="light").theme == "light"


def test_settings_that_cannot_be_read_for_now_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SettingsFile(tmp_path).change(reviewer="ann")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def fails(*_: object, **__: object) -> str:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", fails)
        settings = SettingsFile(tmp_path)
    assert settings.change(reviewer="bob").reviewer == "bob", "in this session it holds"
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert SettingsFile(tmp_path).value.reviewer == "ann"


def test_two_windows_take_nothing_from_each_other(tmp_path: Path) -> None:
    SettingsFile(tmp_path).change(reviewer="ann")
    one, other = SettingsFile(tmp_path), SettingsFile(tmp_path)
    one.change(theme="dark")
    other.change(language="de")
    other.remember(recent(1))
    one.remember(recent(2))
    kept = SettingsFile(tmp_path).value
    assert (kept.reviewer, kept.theme, kept.language) == ("ann", "dark", "de")
    assert [project.folder for project in kept.recent] == ["/p/2.hitl", "/p/1.hitl"]
