"""The done page: where every item is, what would help most now, and what this session brought."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.looked_up import LookedUp
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16, SPACE_24, SPACE_40, SPACE_56
from hitl_desktop.gui.views import items_in_words
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.figures_in_words import duration, percent, version_name
from hitl_desktop.gui.views.offer_rows import Offer, OfferRows
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.interval_plot import IntervalPlot, IntervalPoint
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon
from hitl_desktop.gui.widgets.stacked_bar import Segment, StackedBar
from hitl_desktop.language import number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.assurance.estimates import Estimate
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.routing import Ledger
    from hitl_desktop.store.models import ModelVersion
    from hitl_desktop.workflow.project import Project

    Measured = list[tuple[ModelVersion, Estimate]]

_SIDE = 364
_MARK = 56


class DonePage(QWidget):
    """Shown when nothing is waiting. It only asks; the owner of the signals does."""

    look_again_wanted = Signal()
    second_wanted = Signal()
    settling_wanted = Signal()
    routing_wanted = Signal()
    train_wanted = Signal()
    export_wanted = Signal()
    new_project_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("focusRing", "inside")  # of the whole page only for who walks by Tab
        self.setObjectName("done_page")
        self.setAccessibleName(tr("Nothing is waiting for you"))
        self._context = context
        self._session = FactRows(to_the_end=True)
        self._title = PlainLabel(tr("Nothing is waiting for you."), "number")
        self._sentence = PlainLabel("", "lead", "text2", wrap=True)
        self._bar = StackedBar(context.theme)
        self._where = Card(tr("Where every item is"))
        self._offers = OfferRows(context.theme)
        self._by_letter: dict[str, Callable[[], object]] = {}
        self._looked_up = LookedUp(context.bridge, self)
        self._plot = IntervalPlot(context.theme)
        self._plot.hide()
        self._source = PlainLabel("", "small", "text2", wrap=True)
        self._build()
        context.bridge.changed.connect(self.refresh)
        context.bridge.project_changed.connect(self._project_changed)
        context.bridge.job_changed.connect(self._job_changed)
        self.set_session(0, 0.0, 0, 0)

    def set_session(self, decisions: int, active_seconds: float, changed: int, undone: int) -> None:
        """Show what this session brought. `active_seconds` is the time spent looking at items."""
        per_item = duration(active_seconds / decisions) if decisions else "–"
        self._session.show_facts(
            [
                (tr("Decisions"), number(decisions)),
                (tr("Active time"), duration(active_seconds)),
                (tr("Per item"), per_item),
                (tr("You changed the suggestion"), trn("{n} time", "{n} times", changed)),
                (tr("Undone"), number(undone)),
            ]
        )

    def session_facts(self) -> list[tuple[str, str]]:
        """What the session card says."""
        return self._session.facts()

    def offers(self) -> OfferRows:
        """The rows of what would help most now."""
        return self._offers

    def sentence(self) -> str:
        """The line below the headline."""
        return self._sentence.text()

    def where(self) -> StackedBar:
        """The bar of where every item is."""
        return self._bar

    def refresh(self, changes: "Changes") -> None:
        """Follow a change. Nothing is read while the page is not on screen: showing it reads."""
        concerns = changes.decisions or changes.model or changes.routing or changes.pool
        if concerns and self.isVisible():
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()
        self._offers.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the first offer; the others have the letter that they show."""
        if event.isAutoRepeat() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._offers.take_first()
        elif (letter := QKeySequence(event.key()).toString()) in self._by_letter:
            self._by_letter[letter]()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        column = page_column(self, 1114)
        column.setContentsMargins(SPACE_56, SPACE_40, SPACE_56, SPACE_24)
        column.setSpacing(SPACE_24)
        column.addLayout(self._headline())
        parts = TwoColumns(self._context.theme, self._left(), self._right(), side_width=_SIDE, gap=SPACE_24)
        column.addWidget(parts)
        column.addStretch(1)

    def _headline(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(SPACE_16)
        head.addWidget(_DoneMark(self._context))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        head.addLayout(words, 1)
        return head

    def _left(self) -> QWidget:
        main = QWidget()
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_16)
        self._where.body.addWidget(self._bar)
        help_most = Card(tr("What would help most now"))
        help_most.body.addWidget(self._offers)
        left.addWidget(self._where)
        left.addWidget(help_most)
        left.addStretch(1)
        return main

    def _right(self) -> QWidget:
        side = QWidget()
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SPACE_16)
        session = Card(tr("This session"), padding=SPACE_24)
        session.body.addWidget(self._session)
        model = Card(tr("The model since you began"), padding=SPACE_24)
        model.body.addWidget(self._plot)
        model.body.addWidget(self._source)
        right.addWidget(session)
        right.addWidget(model)
        right.addLayout(self._buttons())
        right.addStretch(1)
        return side

    def _buttons(self) -> QHBoxLayout:
        theme, keymap = self._context.theme, self._context.keymap
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        new = Button(theme, tr("New project"), icon="folder-plus", key=keymap.caption("new_project"))
        new.clicked.connect(self.new_project_wanted)
        row.addWidget(new)
        row.addStretch(1)
        return row

    def _job_changed(self, job: object) -> None:
        if self.isVisible():
            self._show_offers()

    def _project_changed(self) -> None:
        if self.isVisible():
            self._reload()

    def _reload(self) -> None:
        if not self._context.bridge.is_open:
            return
        project = self._context.bridge.desk.project
        ledger = project.pool.ledger()
        kind = project.kind.name
        self._where.set_title(tr("Where every item is"), items_in_words.counted(kind, ledger.items))
        waiting = ledger.needs_review
        self._title.setText(items_in_words.waiting(kind, waiting) if waiting else tr("Nothing is waiting for you."))
        self._sentence.setText(_headline_sentence(ledger, kind))
        self._bar.show_segments(_segments(project, ledger))
        self._show_offers()
        self._show_model(kind)

    def _show_offers(self) -> None:
        if self._context.bridge.is_open:
            offers = self._useful()
            self._by_letter = {offer.key: offer.take for offer in offers if len(offer.key) == 1}
            self._offers.show_offers(offers)

    def _useful(self) -> list[Offer]:
        """What exists and helps, the most useful first."""
        bridge, keymap = self._context.bridge, self._context.keymap
        ledger = bridge.desk.project.pool.ledger()
        retraining = bridge.desk.retraining
        since = retraining.decisions_since()
        offers = []
        if since and bridge.training is None and retraining.hindrance() is None:
            offers.append(
                Offer(
                    "train",
                    "brain-circuit",
                    trn("Train from {n} new decision", "Train from {n} new decisions", since),
                    tr("The model in use does not know them yet. You can go on while it trains."),
                    tr("Train now"),
                    keymap.caption("train"),
                    self.train_wanted.emit,
                )
            )
        offers += self._readings()
        if ledger.set_aside:
            title = trn("Look again at the {n} set aside", "Look again at the {n} set aside", ledger.set_aside)
            why = tr("{aside}. They come back one after another.", aside=_aside(ledger))
            offers.append(
                Offer("look_again", "circle-help", title, why, tr("Look again"), "L", self.look_again_wanted.emit)
            )
        if ledger.proposed:
            offers.append(self._routing_offer(ledger))
        offers.append(
            Offer(
                "export",
                "upload",
                tr("Take your decisions with you"),
                trn(
                    "A table of all {n} item with {decided} decided.",
                    "A table of all {n} items with {decided} decided.",
                    ledger.items,
                    decided=number(ledger.decided),
                ),
                tr("Export"),
                keymap.caption("export"),
                self.export_wanted.emit,
            )
        )
        return offers

    def _readings(self) -> list[Offer]:
        """What waits for this reviewer as the second one, and where two readers differ."""
        from hitl_desktop.workflow.second_reading import differing, waiting_for

        desk = self._context.bridge.desk
        waiting, differ = len(waiting_for(desk.project, desk.session.sitting)), len(differing(desk.project))
        offers = []
        if waiting:
            title = trn("Read {n} item as second reader", "Read {n} items as second reader", waiting)
            why = tr("Somebody else has answered. You do not see what they said.")
            offers.append(Offer("second", "users", title, why, tr("Read"), "R", self.second_wanted.emit))
        if differ:
            title = trn("Settle {n} item where two readers differ", "Settle {n} items where two readers differ", differ)
            why = tr("You see what both said. Your answer is the one that counts.")
            offers.append(Offer("settle", "users", title, why, tr("Settle"), "D", self.settling_wanted.emit))
        return offers

    def _routing_offer(self, ledger: "Ledger") -> Offer:
        from hitl_desktop.workflow.insight import calibration_in_short

        project = self._context.bridge.desk.project
        version = None if project.model is None else project.model.version
        why = tr(
            "The model is at least {threshold} sure of them. Raise the threshold to see the least sure ones.",
            threshold=percent(project.pool.threshold),
        )
        if version is not None:
            calibrated = calibration_in_short(project, version)
            why = tr("{why} Its confidence is {calibrated}.", why=why, calibrated=calibrated)
        return Offer(
            "routing",
            "route",
            trn("Check some of the {n} proposed", "Check some of the {n} proposed", ledger.proposed),
            why,
            tr("Routing"),
            "",
            self.routing_wanted.emit,
        )

    def _show_model(self, kind: str) -> None:
        """What each version does on the checks, once that is known."""
        from hitl_desktop.workflow.insight import measured_versions
        from hitl_desktop.workflow.snapshot import take_snapshot

        def look(seen: "Project") -> "Measured":
            return measured_versions(seen, take_snapshot(seen))

        self._looked_up.ask(look, lambda measured: self._show_measured(kind, measured))

    def _show_measured(self, kind: str, measured: "Measured") -> None:
        self._plot.setVisible(bool(measured))
        self._plot.show_points([IntervalPoint(version_name(m.version), e.share, e.low, e.high) for m, e in measured])
        if not measured:
            self._source.setText(
                tr(
                    "No version has been measured yet. One item in {n} is drawn at random, to measure the next one.",
                    n=number(self._context.bridge.desk.project.check_every),
                )
            )
            return
        model, last = measured[-1]
        self._source.setText(items_in_words.right_on_checks(kind, model.version, last.right, last.of))


