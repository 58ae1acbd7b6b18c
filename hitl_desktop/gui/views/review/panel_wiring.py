"""What the panel asks of the review page: one signal, one call."""

from typing import TYPE_CHECKING

from hitl_desktop.gui.views.review.panel import ReviewPanel

if TYPE_CHECKING:
    from hitl_desktop.gui.views.review.page import ReviewPage


def connect_panel(panel: ReviewPanel, page: "ReviewPage") -> None:
    """Have the page do what is clicked on the panel."""
    panel.confirmed.connect(page.confirm)
    panel.class_chosen.connect(page.choose)
    panel.none_wanted.connect(page.find_nothing)
    panel.other_class_wanted.connect(page.pick_class)
    panel.action_chosen.connect(page.act)
    panel.undo_wanted.connect(page.undo)
    panel.item_wanted.connect(page.open_item)
    panel.note_left.connect(page.focus_item)
    panel.why_toggled.connect(page.why.toggle)
