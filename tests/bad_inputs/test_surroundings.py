"""Cases of the catalogue on names, the command line and the machine that have no test elsewhere."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled
from hitl_desktop.gui.hang_watch import HangWatch
from hitl_desktop.gui.views.review.active_time import IDLE_AFTER, ActiveTime
from hitl_desktop.workflow import clock
from hitl_desktop.workflow.backing_up import backup_is_due
from hitl_desktop.workflow.find_images import find_images
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.torture.sizes import size

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hitl_desktop"


def program(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hitl_desktop", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
        check=False, env={**os.environ, **changes},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["-rf.hitl", "two\nlines.hitl", "; rm x.hitl", "'quoted' \"name\".hitl"])
def test_a13_odd_names_on_the_command_line(text_project_folder: Path, tmp_path: Path, name: str) -> None:
    folder = text_project_folder.rename(tmp_path / name)
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


@pytest.mark.parametrize("name", ["lоgin", "log\u200bin", "ＬＯＧＩＮ", "login\ufe0f"])
def test_u5_class_names_that_look_alike_are_never_made(text_project: Project, name: str) -> None:
    """A Cyrillic о, a blank of no width, wide letters, a variation selector; `test_lookalikes` has the import."""
    session = ReviewSession(text_project, "ann")
    with suppress(KnownError):
        session.change_classes(lambda editor: editor.add(name))
    assert [label.name for label in text_project.labels] == (
        ["bill", "login"] if name != "ＬＯＧＩＮ" else ["bill", "login", name]
    )
    with pytest.raises(KnownError, match="looks the same: bill"):
        session.change_classes(lambda editor: editor.add("bіll"))


def test_e7_a_night_of_sleep_is_no_hang_and_no_time_spent(
    text_project: Project, qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clocks go eight hours on between two keys. `torture/test_worker_kills.py` stops a worker."""
    session, on_it, hangs = ReviewSession(text_project, "ann"), ActiveTime(), []
    watch = HangWatch(tmp_path, lambda: hangs.append(1))
    watch.start()
    session.decide(Verdict.SKIPPED)
    on_it.restart()
    assert not backup_is_due(text_project.store)
    now = time.monotonic() + 8 * 3600
    with monkeypatch.context() as later:
        later.setattr(time, "monotonic", lambda: now)
        watch._beat()
        assert on_it.seconds <= IDLE_AFTER
        assert backup_is_due(text_project.store)
        session.decide(Verdict.SKIPPED, seconds=on_it.seconds)
    watch.stop()
    assert not hangs
    assert text_project.store.decisions.all()[-1].seconds == IDLE_AFTER


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
    allowed_log("second record|An anchor could not be written")
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    session.decide(Verdict.SKIPPED)
    text_project_folder.rename(text_project_folder.with_name("gone"))
    with pytest.raises(KnownError, match="was moved, renamed, deleted or replaced"):
        session.decide(Verdict.SKIPPED)
    project.close()
    text_project_folder.with_name("gone").rename(text_project_folder)
    again = Project.open(text_project_folder)
    assert again.store.decisions.count() == 1
    again.close()


def test_e15_a_folder_of_a_million_files_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    """As many as `make torture FILES=1000000` says; some thousand else."""
    files, told = size("FILES", 6000), []
    for number in range(files):
        os.mknod(tmp_path / f"{number}.png")
    began = time.perf_counter()
    found = find_images(tmp_path, lambda done, _total, _what: told.append((done, time.perf_counter())), never_cancelled)
    took = time.perf_counter() - began
    assert len(found.files) == files
    assert [file.path for file in found.files[:3]] == ["0.png", "1.png", "2.png"]
    assert len(told) >= files // 2048
    seen: list[int] = []
    with pytest.raises(Cancelled):
        find_images(tmp_path, lambda done, _total, _what: seen.append(done), lambda: bool(seen))
    assert seen[0] < 2100
    print(f"\n{files:,} files in one folder: listed in {took:.1f} s,", end=" ")
    print(f"longest without a word {max(b - a for (_, a), (_, b) in pairwise(told)):.2f} s")


def test_e17_without_a_folder_for_temporary_files_the_program_works(text_project_folder: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "not there")
    done = program("status", str(text_project_folder), "--json", TMPDIR=missing, TEMP=missing, TMP=missing)
    assert done.returncode == 0, done.stderr
