"""One sample on the start page: a small drawing made from it, a sentence, and "Try it"."""

import zipfile
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop import paths
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, RADIUS_CONTROL, SPACE_8, SPACE_16
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import fill_rounded
from hitl_desktop.language import tr
from hitl_desktop.workflow.samples import Sample

_SIDE: Final = 40
_LINE_WIDTHS: Final = (26, 19, 28, 23, 13)
_TURN: Final = 8
"""So far the turns of one side stand in."""
_LARGE: Final = 128


class SampleRow(QWidget):
    """The row of one sample. `button` starts it."""

    def __init__(self, theme: Theme, sample: Sample, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        row.setSpacing(14)
        row.addWidget(SampleTile(theme, sample))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(PlainLabel(tr(sample.title), "body", weight=MEDIUM))
        words.addWidget(PlainLabel(tr(sample.sentence), "small", "text2", wrap=True))
        words.addStretch(1)
        row.addLayout(words, 1)
        self.button = Button(theme, tr("Try it"))
        self.button.setAccessibleName(tr("Try the sample {title}", title=tr(sample.title)))
        self.button.setAccessibleDescription(tr(sample.sentence))
        row.addWidget(self.button)


class SampleTile(Painted):
    """Four small pictures, one large one, or lines of text: what the items of the sample look like."""

    def __init__(self, theme: Theme, sample: Sample, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setFixedSize(_SIDE, _SIDE)
        self._pictures = pictures_of(sample) if sample.kind == "image" else []
        self._takes_turns = sample.kind == "conversation"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_rounded(painter, self.rect(), RADIUS_CONTROL, self.theme.colour("sunken"))
        if self._pictures:
            self._paint_pictures(painter)
        else:
            for number, width in enumerate(_LINE_WIDTHS):
                left = 5 + (_TURN if self._takes_turns and number % 2 else 0)
                line = self.placed(QRect(left, 5 + 7 * number, width, 2))
                fill_rounded(painter, line, 1, self.theme.colour("text3"))

    def _paint_pictures(self, painter: QPainter) -> None:
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setClipPath(clip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # The ground of the first picture goes on between them, so that four small ones look like one sheet.
        painter.fillRect(self.rect(), self._pictures[0].pixelColor(0, 0))
        across, gap = (2, 3) if len(self._pictures) == 4 else (1, 0)
        side = _SIDE // across
        for number, picture in enumerate(self._pictures):
            cell = QRect(number % across * side, number // across * side, side, side)
            painter.drawImage(cell.adjusted(gap, gap, -gap, -gap), picture)


def pictures_of(sample: Sample) -> list[QImage]:
    """One picture of the sample if it is large, else four of different classes; none when the file cannot be read."""
    try:
        with zipfile.ZipFile(paths.resources() / "samples" / sample.file) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".png")]
            step = max(1, len(names) // 4)
            chosen = [names[(number * step + step // 2) % len(names)] for number in range(4)] if names else []
            images = [QImage.fromData(archive.read(name)) for name in chosen]
    except (OSError, zipfile.BadZipFile):
        return []
    readable = [_small(image) for image in images if not image.isNull()]
    is_large = any(image.width() > _LARGE for image in images)
    return readable[:1] if is_large else readable


def _small(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_RGB32).scaled(
        2 * _SIDE, 2 * _SIDE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
