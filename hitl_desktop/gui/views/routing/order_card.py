"""The order of asking: which item is asked first, and the uncertainty shown beside each. Changes apply at once."""

from typing import Final

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_12
from hitl_desktop.gui.views import learning_words
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, number, tr

MEASURES: Final = {
    "least_confidence": (mark("Least confidence"), mark("How far the most likely class is from being certain.")),
    "margin": (mark("Closeness"), mark("How close the two most likely classes are.")),
    "entropy": (mark("Entropy"), mark("How far the probabilities are spread over all classes.")),
}


class OrderCard(Card):
    """Shows the order in force of the open project; `show_order` after a change."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Order of asking"), tr("changes apply at once"), parent)
        self._context = context
        self.strategy, self.measure = QComboBox(), QComboBox()
        self._strategy_words = PlainLabel("", "small", "text2", wrap=True)
        self._checks = PlainLabel("", "small", "text2", wrap=True)
        self._measure_words = PlainLabel("", "small", "text2", wrap=True)
        self.strategy.setAccessibleName(tr("Query strategy: which item is asked next"))
        self.measure.setAccessibleName(tr("Uncertainty: the number shown beside each item"))
        WheelGuard(self).guard(self.strategy, self.measure)
        for name, (title, _) in MEASURES.items():
            self.measure.addItem(tr(title), name)
        for title, box, words in (
            (tr("Ask first"), self.strategy, self._strategy_words),
            (tr("Uncertainty shown"), self.measure, self._measure_words),
        ):
            row = QHBoxLayout()
            row.setSpacing(SPACE_12)
            label = PlainLabel(title, "body", "text2")
            label.setMinimumWidth(128)
            row.addWidget(label)
            row.addWidget(box, 1)
            self.body.addLayout(row)
            self.body.addWidget(words)
        self.body.addWidget(self._checks)
        self.strategy.activated.connect(self._strategy_chosen)
        self.measure.activated.connect(self._measure_chosen)

    def show_order(self) -> None:
        """Show what is in force. A project must be open."""
        from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES
        from hitl_desktop.workflow.learning_choices import STRATEGIES

        project = self._context.bridge.desk.project
        if not self.strategy.count():
            for name in STRATEGIES:
                self.strategy.addItem(tr(QUERY_STRATEGIES[name].title), name)
        self.strategy.setCurrentIndex(self.strategy.findData(project.strategy))
        self._strategy_words.setText(tr(learning_words.STRATEGY[project.strategy]))
        self.measure.setCurrentIndex(self.measure.findData(project.pool.measure))
        every = number(project.check_every)
        self._checks.setText(tr("One item in {n} is drawn at random, to measure.", n=every))
        meaning = tr(MEASURES[project.pool.measure][1])
        self._measure_words.setText(tr("{meaning} The order does not depend on it.", meaning=meaning))

    def _strategy_chosen(self, place: int) -> None:
        from hitl_desktop.workflow.asking import change_strategy

        name, bridge = str(self.strategy.itemData(place)), self._context.bridge
        if bridge.is_open and name != bridge.desk.project.strategy:
            bridge.perform(lambda: change_strategy(bridge.desk.session, name), self)

    def _measure_chosen(self, place: int) -> None:
        from hitl_desktop.workflow.asking import change_uncertainty

        name, bridge = str(self.measure.itemData(place)), self._context.bridge
        if bridge.is_open and name != bridge.desk.project.pool.measure:
            bridge.perform(lambda: change_uncertainty(bridge.desk.session, name), self)
