"""The look: colours, fonts, icons and the style sheet, held together by one `Theme` object."""

from hitl_desktop.gui.theme.theme import Theme

__all__ = ["Theme"]
