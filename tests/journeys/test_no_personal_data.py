"""G21: fifty planted words; after whole sessions none of them is anywhere but in the projects and their exports."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.error_hooks import ErrorHooks
from hitl_desktop.paths import user_config, user_logs
from hitl_desktop.workflow.logbook import keep_log
from tests.conftest import MakeProject
from tests.dicom_files import write
from tests.journeys.conftest import Driver

pytestmark = pytest.mark.qt_no_exception_capture


def words(sort: str, count: int) -> list[str]:
    return [f"Zq{sort}{number:02d}wanderlust" for number in range(count)]


HEADERS, FILES, TEXTS = words("head", 12), words("file", 10), words("text", 10)
FIELDS, NOTES = words("field", 8), words("note", 10)
PLANTED = [*HEADERS, *FILES, *TEXTS, *FIELDS, *NOTES]


class Titles(QObject):
    """Every title that a window ever had."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.WindowTitleChange, QEvent.Type.Show) and isinstance(watched, QWidget):
            self.seen.add(watched.windowTitle())
        return False


@pytest.fixture
def log(own_home: Path, own_log: None) -> Path:
    assert keep_log(user_logs()) is not None
    return user_logs()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, for this process and those it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def make_pictures(root: Path) -> Path:
    """Four DICOM files full of names, and pictures with names for names."""
    rng = np.random.default_rng(3)
    for number in range(4):
        planted = HEADERS[3 * number : 3 * number + 3]
        write(
            root / FILES[number] / f"{FILES[number + 4]}.dcm",
            rng.integers(0, 255, (24, 24), np.uint8),
            PatientName=f"{planted[0]}^Anna",
            PatientID=planted[1],
            InstitutionName=planted[2],
        )
    for name in FILES[8:]:
        Image.fromarray(rng.integers(0, 255, (24, 24), np.uint8)).save(root / f"{name}.png")
    (root / f"{FILES[8]} broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + FILES[8].encode())
    return root


def make_texts(path: Path) -> Path:
    rows = [f"m{n},{TEXTS[n % 10]} number {n},{('a', 'b')[n % 2]},{FIELDS[n % 8]}" for n in range(24)]
    path.write_text("id,text,label,ward\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def review(driver: Driver, folder: Path, notes: list[str]) -> None:
    driver.open(folder)
    bridge = driver.window.bridge
    labels = driver.project.labels
    for number, note in enumerate(notes):
        label = labels[number % len(labels)].id
        bridge.perform(lambda label=label, note=note: driver.session.decide(Verdict.CORRECTED, label, note=note))
        driver.settle()
    bridge.perform(driver.session.undo)
    for page in ("gallery", "history", "model", "review"):
        driver.window.show_page(page)
        QApplication.processEvents()
    driver.settle()


def fail_with(driver: Driver, word: str) -> None:
    """A bug that has a name in its message, in the window and in a job."""

    def bug(*_: object) -> object:
        raise ValueError(f"cannot show {word}: /home/{word}/x.png")

    QTimer.singleShot(0, driver.window, bug)
    job = driver.window.bridge.start("injected", bug)
    driver.until(lambda: job.ended)
    driver.settle()


def test_fifty_planted_words_stay_in_projects_and_exports(
    drive: Callable[[], Driver],
    make_project: MakeProject,
    own_home: Path,
    log: Path,
    temporary: Path,
    tmp_path: Path,
    qapp: QApplication,
    expected_log: Callable[[str], None],
) -> None:
    expected_log("ERROR .*(Not caught|failed)")
    assert len(PLANTED) == len(set(PLANTED)) == 50
    make_project(tmp_path / "Pictures.hitl", make_pictures(tmp_path / "pictures"), labels=("a", "b"))
    make_project(tmp_path / "Texts.hitl", make_texts(tmp_path / "texts.csv"), labels_from="label")
    titles = Titles()
    qapp.installEventFilter(titles)
    driver = drive()
    hooks = ErrorHooks(driver.window.bridge.troubles)
    hooks.install()
    review(driver, tmp_path / "Pictures.hitl", NOTES[:5])
    fail_with(driver, FILES[0])
    review(driver, tmp_path / "Texts.hitl", NOTES[5:])
    fail_with(driver, TEXTS[0])
    driver.window.commands.export_to(tmp_path / "export.csv")
    driver.until(lambda: (tmp_path / "export.csv").is_file())
    driver.settle()
    report = driver.window.bridge.troubles.report()
    hooks.remove()
    driver.close()
    qapp.removeEventFilter(titles)

    assert "ValueError: cannot …" in report
    assert (log / "hitl-desktop.log").stat().st_size > 0
    assert user_config().is_dir()
    places = {"the report": report, "window titles": "\n".join(titles.seen)}
    for folder in (own_home, temporary):
        for file in folder.rglob("*"):
            places[str(file)] = str(file) + (file.read_bytes().decode("latin-1") if file.is_file() else "")
    found = [(word, place) for place, text in places.items() for word in PLANTED if word in text]
    assert not found
    exported = (tmp_path / "export.csv").read_text("utf-8-sig")
    assert any(word in exported for word in NOTES), "the export is where they belong"
