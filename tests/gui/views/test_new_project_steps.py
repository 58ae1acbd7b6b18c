"""The first two steps of the wizard: what they find, what they offer, what they refuse."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.holdout import USUAL, Holdout
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.new_project.column_choice import in_words
from hitl_desktop.gui.views.new_project.labels_step import LabelsStep
from hitl_desktop.gui.views.new_project.model_offer import ModelCardDialog, claim
from hitl_desktop.gui.views.new_project.page import CHOOSE, LABELS, NewProjectPage
from hitl_desktop.gui.views.new_project.project_place import folder_name, free_name
from hitl_desktop.gui.views.new_project.rows_table import RowsTable
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.learning.cards import bundled_models
from hitl_desktop.workflow import first_look as finding
from hitl_desktop.workflow.requests import NO_MODEL, LabelUse
from tests.conftest import MakeImages, MakeTable

WASTE = ("cardboard", "glass", "metal", "paper", "plastic", "trash")


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> NewProjectPage:
    page = NewProjectPage(context)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


def begin(page: NewProjectPage, qtbot: QtBot, data: Path) -> None:
    (page.begin_folder if data.is_dir() else page.begin_table)(data)
    qtbot.waitUntil(lambda: page.footer.next_button.isEnabled() or bool(page.notice.text), timeout=30_000)


def labels_of(theme: Theme, qtbot: QtBot, data: Path) -> LabelsStep:
    look = finding.look_at_folder if data.is_dir() else finding.look_at_table
    step = LabelsStep(theme)
    qtbot.addWidget(step)
    step.show_found(look(data, no_progress, never_cancelled))
    return step


def test_an_empty_folder_is_said_and_another_can_be_chosen(
    page: NewProjectPage, qtbot: QtBot, tmp_path: Path, image_folder: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    begin(page, qtbot, empty)
    assert page.notice.text == "This folder is empty. Choose another folder."
    assert [button.label() for button in page.notice.buttons] == ["Choose another…"]
    assert not page.footer.next_button.isEnabled()
    begin(page, qtbot, image_folder)
    assert not page.notice.text
    assert page.choose.headline.text() == "60 images were found."


def test_a_folder_without_images_is_said(page: NewProjectPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", "utf-8")
    begin(page, qtbot, tmp_path)
    assert page.notice.text.startswith("This folder holds no images that can be read.")


def test_a_file_that_is_no_table_is_said(page: NewProjectPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", "utf-8")
    begin(page, qtbot, tmp_path / "empty.csv")
    assert page.notice.text
    assert page.step == CHOOSE
    assert not page.footer.next_button.isEnabled()


def test_esc_leaves_at_once_while_nothing_would_be_lost(page: NewProjectPage, qtbot: QtBot, image_folder: Path) -> None:
    begin(page, qtbot, image_folder)
    with qtbot.waitSignal(page.cancelled):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_esc_asks_once_something_was_chosen(page: NewProjectPage, qtbot: QtBot, image_folder: Path) -> None:
    begin(page, qtbot, image_folder)
    page.go_on()
    qtbot.mouseClick(page.labels.use_buttons[LabelUse.TRUTH], Qt.MouseButton.LeftButton)
    with qtbot.assertNotEmitted(page.cancelled):
        qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.notice.text == "Leave? What you chose here is not kept."


def test_back_to_the_data_keeps_what_was_chosen(page: NewProjectPage, qtbot: QtBot, image_folder: Path) -> None:
    begin(page, qtbot, image_folder)
    page.go_on()
    page.labels.place.name_field.setText("Mine")
    qtbot.mouseClick(page.footer.back_button, Qt.MouseButton.LeftButton)
    assert page.step == CHOOSE
    page.go_on()
    assert page.labels.place.name == "Mine"


def test_the_text_column_is_chosen_by_hand_when_none_looks_like_text(
    page: NewProjectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "codes.csv"
    table.write_text("a,b\n" + "".join(f"{number},{number % 2}\n" for number in range(20)), "utf-8")
    begin(page, qtbot, table)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    box = page.labels.columns.boxes["text"]
    qtbot.waitUntil(box.hasFocus)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert page.step == LABELS
    assert page.notice.text == "No column looks like text. Choose the column to read."
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert page.labels.columns.column("text") == "a"
    assert not page.notice.text


def test_classes_must_be_named_when_the_data_names_none(
    page: NewProjectPage, qtbot: QtBot, make_images: MakeImages, tmp_path: Path
) -> None:
    flat = make_images(tmp_path / "one", each=3, classes=("plain",)) / "plain"
    begin(page, qtbot, flat)
    page.go_on()
    field = page.labels.names_field
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "good")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert page.notice.text == "At least two classes are needed. Name the classes, separated by commas."
    qtbot.keyClicks(field, ", bad, good,")
    assert page.labels.request().labels == ("good", "bad")


def test_folders_that_are_no_classes_can_be_set_aside(theme: Theme, qtbot: QtBot, image_folder: Path) -> None:
    step = labels_of(theme, qtbot, image_folder)
    qtbot.mouseClick(step.use_buttons[LabelUse.TRUTH], Qt.MouseButton.LeftButton)
    assert step.request().labels == ()
    step.own_names_button.click()
    step.names_field.setText("yes, no")
    request = step.request()
    assert request.labels == ("yes", "no")
    assert request.use_labels is LabelUse.NO
    step.own_names_button.click()
    assert step.request().labels == ()
    assert step.request().use_labels is LabelUse.TRUTH


def test_folders_of_patients_are_not_offered_as_classes(
    theme: Theme, qtbot: QtBot, image_folder: Path, tmp_path: Path
) -> None:
    """Two patients with a picture each: Enter all the way must not make classes of them."""
    for number, picture in enumerate(sorted(image_folder.rglob("*.png"))[:4]):
        place = tmp_path / "study" / f"patient_{number // 2}" / picture.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, place)
    step = labels_of(theme, qtbot, tmp_path / "study")
    with pytest.raises(KnownError, match="two classes"):
        step.request()
    step.names_field.setText("normal, nodule")
    assert step.request().labels == ("normal", "nodule")
    step.own_names_button.click()
    assert step.request().labels == ()
    assert list(step._counts()) == ["patient_0", "patient_1"], "they can be used all the same"


def test_the_columns_chosen_are_the_columns_read(
    theme: Theme, qtbot: QtBot, make_table: MakeTable, tmp_path: Path
) -> None:
    step = labels_of(theme, qtbot, make_table(tmp_path / "messages.csv"))
    request = step.request()
    assert (request.text_column, request.labels_from, request.id_column) == ("text", "label", "id")
    step.columns.boxes["id"].setCurrentIndex(0)
    assert step.request().id_column == ""


def test_a_model_that_knows_the_classes_is_offered_with_its_accuracy(
    theme: Theme, qtbot: QtBot, make_images: MakeImages, tmp_path: Path
) -> None:
    root = tmp_path / "waste"
    make_images(root, each=1, classes=WASTE)
    step = labels_of(theme, qtbot, root)
    assert step.request().model == "waste"
    facts = bundled_models(paths.resources())["waste"]
    metrics = facts["card"]["metrics"]
    said = claim(facts)
    low, high = (round(100 * bound) for bound in metrics["interval"])
    assert f"{round(100 * metrics['accuracy'])} % ({low}–{high} %)" in said
    step.model.without_button.setChecked(True)
    assert step.request().model == NO_MODEL


def test_an_accuracy_that_is_not_quite_all_is_never_said_to_be_all() -> None:
    metrics = {"held_out": 1000, "accuracy": 0.997, "interval": [0.99, 0.9996]}
    said = claim({"kind": "text", "card": {"metrics": metrics}})
    assert said == "On 1,000 texts it had never seen it was right in 99.7 % (99–99.9 %) of cases."


def test_no_model_is_offered_for_other_classes(theme: Theme, qtbot: QtBot, image_folder: Path) -> None:
    step = labels_of(theme, qtbot, image_folder)
    assert step.request().model == NO_MODEL
    assert step.model.use_button.isHidden()


def test_the_model_card_can_be_read_and_closed(theme: Theme, qtbot: QtBot) -> None:
    dialog = ModelCardDialog(theme, bundled_models(paths.resources())["digits"])
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.open()
    with qtbot.waitSignal(dialog.finished):
        qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)


def test_a_table_is_counted_up_to_a_limit(
    make_table: MakeTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_table(tmp_path / "messages.csv", rows=40)
    whole = finding.look_at_table(table, no_progress, never_cancelled)
    assert whole.complete
    assert whole.classes_in("label") == {"bill": 20, "login": 20}
    assert len(whole.rows) == finding.PREVIEWED
    monkeypatch.setattr(finding, "ROWS_LOOKED_AT", 10)
    part = finding.look_at_table(table, no_progress, never_cancelled)
    assert not part.complete
    assert part.classes_in("label") == {"bill": 5, "login": 5}
    assert part.row_count == 40


@pytest.mark.parametrize(
    ("name", "folder"),
    [("Waste", "Waste.hitl"), ("a/b: c", "a-b- c.hitl"), ("..", ""), ("  ", ""), ("x\u202ey\n", "xy.hitl")],
)
def test_a_project_name_becomes_a_folder_that_every_system_takes(name: str, folder: str) -> None:
    assert folder_name(name) == folder


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "Waste.hitl").mkdir()
    (tmp_path / "Waste 2.hitl").mkdir()
    assert free_name("Waste", tmp_path) == "Waste 3"


@pytest.mark.parametrize(("confidence", "said"), [(1.0, "sure"), (0.8, "sure"), (0.6, "likely"), (0.2, "a guess")])
def test_the_confidence_of_a_guess_is_said_in_words(confidence: float, said: str) -> None:
    assert in_words(confidence) == said


def test_cells_of_several_names_are_offered_as_several_findings(
    theme: Theme, qtbot: QtBot, findings_table: Path, own_home: Path
) -> None:
    step = labels_of(theme, qtbot, findings_table)
    request = step.request()
    assert request.several
    assert (request.labels_from, request.model) == ("tags", NO_MODEL)
    assert list(step._counts()) == ["bill", "login", "ship"]
    step.several_box.click()
    assert not step.request().several
    assert "bill; login" in step._counts()


def test_findings_can_be_named_by_hand_and_one_is_enough(
    theme: Theme, qtbot: QtBot, image_folder: Path, own_home: Path
) -> None:
    step = labels_of(theme, qtbot, image_folder)
    assert step.several_box.isHidden(), "folders name one class per image"
    assert not step.request().several
    step.own_names_button.click()
    step.names_field.setText("nodule")
    with pytest.raises(KnownError, match="two classes"):
        step.request()
    step.several_box.click()
    request = step.request()
    assert (request.several, request.labels, request.use_labels) == (True, ("nodule",), LabelUse.NO)


def test_how_much_measures_is_chosen_by_share_or_number(page: NewProjectPage, qtbot: QtBot, image_folder: Path) -> None:
    begin(page, qtbot, image_folder)
    page.go_on()
    choice = page.labels.holdout
    assert page.labels.request().holdout == USUAL
    assert choice.told().startswith("About 6 of 60 items, drawn at random. One in 10 you are asked")
    choice.share_box.setFocus()
    qtbot.keyClick(choice.share_box, Qt.Key.Key_Down)
    assert page.labels.request().holdout == Holdout(share=0.2)
    assert choice.told().startswith("About 12 of 60 items, drawn at random. One in 5 you are asked")
    assert choice.number_box.isHidden()
    qtbot.keyClick(choice.share_box, Qt.Key.Key_End)
    assert choice.number_box.isVisible()
    assert choice.number_box.maximum() == 30
    choice.number_box.setFocus()
    qtbot.keyClick(choice.number_box, Qt.Key.Key_Up)
    assert page.labels.request().holdout == Holdout(items=7)
    page.go_on()
    qtbot.waitUntil(lambda: page.footer.next_button.isEnabled(), timeout=60_000)
    assert "7 of 60 items are set aside to measure" in page.report.model_words()
    page.leave()
    qtbot.mouseClick(page.notice.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.step == CHOOSE)


def test_it_is_chosen_when_the_suggestion_is_seen(page: NewProjectPage, qtbot: QtBot, image_folder: Path) -> None:
    begin(page, qtbot, image_folder)
    page.go_on()
    choice = page.labels.suggesting
    assert page.labels.request().suggesting == Suggesting()
    assert choice.share_box.isHidden()
    qtbot.keyClick(choice.mode_box, Qt.Key.Key_End)
    assert page.labels.request().suggesting == Suggesting(SuggestionMode.MIX, 0.5)
    assert not choice.share_box.isHidden()
    assert "Chance draws" in choice.told()
    choice.share_box.setValue(20)
    assert page.labels.request().suggesting.share == 0.2


def test_lists_stand_beside_their_titles(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    """Without a field that takes the width, the lists stood at the far end of the card."""
    chats = tmp_path / "chats.jsonl"
    turns = '[{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "On its way."}]'
    chats.write_text("".join(f'{{"id": "{n}", "messages": {turns}, "label": "{n % 2}"}}\n' for n in range(20)), "utf-8")
    step = labels_of(theme, qtbot, chats)
    step.resize(1216, 700)
    step.show()
    fields = (*step.kind.fields.values(), *step.kind.choices.values())
    boxes = [field for field in fields if isinstance(field, QComboBox)]
    assert boxes
    titles = [label for label in step.kind.findChildren(PlainLabel) if label.buddy() in boxes]
    longest = max(title.sizeHint().width() for title in titles)
    assert all(box.x() <= longest + 24 for box in boxes)


def test_bars_of_the_wizard_end_where_the_page_between_them_does(page: NewProjectPage, qtbot: QtBot) -> None:
    page.resize(1920, 1000)
    page.show()
    QApplication.processEvents()
    button = page.footer.next_button
    end = button.mapTo(page, QPoint(button.width(), 0)).x()
    steps = page.steps
    assert end == steps.mapTo(page, QPoint(steps.width(), 0)).x()


def test_long_texts_take_the_width_that_other_columns_leave(theme: Theme, qtbot: QtBot) -> None:
    table = RowsTable(theme)
    qtbot.addWidget(table)
    table.resize(800, 300)
    table.show()
    table.show_rows(["id", "text", "label"], [["1", "There seems to be a payment that I did not make " * 3, "a"]])
    narrow = table.columnWidth(1)
    table.resize(1400, 300)
    QApplication.processEvents()
    assert table.columnWidth(1) > max(narrow, 340)
    assert sum(table.columnWidth(column) for column in range(3)) <= table.viewport().width()
