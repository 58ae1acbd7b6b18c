"""The icons: Lucide drawings, rendered in a colour at a size, once."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE: Final = 1.75
STROKE_BOLD: Final = 2.25
# Icons that point along the reading direction. A clock, a check or a turn of an image does not.
MIRRORED: Final = frozenset(
    {"panel-left", "panel-right", "undo-2", "redo-2", "skip-forward", "arrow-up-right", "chevron-right", "chevron-left"}
)
_RATIOS: Final = (1.0, 2.0, 3.0)


class Icons:
    """Renders icons from the folder of SVG files and keeps what it rendered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, int, str, float, float, bool], QPixmap] = {}

    def names(self) -> list[str]:
        """The names of all icons, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.svg"))

    def pixmap(
        self,
        name: str,
        size: int,
        colour: str,
        ratio: float = 1.0,
        stroke: float = STROKE,
        right_to_left: bool = False,
    ) -> QPixmap:
        """The icon as a pixmap of size × size logical pixels for a screen with this device ratio.

        The stroke is in units of a 24 px drawing. Raises FileNotFoundError for a name that does not exist.
        """
        mirrored = right_to_left and name in MIRRORED
        key = (name, size, colour, ratio, stroke, mirrored)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._render(name, size, colour, ratio, stroke)
            if mirrored:
                pixmap = QPixmap.fromImage(pixmap.toImage().flipped(Qt.Orientation.Horizontal))
                pixmap.setDevicePixelRatio(ratio)
            self._pixmaps[key] = pixmap
        return pixmap

    def icon(
        self, name: str, size: int, colour: str, disabled_colour: str | None = None, right_to_left: bool = False
    ) -> QIcon:
        """The icon for buttons and menus, ready for screens of one, two and three device pixels per pixel."""
        icon = QIcon()
        for ratio in _RATIOS:
            icon.addPixmap(self.pixmap(name, size, colour, ratio, right_to_left=right_to_left))
            if disabled_colour is not None:
                pixmap = self.pixmap(name, size, disabled_colour, ratio, right_to_left=right_to_left)
                icon.addPixmap(pixmap, QIcon.Mode.Disabled)
        return icon

    def _source(self, name: str) -> str:
        if name not in self._sources:
            self._sources[name] = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        return self._sources[name]

    def _render(self, name: str, size: int, colour: str, ratio: float, stroke: float) -> QPixmap:
        source = self._source(name).replace("currentColor", colour)
        source = source.replace('stroke-width="2"', f'stroke-width="{stroke}"')
        renderer = QSvgRenderer(QByteArray(source.encode()))
        pixels = max(1, round(size * ratio))
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
