"""The key that reveals a covered picture: for the item on screen, until it is left."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from hitl_desktop.gui.cover import NO_COVER, Cover
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.viewer import ToolAction
from hitl_desktop.language import tr


class Reveal:
    """A part of the image viewer. `cover` says what is chosen now."""

    def __init__(self, viewer: ImageViewer, cover: Callable[[], Cover]) -> None:
        self._viewer = viewer
        self._cover = cover
        self.is_revealed = False

    def tool_actions(self) -> Sequence[ToolAction]:
        if not self._cover():
            return []
        text = tr("Cover again") if self.is_revealed else tr("Reveal")
        icon = "eye-off" if self.is_revealed else "eye"
        return [ToolAction("reveal", text, icon, "B", self.toggle, True, self.is_revealed, worded=True)]

    def handle_key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_B or event.modifiers() != Qt.KeyboardModifier.NoModifier or not self._cover():
            return False
        if not event.isAutoRepeat():
            self.toggle()
        return True

    def item_shown(self, digest: str | None) -> None:
        """Every item comes covered."""
        self.is_revealed = False
        self._viewer.canvas.set_cover(self._cover())

    def toggle(self) -> None:
        """Reveal the picture on screen, or cover it again."""
        self.is_revealed = not self.is_revealed
        self._viewer.canvas.set_cover(NO_COVER if self.is_revealed else self._cover())
        self._viewer.state_changed.emit()
