"""Desks of their own: kinds whose items are answered below the item, with neither queue nor panel beside it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.domain.items import Item
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.answer_bar import AnswerBar
from hitl_desktop.gui.views.review.recent_list import recent_row
from hitl_desktop.language import tr, trc
from hitl_desktop.workflow.comparisons import sides_now

if TYPE_CHECKING:
    from hitl_desktop.gui.views.review.page import ReviewPage

DESKS: Final[dict[str, Callable[["ReviewPage", Context], AnswerBar]]] = {"preference": AnswerBar}
"""By kind: what stands below the item instead of the panel beside it."""


class OwnDesk(QWidget):
    """The place below the item, empty for most kinds. The bar of a kind is made when it is first needed."""

    def __init__(self, page: "ReviewPage", context: Context) -> None:
        super().__init__(page)
        self._page, self._context = page, context
        self._bars: dict[str, AnswerBar] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @property
    def bar(self) -> AnswerBar | None:
        """The bar of the open project's kind; None where it has none."""
        bridge = self._context.bridge
        kind = bridge.desk.project.kind.name if bridge.is_open else ""
        if kind in DESKS and kind not in self._bars:
            self._bars[kind] = DESKS[kind](self._page, self._context)
            self._column.addWidget(self._bars[kind])
        return self._bars.get(kind)

    def show_item(self, item: Item, why_not: str) -> None:
        """Show the session's item, with what was decided before it."""
        bar = self.bar
        if bar is None:
            return
        desk = self._context.bridge.desk
        bar.show_item(item, sides_now(desk.project, item))
        bar.set_possible(why_not)
        recent = desk.session.recent(1)
        bar.show_recent(self._told(recent[0]) if recent else "", desk.session.undo_text())

    def arrange(self) -> None:
        """Where there is a bar, queue, tools and panel make room for the item."""
        has_bar = self.bar is not None
        self.setVisible(has_bar)
        page = self._page
        page.tools.setVisible(not has_bar)
        if has_bar:
            page.queue.hide()
            page.panel.hide()
        elif self._bars and page.panel.isHidden():
            page.panel.show()

    def handle_key(self, event: QKeyEvent) -> bool:
        """True for a key that the bar takes."""
        return self.bar is not None and self.bar.handle_key(event)

    def show_why(self, *, is_open: bool, may_open: bool) -> None:
        """Whether it may be asked why: once the item is decided."""
        if self.bar is not None:
            self.bar.show_why(is_open=is_open, may_open=may_open)

    def edit_note(self) -> None:
        """Write a note: here, or on the panel."""
        (self.bar or self._page.panel.action_block).edit_note()

    def leave_note(self) -> None:
        """The note is written."""
        (self.bar or self._page.panel.action_block).leave_note()

    def _told(self, decision: Decision) -> str:
        project = self._context.bridge.desk.project
        item = project.store.items.get(decision.item_index)
        words, response = recent_row(decision, item.name, project).was, decision.response
        if decision.label_id is not None:
            words = project.answer_words(decision.label_id, decision.findings)
            best = response.ranking[0] if response.ranking else ()
            if len(response.sides) == 2 and len(best) == 1:
                words = (trc("side", "left"), trc("side", "right"))[response.sides.index(best[0])]
        return tr("Just decided: {answer}, {name}", answer=words, name=item.name)
