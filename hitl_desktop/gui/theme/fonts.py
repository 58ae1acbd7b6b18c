"""The bundled fonts, and a QFont for every step of the type scale."""

from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.theme.tokens import TYPE
from hitl_desktop.language import in_use

FAMILY: Final = "Inter"
FAMILY_ARABIC: Final = "Noto Sans Arabic"
FAMILY_MONO: Final = "JetBrains Mono"
_TABULAR: Final = QFont.Tag("tnum")
_HIGHER: Final = {"caption": 2, "small": 2, "title": 4, "claim": 4, "number": 4}
"""What a line needs more where letters reach from a whole size above it to half of one below, as those of Arabic do."""


def line_height(token: str) -> int:
    """The line height of a step of the type scale in the language in use, at the usual text size."""
    return TYPE[token].line + (_HIGHER.get(token, 0) if in_use().right_to_left else 0)


class Fonts:
    """Loads the font files of a folder once and hands out fonts with figures of equal width."""

    def __init__(self, folder: Path) -> None:
        self._cache: dict[tuple[str, int | None, bool, float], QFont] = {}
        for path in sorted([*folder.glob("*.otf"), *folder.glob("*.ttf")]):
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                raise KnownError(
                    say("The font file {name} cannot be read.", name=path.name), say("Install the program again.")
                )

    def font(self, token: str, weight: int | None = None, mono: bool = False, scale: float = 1.0) -> QFont:
        """The font of a step of the type scale ("caption", "body", …), at its own weight unless another is given."""
        key = (token, weight, mono, scale)
        if key not in self._cache:
            step = TYPE[token]
            font = QFont([FAMILY_MONO, FAMILY, FAMILY_ARABIC] if mono else [FAMILY, FAMILY_ARABIC])
            font.setPixelSize(round(step.size * scale))
            font.setWeight(QFont.Weight(step.weight if weight is None else weight))
            font.setFeature(_TABULAR, 1)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._cache[key] = font
        return QFont(self._cache[key])
