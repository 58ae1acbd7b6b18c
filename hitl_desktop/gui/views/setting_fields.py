"""Fields of the settings: a number with its unit, and a choice among words."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QComboBox, QSpinBox

from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.language import number, tr

CONTROL_WIDTH: Final = 220
_NUMBER_WIDTH: Final = 112


def number_field(least: int, most: int, name: str, words: Callable[[int], str]) -> QSpinBox:
    """A field for a number. `words` say one with its unit: what stands around the figure in them stands here too."""
    box = QSpinBox()
    box.setRange(least, most)
    _show_unit(box, words)
    box.valueChanged.connect(lambda _: _show_unit(box, words))
    box.setKeyboardTracking(False)
    box.setMinimumWidth(_NUMBER_WIDTH)
    box.lineEdit().setTextMargins(SPACE_8, 0, SPACE_8, 0)
    box.setAccessibleName(name)
    return box


def _show_unit(box: QSpinBox, words: Callable[[int], str]) -> None:
    before, figure, after = words(box.value()).partition(number(box.value()))
    box.setPrefix(before if figure else "")  # some languages say one or two without a figure
    box.setSuffix(after)


def choice_field(titles: Mapping[str, str], name: str) -> QComboBox:
    """A field for one of several values. `titles` are marked words by value."""
    box = QComboBox()
    box.setMinimumWidth(CONTROL_WIDTH)
    box.setAccessibleName(name)
    for value, title in titles.items():
        box.addItem(tr(title), value)
    return box
