"""The language of the window: its sentences, dates, the words of Qt's own dialogs, and the direction it is read in."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from hitl_desktop import language, paths

_LOCALES: Final = {"en": "en", "de": "de", "ar": "ar_AE"}
"""How dates and sizes are written. Of the Arabic ones this writes figures as `language` does, in Latin digits."""
_QT_WORDS: Final = "qt_words"


def catalogues() -> Path:
    """Where the translations lie."""
    return paths.resources() / "locale"


def speak(application: QApplication, setting: str) -> language.Language:
    """Speak what the user chose, a code or "system". What is on screen already has to be built anew."""
    offered = language.offered(catalogues())
    spoken = language.use(language.chosen(setting, QLocale.system().name(), offered), catalogues())
    QLocale.setDefault(QLocale(_LOCALES.get(spoken.code, "en")))
    direction = Qt.LayoutDirection.RightToLeft if spoken.right_to_left else Qt.LayoutDirection.LeftToRight
    application.setLayoutDirection(direction)
    _translate_qt(application, spoken.code)
    return spoken


def _translate_qt(application: QApplication, code: str) -> None:
    """The words of Qt itself: of its dialogs, its buttons, and the menus of its fields."""
    before = application.findChild(QTranslator, _QT_WORDS)
    if before is not None:
        application.removeTranslator(before)
        before.deleteLater()
        before.setObjectName("")
    if code == "en":
        return
    translator = QTranslator(application)
    translator.setObjectName(_QT_WORDS)
    if translator.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
