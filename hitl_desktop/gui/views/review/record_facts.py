"""What is said beside a record: asked of the explainer and looked up in the project, beside the window."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.explanations import Explanation, PartKind
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.record_context import RecordContext
from hitl_desktop.domain.records import record_of
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.viewers.record_viewer import RecordViewer
from hitl_desktop.gui.views.review.record_side import FACTORS, RecordSide
from hitl_desktop.gui.views.review.record_words import column_of
from hitl_desktop.gui.views.review.why_words import why_view
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.explain_request import near_items
from hitl_desktop.workflow.masked_columns import masked_columns

if TYPE_CHECKING:
    from hitl_desktop.workflow.record_context import RecordContexts

_LOADING_MS: Final = 400
"""So long nothing is said of what is usually there at once."""


class RecordFacts(QObject):
    """Keeps the side of the record viewer in line with the item on screen. `item_wanted(index)` opens another."""

    item_wanted = Signal(int)

    def __init__(self, context: Context, viewer: RecordViewer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._viewer = viewer
        self.side = RecordSide(context)
        self.side.item_wanted.connect(self.item_wanted)
        viewer.set_side(self.side)
        self.looked_up: RecordContext | None = None
        self._waits = QTimer(self)
        self._waits.setSingleShot(True)
        self._waits.setInterval(_LOADING_MS)
        self._waits.timeout.connect(self._say_waiting)
        self._contexts: RecordContexts | None = None
        self._beside = Beside(self)
        self._beside.answered.connect(self._answered)
        self._explained: Explanation | None = None
        context.bridge.closing.connect(self._close)

    def item_shown(self) -> None:
        """Another item, another suggestion for it, or another thing that may be seen of it."""
        from hitl_desktop.workflow.looking import Looking
        from hitl_desktop.workflow.record_context import RecordContexts, asked_of

        desk = self._context.bridge.desk
        session, project = desk.session, desk.project
        if session.current is None:
            return
        if self._contexts is None:
            self._contexts = RecordContexts()
        self._show_cost()
        self._waits.stop()
        visible = session.visible
        known = self._explained
        if visible is None or known is None or known.item_index != session.current:
            self._explained = None
            self._say_why_not()
            self.side.show_near((), "")
        label = None if visible is None or visible.predicted is None else visible.predicted.id
        asked = asked_of(project, session.current, label, masked_columns(project.store))
        looking, contexts = Looking(), self._contexts
        self._beside.look(looking, lambda: contexts.answer(looking, asked))

    def columns_changed(self) -> None:
        """A column was hidden, or is shown again: what was said of it goes."""
        known = self._explained
        self.item_shown()
        if known is not None:
            self.explained(known)

    @Slot(object)
    def explained(self, explanation: Explanation) -> None:
        """The parts of the score have come; they are shown when they are about the item on screen."""
        bridge = self._context.bridge
        if not bridge.is_open or KINDS[bridge.desk.project.kind.name].is_text:
            return
        desk = bridge.desk
        session, project = desk.session, desk.project
        visible = session.visible
        if visible is None or (session.current, visible.model_version) != (
            explanation.item_index,
            explanation.model_version,
        ):
            return
        self._explained = explanation
        self._waits.stop()
        view = why_view(explanation, project)
        if view.refusal:
            self.side.show_no_factors(view.refusal)
        else:
            kinds = (PartKind.FIELD, PartKind.EARLIER)
            parts = zip(explanation.parts, view.rows, strict=True)
            masked = masked_columns(project.store)
            rows = [row for part, row in parts if part.kind in kinds and column_of(part) not in masked]
            strongest = sorted(rows, key=lambda row: -abs(row.value))[:FACTORS]
            self.side.show_factors(strongest, view.this, view.other, view.basis)
        near = near_items(project, explanation.near)
        self.side.show_near(near, tr("Nothing like it is decided yet."))

    def _show_cost(self) -> None:
        """What each answer is expected to cost; nothing where a suggestion is hidden, or nothing is at stake."""
        from hitl_desktop.domain.costs import CostSettings
        from hitl_desktop.gui.views.review.cost_words import cost_words
        from hitl_desktop.workflow.stakes import stakes_of

        desk = self._context.bridge.desk
        visible, store = desk.session.visible, desk.project.store
        stakes = stakes_of(store)
        now = None if stakes is None else desk.project.label_now(stakes.label)
        if stakes is None or now is None or visible is None or visible.findings is not None:
            self.side.show_cost("")
            return
        if stakes.column in masked_columns(store):
            self.side.show_cost("")
            return
        label = desk.project.label(now)
        chance = visible.probabilities[label.position]
        costs = CostSettings.of(store.fact("costs") or {})
        self.side.show_cost(cost_words(stakes, label, chance, self._viewer.record, costs))

    def _say_why_not(self) -> None:
        """While there are no parts: hidden, no model, or on the way."""
        desk = self._context.bridge.desk
        if desk.session.look.exposure is Exposure.HIDDEN:
            why = tr("Hidden until you decide")
        elif desk.session.visible is None:
            why = tr("No model yet")
        else:
            why = ""
            self._waits.start()
        self.side.show_no_factors(why)

    def _say_waiting(self) -> None:
        """It takes a moment; nothing is said while something else goes first."""
        bridge = self._context.bridge
        if bridge.is_open and self._explained is None and bridge.training is None and bridge.scoring is None:
            self.side.show_no_factors(tr("Working it out…"))

    @Slot(object)
    def refused(self, error: KnownError) -> None:
        """The parts of the score could not be worked out."""
        self._waits.stop()
        if self._context.bridge.is_open and self._explained is None:
            self.side.show_no_factors(str(error))

    @Slot(object)
    def _answered(self, answer: object) -> None:
        bridge = self._context.bridge
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, RecordContext) or not bridge.is_open:
            return
        desk = bridge.desk
        if desk.session.current != answer.index:
            return
        self.looked_up = answer
        project = desk.project
        if answer.label_id is None:
            against = trn("{n} record", "{n} records", answer.compared)
        else:
            name = project.label(answer.label_id).name
            against = trn(
                "{n} record decided as {label}", "{n} records decided as {label}", answer.compared, label=name
            )
        self._viewer.show_standings(answer.standings, against)
        labels = {label.id: label for label in project.labels}
        states = {
            ItemState.TO_DO: tr("To do"),
            ItemState.SKIPPED: tr("Skipped"),
            ItemState.UNSURE: tr("Unsure"),
            ItemState.FLAGGED: tr("Flagged"),
        }
        key = record_key(project.store.items.text(answer.index))
        is_hidden = key in masked_columns(project.store)
        self.side.show_history(answer, labels, states, key, is_hidden=is_hidden)

    def _close(self) -> None:
        self._beside.stop()
        self._contexts, self._explained, self.looked_up = None, None, None


def record_key(text: str) -> str:
    """The name of the key column of a record, "" for none."""
    from hitl_desktop.domain.records import ColumnType

    return next((one.name for one in record_of(text).fields if one.type is ColumnType.KEY), "")
