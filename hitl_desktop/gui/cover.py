"""Disturbing pictures under a cover: so coarse that nothing can be recognised, or without their colours."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

CELLS: Final = 16
"""So many cells lie along the longer side of a blurred picture, however closely it is looked at."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What is put over pictures until they are revealed. False when it is nothing."""

    blurred: bool = False
    grey: bool = False

    def __bool__(self) -> bool:
        return self.blurred or self.grey


NO_COVER: Final = Cover()
COVERS: Final[dict[str, Cover]] = {
    "none": NO_COVER,
    "grey": Cover(grey=True),
    "blurred": Cover(blurred=True),
    "both": Cover(blurred=True, grey=True),
}


def covered_pane(pane: QPixmap, cover: Cover, picture_length: float) -> QPixmap:
    """A pane with its picture covered; `picture_length` is the longer side of the whole picture in device pixels."""
    ratio = pane.devicePixelRatio()
    shown = QPixmap.fromImage(covered(pane.toImage(), cover, picture_length))
    shown.setDevicePixelRatio(ratio)
    return shown


def covered(image: QImage, cover: Cover, length: float | None = None) -> QImage:
    """An image with its content covered. `length`: of the whole, where only a part of it is in the image."""
    if cover.grey:
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    if not cover.blurred:
        return image
    cell = max(2.0, (length or max(image.width(), image.height())) / CELLS)
    coarse = QSize(max(1, round(image.width() / cell)), max(1, round(image.height() / cell)))
    smooth = Qt.TransformationMode.SmoothTransformation
    keep = Qt.AspectRatioMode.IgnoreAspectRatio
    small = image.scaled(coarse, keep, smooth).convertToFormat(QImage.Format.Format_RGB32)
    result = QImage(image.size(), QImage.Format.Format_RGB32)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(result.rect(), small)
    painter.end()
    return result
