"""The plot: what it says to screen readers and on hover, in which place, and what it writes."""

import errno
from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.group_rows import GroupRows, GroupShare
from hitl_desktop.gui.widgets.money_bars import MoneyBar, MoneyBars
from hitl_desktop.gui.widgets.plot import Picture, Plot, Point

POINTS = tuple(Point(n, y, f"v{n}: {y} %", y - 5, y + 5) for n, y in enumerate((70.0, 60.0, 45.0), 1))
LINE = Picture("line", POINTS, tuple((point.x, f"v{point.x:.0f}") for point in POINTS), "by version")


@pytest.fixture
def plot(theme: Theme, qtbot: QtBot) -> Plot:
    shown = Plot(theme)
    qtbot.addWidget(shown)
    shown.resize(400, 220)
    shown.show()
    shown.show_picture("Share that needs you", LINE)
    QApplication.processEvents()
    QApplication.processEvents()
    return shown


def test_a_screen_reader_hears_title_and_every_point(plot: Plot) -> None:
    assert plot.accessibleName() == "Share that needs you"
    assert plot.accessibleDescription() == "v1: 70.0 %. v2: 60.0 %. v3: 45.0 %"


def test_each_point_is_told_where_it_is_drawn(plot: Plot) -> None:
    for point in POINTS:
        assert plot.told_at(plot._place(point)) == point.told
    assert plot.told_at(QPointF(2, 2)) == ""
    left, right = plot._place(POINTS[0]), plot._place(POINTS[-1])
    assert left.x() < right.x()
    assert left.y() < right.y()  # 45 lies below 70


def test_points_are_painted_where_they_are_told(plot: Plot, theme: Theme) -> None:
    picture = plot.picture(1.0)
    place = plot._place(POINTS[1]).toPoint()
    colours = {picture.pixelColor(place.x() + dx, place.y() + dy).name() for dx in range(-6, 7) for dy in range(-6, 7)}
    assert theme.colour("accent").name() in colours


@pytest.mark.parametrize("height", [110, 160, 400])
def test_a_label_over_the_highest_point_has_room(plot: Plot, height: int) -> None:
    bar = Point(0, 5.0, "5.0 s", 4.0, 5.98, label="5.0")
    plot.show_picture("Seconds", Picture("bars", (bar,), ((0, "9"),), "by day", from_zero=True))
    plot.resize(400, height)
    QApplication.processEvents()
    (label,) = [item for item in plot._items if isinstance(item, pg.TextItem)]
    top = plot._view.mapFromScene(label.sceneBoundingRect().topLeft()).y()
    assert top >= 0


def test_bars_begin_at_zero(plot: Plot) -> None:
    bars = tuple(Point(n, y, str(y)) for n, y in enumerate((16.0, 9.0)))
    plot.show_picture("Seconds", Picture("bars", bars, ((0, "9"), (1, "10")), from_zero=True))
    assert plot._rows()[0] == 0.0
    assert plot.told_at(plot._place(bars[1])) == "9.0"


def test_it_follows_the_theme(plot: Plot, theme: Theme) -> None:
    before = plot.picture(1.0)
    theme.set_mode("dark" if theme.mode != "dark" else "light")
    QApplication.processEvents()
    assert plot.picture(1.0) != before


def test_it_is_written_as_a_drawing_or_a_picture(plot: Plot, tmp_path: Path) -> None:
    plot.write(tmp_path / "a.svg")
    drawing = (tmp_path / "a.svg").read_text("utf-8")
    assert "<svg" in drawing
    assert "<path" in drawing
    assert "<image" not in drawing
    plot.write(tmp_path / "a.png")
    picture = QImage(str(tmp_path / "a.png"))
    assert (picture.width(), picture.height()) == (800, 440)


def test_a_drawing_is_written_whole_or_not_at_all(plot: Plot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.svg").write_text("an older one", "utf-8")
    (tmp_path / "a.png").write_text("an older one", "utf-8")

    def is_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", is_full)
    for name in ("a.svg", "a.png"):
        with pytest.raises(KnownError, match="the disk is full"):
            plot.write(tmp_path / name)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == dict.fromkeys(
        ("a.svg", "a.png"), "an older one"
    )


def test_a_key_asks_for_the_file(plot: Plot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = str(tmp_path / "chart.svg")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    QTest.keyClick(plot, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert (tmp_path / "chart.svg").is_file()


def test_its_menu_copies_it(plot: Plot) -> None:
    texts = [action.text() for action in plot.file.menu().actions()]
    assert texts == ["Save the chart…", "Copy the chart"]
    plot.file.menu().actions()[1].trigger()
    assert not QGuiApplication.clipboard().image().isNull()


def test_nothing_to_show_is_no_failure(plot: Plot) -> None:
    plot.show_picture("Nothing", Picture("line", (), ()))
    assert plot.told_at(QPointF(100, 100)) == ""
    assert not plot.picture(1.0).isNull()


@pytest.mark.parametrize("make", [GroupRows, MoneyBars])
def test_other_charts_are_written_too(
    make: type[GroupRows | MoneyBars], theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = make(theme)
    qtbot.addWidget(chart)
    if isinstance(chart, GroupRows):
        chart.show_groups([GroupShare("north", 9, 10, 0.9, 0.6, 0.98), GroupShare("south", 4, 10, 0.4, 0.2, 0.7, True)])
    else:
        chart.show_bars("What it costs", [MoneyBar("By hand", 10.0, 5.0, "15 €", "10 € review + 5 € for 2 mistakes")])
    chart.resize(400, chart.sizeHint().height())
    chart.show()
    chosen = str(tmp_path / "chart")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, "Picture (*.png)"))
    QTest.keyClick(chart, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    picture = QImage(f"{chosen}.png")
    assert picture.width() == 800
    colours = {picture.pixelColor(x, y).name() for x in range(0, 800, 2) for y in range(0, picture.height(), 2)}
    assert theme.colour("accent").name() in colours
    chart.file.write(tmp_path / "chart.svg")
    drawing = (tmp_path / "chart.svg").read_text("utf-8")
    assert ("north" in drawing) or ("By hand" in drawing)
