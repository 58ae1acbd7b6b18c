"""One item of a label problem: its name, what it is decided as and by whom, and the item with what is different."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.items import Item
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, STRONG
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.picture_canvas import Overlays
from hitl_desktop.gui.viewers.text_layers import Span, Underlined
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.views.history import words as history_words
from hitl_desktop.gui.views.item_viewer import viewer_for
from hitl_desktop.gui.views.review.item_views import item_view
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, tr
from hitl_desktop.workflow.project import Project

_TINT: Final = 60


class Differences:
    """A layer that marks the words which the other text has not."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.spans: Sequence[Span] = ()

    def stretches(self) -> Sequence[Underlined]:
        """What is marked now."""
        colour = self._theme.colour("warn")
        tint = self._theme.colour("warn")
        tint.setAlpha(_TINT)
        return [Underlined(span, colour, Qt.PenStyle.SolidLine, tint) for span in self.spans]


class ProblemPane(QFrame):
    """Shows one item; `show_differences` marks what the other one has not, where both are texts."""

    def __init__(self, context: Context, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self.item: Item | None = None
        self.viewer = viewer_for(context, media)
        self.viewer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._differences = Differences(context.theme)
        if isinstance(self.viewer, ImageViewer):
            self.viewer.canvas.set_overlays(Overlays.NONE)  # the name stands above it
        if isinstance(self.viewer, TextViewer):
            self.viewer.pane.add_layer(self._differences)
        self._name = PlainLabel("", "body", weight=STRONG, elide=True)
        self._said = PlainLabel("", "small", "text2", elide=True, cut="end")
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_12, SPACE_8, SPACE_12, SPACE_8)
        head.setSpacing(SPACE_4)
        head.addWidget(self._name)
        head.addWidget(self._said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.viewer, 1)

    def show_item(self, project: Project, item: Item) -> None:
        """Show an item, with nothing marked in it."""
        self.item = item
        self._differences.spans = ()
        live = project.store.decisions.live(item.index)
        said = listed(label.name for label in project.decided_labels(item))
        by = ""
        if live:
            is_imported = live[-1].slot in (Slot.IMPORTED, Slot.IMPORTED_CHECK)
            by = history_words.who(live[-1]) if is_imported else tr("by {name}", name=live[-1].reviewer)
        self._name.setText(item.name)
        self._said.setText(listed(part for part in (said, by) if part))
        self.setAccessibleName(listed((item.name, said)))
        self.viewer.show_item(item_view(project, item))

    def show_differences(self, spans: Sequence[Span]) -> None:
        """Mark stretches of the stored text."""
        self._differences.spans = spans
        if isinstance(self.viewer, TextViewer):
            self.viewer.pane.viewport().update()

    @property
    def marked(self) -> Sequence[Span]:
        """What is marked."""
        return self._differences.spans

    def text(self) -> str:
        """The stored text; empty for a picture."""
        return self.viewer.item.text if self.viewer.item is not None else ""
