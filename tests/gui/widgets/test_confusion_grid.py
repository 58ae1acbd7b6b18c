"""The confusion grid: keys move, Enter chooses, every cell has its words, every number can be read."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.confusion_grid import ConfusionClass, ConfusionGrid, ConfusionModel
from hitl_desktop.gui.widgets.shades import READABLE, contrast, ink_on

NAMES = ("Motor", "Home", "Liability")
COUNTS = [[105, 2, 4], [1, 87, 0], [5, 4, 47]]
CLASSES = [ConfusionClass(i, name) for i, name in enumerate(NAMES)]
Key = Qt.Key


@pytest.fixture
def grid(theme: Theme, qtbot: QtBot) -> ConfusionGrid:
    grid = ConfusionGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(420, 240)
    grid.show_counts(CLASSES, COUNTS)
    grid.show()
    grid.setFocus()
    return grid


def test_it_begins_at_the_most_frequent_mistake(grid: ConfusionGrid) -> None:
    assert grid.told() == "Liability taken for Motor: 5 of 56 checks"
    assert grid.accessibleDescription().startswith("Most often: Liability taken for Motor: 5 of 56 checks;")


def test_arrows_move_and_enter_chooses(grid: ConfusionGrid, qtbot: QtBot) -> None:
    with qtbot.waitSignal(grid.cell_told) as told:
        QTest.keyClick(grid, Key.Key_Right)
    assert told.args == ["Liability taken for Home: 4 of 56 checks", True]
    with qtbot.waitSignal(grid.cell_chosen) as chosen:
        QTest.keyClick(grid, Key.Key_Return)
    assert chosen.args == [2, 1]
    QTest.keyClick(grid, Key.Key_Right)
    QTest.keyClick(grid, Key.Key_Right)
    assert grid.told() == "Liability said to be Liability: 47 of 56 checks", "the column of shares takes no keys"


def test_an_empty_cell_and_a_share_choose_nothing(grid: ConfusionGrid, qtbot: QtBot) -> None:
    grid.setCurrentIndex(grid.model().index(1, 2))
    assert grid.told() == "Home taken for Liability: 0 of 88 checks"
    with qtbot.assertNotEmitted(grid.cell_chosen):
        QTest.keyClick(grid, Key.Key_Return)
        grid.clicked.emit(grid.model().index(1, 3))


def test_a_click_chooses(grid: ConfusionGrid, qtbot: QtBot) -> None:
    QApplication.processEvents()
    place = grid.visualRect(grid.model().index(0, 1)).center()
    with qtbot.waitSignal(grid.cell_chosen) as chosen:
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [0, 1]


def test_cells_and_headers_have_names_for_screen_readers(grid: ConfusionGrid) -> None:
    model, role = grid.model(), Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, 2).data(role) == "Motor taken for Liability: 4 of 111 checks"
    assert model.headerData(2, Qt.Orientation.Vertical, role) == "Truly Liability, 84 % right"
    assert model.headerData(2, Qt.Orientation.Horizontal, role) == "Model said Liability"
    assert model.index(1, 2).data() == "·"
    assert model.index(1, 3).data() == "99 %"


def test_the_cell_with_the_keyboard_stays_when_the_counts_change(grid: ConfusionGrid) -> None:
    grid.setCurrentIndex(grid.model().index(0, 1))
    grid.show_counts(CLASSES, [[106, 2, 4], [1, 87, 0], [5, 4, 47]])
    assert grid.told() == "Motor taken for Home: 2 of 112 checks"
    grid.show_counts(CLASSES[:2], [[1, 0], [0, 1]])
    assert grid.told() == "Motor taken for Home: 0 of 1 check"


def test_nothing_decided_has_a_dash_and_no_mistake_is_said(grid: ConfusionGrid) -> None:
    grid.show_counts(CLASSES, [[3, 0, 0], [0, 0, 0], [0, 0, 2]])
    assert grid.model().index(1, 3).data() == "–"
    assert grid.accessibleDescription() == "No mistakes on these checks"
    grid.show_counts([], [])
    assert grid.told() == ""


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_number_can_be_read_on_its_cell(theme: Theme, mode: str) -> None:
    theme.set_mode(mode)  # type: ignore[arg-type]
    model = ConfusionModel(theme)
    steps = 40
    counts = [[0] * steps for _ in range(steps)]
    for i in range(steps):
        counts[i][i] = i + 1
        counts[0][i] = i + 1
    model.show_counts([ConfusionClass(i, str(i)) for i in range(steps)], counts)
    for place in range(1, steps):
        for ground in (model.ground(place, place), model.ground(0, place)):
            assert contrast(ground, ink_on(ground, *model.inks())) >= READABLE
    theme.set_mode("light")


def test_many_classes_scroll_and_stay_readable(theme: Theme, qtbot: QtBot) -> None:
    grid = ConfusionGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(420, 400)
    classes = [ConfusionClass(i, f"a rather long class name {i}") for i in range(77)]
    grid.show_counts(classes, [[int(i == j) for j in range(77)] for i in range(77)])
    grid.show()
    assert grid.height() < 420
    assert grid.horizontalHeader().sectionSize(0) >= 20
    grid.setCurrentIndex(QModelIndex(grid.model().index(70, 70)))
    QApplication.processEvents()
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())


def test_names_have_the_room_that_cells_leave(grid: ConfusionGrid) -> None:
    classes = [ConfusionClass(0, "benign (BI-RADS 2–3)"), ConfusionClass(1, "malignant (BI-RADS 4–5)")]
    grid.show_counts(classes, [[3, 1], [0, 2]])
    narrow = grid.verticalHeader().width()
    grid.resize(640, 240)
    QApplication.processEvents()
    assert grid.verticalHeader().width() > narrow
    assert grid.columnWidth(0) >= 36
    grid.show_counts([*classes, *(ConfusionClass(i, "x") for i in range(2, 10))], [[1] * 10] * 10)
    assert grid.verticalHeader().width() < narrow, "among many classes the cells come first"
