"""A menu of commands with their keys."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QStyleOptionMenuItem

from hitl_desktop.language import from_the_left


class KeyMenu(QMenu):
    """Writes keys from the left, in menus that run from the right too: Qt would have `Ctrl+.` read `.+Ctrl` there."""

    def initStyleOption(self, option: QStyleOptionMenuItem, action: QAction) -> None:
        """What is drawn of a command, and measured."""
        super().initStyleOption(option, action)
        words, tab, key = option.text.partition("\t")
        if key:
            option.text = f"{words}{tab}{from_the_left(key)}"
