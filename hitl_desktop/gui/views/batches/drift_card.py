"""On the routing page: the last batch that is unlike what was there, which test says so, and its most shifted items."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.batches import Batch


class DriftCard(Card):
    """Takes no place while no batch is unlike what was there, or that was audited since."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Another kind of items"), parent=parent)
        self._context = context
        self._batch: Batch | None = None
        theme = context.theme
        self.head.addWidget(Badge(theme, "triangle-alert", tr("Unlike"), "warn"))
        self._why = PlainLabel("", "body", wrap=True)
        self._what = PlainLabel(
            tr("A certificate from before it covers nothing until another audit."), "small", "text2", wrap=True
        )
        self.shifted_button = Button(theme, tr("Show the most shifted"), size="small")
        self.items_button = Button(theme, tr("Show its items"), size="small")
        self.body.addWidget(self._why)
        self.body.addWidget(self._what)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.shifted_button)
        row.addWidget(self.items_button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.shifted_button.clicked.connect(lambda: self._show(only_shifted=True))
        self.items_button.clicked.connect(lambda: self._show(only_shifted=False))
        context.bridge.changed.connect(self._follow)
        context.bridge.project_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the batch, or nothing."""
        bridge = self._context.bridge
        self._batch = None
        if bridge.is_open:
            from hitl_desktop.workflow.arrivals import last_unlike
            from hitl_desktop.workflow.drift import reason

            project = bridge.desk.project
            found = last_unlike(project)
            if found is not None:
                self._batch = found[0]
                self._why.setText(str(reason(project, found[0].number, found[1])))
                self.shifted_button.setEnabled(bool(found[1].strangest))
        self.setVisible(self._batch is not None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _follow(self, changes: Changes) -> None:
        if changes.pool or changes.routing:
            self.refresh()

    def _show(self, *, only_shifted: bool) -> None:
        if self._batch is not None:
            self._context.bridge.batch_wanted.emit(self._batch, only_shifted)
