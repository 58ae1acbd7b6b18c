"""What the project is called and where it will lie."""

import unicodedata
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from hitl_desktop import paths
from hitl_desktop.exchange.image_folder import PROJECT_SUFFIX
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_FORBIDDEN: Final = frozenset('/\\:*?"<>|')
_LONGEST: Final = 80


def folder_name(name: str) -> str:
    """The name of a project as the name of a folder that every system takes; empty when nothing is left of it."""
    kept = "".join("-" if c in _FORBIDDEN else c for c in name if unicodedata.category(c)[0] != "C")
    plain = kept.strip(" .")[:_LONGEST].strip(" .")
    return f"{plain}{PROJECT_SUFFIX}" if plain else ""


def free_name(wanted: str, place: Path) -> str:
    """`wanted`, with a number behind it when a project of that name is at the place already."""
    number = 1
    while (place / folder_name(name := wanted if number == 1 else f"{wanted} {number}")).exists():
        number += 1
    return name


class ProjectPlace(Card):
    """The name and the place; what both make is written below them."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Project"), parent=parent)
        self._place = paths.user_data() / "projects"
        self.name_field = QLineEdit()
        self.name_field.setAccessibleName(tr("Name of the project"))
        self.name_field.textChanged.connect(self._show_folder)
        self.name_field.textEdited.connect(lambda _: self.changed.emit())
        self.browse_button = Button(theme, tr("Choose…"), size="small")
        self.browse_button.setAccessibleName(tr("Choose the place of the project"))
        self.browse_button.clicked.connect(self._browse)
        self.body.setSpacing(SPACE_4)
        label = PlainLabel(tr("Name"), "small", "text2")
        label.setBuddy(self.name_field)
        self.body.addWidget(label)
        self.body.addWidget(self.name_field)
        self.body.addSpacing(SPACE_8)
        self.body.addWidget(PlainLabel(tr("Place"), "small", "text2"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        self._folder = PlainLabel("", "small", mono=True, elide=True)
        row.addWidget(self._folder, 1)
        row.addWidget(self.browse_button)
        self.body.addLayout(row)

    def suggest(self, name: str) -> None:
        """Offer a name that is free at the place."""
        self.name_field.setText(free_name(shown(name), self._place))

    def set_place(self, place: Path) -> None:
        """Choose the folder that the project is made in."""
        if place != self._place:
            self._place = place
            self._show_folder()
            self.changed.emit()

    @property
    def name(self) -> str:
        """The name, without blanks around it."""
        return self.name_field.text().strip()

    @property
    def folder(self) -> Path | None:
        """The project folder to make; None while the name is empty."""
        name = folder_name(self.name)
        return self._place / name if name else None

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Place of the project"), str(self._place))
        if chosen:
            self.set_place(Path(chosen))

    def _show_folder(self) -> None:
        folder = self.folder
        # Paths read from left to right in every language.
        self._folder.setText(f"\u2066{folder}\u2069" if folder else "")
