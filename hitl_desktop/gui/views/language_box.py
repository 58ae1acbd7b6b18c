"""The choice of the window's language: each by its own name, so that it is found by whoever reads only that one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from hitl_desktop.gui.speaking import catalogues
from hitl_desktop.language import LANGUAGES, SYSTEM, offered, tr


class LanguageBox(QComboBox):
    """`chosen` carries a code of `LANGUAGES`, or "system", when a person takes another one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Language"))
        self.addItem(tr("As the system"), SYSTEM)
        for code in offered(catalogues()):
            self.addItem(LANGUAGES[code].name, code)
        self.activated.connect(self._take)

    def show_setting(self, setting: str) -> None:
        """Show what is set; a language that is not known counts as the system's."""
        self.setCurrentIndex(max(0, self.findData(setting)))

    def _take(self, place: int) -> None:
        self.chosen.emit(str(self.itemData(place)))
