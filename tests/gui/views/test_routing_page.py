"""The routing page: a preview that changes nothing, one commit, a way back."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.item_views import panel_view
from hitl_desktop.gui.views.routing_page import _MEASURES, RoutingPage


@pytest.fixture
def page(context: Context, image_project_folder: Path, retrain, qtbot: QtBot) -> RoutingPage:
    """The page of a project with a model, 48 undecided items and the usual threshold."""
    context.bridge.open_project(image_project_folder)
    desk = context.bridge.desk
    for _ in range(12):
        assert desk.session.item is not None
        desk.session.decide(Verdict.CORRECTED, desk.session.item.truth_id)
    retrain(desk.project)
    desk.session.replan()
    page = RoutingPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def sentence_at(context: Context, percent: int) -> str:
    split = context.bridge.desk.project.split_at(percent / 100)
    need, proposed = split.needs_review, split.proposed
    return (
        f"At {percent} %: {need} {'needs' if need == 1 else 'need'} you, "
        f"{proposed} {'is' if proposed == 1 else 'are'} proposed."
    )


def test_dragging_only_previews(page: RoutingPage, context: Context) -> None:
    assert page.sentence() == sentence_at(context, 90)
    assert not page.apply_button().isVisible()
    page.slider().setValue(40)
    assert page.sentence() == sentence_at(context, 40)
    assert page.spin().value() == 40
    assert context.bridge.desk.project.pool.threshold == 0.9
    assert page.apply_button().isVisible()

    page.back_button().click()
    assert page.slider().value() == 90
    assert not page.apply_button().isVisible()


def test_letting_go_sets_it_once_and_undo_returns(page: RoutingPage, context: Context, qtbot: QtBot) -> None:
    told: list[Message] = []
    context.bridge.notified.connect(told.append)
    page.slider().setValue(40)
    page.slider().sliderReleased.emit()
    project = context.bridge.desk.project
    assert project.pool.threshold == 0.4
    assert project.pool.ledger().proposed == project.split_at(0.4).proposed > 40
    assert len(context.bridge.desk.session.waiting()) == 2  # the item on screen and the next one stay
    assert len(told) == 1
    assert told[0].action == "Undo"

    assert told[0].on_action is not None
    told[0].on_action()
    assert project.pool.threshold == 0.9
    assert page.slider().value() == 90


def test_typing_and_enter_sets_it(page: RoutingPage, context: Context, qtbot: QtBot) -> None:
    page.spin().selectAll()
    qtbot.keyClicks(page.spin(), "55")
    assert context.bridge.desk.project.pool.threshold == 0.9
    qtbot.keyClick(page.spin(), Qt.Key.Key_Return)
    assert context.bridge.desk.project.pool.threshold == 0.55


def test_bar_and_histogram_add_up(page: RoutingPage) -> None:
    page.slider().setValue(50)
    numbers = [int(part.split()[0]) for part in page.bar().accessibleDescription().split(", ")]
    assert sum(numbers) == 60
    counted = [int(part.split(": ")[1].split()[0]) for part in page.histogram().accessibleDescription().split(", ")]
    assert sum(counted) == 48


def test_order_changes_apply_at_once(page: RoutingPage, context: Context) -> None:
    project = context.bridge.desk.project
    box = page.strategy_box()
    place = box.findData("entropy")
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert project.strategy == "entropy"
    measures = page.measure_box()
    place = measures.findData("least_confidence")
    measures.setCurrentIndex(place)
    measures.activated.emit(place)
    assert project.pool.measure == "least_confidence"


def test_the_words_on_confidence_are_the_same_everywhere(page: RoutingPage, context: Context) -> None:
    """Of what the checks calibrated, of what others did, and of what nothing did."""
    desk = context.bridge.desk
    project = desk.project
    assert project.model is not None
    file = project.folder / project.model.folder / "card.json"
    facts = json.loads(file.read_text("utf-8"))
    for calibration, checks, on_page, on_panel in (
        (None, 0, "not yet calibrated: 1 of 100 checks", "not yet calibrated"),
        ("platt", 0, "calibrated by its makers on other data", "calibrated elsewhere"),
        ("platt", 120, "calibrated on 120 random checks", "calibrated"),
    ):
        facts |= {"calibration": calibration, "card": {"calibration_checks": checks}}
        file.write_text(json.dumps(facts), "utf-8")
        context.bridge.changed.emit(Changes(routing=True), None)
        assert page._meaning.text().endswith(f"The confidence is {on_page}.")
        assert panel_view(desk, can_decide=True).model_text == f"Model v1 · {on_panel}"


def test_every_measure_has_its_sentence() -> None:
    from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES

    assert set(_MEASURES) == set(UNCERTAINTY_MEASURES)


def test_the_wheel_moves_the_threshold_only_with_the_focus(page: RoutingPage) -> None:
    page.strategy_box().setFocus()
    slider = page.slider()
    at = QPointF(slider.rect().center())
    turn = QWheelEvent(
        at,
        slider.mapToGlobal(at),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, turn)
    assert slider.value() == 90


def test_without_a_model_everything_needs_you(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(text_project_folder)
    page = RoutingPage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.sentence() == "At 90 %: 40 need you, 0 are proposed."
    assert page.histogram().accessibleDescription() == "No item has a suggestion yet"
