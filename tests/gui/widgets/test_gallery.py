"""What holds for every widget: it has a name for screen readers, paints in both themes, and follows the layout."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("gallery.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gallery = _load()
ALL = pytest.mark.parametrize("name", list(gallery.SPECIMENS))


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@ALL
def test_it_has_a_name(theme: Theme, qtbot: QtBot, name: str) -> None:
    widget = gallery.specimen(theme, name)
    qtbot.addWidget(widget)
    assert widget.accessibleName() or getattr(widget, "text", str)()


@ALL
def test_it_paints_something_else_in_the_other_theme(theme: Theme, qtbot: QtBot, name: str) -> None:
    widget = gallery.specimen(theme, name)
    qtbot.addWidget(widget)
    theme.set_mode("light")
    light = picture(widget)
    theme.set_mode("dark")
    dark = picture(widget)
    theme.set_mode("light")
    assert light != dark
    first = light.pixel(0, 0)
    assert any(light.pixel(x, y) != first for x in range(light.width()) for y in range(light.height()))


@ALL
def test_it_paints_from_right_to_left(qapp: QApplication, theme: Theme, qtbot: QtBot, name: str) -> None:
    widget = gallery.specimen(theme, name)
    qtbot.addWidget(widget)
    plain = picture(widget)
    widget.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    turned = picture(widget)
    # Charts run from left to right in any layout; the others are centred.
    charts = {"plot", "reliability", "learning_curve", "risk_coverage"}
    centred = {"rail", "bars_hidden", "confirm_disabled", "badge", "badge_audit"} | charts
    if widget.width() > 140 and name not in centred:
        assert turned != plain
