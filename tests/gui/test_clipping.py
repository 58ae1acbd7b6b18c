"""Every page, dialog and menu opens without text that is cut off: in both themes, three scales and three languages.

`make test` looks at two projects in the smaller window, each language at two scales; `make test-clipping` walks through
all, in a made-up language of longer words, too.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QWidget

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.stat_tile import StatTile
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeImages, MakeProject, MakeTable, Retrain, _make_findings_table
from tests.dicom_files import write
from tests.gui.clipping import clipped
from tests.gui.clipping_walk import settled

ROOT = Path(__file__).resolve().parents[2]
IS_WHOLE = os.environ.get("HITL_CLIPPING") == "whole"
WALKS = (
    [(language, scale) for language in ("en", "de", "ar", "xx") for scale in (1, 2, 3)]
    if IS_WHOLE
    else [("en", 1), ("en", 3), ("de", 1), ("de", 2), ("ar", 1), ("ar", 2)]
)
LONG = "Effusion, on the left side of the chest"


@pytest.fixture(scope="module")
def folder(
    make_images: MakeImages,
    make_table: MakeTable,
    make_project: MakeProject,
    retrain: Retrain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Projects of texts with a model and of DICOM files with none; in a whole walk, of pictures and findings, too."""
    folder = tmp_path_factory.mktemp("clipping")
    (folder / "data").mkdir()
    table = make_table(folder / "data" / "letters.csv")
    rng = np.random.default_rng(3)
    scans = folder / "source" / "ct"
    for number in range(4):
        write(scans / f"ct{number}.dcm", rng.integers(-1000, 2000, (6, 64, 64), np.int16), Modality="CT")
    make_project(folder / "Scans.hitl", scans, labels=("Normal", "Nodule", LONG))
    make_project(folder / "Messages.hitl", table, use_labels=LabelUse.TRUTH)
    _decided(folder / "Messages.hitl", retrain)
    if IS_WHOLE:
        make_images(folder / "data" / "shapes", each=4)
        pictures = make_images(folder / "source" / "pictures")
        make_project(folder / "Pictures.hitl", pictures, use_labels=LabelUse.TRUTH)
        findings = _make_findings_table(folder / "source" / "findings.csv")
        make_project(folder / "Findings.hitl", findings, use_labels=LabelUse.TRUTH, several=True)
    yield folder
    shutil.rmtree(folder)


def _decided(folder: Path, retrain: Retrain) -> None:
    project = Project.open(folder)
    session = ReviewSession(project, "ann")
    for _ in range(16):
        if session.item is not None:
            session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    project.close()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = Theme("light")
    theme.apply(qapp)
    return theme


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scale"), WALKS)
def test_no_text_is_cut_off(language: str, scale: int, folder: Path, own_home: Path) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        "HITL_DESKTOP_HOME": str(own_home),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.gui.clipping_walk", language, str(folder)]
    command += ["--whole"] if IS_WHOLE else []
    walked = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    looked = re.search(r"looked (\d+) times", walked.stderr)
    assert looked is not None, walked.stderr[-3000:]
    assert walked.stdout.splitlines() == []
    assert int(looked[1]) > (300 if IS_WHOLE else 40)


class TestTheMeasure:
    """It would see text that is cut off."""

    def test_a_label_that_is_too_narrow(self, theme: Theme, qtbot: object) -> None:
        assert _lacks(PlainLabel("A sentence that needs more room"), 60) != []
        assert _lacks(PlainLabel("A sentence that needs more room", elide=True), 60) == []  # its tooltip says it
        assert _lacks(PlainLabel("A sentence that needs more room"), 400) == []

    def test_a_button_that_is_too_narrow(self, theme: Theme, qtbot: object) -> None:
        assert _lacks(Button(theme, "Put to use"), 40) != []
        assert _lacks(Button(theme, "Put to use"), 200) == []

    def test_a_box_that_is_too_narrow(self, theme: Theme, qtbot: object) -> None:
        box = QComboBox()
        box.addItem("As the system, or another one")
        assert _lacks(box, 60) != []

    def test_painted_text_is_told_by_a_tooltip_or_not_at_all(self, theme: Theme, qtbot: object) -> None:
        tile = StatTile(theme, "12", "the same content as another file", "file-text")
        assert _lacks(tile, 120) == []
        tile.resizeEvent = lambda _event: None  # type: ignore[assignment,method-assign]
        tile.setToolTip("")
        assert _lacks(tile, 120) != []

    def test_two_texts_on_one_another(self, theme: Theme, qtbot: object) -> None:
        host = QWidget()
        row = QHBoxLayout(host)
        first, second = PlainLabel("first"), PlainLabel("second")
        row.addWidget(first)
        row.addWidget(second)
        host.show()
        settled()
        assert list(clipped(host)) == []
        second.move(first.pos())
        assert any("overlap" in lack for lack in clipped(host))
        host.close()


def _lacks(widget: QWidget, width: int) -> list[str]:
    """What is cut off of a widget that is given so much room."""
    host = QWidget()
    host.resize(600, 200)
    widget.setParent(host)
    widget.setGeometry(10, 10, width, widget.sizeHint().height())
    host.show()
    settled()
    found = list(clipped(host))
    widget.setParent(None)
    host.close()
    return found
