"""Cases of the catalogue on names, the command line and the machine that have no test elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow import clock
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hitl_desktop"


def program(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hitl_desktop", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
        check=False, env={**os.environ, **changes},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["-rf.hitl", "two\nlines.hitl", "; rm x.hitl", "'quoted' \"name\".hitl"])
def test_a13_odd_names_on_the_command_line(text_project_folder: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    shutil.copytree(text_project_folder, folder)
    done = program("status", "--json", str(folder))
    assert done.returncode == 0, done.stderr
    assert '"items": 40' in done.stdout


def test_a13_a_name_that_looks_like_an_option_is_no_option() -> None:
    done = program("status", "--json", "--", "-rf")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


def test_a14_a_project_that_is_open_says_who_has_it(text_project_folder: Path) -> None:
    project = Project.open(text_project_folder)
    done = program("undo", str(text_project_folder), "--reviewer", "ann")
    project.close()
    assert done.returncode == 1
    assert f"process {os.getpid()}" in done.stderr


def test_u13_nothing_but_local_folders_is_ever_opened_outside() -> None:
    """data:, javascript: and UNC links of items lead nowhere: no text of an item reaches QDesktopServices."""
    for file in PACKAGE.rglob("*.py"):
        for line in file.read_text("utf-8").splitlines():
            if "openUrl(" in line:
                assert "QUrl.fromLocalFile(" in line, file.name
            assert "setOpenExternalLinks(True)" not in line, file.name


def test_u12_no_sql_is_made_of_texts() -> None:
    """Formatted SQL holds names of our schema and numbers alone; the linter (S608) asks for a reason at each."""
    for file in (PACKAGE / "store").rglob("*.py"):
        for line in file.read_text("utf-8").splitlines():
            if re.search(r"execute(_sql)?\(f[\"']", line) and "S608" not in line:
                assert re.search(r"PRAGMA|SAVEPOINT|\{_|\{table|\{names|\{where|\{part", line), (file.name, line)


@pytest.mark.parametrize("name", ["x" * 10_000, "a\u0301" * 10_000, "line\nbreak", "tab\tname", "\u202eabc", "R&D"])
def test_u5_u6_u9_u14_odd_class_names_are_kept_or_refused_in_words(text_project: Project, name: str) -> None:
    session = ReviewSession(text_project, "ann")
    before = len(text_project.labels)
    with suppress(KnownError):
        session.change_classes(lambda editor: editor.add(name))
    added = [label.name for label in text_project.labels[before:]]
    assert added in ([], [name], [name.strip()])
    session.decide(Verdict.SKIPPED)


def test_e8_a_clock_that_goes_back_changes_no_order(text_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    session = ReviewSession(text_project, "ann")
    times = iter(["2026-05-01T00:00:00.000+00:00", "2025-01-01T00:00:00.000+00:00", "2036-01-01T00:00:00.000+00:00"])
    for moment in times:
        for module in [m for m in sys.modules.values() if getattr(m, "now_utc", None) is clock.now_utc]:
            monkeypatch.setattr(module, "now_utc", lambda moment=moment: moment)
        session.decide(Verdict.SKIPPED)
        monkeypatch.undo()
    log = text_project.store.decisions.all()
    assert [event.number for event in log] == [1, 2, 3]
    session.undo()
    assert text_project.store.decisions.all()[-1].retracts == 3


@pytest.mark.parametrize("name", ["tr_TR.UTF-8", "de_DE.UTF-8", "ar_AE.UTF-8", "C"])
def test_e9_other_locales_read_and_write_the_same(text_project_folder: Path, tmp_path: Path, name: str) -> None:
    done = program("export", str(text_project_folder), str(tmp_path / "out.csv"), "--json", LC_ALL=name, LANG=name)
    assert done.returncode == 0, done.stderr
    assert '"items": 40' in done.stdout
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_e3_e4_a_folder_that_vanishes_in_the_middle_is_told(
    text_project_folder: Path, allowed_log: Callable[[str], None]
) -> None:
    """As of a stick that is pulled out: what was saved is saved, the rest is refused in words, nothing crashes."""
    allowed_log("second record")
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    session.decide(Verdict.SKIPPED)
    text_project_folder.rename(text_project_folder.with_name("gone"))
    with suppress(KnownError):
        session.decide(Verdict.SKIPPED)
    project.close()
    text_project_folder.with_name("gone").rename(text_project_folder)
    again = Project.open(text_project_folder)
    assert again.store.decisions.count() >= 1
    again.close()


def test_e17_without_a_folder_for_temporary_files_the_program_works(text_project_folder: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "not there")
    done = program("status", str(text_project_folder), "--json", TMPDIR=missing, TEMP=missing, TMP=missing)
    assert done.returncode == 0, done.stderr
