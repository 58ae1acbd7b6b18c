"""Why does the model think so: on one key, on the item and below it, and never where the suggestion is hidden."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.gui.views.review.why import Why
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import learning_choices
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.suggesting import choose_suggesting
from tests.journeys.conftest import Driver

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
Retrain = Callable[[Project], ModelVersion]


def learned(folder: Path, retrain: Retrain, count: int, features: str = "auto") -> Path:
    """Decide by the hidden truth, and train once."""
    project = Project.open(folder)
    if features != "auto":
        learning_choices.choose(project.store, "features", features)
    project.set_threshold(1.0)
    session = ReviewSession(project, "ann")
    for _ in range(count):
        item = session.item
        assert item is not None
        session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(project)
    project.close()
    return folder


@pytest.fixture
def texts(text_project_folder: Path, retrain: Retrain) -> Path:
    return learned(text_project_folder, retrain, 16, "words")


@pytest.fixture
def images(image_project_folder: Path, retrain: Retrain) -> Path:
    return learned(image_project_folder, retrain, 24)


def opened(driver: Driver) -> Why:
    why = driver.window.review.why
    driver.press(Key.Key_Y)
    driver.until(lambda: why.explanation is not None)
    return why


def test_the_words_are_marked_and_add_up_below_the_text(drive: Callable[[], Driver], texts: Path) -> None:
    driver = drive().open(texts)
    why = driver.window.review.why
    assert not why.strip.isVisible()
    before = driver.window.review.panel.geometry()
    why = opened(driver)
    explanation, bars = why.explanation, why.strip.bars
    assert explanation is not None
    assert why.strip.isVisible()
    assert driver.window.review.panel.geometry() == before, "the panel is never pushed"
    assert why.strip.title in ("Why bill rather than login", "Why login rather than bill")
    total = round(sum(row.value for row in bars.rows), 2)
    assert f"{total:+.2f}".replace("-", "−") in why.strip.total
    assert [row.name for row in bars.rows][-2:] == ["all other words", "before the first word"]
    text = driver.window.review.viewer.item.text
    layer = why._words
    marked = {text[stretch.span[0] : stretch.span[1]] for stretch in layer.stretches()}
    assert marked
    assert marked <= set(text.split())
    styles = {stretch.style for stretch in layer.stretches()}
    assert styles <= {Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine}
    near = [row.near for row in why.strip.near]
    assert all(n is not None and n.reviewer == "ann" for n in near)

    driver.press(Key.Key_Y)
    assert not why.strip.isVisible()
    assert layer.stretches() == []


def test_it_follows_the_item_and_opens_a_near_one(drive: Callable[[], Driver], texts: Path) -> None:
    driver = drive().open(texts)
    why = opened(driver)
    first = why.explanation
    driver.press(Key.Key_Right)
    assert why.explanation is None or why.explanation.item_index == driver.session.current
    driver.until(lambda: why.explanation is not None)
    assert why.explanation != first
    near = why.strip.near[0]
    assert near.near is not None
    wanted = near.near.item.index
    driver.click(near)
    assert driver.session.current == wanted
    driver.until(lambda: why.explanation is not None)
    assert wanted not in why.explanation.near  # type: ignore[union-attr]


def test_places_lie_over_the_picture_and_another_answer_can_be_compared(
    drive: Callable[[], Driver], images: Path
) -> None:
    driver = drive().open(images)
    canvas = driver.window.review.viewer.canvas
    plain = canvas.grab().toImage()
    why = opened(driver)
    driver.window.resize(driver.window.size())
    assert canvas.grab().toImage() != plain
    names = [row.name for row in why.strip.bars.rows]
    assert names[0] == "Places in the picture"
    assert names[-1] == "an average picture"
    first = why.strip.title
    driver.press(Key.Key_Y, modifier=SHIFT)
    driver.until(lambda: why.strip.title not in (first, "Why does the model think so?"))
    driver.press(Key.Key_Y, modifier=SHIFT)
    driver.until(lambda: why.strip.title == first)


def test_a_hidden_suggestion_is_not_explained(drive: Callable[[], Driver], texts: Path) -> None:
    driver = drive().open(texts)
    why = opened(driver)
    driver.window.bridge.perform(
        lambda: choose_suggesting(driver.project.store, replace(Suggesting(), mode=SuggestionMode.BLIND))
    )
    driver.press(Key.Key_Right)
    assert driver.session.visible is None
    assert not why.is_open
    assert not why.strip.isVisible()
    assert not driver.window.review.tools.why.isEnabled()
    driver.press(Key.Key_Y)
    assert not why.is_open
    assert why.strip.title == "Why does the model think so?" or not why.strip.isVisible()


def test_without_a_model_there_is_nothing_to_open(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive().open(text_project_folder)
    driver.press(Key.Key_Y)
    assert not driver.window.review.why.is_open
    assert not driver.window.review.tools.why.isEnabled()
