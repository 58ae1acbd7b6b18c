"""Why does the model think so? Opened by a key, shown on and below the item, never where a suggestion is hidden."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.explanations import Comparison, Explanation
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.explainer import Explainer
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.record_viewer import RecordViewer
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.views.review.record_facts import RecordFacts
from hitl_desktop.gui.views.review.why_layers import PlaceEvidence, WordEvidence
from hitl_desktop.gui.views.review.why_strip import WhyStrip
from hitl_desktop.gui.views.review.why_words import next_comparison, why_view, without_quick
from hitl_desktop.workflow.explain_request import near_items
from hitl_desktop.workflow.teaching_marks import can_teach

_PREPARE_FIRST_MS: Final = 300
"""So long after the first item is painted it is explained ahead: the process has to start for it."""
_PREPARE_MS: Final = 250

Shown = tuple[int, int]


class Why(QObject):
    """Open or not, and what is shown when it is. It stays open from item to item, until a suggestion is hidden.

    `changed()` says that it was opened, closed, or may not be opened now. `item_wanted(index)` opens a near item.
    """

    changed = Signal()
    item_wanted = Signal(int)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.explainer = Explainer(context.bridge, self)
        self.strip = WhyStrip(context)
        self.strip.hide()
        self.is_open = False
        self.explanation: Explanation | None = None
        self._words = WordEvidence(context.theme)
        self._places = PlaceEvidence(context.theme)
        self._viewer: QWidget | None = None
        self.records: RecordFacts | None = None
        self._item: Shown | None = None
        self._comparison: Comparison | None = None
        self._prepares = QTimer(self)
        self._prepares.setSingleShot(True)
        self._prepares.setInterval(_PREPARE_FIRST_MS)
        self._prepares.timeout.connect(self._prepare)
        self.explainer.explained.connect(self._explained)
        self.explainer.failed.connect(self._failed)
        self.strip.item_wanted.connect(self.item_wanted)
        self.strip.other_wanted.connect(self.compare_with_another)
        self.strip.closed.connect(self.toggle)
        context.bridge.closing.connect(self._project_closes)
        context.bridge.changed.connect(self._follow)

    @property
    def may_open(self) -> bool:
        """True while there is a suggestion in view; a hidden one is not explained either."""
        return self._item is not None

    def viewer_made(self, viewer: QWidget) -> None:
        """Mark evidence in this viewer from now on; a record has its own place for what speaks for it."""
        if isinstance(viewer, RecordViewer):
            self.records = RecordFacts(self._context, viewer, self)
            self.records.item_wanted.connect(self.item_wanted)
            self.explainer.explained.connect(self.records.explained)
            self.explainer.failed.connect(self.records.refused)
        if isinstance(viewer, TextViewer):
            viewer.pane.add_layer(self._words)
        elif isinstance(viewer, ImageViewer):
            viewer.canvas.add_layer(self._places)

    def _follow(self, changes: Changes, _initiator: object) -> None:
        """A column of the record may have been hidden: nothing of it stays on screen."""
        if not changes.settings or self.records is None or not isinstance(self._viewer, RecordViewer):
            return
        if self._context.bridge.is_open and self._item is not None:
            self.records.columns_changed()
            if self.explanation is not None:
                self._explained(self.explanation)

    def toggle(self) -> None:
        """Open or close it."""
        if not self.is_open and not self.may_open:
            return
        self.is_open = not self.is_open
        self._refresh()
        self.changed.emit()

    def compare_with_another(self) -> None:
        """Explain the answer against the next likely one; of several findings, the next doubtful finding."""
        if self.is_open and self.explanation is not None:
            self._comparison = next_comparison(self.explanation)
            self._ask()

    def item_shown(self, viewer: QWidget | None) -> None:
        """Follow the session: another item, another suggestion for it, or another thing that may be seen of it."""
        session = self._context.bridge.desk.session
        visible = session.visible  # answers are compared blind: of them there is one once they are decided
        item = None if session.current is None or visible is None else (session.current, visible.model_version)
        if item == self._item and viewer is self._viewer:
            return
        self._viewer, self._item, self._comparison = viewer, item, None
        if session.look.exposure is Exposure.HIDDEN:
            self.is_open = False
        self._refresh()
        if not (self._prepares.isActive() and self._prepares.interval() == _PREPARE_FIRST_MS):
            self._prepares.start()  # the first time it is not put off, however fast one decides
        if self.records is not None and isinstance(viewer, RecordViewer):
            self.records.item_shown()
        self.changed.emit()

    def _refresh(self) -> None:
        self.explanation = None
        self._mark()
        is_shown = self.is_open and self._item is not None
        if is_shown:
            self.strip.set_kind(self._context.bridge.desk.project.kind.name)
            self._ask()
        self.strip.setVisible(is_shown)

    def _ask(self) -> None:
        if self._item is not None:
            self._prepares.stop()
            self.strip.show_waiting()
            self.explainer.ask(*self._item, self._comparison)

    def _prepare(self) -> None:
        """Explain the item on screen before anybody asks, so that the answer is there at once."""
        if self._item is None or self.is_open or not self._context.bridge.is_open:
            return
        if self._context.bridge.training is None and self._context.bridge.scoring is None:
            self._prepares.setInterval(_PREPARE_MS)
            if isinstance(self._viewer, RecordViewer):
                self.explainer.ask(*self._item)  # shown whether or not anybody asks why
            else:
                self.explainer.prepare(*self._item, self._next_to_explain())

    def _next_to_explain(self) -> int | None:
        """The item after the one on screen, where there is something to explain about it."""
        desk = self._context.bridge.desk
        following = desk.session.upcoming(1)
        return following[0] if following and desk.project.pool.predicted[following[0]] >= 0 else None

    @Slot(object)
    def _explained(self, explanation: Explanation) -> None:
        if not self.is_open or self._item != (explanation.item_index, explanation.model_version):
            return
        if self._comparison is not None and explanation.comparison != self._comparison:
            return
        self.explanation = explanation
        project = self._context.bridge.desk.project
        view = without_quick(why_view(explanation, project), self._context.bridge.desk.session.visible)
        near = near_items(project, explanation.near)
        self.strip.show_view(view, near, has_others=next_comparison(explanation) is not None,
                             can_teach=not view.refusal and can_teach(project))  # fmt: skip
        self._mark()

    @Slot(object)
    def _failed(self, error: KnownError) -> None:
        if self.is_open:
            self.strip.show_failure(str(error))

    def _mark(self) -> None:
        """Put the evidence on the item, or take it away."""
        if self.explanation is None:
            self._words.show((), None, None)
            self._places.show((), None, None)
        else:
            view = why_view(self.explanation, self._context.bridge.desk.project)
            self._words.show(self.explanation.parts, view.this, view.other)
            self._places.show(self.explanation.grid, view.this, view.other)
        if isinstance(self._viewer, TextViewer):
            self._viewer.pane.viewport().update()
        elif isinstance(self._viewer, ImageViewer):
            self._viewer.canvas.update()

    def _project_closes(self) -> None:
        self._prepares.stop()
        self._prepares.setInterval(_PREPARE_FIRST_MS)
        self._item, self._comparison, self.is_open = None, None, False
        self._refresh()
        self.changed.emit()