def _headline_sentence(ledger: "Ledger", kind: str) -> str:
    if ledger.needs_review:
        return items_in_words.seen(kind, ledger.seen, ledger.needing_you)
    sure = tr("The model is sure enough of every item.")
    all_seen = items_in_words.all_seen(kind, ledger.seen) if ledger.seen else sure
    if not ledger.set_aside:
        return all_seen
    return trn(
        "{all_seen} {n} of them is set aside and easy to come back to.",
        "{all_seen} {n} of them are set aside and easy to come back to.",
        ledger.set_aside,
        all_seen=all_seen,
    )


def _segments(project: "Project", ledger: "Ledger") -> list[Segment]:
    verdicts = project.store.decisions.standing_verdicts()
    figures = {name: number(verdicts.get(name, 0)) for name in ("confirmed", "corrected", "imported")}
    decided = (
        tr("{confirmed} confirmed, {corrected} corrected, {imported} came with the data", **figures)
        if verdicts.get("imported")
        else tr("{confirmed} confirmed, {corrected} corrected", **figures)
    )
    parts = [
        Segment(ledger.decided, tr("decided"), decided, "solid"),
        Segment(ledger.set_aside, tr("set aside"), _aside(ledger), "hatch"),
        Segment(ledger.proposed, tr("proposed"), tr("not accepted by anything yet"), "neutral"),
    ]
    if ledger.automatic:
        parts.append(Segment(ledger.automatic, tr("automatic"), tr("decided by a rule, seen by nobody"), "settled"))
    if ledger.needs_review:
        parts.insert(2, Segment(ledger.needs_review, tr("to do"), tr("waiting for you in Review"), "track"))
    return parts


def _aside(ledger: "Ledger") -> str:
    return tr(
        "{unsure} unsure, {flagged} flagged, {skipped} skipped",
        unsure=number(ledger.unsure),
        flagged=number(ledger.flagged),
        skipped=number(ledger.skipped),
    )


class _DoneMark(Painted):
    """A check on a soft disc."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.theme)
        self.setFixedSize(_MARK, _MARK)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("ok_soft"))
        painter.drawEllipse(self.rect())
        draw_icon(painter, self.theme, QRect(0, 0, _MARK, _MARK), "check", "ok", _MARK // 2, 2.25)
