"""Make the pictures in docs/screenshots again: every page in both themes, on the samples.

    python -m tests.screenshots

The samples are reviewed a little by a simulated reviewer first, so that the pages have something to show; digits are
reviewed to the end, for the page "nothing is waiting". Made-up CT stacks show marks and stacks beside each other, the
phantoms marks that say what should count, and every other language that is complete. What opens over a page (keys,
record, signatures and the like) is taken by itself.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from hitl_desktop import language, paths
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Evidence, Mark, Span
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow import samples
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, NewProject, Scored, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.settings import SettingsFile, default_reviewer
from hitl_desktop.workflow.worker import InlineRunner
from tests.dicom_files import write

if TYPE_CHECKING:
    from hitl_desktop.gui.main_window import MainWindow

SLICES = 24
EXPLAINED_SECONDS = 12.0
DIALOG_SECONDS = 1.5
OUT = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
# Folder or name of the pictures, sample, decisions made beforehand (None: all), how many sizes.
KINDS = (("records", "payments", 40), ("conversations", "support_chats", 15), ("answers", "answers", 0))
SETS = (
    ("phantoms", "phantoms", 36, 2),
    ("messages", "support_messages", 57, 1),
    ("digits", "digits", None, 1),
)


def prepared(sample: samples.Sample, decisions: int | None) -> Path:
    """A project of the sample with some decisions and trainings."""
    folder = samples.project_folder(sample)
    data = samples.unpack(sample, samples.sample_data())
    runner = InlineRunner()
    runner.run("create_project", samples.new_project(sample, data, folder), no_progress, never_cancelled)
    project = Project.open(folder)
    if sample.model != NO_MODEL:
        scored = cast(Scored, runner.run("score", project.score_request(), no_progress, never_cancelled))
        project.take_scores(dict(scored.unreadable))
    session, retraining = ReviewSession(project, default_reviewer()), Retraining(project)
    made = 0
    while session.item is not None and (decisions is None or made < decisions):
        aside = {11: Verdict.UNSURE, 23: Verdict.FLAGGED, 31: Verdict.SKIPPED}.get(made)
        seconds = 3.0 + made % 5
        if aside:
            session.decide(aside, seconds=seconds)
        else:
            session.decide(Verdict.CORRECTED, session.item.truth_id, seconds=seconds)
        made += 1
        if retraining.is_due():
            snapshot = retraining.snapshot()
            trained = runner.run("train", retraining.request(snapshot), no_progress, never_cancelled)
            retraining.commit(snapshot, cast(Trained, trained))
            session.replan()
    project.close()
    return folder


def wizard(out: Path, theme: str) -> list[Path]:
    """The three steps of a new project over the digits, in one theme."""
    from hitl_desktop.gui.screenshots import settled_picture
    from hitl_desktop.gui.views.new_project.page import NewProjectPage

    window = _window(theme)
    window.commands.begin(samples.unpack(samples.sample_named("digits"), samples.sample_data()))
    page = window.findChild(NewProjectPage)
    assert page is not None
    written = []
    for step, name in enumerate(("choose", "labels", "report")):
        is_ready = lambda step=step: page.step == step and page.footer.next_button.isEnabled() and window.media.is_idle  # noqa: E731
        written.append(settled_picture(window, is_ready, out / f"{name}_{theme}_1280.png"))
        if step < 2:
            page.go_on()
    window.close()
    return written


def scans(home: Path) -> Path:
    """A project of made-up CT stacks, with pixels that are not square and a nodule in some of them."""
    rng = np.random.default_rng(7)
    data = home / "stacks"
    z, y, x = np.mgrid[0:SLICES, 0:120, 0:200].astype(np.float32)
    for number in range(8):
        body = ((x - 100) / 86) ** 2 + ((y - 60) / 52) ** 2 < 1
        lungs = sum((((x - side) / 32) ** 2 + ((y - 58) / 36) ** 2 < 1) for side in (62, 138)) > 0
        values = np.where(body, 40, -1000).astype(np.float32)
        values[lungs & body] = -820
        at = (SLICES // 2, 48 + 3 * number, 58 + (76 if number % 2 else 0))
        if number % 3:
            near = ((z - at[0]) / 3) ** 2 + ((y - at[1]) / 4) ** 2 + ((x - at[2]) / 6) ** 2 < 1
            values[near] = 30
        values += rng.normal(0, 24, values.shape)
        write(
            data / f"stack_{number:02}.dcm",
            values.astype(np.int16),
            Modality="CT",
            PixelSpacing=[2.4, 1.6],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )
    folder = home / "CT stacks.hitl"
    request = NewProject(folder, data, model=NO_MODEL, labels=("Nodule", "No nodule"))
    InlineRunner().run("create_project", request, no_progress, never_cancelled)
    return folder


def reading(project: Path, scans: Path, out: Path, theme: str) -> list[Path]:
    """What opens while one reads: the reasons of the model, a stack with a mark, two stacks beside each other."""
    from hitl_desktop.gui.screenshots import is_settled, settled_picture

    window = _window(theme)
    window.bridge.open_project(project)
    _settle(window)
    window.review.why.toggle()
    why = window.review.why
    written = [
        settled_picture(window, lambda: why.explanation is not None and is_settled(window), out / f"why_{theme}.png")
    ]
    window.bridge.open_project(scans)
    window.show_page("review")
    _settle(window)
    session = window.bridge.desk.session
    label = window.bridge.desk.project.offered[0].id
    marks = (
        Box(46, 44, 26, 20, frame=(SLICES - 1) // 2, label_id=label),
        Arrow(104, 30, 76, 46, frame=(SLICES - 1) // 2),
    )
    window.bridge.perform(lambda: session.mark(Evidence(marks, 200, 120)))
    written.append(settled_picture(window, lambda: is_settled(window), out / f"stack_{theme}.png"))
    window.desk.compare([1, 2])
    comparing = window.desk.page("compare").media  # type: ignore[attr-defined]
    written.append(settled_picture(window, lambda: comparing.is_idle, out / f"compare_{theme}.png"))
    window.close()
    return written


def marked(images: Path, texts: Path, out: Path, theme: str) -> list[Path]:
    """Evidence in a picture and in a text: of a class, what should count, and what should not."""
    from hitl_desktop.gui.screenshots import is_settled, settled_picture

    window = _window(theme)
    written = []
    for name, project in (("marks", images), ("spans", texts)):
        window.bridge.open_project(project)
        window.show_page("review")
        _settle(window)
        session = window.bridge.desk.session
        labels = window.bridge.desk.project.offered
        label = labels[1 if name == "marks" else 0].id
        evidence = _shapes(label) if name == "marks" else _spans(_text(window))
        window.bridge.perform(lambda session=session, evidence=evidence: session.mark(evidence))
        window.review.marking.select(1)
        window.review.focus_item()
        written.append(settled_picture(window, _later(window), out / f"{name}_{theme}.png"))
        if name == "marks":
            window.bridge.perform(lambda session=session, label=label: session.decide(Verdict.CORRECTED, label))
            window.show_page("steer")
            written.append(settled_picture(window, lambda: is_settled(window), out / f"steer_{theme}.png"))
            window.bridge.perform(session.undo)
        window.bridge.perform(lambda session=session: session.mark(Evidence()))
    window.close()
    return written


def _shapes(label: int) -> Evidence:
    marks: tuple[Mark, ...] = (
        Ellipse(216, 172, 74, 70, label_id=label, counts=True),
        Box(288, 6, 62, 52, counts=False),
        Arrow(346, 176, 302, 200),
    )
    return Evidence(marks, 384, 384)


def _text(window: "MainWindow") -> str:
    item = window.bridge.desk.session.item
    assert item is not None
    return window.bridge.desk.project.store.items.texts_of([item.index])[0]


def _spans(text: str) -> Evidence:
    """The longest words of a text, of which one should not count."""
    words = sorted({word.strip(".,?!'") for word in text.split()}, key=len)[-3:]
    starts = sorted((text.index(word), word) for word in words)
    return Evidence(
        tuple(Span(at, at + len(word), word, counts=(None, False, True)[n]) for n, (at, word) in enumerate(starts))
    )


def opened(project: Path, out: Path, theme: str) -> list[Path]:
    """What opens over a page, without the page: keys, record, signatures, backups, a second decision; and the menus."""
    from PySide6.QtWidgets import QApplication, QDialog

    from hitl_desktop.gui.screenshots import _wait_until
    from hitl_desktop.gui.views.history.page import HistoryPage

    window = _window(theme)
    window.bridge.open_project(project)
    _settle(window)
    window.show_page("history")
    history = window.desk.page("history")
    assert isinstance(history, HistoryPage)
    _wait_until(lambda: history.model.rowCount() > 0 and not history.model.is_busy)
    # The oldest: what was taken back cannot be decided again.
    history.table.setCurrentIndex(history.model.index(history.model.rowCount() - 1, 0))
    commands = window.commands
    written = []
    for name, command in (
        ("keys", commands.keys),
        ("record", commands.verify),
        ("signatures", commands.signatures),
        ("backups", commands.restore_backup),
        ("go_to", commands.jump),
        ("decide_again", history.decide_again),
    ):
        command()
        begun = time.monotonic()
        _wait_until(lambda begun=begun: time.monotonic() - begun > DIALOG_SECONDS)
        dialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
        dialog.grab().save(str(out / f"{name}_{theme}.png"))
        written.append(out / f"{name}_{theme}.png")
        dialog.reject()
        QApplication.processEvents()
    menu = window._menus["Project"]
    menu.popup(window.mapToGlobal(window.rect().center()))
    menu.grab().save(str(out / f"menu_{theme}.png"))
    written.append(out / f"menu_{theme}.png")
    menu.close()
    window.commands.switch_reviewer()
    QApplication.processEvents()
    window.grab().save(str(out / f"reviewer_{theme}.png"))
    window.close()
    return [*written, out / f"reviewer_{theme}.png"]


def problems(project: Path, out: Path, theme: str) -> list[Path]:
    """The labels that are probably wrong."""
    from hitl_desktop.gui.screenshots import is_settled, settled_picture
    from hitl_desktop.gui.views.model_page import ModelPage

    window = _window(theme)
    window.bridge.open_project(project)
    _settle(window)
    window.commands.problems()
    page = window.desk.page("model")
    assert isinstance(page, ModelPage)
    is_ready = lambda: is_settled(window) and bool(page.problems.problems)  # noqa: E731
    written = [settled_picture(window, is_ready, out / f"problems_{theme}.png")]
    window.close()
    return written


def _later(window: "MainWindow") -> Callable[[], bool]:
    """When what is worked out beside the item, such as its reasons, has come too."""
    from hitl_desktop.gui.screenshots import is_settled

    begun = time.monotonic()
    return lambda: is_settled(window) and time.monotonic() - begun > EXPLAINED_SECONDS


def _window(theme: str) -> "MainWindow":
    from PySide6.QtWidgets import QApplication

    from hitl_desktop.gui.application import build_window
    from hitl_desktop.gui.screenshots import SIZES

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = build_window(application, theme)
    window.resize(SIZES[0])
    window.show()
    return window


def _settle(window: "MainWindow") -> None:
    from hitl_desktop.gui.screenshots import _wait_until, is_settled

    _wait_until(lambda: is_settled(window))


def in_languages(project: Path, out: Path) -> list[Path]:
    """Every page in the other languages that are complete: one in the light theme, the next in the dark one."""
    from hitl_desktop.gui.screenshots import SIZES, take_screenshots
    from hitl_desktop.gui.speaking import catalogues

    settings = SettingsFile(paths.user_config())
    written = []
    others = [code for code in language.offered(catalogues()) if code != "en"]
    for place, code in enumerate(others):
        settings.change(language=code)
        written += take_screenshots(project, out / code, themes=(("light", "dark")[place % 2],), sizes=SIZES[:1])
    settings.change(language="en")
    return written


def kinds(out: Path, theme: str) -> list[Path]:
    """The review page of records, conversations and answers, and the map of the messages, in one theme."""
    from PySide6.QtWidgets import QApplication

    from hitl_desktop.gui.screenshots import settled_picture
    from hitl_desktop.gui.views.map.page import MapPage

    window = _window(theme)
    written = []
    for name, sample_id, decisions in KINDS:
        sample = samples.sample_named(sample_id)
        folder = samples.project_folder(sample)
        window.bridge.open_project(folder if folder.exists() else prepared(sample, decisions))
        window.show_page("review")
        written.append(settled_picture(window, _later(window), out / f"{name}_{theme}.png"))
    window.bridge.open_project(samples.project_folder(samples.sample_named("support_messages")))
    window.show_page("map")
    page = window.desk.page("map")
    assert isinstance(page, MapPage)
    page.making.begin()
    written.append(settled_picture(window, lambda: not page.is_busy, out / f"map_{theme}.png"))
    window.close()
    window.deleteLater()
    QApplication.processEvents()
    return written


def make_smaller(folder: Path) -> None:
    """Give every picture a palette: a third of the bytes, and no difference that is seen beside a text.

    The one that covers most: others give the greys of a photograph all places, and classes change their colours.
    """
    for path in folder.rglob("*.png"):
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def _tell(written: list[Path]) -> None:
    for path in written:
        print(path.relative_to(OUT.parents[1]))


def main() -> int:
    """Write all pictures; returns 0."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["HITL_DESKTOP_HOME"] = home
        from hitl_desktop.gui.screenshots import SIZES, take_screenshots

        shutil.rmtree(OUT, ignore_errors=True)
        for name, sample_id, decisions, sizes in SETS:
            folder = prepared(samples.sample_named(sample_id), decisions)
            _tell(take_screenshots(folder, OUT / name, sizes=SIZES[:sizes]))
        phantoms = samples.project_folder(samples.sample_named("phantoms"))
        messages = samples.project_folder(samples.sample_named("support_messages"))
        stacks = scans(Path(home))
        for group in ("reading", "opened", "kinds", "wizard"):
            (OUT / group).mkdir()
        for theme in ("light", "dark"):
            _tell(reading(phantoms, stacks, OUT / "reading", theme))
            _tell(marked(phantoms, messages, OUT / "reading", theme))
            _tell(problems(messages, OUT / "reading", theme))
            _tell(opened(phantoms, OUT / "opened", theme))
            _tell(kinds(OUT / "kinds", theme))
            _tell(wizard(OUT / "wizard", theme))
        _tell(in_languages(phantoms, OUT / "languages"))
    make_smaller(OUT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
