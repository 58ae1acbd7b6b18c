"""Keys of keyboards that write another script: what is pressed there stands for the Latin key at the same place.

A keyboard with Arabic, Cyrillic, Greek or Hebrew letters has the Latin ones engraved beside them, and buttons print
those. While such a layout is in force Qt names a key by the letter it writes, so that none of the program's letters,
and with some layouts none of its digits, would do anything.
"""

import unicodedata
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_LAYOUTS: Final = (
    # Arabic (101), and the letters of Persian that lie elsewhere.
    ("ضصثقفغعهخح", "QWERTYUIOP"),
    ("شسيبلاتنم", "ASDFGHJKL"),
    ("ئءؤرىة", "ZXCVNM"),
    ("ﻻی", "BD"),
    # Cyrillic: Russian, and what Ukrainian, Belarusian and Serbian have at those places.
    ("ЙЦУКЕНГШЩЗ", "QWERTYUIOP"),
    ("ФЫВАПРОЛД", "ASDFGHJKL"),
    ("ЯЧСМИТЬ", "ZXCVBNM"),
    ("ІЎЉЊЏ", "SOQWX"),
    # Greek.
    ("ΕΡΤΥΘΙΟΠ", "ERTYUIOP"),
    ("ΑΣΔΦΓΗΞΚΛ", "ASDFGHJKL"),
    ("ΖΧΨΩΒΝΜ", "ZXCVBNM"),
    # Hebrew.
    ("קראטוןםפ", "ERTYUIOP"),
    ("שדגכעיחלך", "ASDFGHJKL"),
    ("זסבהנמצ", "ZXCVBNM"),
)
_LATIN: Final = {letter: key for letters, keys in _LAYOUTS for letter, key in zip(letters, keys, strict=True)}
_LAM_ALEF: Final = "لا"
"""One key of Arabic layouts writes two letters."""
_NAMED: Final = 0x01000000
"""From here on Qt's keys are no letters."""


def latin(event: QKeyEvent) -> QKeyEvent:
    """The same press as of the Latin key at that place; the event itself where there is nothing to translate.

    Digits of other scripts are digits, and so are those that a layout writes with Shift (as on French keyboards).
    """
    key, modifiers = event.key(), event.modifiers()
    text = event.text()
    if text.isascii() and text.isdigit() and modifiers & Qt.KeyboardModifier.ShiftModifier:
        return _pressed(event, ord(text), modifiers & ~Qt.KeyboardModifier.ShiftModifier)
    if text == _LAM_ALEF:
        return _pressed(event, ord("B"), modifiers)
    if not 0x80 <= key < _NAMED:
        return event
    written = chr(key)
    digit = unicodedata.digit(written, None)
    found = str(digit) if digit is not None and written.isdecimal() else _LATIN.get(written)
    return event if found is None else _pressed(event, ord(found), modifiers)


def _pressed(event: QKeyEvent, key: int, modifiers: Qt.KeyboardModifier) -> QKeyEvent:
    return QKeyEvent(event.type(), key, modifiers, chr(key), event.isAutoRepeat())
