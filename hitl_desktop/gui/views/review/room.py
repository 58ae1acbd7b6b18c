"""How much room the review page has: larger text needs the room of a larger window, so widths are told by its size."""

from typing import Final

from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import PANEL, PANEL_WIDE

WIDE: Final = 1600
"""From here on the queue is a list, and below `NARROW` it is hidden."""
NARROW: Final = 1100
_LEAST: Final = 560
"""A page that was not laid out yet has no width of its own."""
_MOST_PANEL: Final = 0.55
"""Of the page: however large its text is, the panel leaves the item nearly half."""


def room_of(page: QWidget, theme: Theme) -> float:
    """The width of the window that `page` is in, in pixels of the usual text size."""
    return _window_width(page) / max(1.0, theme.scale)


def panel_width(page: QWidget, theme: Theme) -> int:
    """The width of the decision panel, in pixels."""
    usual = theme.px(PANEL_WIDE if room_of(page, theme) >= WIDE else PANEL)
    return min(usual, round(_MOST_PANEL * max(page.width(), _LEAST)))


def _window_width(page: QWidget) -> int:
    window: QWidget | None = page.window()
    return (window or page).width()
