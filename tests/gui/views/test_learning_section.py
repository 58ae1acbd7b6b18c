"""The section Learning of the settings: every choice there is has a sentence, and what is chosen is kept."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views import learning_words as words
from hitl_desktop.gui.views.learning_section import LearningSection
from hitl_desktop.workflow import learning_choices as choices


@pytest.fixture
def section(context: Context, qtbot: QtBot) -> LearningSection:
    section = LearningSection(context)
    qtbot.addWidget(section)
    section.show()
    return section


def choose(box: QComboBox, value: str) -> None:
    place = box.findData(value)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_every_choice_of_the_workflow_has_a_sentence() -> None:
    assert set(words.START) == set(choices.START_STRATEGIES)
    assert set(words.STRATEGY) == set(choices.STRATEGIES)
    assert set(words.ESTIMATOR) == set(choices.ESTIMATOR_TITLES)
    assert set(words.CLASS_WEIGHT) == set(choices.CLASS_WEIGHTS)
    assert set(words.TEXT_FEATURES) == set(choices.FEATURES["text"])
    assert set(words.IMAGE_FEATURES) == set(choices.FEATURES["image"])


def test_without_a_project_nothing_can_be_chosen(section: LearningSection) -> None:
    assert not any(box.isEnabled() for box in section.boxes.values())


def test_what_holds_is_shown_with_its_sentence(
    section: LearningSection, context: Context, text_project_folder: Path
) -> None:
    context.bridge.open_project(text_project_folder)
    section.show_choices()
    found = choices.choices_of(context.bridge.desk.project.store)
    shown = {fact: box.currentData() for fact, box in section.boxes.items()}
    assert shown == {
        "start_strategy": found.start,
        "strategy": found.strategy,
        "estimator": found.estimator,
        "regularisation": found.regularisation,
        "class_weight": found.class_weight,
        "features": found.features,
        "group_column": found.group_column,
        "check_every": "10",
        "stakes": "",
    }
    assert section.notes["check_every"].text().startswith("4 of 40 items are set aside to measure")
    assert section.notes["strategy"].text() == words.STRATEGY[found.strategy]


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("start_strategy", "random"),
        ("strategy", "entropy"),
        ("estimator", "linear_svm"),
        ("class_weight", "balanced"),
        ("features", "words"),
    ],
)
def test_a_choice_is_kept_at_once(
    section: LearningSection, context: Context, text_project_folder: Path, fact: str, value: str
) -> None:
    context.bridge.open_project(text_project_folder)
    section.show_choices()
    choose(section.boxes[fact], value)
    assert context.bridge.desk.project.store.fact(fact) == value
    assert section.boxes[fact].currentData() == value


def test_the_order_of_asking_changes_at_once(
    section: LearningSection, context: Context, text_project_folder: Path
) -> None:
    context.bridge.open_project(text_project_folder)
    section.show_choices()
    choose(section.boxes["start_strategy"], "random")
    session = context.bridge.desk.session
    later = [session.slot_of(int(index)) for index in session.waiting()[2:]]
    assert set(later) <= {Slot.START, Slot.EXPLORE}


def test_what_belongs_together_offers_folders_and_columns(
    section: LearningSection, context: Context, image_project_folder: Path
) -> None:
    context.bridge.open_project(image_project_folder)
    section.show_choices()
    box = section.boxes["group_column"]
    assert [box.itemData(place) for place in range(box.count())][:2] == ["", choices.BY_FOLDER]
    choose(box, choices.BY_FOLDER)
    assert context.bridge.desk.project.store.fact("group_column") == choices.BY_FOLDER
    context.bridge.perform(lambda: choices.choose(context.bridge.desk.project.store, "group_column", "patient"))
    section.show_choices()
    assert box.currentData() == "patient", "a column that was named elsewhere is shown as it is"


def test_another_kind_of_item_offers_its_own_features(
    section: LearningSection, context: Context, text_project_folder: Path, image_project_folder: Path
) -> None:
    for folder, kind in ((text_project_folder, "text"), (image_project_folder, "image")):
        context.bridge.open_project(folder)
        section.show_choices()
        box = section.boxes["features"]
        assert [box.itemData(place) for place in range(box.count())] == list(choices.FEATURES[kind])


def test_a_users_own_model_is_asked_for_and_handed_on(
    section: LearningSection, context: Context, image_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not section.add_model.isEnabled()
    context.bridge.open_project(image_project_folder)
    section.show_choices()
    added: list[Path] = []
    monkeypatch.setattr(context.bridge.model_errands, "add_backbone", added.append)
    for chosen in ("", "/models/mine.onnx"):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, chosen=chosen: (chosen, ""))
        section.add_model.click()
    assert added == [Path("/models/mine.onnx")]


def test_random_checks_come_as_often_as_is_chosen(
    section: LearningSection, context: Context, text_project_folder: Path
) -> None:
    context.bridge.open_project(text_project_folder)
    section.show_choices()
    session = context.bridge.desk.session
    choose(section.boxes["check_every"], "2")
    assert context.bridge.desk.project.check_every == 2
    slots = [session.slot_of(int(item)) for item in session.waiting()]
    assert slots[:10].count(Slot.EXPLORE) == slots.count(Slot.EXPLORE) == 4
