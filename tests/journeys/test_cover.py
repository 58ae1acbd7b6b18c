"""Pictures come covered, a key reveals the one on screen, and the next one is covered again."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.cover import COVERS, NO_COVER
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject
from tests.gui.test_cover import pixels_of
from tests.journeys.conftest import Driver

Key = Qt.Key


@pytest.fixture
def covered_driver(drive: Callable[[], Driver], image_project_folder: Path) -> Driver:
    driver = drive()
    driver.window.bridge.settings.change(cover="blurred")
    return driver.open(image_project_folder)


def detail(driver: Driver) -> float:
    """How much neighbouring pixels of the pane differ."""
    canvas = driver.window.review.viewer.canvas
    canvas.repaint()
    return float(np.abs(np.diff(pixels_of(canvas.frame.toImage())[..., 1], axis=1)).mean())


def test_every_item_comes_covered_until_it_is_revealed(covered_driver: Driver) -> None:
    canvas = covered_driver.window.review.viewer.canvas
    assert canvas.cover == COVERS["blurred"]
    under = detail(covered_driver)
    covered_driver.press(Key.Key_B)
    assert canvas.cover == NO_COVER
    assert detail(covered_driver) > 2 * under
    covered_driver.press(Key.Key_1)
    assert canvas.cover == COVERS["blurred"]
    covered_driver.press(Key.Key_B, Key.Key_B)
    assert canvas.cover == COVERS["blurred"]


def test_zooming_and_the_lens_reveal_nothing(covered_driver: Driver) -> None:
    canvas = covered_driver.window.review.viewer.canvas
    under = detail(covered_driver)
    for _ in range(6):
        covered_driver.press(Key.Key_Plus)
    canvas.set_magnifies(True)
    assert detail(covered_driver) < 2 * under


def test_the_choice_applies_at_once(drive: Callable[[], Driver], image_project_folder: Path) -> None:
    driver = drive().open(image_project_folder)
    assert driver.window.review.viewer.canvas.cover == NO_COVER
    care = driver.window.desk.page("settings").care
    care.cover.setCurrentIndex(care.cover.findData("both"))
    care.cover.activated.emit(care.cover.currentIndex())
    assert driver.window.review.viewer.canvas.cover == COVERS["both"]
    assert driver.window.bridge.settings.value.cover == "both"


def test_lists_of_a_project_with_nothing_to_review_are_covered(
    drive: Callable[[], Driver], tmp_path: Path, make_project: MakeProject
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    Image.fromarray(np.array([[[200, 30, 30]]], np.uint8).repeat(64, 0).repeat(64, 1)).save(data / "a.png")
    make_project(tmp_path / "p.hitl", data, labels=("x", "y"))
    with closing(Project.open(tmp_path / "p.hitl")) as project:
        ReviewSession(project, "ann").decide(Verdict.CORRECTED, project.labels[0].id)
    driver = drive()
    driver.window.bridge.settings.change(cover="grey")
    assert driver.window.bridge.open_project(tmp_path / "p.hitl")
    driver.until(lambda: driver.window.review.is_done)
    assert driver.window.review.viewer is None
    digest = driver.project.store.items.get(0).digest
    driver.window.media.thumbnail(digest, data / "a.png")
    driver.until(lambda: driver.window.media.has_thumbnail(digest))
    shown = driver.window.media.thumbnail(digest, data / "a.png")
    assert shown is not None
    colour = shown.toImage().pixelColor(5, 5)
    assert colour.red() == colour.green(), "grey, as was asked for"
