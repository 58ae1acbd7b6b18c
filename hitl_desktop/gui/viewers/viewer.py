"""What all item viewers have in common: they show one item, say why they cannot, and answer to keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from hitl_desktop.gui.decoded import Source
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.error_page import ErrorPage
from hitl_desktop.language import tr


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as a viewer needs it. `path` is where an image lies, `text` the words of a text.

    `fields` are the other columns of the record, in their order. Those whose names are in `masked` are empty: what is
    in them does not reach the viewer. Of a comparison, `sides` are the numbers of the answers as they stand on screen,
    () as stored; `beside` says more of each answer, as stored: who gave it and how it scores, () until it is decided.
    """

    digest: str
    name: str
    path: Source | None = None
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
    sides: tuple[int, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolAction:
    """A tool of the row above the item. `key` is shown, `icon` names a drawing, `checked` is its state now.

    `worded` tools carry their word beside the icon. `menu` opens below the button instead of the callback.
    `starts_group` sets the tool apart from those before it.
    """

    id: str
    text: str
    icon: str
    key: str
    callback: Callable[[], None]
    checkable: bool = False
    checked: bool = False
    worded: bool = False
    menu: tuple["ToolAction", ...] = ()
    starts_group: bool = False


class ItemViewer(QWidget):
    """The base of the viewers: the content, or in its place the reason why there is none.

    `state_changed` says that `tool_actions` would answer differently now: another zoom, another text size,
    or a reason in place of the item.
    """

    state_changed = Signal()

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.media = media
        self.item: ItemView | None = None
        self._content: QWidget | None = None
        self._error = ErrorPage(theme, self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._error)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("focusRing", "inside")
        self.setMinimumSize(240, 200)

    def show_item(self, view: ItemView) -> None:
        """Show this item in place of the one before, of which nothing stays visible."""
        raise NotImplementedError

    def clear(self) -> None:
        """Show nothing: the queue is empty."""
        raise NotImplementedError

    def go_on_from(self, before: "ItemViewer") -> None:
        """Show the same item in the way that this viewer did, which it stands in for."""

    def tool_actions(self) -> list[ToolAction]:
        """The tools of this viewer, in the order of the row."""
        return []

    def handle_key(self, event: QKeyEvent) -> bool:
        """Do what the key means in this viewer. False when it means nothing here."""
        return False

    def show_error(self, title: str, reason: str) -> None:
        """Say that the item cannot be shown, and why, in its place."""
        self._error.show_reason(title, reason)
        self._stack.setCurrentWidget(self._error)
        self.setAccessibleName(tr("{item} cannot be shown. {reason}", item=title, reason=reason))
        self.state_changed.emit()
        self.state_changed.emit()

    def set_error_actions(self, actions: Sequence[ToolAction]) -> None:
        """The buttons below the reason, for example "Skip for now" and "Show in folder"."""
        self._error.set_buttons([(action.text, action.key, action.callback) for action in actions])

    @property
    def is_loading(self) -> bool:
        """True while the item is still being decoded."""
        return False

    @property
    def has_error(self) -> bool:
        """True while a reason stands in place of the item."""
        return self._stack.currentWidget() is self._error

    def set_content(self, content: QWidget) -> None:
        """The widget that shows items. For subclasses, once."""
        self._content = content
        self._stack.addWidget(content)
        self._stack.setCurrentWidget(content)

    def show_content(self) -> None:
        """Put the content back in place of a reason."""
        if self._content is not None:
            self._stack.setCurrentWidget(self._content)
