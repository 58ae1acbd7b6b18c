"""The slim slider of a stack at the right edge of the picture, and playing the frames one after the other."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSlider, QWidget

from hitl_desktop.language import number, tr

PER_SECOND: Final = 12
_PAGE: Final = 10
_WIDTH: Final = 22
_EDGE: Final = 48
"""Free above and below: there stand the lines of the corners."""


class FrameSlider(QSlider):
    """Which frame is shown; the first is at the top. `chosen` tells of a frame picked with it."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setInvertedAppearance(True)
        self.setInvertedControls(True)
        self.setPageStep(_PAGE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Frame"))
        # The groove lies on the picture or on any ground, so its grey is that of neither.
        self.setStyleSheet("QSlider::groove:vertical { background: rgba(128, 128, 128, 60%); }")
        self.setFixedWidth(_WIDTH)
        self.valueChanged.connect(self._changed)
        self._is_told = False
        self.hide()

    def show_frames(self, frames: int, index: int) -> None:
        """Take over a stack; hidden where there is one frame only."""
        self._is_told = True
        self.setRange(0, max(0, frames - 1))
        self.setValue(index)
        self._is_told = False
        self.setAccessibleDescription(
            tr("Frame {n} of {total}", n=number(index + 1), total=number(frames)) if frames > 1 else ""
        )
        self.setVisible(frames > 1)

    def lie_in(self, width: int, height: int) -> None:
        """Lie at the right edge of a pane of this size."""
        free = min(height // 6, max(_EDGE, height // 8))
        self.setGeometry(width - _WIDTH, free, _WIDTH, max(40, height - 2 * free))

    def _changed(self, index: int) -> None:
        if not self._is_told:
            self.chosen.emit(index)


class Cine:
    """Plays frames in a loop: calls `step` so many times a second."""

    def __init__(self, parent: QWidget, step: Callable[[], None]) -> None:
        self._timer = QTimer(parent)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(step)

    @property
    def plays(self) -> bool:
        """True while frames go by."""
        return self._timer.isActive()

    def play(self, per_second: float = PER_SECOND) -> None:
        """Begin."""
        self._timer.start(round(1000 / max(1.0, min(60.0, per_second))))

    def stop(self) -> None:
        """End; the frame on screen stays."""
        self._timer.stop()
