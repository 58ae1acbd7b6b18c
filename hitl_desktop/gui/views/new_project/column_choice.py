"""Which column of a table is the id, the text and the label: three choices, each with what stands in it."""

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from hitl_desktop.exchange.table_records import ColumnGuess, TableGuess
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12, SPACE_16
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, tr

SURE: Final = 0.8
LIKELY: Final = 0.5
_SAMPLE: Final = 60
_WIDTH: Final = 220
_ROLES: Final = (
    ("text", mark("Text"), mark("Text column"), mark("Choose a column…")),
    ("label", mark("Label"), mark("Label column"), mark("None")),
    ("id", mark("Id"), mark("Id column"), mark("None, count the rows")),
)


def in_words(confidence: float) -> str:
    """How sure the guess of a column is, 0–1, as people say it."""
    if confidence >= SURE:
        return tr("sure")
    return tr("likely") if confidence >= LIKELY else tr("a guess")


class ColumnChoice(QWidget):
    """Three combo boxes filled from the guess. `changed` is sent when the person chooses another column."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: dict[str, ColumnGuess] = {}
        self._guessed: dict[str, tuple[str | None, float]] = {}
        self.boxes: dict[str, QComboBox] = {}
        self._titles: dict[str, PlainLabel] = {}
        self._samples: dict[str, PlainLabel] = {}
        self._certainty: dict[str, PlainLabel] = {}
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_16)
        grid.setVerticalSpacing(SPACE_4)
        grid.setColumnStretch(3, 1)
        for row, (role, title, name, _) in enumerate(_ROLES):
            label = PlainLabel(tr(title), "body")
            box = QComboBox()
            box.setAccessibleName(tr(name))
            box.setFixedWidth(_WIDTH)
            label.setBuddy(box)
            self._titles[role] = label
            box.activated.connect(lambda _, role=role: self._chosen(role))
            self.boxes[role] = box
            self._certainty[role] = PlainLabel("", "small", "text2")
            self._samples[role] = PlainLabel("", "small", "text2", elide=True, cut="end")
            grid.addWidget(label, 2 * row, 0)
            grid.addWidget(box, 2 * row, 1)
            grid.addWidget(self._certainty[role], 2 * row, 2)
            grid.addWidget(self._samples[role], 2 * row, 3)
            if row < len(_ROLES) - 1:
                grid.setRowMinimumHeight(2 * row + 1, SPACE_12 - SPACE_4)

    def show_guess(self, guess: TableGuess) -> None:
        """Offer the columns of a table, with the guessed ones chosen."""
        self._columns = {column.name: column for column in guess.columns}
        self._guessed = {
            "text": (guess.text_column, guess.text_confidence),
            "label": (guess.label_column, guess.label_confidence),
            "id": (guess.id_column, guess.id_confidence),
        }
        for role, *_, nothing in _ROLES:
            box = self.boxes[role]
            box.clear()
            box.addItem(tr(nothing), None)
            for name in guess.column_names:
                box.addItem(name, name)
            guessed = self._guessed[role][0]
            box.setCurrentIndex(0 if guessed is None else box.findData(guessed))
            self._describe(role)

    def keep_titles(self, width: int) -> None:
        """Titles at least so wide, so that the choices stand in one line with others below them; 0: as they are."""
        for title in self._titles.values():
            title.setMinimumWidth(width)

    def show_roles(self, roles: Collection[str]) -> None:
        """Show the choices of these roles only."""
        for role, box in self.boxes.items():
            for part in (box, self._titles[role], self._certainty[role], self._samples[role]):
                part.setVisible(role in roles)
        for row, (role, *_) in enumerate(_ROLES[:-1]):
            self._grid.setRowMinimumHeight(2 * row + 1, SPACE_12 - SPACE_4 if role in roles else 0)

    def choose(self, role: str, name: str | None) -> None:
        """Choose a column as the guess of another kind has it. Nothing is sent."""
        self._guessed[role] = (name, LIKELY)
        self.boxes[role].setCurrentIndex(max(0, self.boxes[role].findData(name)) if name is not None else 0)
        self._describe(role)

    def column(self, role: str) -> str | None:
        """The column chosen for "text", "label" or "id"; None when there is none."""
        name = self.boxes[role].currentData(Qt.ItemDataRole.UserRole)
        return None if name is None else str(name)

    def _chosen(self, role: str) -> None:
        self._describe(role)
        self.changed.emit()

    def _describe(self, role: str) -> None:
        name = self.column(role)
        guessed, confidence = self._guessed[role]
        if name is None:
            words, samples = "", ""
        else:
            words = in_words(confidence) if name == guessed else tr("your choice")
            # Each in an isolate: they may be of scripts that run against each other, in any language of the window.
            values = dict.fromkeys(self._columns[name].samples)
            samples = " · ".join(f"\u2068{_shortened(value)}\u2069" for value in values)
        self._certainty[role].setText(words)
        self._samples[role].setText(samples)
        self.boxes[role].setAccessibleDescription(
            tr("{certainty}. For example {samples}", certainty=words, samples=samples) if samples else words
        )


def _shortened(value: str) -> str:
    plain = " ".join(value.split())
    return tr("“{text}…”", text=plain[:_SAMPLE]) if len(plain) > _SAMPLE else tr("“{text}”", text=plain)
