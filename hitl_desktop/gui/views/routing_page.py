"""The routing page: the threshold between what needs the expert and what is only proposed, and the order of asking."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QSpinBox, QVBoxLayout, QWidget

from hitl_desktop import language
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_4, SPACE_12, SPACE_16
from hitl_desktop.gui.views import learning_words
from hitl_desktop.gui.views.confidence_histogram import ConfidenceHistogram
from hitl_desktop.gui.views.figures_in_words import percent
from hitl_desktop.gui.views.near_items import NearItems
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.routing.certificate_sheet import CertificateSheet
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.stacked_bar import Segment, StackedBar
from hitl_desktop.language import mark, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes

_SIDE: Final = 448
_NEAR_EACH: Final = 4
_STEP: Final = 1
_PAGE_STEP: Final = 5
_MEASURES: Final = {
    "least_confidence": (mark("Least confidence"), mark("How far the most likely class is from being certain.")),
    "margin": (mark("Closeness"), mark("How close the two most likely classes are.")),
    "entropy": (mark("Entropy"), mark("How far the probabilities are spread over all classes.")),
}


class RoutingPage(QWidget):
    """Shows what a threshold would do while it is dragged; only letting go, Enter or Apply sets it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("routing_page")
        self.setAccessibleName(tr("Routing"))
        self._context = context
        self._calibrated = ""
        theme = context.theme
        self._card = Card(tr("What this does to your items"))
        self._bar = StackedBar(theme)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._spin = QSpinBox()
        self._sentence = PlainLabel("", "lead", weight=MEDIUM, wrap=True)
        self._meaning = PlainLabel("", "small", "text2", wrap=True)
        self._apply = Button(theme, tr("Apply"), "primary", size="small")
        self._back = Button(theme, tr("Keep"), "secondary", size="small")
        self._histogram = ConfidenceHistogram(theme)
        self._histogram_card = Card(tr("How sure the model is"))
        self._near = NearItems(theme, _NEAR_EACH)
        self._near_card = Card(tr("Just on each side of the line"))
        self._strategy = QComboBox()
        self._strategy_words = PlainLabel("", "small", "text2", wrap=True)
        self._checks = PlainLabel("", "small", "text2", wrap=True)
        self._measure = QComboBox()
        self._measure_words = PlainLabel("", "small", "text2", wrap=True)
        self._prepare_controls()
        self._build()
        self._connect()
        self._reload()

    def sentence(self) -> str:
        """What the threshold shown would do, in words."""
        return self._sentence.text()

    def slider(self) -> QSlider:
        """The threshold in whole percent."""
        return self._slider

    def spin(self) -> QSpinBox:
        """The same number, to type."""
        return self._spin

    def apply_button(self) -> Button:
        """Sets the threshold shown."""
        return self._apply

    def back_button(self) -> Button:
        """Returns to the threshold in force."""
        return self._back

    def strategy_box(self) -> QComboBox:
        """The query strategies."""
        return self._strategy

    def measure_box(self) -> QComboBox:
        """The uncertainty measures."""
        return self._measure

    def bar(self) -> StackedBar:
        """Where every item would be."""
        return self._bar

    def histogram(self) -> ConfidenceHistogram:
        """The undecided items by confidence."""
        return self._histogram

    def refresh(self, changes: "Changes") -> None:
        """Follow a change. Nothing is read while the page is not on screen: showing it reads."""
        concerns = changes.decisions or changes.model or changes.routing or changes.pool or changes.settings
        if concerns and self.isVisible():
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def _prepare_controls(self) -> None:
        self._slider.setRange(0, 100)
        self._slider.setSingleStep(_STEP)
        self._slider.setPageStep(_PAGE_STEP)
        self._slider.setAccessibleName(tr("Confidence threshold in percent"))
        self._spin.setRange(0, 100)
        self._spin.setSingleStep(_STEP)
        before, _, after = language.percent(0.0).partition(number(0))
        self._spin.setPrefix(before)
        self._spin.setSuffix(after)
        self._spin.setKeyboardTracking(False)
        self._spin.setFixedWidth(88)
        self._spin.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
        self._spin.setAccessibleName(tr("Confidence threshold in percent, to type"))
        self._strategy.setAccessibleName(tr("Query strategy: which item is asked next"))
        self._measure.setAccessibleName(tr("Uncertainty: the number shown beside each item"))
        WheelGuard(self).guard(self._slider, self._spin, self._strategy, self._measure)
        for name, (title, _) in _MEASURES.items():
            self._measure.addItem(tr(title), name)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self.refresh)
        bridge.project_changed.connect(self._reload)
        self._slider.valueChanged.connect(self._preview)
        self._slider.sliderReleased.connect(self._commit)
        self._spin.valueChanged.connect(self._preview)
        self._spin.editingFinished.connect(self._commit)
        self._apply.clicked.connect(self._commit)
        self._back.clicked.connect(self._reload)
        self._strategy.activated.connect(self._strategy_chosen)
        self._measure.activated.connect(self._measure_chosen)

    def _build(self) -> None:
        column = page_column(self)
        head = QVBoxLayout()
        head.setSpacing(SPACE_4)
        head.addWidget(PlainLabel(tr("Routing"), "claim"))
        words = tr("One threshold decides which items need you. The others are only proposed, until you check them.")
        head.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        column.addLayout(head)
        main = QWidget()
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_16)
        left.addWidget(self._threshold_card())
        left.addWidget(self._confidence_card())
        left.addStretch(1)
        side = QWidget()
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SPACE_16)
        right.addWidget(CertificateSheet(self._context))
        self._near_card.body.addWidget(self._near)
        right.addWidget(self._near_card)
        right.addWidget(self._order_card())
        right.addStretch(1)
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_SIDE))
        column.addStretch(1)

    def _threshold_card(self) -> Card:
        body = self._card.body
        body.addWidget(self._bar)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(PlainLabel(tr("Propose from"), "body", "text2"))
        row.addWidget(self._slider, 1)
        row.addWidget(self._spin)
        body.addLayout(row)
        result = QHBoxLayout()
        result.setSpacing(SPACE_12)
        result.addWidget(self._sentence, 1)
        for button in (self._back, self._apply):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            result.addWidget(button)
        body.addLayout(result)
        body.addWidget(self._meaning)
        return self._card

    def _confidence_card(self) -> Card:
        self._histogram_card.body.addWidget(self._histogram)
        return self._histogram_card

    def _order_card(self) -> Card:
        card = Card(tr("Order of asking"), tr("changes apply at once"))
        for title, box, words in (
            (tr("Ask first"), self._strategy, self._strategy_words),
            (tr("Uncertainty shown"), self._measure, self._measure_words),
        ):
            row = QHBoxLayout()
            row.setSpacing(SPACE_12)
            label = PlainLabel(title, "body", "text2")
            label.setMinimumWidth(128)
            row.addWidget(label)
            row.addWidget(box, 1)
            card.body.addLayout(row)
            card.body.addWidget(words)
        card.body.addWidget(self._checks)
        return card

    def _in_force(self) -> int:
        """The threshold that is set, in whole percent."""
        return round(100 * self._context.bridge.desk.project.pool.threshold)

    def _shown(self) -> float:
        """The threshold on the slider, 0–1; exactly the one in force while that is what it shows."""
        if self._slider.value() == self._in_force():
            return self._context.bridge.desk.project.pool.threshold
        return self._slider.value() / 100

    def _reload(self) -> None:
        if not self._context.bridge.is_open:
            return
        if not self._slider.isSliderDown():
            self._put(self._in_force())
            self._calibrated = self._calibration()
        self._show_order()
        self._show_split()

    def _calibration(self) -> str:
        """What set the confidence right, in words; it reads all decisions, so not while the threshold is dragged."""
        from hitl_desktop.workflow import insight

        project = self._context.bridge.desk.project
        return insight.calibration_of(project, project.model.version) if project.model else ""

    def _put(self, value: int) -> None:
        with QSignalBlocker(self._slider), QSignalBlocker(self._spin):
            self._slider.setValue(value)
            self._spin.setValue(value)

    def _preview(self, value: int) -> None:
        if self._context.bridge.is_open:
            self._put(value)
            self._show_split()

    def _show_split(self) -> None:
        from hitl_desktop.workflow import insight

        project = self._context.bridge.desk.project
        threshold = self._shown()
        split = project.split_at(threshold)
        ledger = project.pool.ledger()
        self._card.set_title(trn("What this does to your {n} item", "What this does to your {n} items", ledger.items))
        self._bar.show_segments(
            [
                Segment(split.needs_review, tr("need you"), tr("waiting in Review"), "solid"),
                Segment(split.proposed, tr("proposed"), tr("checked by nobody yet"), "neutral"),
                Segment(ledger.decided, tr("decided"), tr("by a person"), "track"),
                Segment(ledger.set_aside, tr("set aside"), tr("to look at again"), "hatch"),
            ]
        )
        self._show_words(percent(threshold), split.needs_review, split.proposed)
        bins = insight.confidence_bins(project, threshold)
        self._histogram.show_bins(bins, threshold)
        scored = sum(map(sum, bins))
        aside = trn("{n} undecided item by confidence", "{n} undecided items by confidence", scored)
        self._histogram_card.set_title(tr("How sure the model is"), aside if scored else "")
        self._near_card.setVisible(scored > 0)
        below, above = insight.near(project, threshold, _NEAR_EACH)
        line = tr("{threshold} and above: proposed", threshold=percent(threshold))
        self._near.show_items(above, below, line, project.kind.name == "text")

    def _show_words(self, threshold: str, need: int, proposed: int) -> None:
        self._sentence.setText(
            tr(
                "At {threshold}: {need}, {proposed}.",
                threshold=threshold,
                need=trn("{n} needs you", "{n} need you", need),
                proposed=trn("{n} is proposed", "{n} are proposed", proposed),
            )
        )
        is_changed = self._slider.value() != self._in_force()
        self._apply.setVisible(is_changed)
        self._back.setVisible(is_changed)
        self._back.set_label(tr("Keep {threshold}", threshold=language.percent(self._in_force() / 100)))
        if self._context.bridge.desk.project.model is None:
            self._meaning.setText(
                tr(
                    "There is no model yet, so every item needs you. The threshold begins to count with the first "
                    "training."
                )
            )
        else:
            self._meaning.setText(
                tr(
                    "Proposed means: nothing is accepted by itself. They wait until you check them. "
                    "The confidence is {calibrated}.",
                    calibrated=self._calibrated,
                )
            )

    def _show_order(self) -> None:
        from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES
        from hitl_desktop.workflow.learning_choices import STRATEGIES

        project = self._context.bridge.desk.project
        if not self._strategy.count():
            for name in STRATEGIES:
                self._strategy.addItem(tr(QUERY_STRATEGIES[name].title), name)
        self._strategy.setCurrentIndex(self._strategy.findData(project.strategy))
        self._strategy_words.setText(tr(learning_words.STRATEGY[project.strategy]))
        self._measure.setCurrentIndex(self._measure.findData(project.pool.measure))
        every = number(project.check_every)
        self._checks.setText(tr("One item in {n} is drawn at random, to measure.", n=every))
        meaning = tr(_MEASURES[project.pool.measure][1])
        self._measure_words.setText(tr("{meaning} The order does not depend on it.", meaning=meaning))

    def _commit(self) -> None:
        """Set the threshold shown, and offer the way back."""
        bridge = self._context.bridge
        if not bridge.is_open or self._slider.value() == self._in_force():
            return
        before = bridge.desk.project.pool.threshold
        if self._set(self._slider.value() / 100):
            self._tell(before)

    def _set(self, threshold: float) -> bool:
        from hitl_desktop.workflow.asking import change_threshold

        bridge = self._context.bridge
        return bridge.perform(lambda: change_threshold(bridge.desk.session, threshold), self) is not None

    def _tell(self, before: float) -> None:
        bridge = self._context.bridge
        folder = bridge.desk.project.folder
        ledger = bridge.desk.project.pool.ledger()
        text = tr(
            "The threshold is now {threshold}. {need} need you, {proposed} are proposed.",
            threshold=language.percent(self._in_force() / 100),
            need=number(ledger.needs_review),
            proposed=number(ledger.proposed),
        )

        def undo() -> None:
            # The notice may outlive the project it speaks of.
            if bridge.is_open and bridge.desk.project.folder == folder:
                self._set(before)

        bridge.notified.emit(Message(text, "ok", tr("Undo"), undo))

    def _strategy_chosen(self, place: int) -> None:
        from hitl_desktop.workflow.asking import change_strategy

        name, bridge = str(self._strategy.itemData(place)), self._context.bridge
        if bridge.is_open and name != bridge.desk.project.strategy:
            bridge.perform(lambda: change_strategy(bridge.desk.session, name), self)

    def _measure_chosen(self, place: int) -> None:
        from hitl_desktop.workflow.asking import change_uncertainty

        name, bridge = str(self._measure.itemData(place)), self._context.bridge
        if bridge.is_open and name != bridge.desk.project.pool.measure:
            bridge.perform(lambda: change_uncertainty(bridge.desk.session, name), self)
