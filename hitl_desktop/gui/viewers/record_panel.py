"""All columns of a record beside the text, each with a switch that masks it for the whole project."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.kinds.text import read_text_item
from hitl_desktop.language import tr, trn

WIDTH: Final = 260
MOST: Final = 200
"""Columns that are listed; a record may have thousands."""
_LONGEST: Final = 2000


class RecordPanel(QFrame):
    """`mask_wanted(name, masked)` asks to mask a column or to show it again."""

    mask_wanted = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Columns of the record"))
        self.setFixedWidth(theme.px(WIDTH))
        self._shown: tuple[tuple[str, str, bool], ...] = ()
        self._inner = QWidget()
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(SPACE_16, SPACE_12, SPACE_12, SPACE_16)
        self._rows.setSpacing(SPACE_12)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inner)
        line = QFrame()
        line.setProperty("rule", "v")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(line)
        row.addWidget(scroll, 1)

    def show_record(self, fields: Mapping[str, str], masked: frozenset[str]) -> None:
        """Show these columns; of masked ones the name, and nothing of what is in them."""
        rows = tuple(
            (name, tr("Hidden") if name in masked else read_text_item(value[:_LONGEST]), name in masked)
            for name, value in list(fields.items())[:MOST]
        )
        if rows == self._shown:
            return
        self._shown = rows
        while (item := self._rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for name, value, is_masked in rows:
            self._rows.addWidget(self._row(name, value, masked=is_masked))
        left_out = len(fields) - len(rows)
        if left_out:
            words = trn("{n} more column is not listed.", "{n} more columns are not listed.", left_out)
            self._rows.addWidget(PlainLabel(words, "small", "text2", wrap=True))
        if not fields:
            self._rows.addWidget(PlainLabel(tr("This record has no other columns."), "small", "text2", wrap=True))
        self._rows.addStretch(1)

    def _row(self, name: str, value: str, *, masked: bool) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        head = QHBoxLayout()
        head.setSpacing(SPACE_8)
        head.addWidget(PlainLabel(name, "small", "text2", elide=True), 1)
        words = tr("Show") if masked else tr("Hide")
        switch = Button(self._theme, words, "link", icon="eye" if masked else "eye-off", size="small")
        switch.setAccessibleName(tr("Show {column}", column=name) if masked else tr("Hide {column}", column=name))
        switch.clicked.connect(lambda: self.mask_wanted.emit(name, not masked))
        head.addWidget(switch)
        column.addLayout(head)
        column.addWidget(PlainLabel(value or "–", "body", "text3" if masked else "text", wrap=True))
        return row
