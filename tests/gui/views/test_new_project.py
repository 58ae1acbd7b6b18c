"""The wizard, as a person goes through it: with keys and mouse, on real files, with the real worker process."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.new_project.page import CHOOSE, LABELS, REPORT, NewProjectPage
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeImages, MakeTable

PATIENCE_MS = 30_000


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> NewProjectPage:
    page = NewProjectPage(context)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


@pytest.fixture
def pictures(make_images: MakeImages, tmp_path: Path) -> Path:
    """24 pictures of two classes; beside them a broken one, two of the same content, and a file of another kind."""
    root = make_images(tmp_path / "bottles", each=12, classes=("dots", "lines"))
    (root / "dots" / "broken.png").write_bytes((root / "dots" / "dots_00.png").read_bytes()[:60])
    (root / "dots" / "dots_copy.png").write_bytes((root / "dots" / "dots_01.png").read_bytes())
    (root / "lines" / "elsewhere.png").write_bytes((root / "dots" / "dots_02.png").read_bytes())
    (root / "readme.md").write_text("not a picture", "utf-8")
    return root


def wait_for_step(page: NewProjectPage, qtbot: QtBot, step: int) -> None:
    """Until that step is shown and one can go on from it, or something is said."""

    def arrived() -> None:
        assert page.step == step
        assert page.footer.next_button.isEnabled() or page.notice.text

    qtbot.waitUntil(arrived, timeout=PATIENCE_MS)


def enter(page: NewProjectPage, qtbot: QtBot) -> None:
    QApplication.processEvents()
    qtbot.keyClick(page.focusWidget() or page, Qt.Key.Key_Return)


def import_folder(page: NewProjectPage, qtbot: QtBot, folder: Path) -> None:
    """Through all steps by Enter alone, up to the report."""
    page.begin_folder(folder)
    wait_for_step(page, qtbot, CHOOSE)
    enter(page, qtbot)
    assert page.step == LABELS
    enter(page, qtbot)
    wait_for_step(page, qtbot, REPORT)


def projects(home: Path) -> list[str]:
    """What lies in the folder of the projects, hidden things too."""
    folder = home / "data" / "projects"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_folder_of_images_becomes_a_project(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    import_folder(page, qtbot, pictures)
    assert page.report.headline.text() == "24 of 28 files are ready."
    counted = {sort: tile.accessibleName() for sort, tile in page.report.tiles.items()}
    assert counted == {
        "items": "24 images read",
        "duplicates": "2 same content as another file",
        "unreadable": "1 cannot be read",
        "others": "1 not images",
    }
    tabs = page.report.tabs
    assert [tabs.tabText(i) for i in range(tabs.count())] == [
        "Cannot be read · 1",
        "Same content · 2",
        "Not images · 1",
    ]
    assert page.report.table.model().index(0, 0).data() == "dots/broken.png"
    assert page.report.disagreement.text.startswith("1 pair disagrees.")
    assert page.footer.next_button.label() == "Begin with 24 images"
    qtbot.mouseClick(page.report.disagreement.buttons[0], Qt.MouseButton.LeftButton)
    assert page.report.table.model().index(0, 0).data() == "lines/elsewhere.png"
    with qtbot.waitSignal(page.finished) as finished:
        page.footer.next_button.setFocus()
        enter(page, qtbot)
    assert finished.args == [own_home / "data" / "projects" / "Bottles.hitl"]
    project = Project.open(finished.args[0])
    assert len(project.pool) == 24
    assert [label.name for label in project.labels] == ["dots", "lines"]
    project.close()


def test_a_table_of_texts_becomes_a_project_with_earlier_decisions(
    page: NewProjectPage,
    qtbot: QtBot,
    make_table: MakeTable,
    tmp_path: Path,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected: list[str] = []
    monkeypatch.setattr(context.bridge, "expect", expected.append)
    table = make_table(tmp_path / "messages.csv")
    with table.open("a", encoding="utf-8") as stream:
        stream.write("m98,,bill\n")
    page.begin_table(table)
    wait_for_step(page, qtbot, CHOOSE)
    assert page.choose.headline.text() == "41 rows were found."
    assert expected == ["create_project"], "loaded while the person looks at the first rows"
    enter(page, qtbot)
    assert {role: page.labels.columns.column(role) for role in ("text", "label", "id")} == {
        "text": "text",
        "label": "label",
        "id": "id",
    }
    qtbot.mouseClick(page.labels.use_buttons[LabelUse.DECISIONS], Qt.MouseButton.LeftButton)
    enter(page, qtbot)
    wait_for_step(page, qtbot, REPORT)
    assert page.report.headline.text() == "40 of 41 rows are ready."
    assert page.report.table.model().index(0, 1).data() == "The text is empty."
    with qtbot.waitSignal(page.finished) as finished:
        qtbot.mouseClick(page.footer.next_button, Qt.MouseButton.LeftButton)
    project = Project.open(finished.args[0])
    assert project.store.decisions.count() == 40
    project.close()


def test_back_takes_the_import_back_and_keeps_what_was_chosen(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    page.begin_folder(pictures)
    wait_for_step(page, qtbot, CHOOSE)
    enter(page, qtbot)
    page.labels.place.name_field.setText("Line two")
    qtbot.mouseClick(page.labels.use_buttons[LabelUse.TRUTH], Qt.MouseButton.LeftButton)
    enter(page, qtbot)
    wait_for_step(page, qtbot, REPORT)
    assert projects(own_home) == ["Line two.hitl"]
    qtbot.mouseClick(page.footer.back_button, Qt.MouseButton.LeftButton)
    wait_for_step(page, qtbot, LABELS)
    assert projects(own_home) == []
    assert page.labels.place.name == "Line two"
    assert page.labels.use is LabelUse.TRUTH


def test_a_cancelled_import_leaves_nothing_behind_and_can_be_tried_again(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    page.begin_folder(pictures)
    wait_for_step(page, qtbot, CHOOSE)
    enter(page, qtbot)
    enter(page, qtbot)
    assert page.step == REPORT
    qtbot.mouseClick(page.report.busy.cancel_button(), Qt.MouseButton.LeftButton)
    wait_for_step(page, qtbot, LABELS)
    assert projects(own_home) == []
    enter(page, qtbot)
    wait_for_step(page, qtbot, REPORT)
    assert projects(own_home) == ["Bottles.hitl"]


def test_leaving_after_the_import_asks_and_then_deletes(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    import_folder(page, qtbot, pictures)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.notice.text.startswith("Leave?")
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.notice.text
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    leave = page.notice.buttons[0]
    assert leave.label() == "Leave"
    with qtbot.waitSignal(page.cancelled):
        qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    page.begin_folder(pictures)  # other work asked for at once does not keep the old project
    wait_for_step(page, qtbot, CHOOSE)
    assert projects(own_home) == []


def test_leaving_during_the_import_leaves_nothing_behind(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    page.begin_folder(pictures)
    wait_for_step(page, qtbot, CHOOSE)
    enter(page, qtbot)
    enter(page, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.report.busy.isVisible()  # the import goes on while the question stands
    with qtbot.waitSignal(page.cancelled):
        qtbot.mouseClick(page.notice.buttons[0], Qt.MouseButton.LeftButton)
    page.begin_folder(pictures)  # runs after the import has ended
    wait_for_step(page, qtbot, CHOOSE)
    assert projects(own_home) == []


def test_a_name_that_is_taken_is_said_and_another_one_helps(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    page.begin_folder(pictures)
    wait_for_step(page, qtbot, CHOOSE)
    enter(page, qtbot)
    taken = own_home / "data" / "projects" / "Bottles.hitl" / "something"
    taken.mkdir(parents=True)
    enter(page, qtbot)
    wait_for_step(page, qtbot, LABELS)
    assert page.notice.text == "Bottles.hitl already exists. Choose another name for the project."
    assert taken.is_dir()
    page.labels.place.name_field.setFocus()
    page.labels.place.name_field.selectAll()
    qtbot.keyClicks(page.labels.place.name_field, "Bottles two")
    assert not page.notice.text
    qtbot.keyClick(page.labels.place.name_field, Qt.Key.Key_Return)
    wait_for_step(page, qtbot, REPORT)
    assert projects(own_home) == ["Bottles two.hitl", "Bottles.hitl"]


def test_a_place_that_cannot_be_written_is_said(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    page.begin_folder(pictures)
    wait_for_step(page, qtbot, CHOOSE)
    enter(page, qtbot)
    page.labels.place.set_place(tmp_path / "file")
    enter(page, qtbot)
    wait_for_step(page, qtbot, LABELS)
    assert "Choose a place where you may write." in page.notice.text


def test_a_project_in_which_someone_decided_is_never_deleted(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, own_home: Path
) -> None:
    import_folder(page, qtbot, pictures)
    project = Project.open(own_home / "data" / "projects" / "Bottles.hitl")
    session = ReviewSession(project, "someone else")
    session.decide(Verdict.CORRECTED, project.labels[0].id)
    project.close()
    qtbot.mouseClick(page.footer.back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.notice.text), timeout=PATIENCE_MS)
    assert page.notice.text.startswith("There are decisions in this project already.")
    assert page.step == REPORT
    assert projects(own_home) == ["Bottles.hitl"]


def test_the_list_of_what_was_left_out_can_be_saved(
    page: NewProjectPage, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    import_folder(page, qtbot, pictures)
    out = tmp_path / "left out.csv"
    page.save_list(out)
    qtbot.waitUntil(lambda: page.footer.hint.text() == "The list was saved as left out.csv.", timeout=PATIENCE_MS)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["file", "left out as", "reason"]
    assert sorted((file, sort) for file, sort, _ in rows[1:]) == [
        ("dots/broken.png", "cannot be read"),
        ("dots/dots_copy.png", "same content"),
        ("lines/elsewhere.png", "same content"),
        ("readme.md", "another kind"),
    ]
