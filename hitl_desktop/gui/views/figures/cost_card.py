"""What all items cost by hand, automatically, and with the expert; a slider of limits, and which one costs least."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_8, SPACE_12
from hitl_desktop.gui.views.figures.cost_form import CostForm
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.money_bars import MoneyBar, MoneyBars
from hitl_desktop.language import decimal, number, percent, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.assurance.expected_cost import CostPoint
    from hitl_desktop.domain.costs import CostSettings
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.figures.cost_values import Costs

_NOTHING_PASSES: Final = 1.0


class CostCard(Card):
    """`settings_changed(CostSettings)`: something else costs. `limit_wanted(float)`: this limit is to be used."""

    settings_changed = Signal(object)
    limit_wanted = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("What all items cost"), parent=parent)
        self._costs: Costs | None = None
        self.edit = Button(theme, tr("Change costs"), "link", size="small")
        self.edit.setCheckable(True)
        self.head.addWidget(self.edit)
        self.bars = MoneyBars(theme)
        self.form = CostForm()
        self.words = PlainLabel("", "small", "text2", wrap=True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Accept from"))
        self._guard = WheelGuard(self)
        self._guard.guard(self.slider)
        self.limit = PlainLabel("", "body", weight=MEDIUM)
        self.effect = PlainLabel("", "small", "text2", wrap=True)
        self.cheapest = Button(theme, "", "link", size="small")
        self.use = Button(theme, "", "secondary", size="small")
        self.notes = PlainLabel("", "caption", "text2", wrap=True)
        self._lay_out()
        self.edit.toggled.connect(lambda _: self._arrange())
        self.form.changed.connect(self.settings_changed)
        self.slider.valueChanged.connect(lambda _: self._show_limit())
        self.cheapest.clicked.connect(self._go_to_cheapest)
        self.use.clicked.connect(lambda: self.limit_wanted.emit(self._shown().limit))

    def show_costs(
        self, costs: "Costs | None", settings: "CostSettings", labels: "Sequence[Label]", why_not: str
    ) -> None:
        """Show what was worked out; without it, `why_not` says what is missing."""
        is_first = self._costs is None
        before = None if self._costs is None else self._shown()
        self._costs = costs
        self.form.show_settings(settings, labels)
        self.words.setText(why_not)
        if costs is not None:
            self._fill(costs, None if is_first or before is None else before.limit)
        self._arrange()

    def _lay_out(self) -> None:
        self.body.addWidget(self.words)
        self.body.addWidget(self.form)
        self.body.addWidget(self.bars)
        self._limits = QWidget()
        column = QVBoxLayout(self._limits)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(PlainLabel(tr("Accept from"), "small", "text2"))
        row.addWidget(self.slider, 1)
        row.addWidget(self.limit)
        column.addLayout(row)
        column.addWidget(self.effect)
        acts = QHBoxLayout()
        acts.setSpacing(SPACE_8)
        acts.addWidget(self.cheapest)
        acts.addStretch(1)
        acts.addWidget(self.use)
        column.addLayout(acts)
        column.addWidget(self.notes)
        self.body.addWidget(self._limits)
        self.body.addStretch(1)

    def _arrange(self) -> None:
        has = self._costs is not None
        self.edit.set_label(tr("Done") if self.edit.isChecked() else tr("Change costs"))
        self.form.setVisible(self.edit.isChecked())
        self.words.setVisible(bool(self.words.text()))
        self.bars.setVisible(has)
        self._limits.setVisible(has)

    def _fill(self, costs: "Costs", shown: float | None) -> None:
        self.set_title(trn("What all {n} items cost", "What all {n} items cost", costs.items))
        wanted = costs.now.limit if shown is None else shown
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(costs.points) - 1)
        self.slider.setPageStep(5)
        self.slider.setValue(min(range(len(costs.points)), key=lambda p: abs(costs.points[p].limit - wanted)))
        self.slider.blockSignals(False)
        self.notes.setText(" ".join(_notes(costs)))
        best = costs.best
        self.cheapest.set_label(
            tr("Least cost: review everything")
            if best.limit > _NOTHING_PASSES
            else tr("Least cost: {limit}", limit=_limit(best.limit))
        )
        self._show_limit()

    def _shown(self) -> "CostPoint":
        """The point under the slider; the limit in force itself where the slider stands beside it."""
        costs = self._costs
        if costs is None:
            raise RuntimeError("no costs are shown")
        point = costs.points[self.slider.value()]
        return costs.now if abs(point.limit - costs.now.limit) < 0.0051 else point

    def _go_to_cheapest(self) -> None:
        if self._costs is not None:
            wanted = self._costs.best.limit
            points = self._costs.points
            self.slider.setValue(min(range(len(points)), key=lambda place: abs(points[place].limit - wanted)))

    def _show_limit(self) -> None:
        costs = self._costs
        if costs is None:
            return
        point = self._shown()
        self.limit.setText(_limit(point.limit))
        self.effect.setText(effect_words(point, costs))
        is_in_use = point is costs.now
        self.use.setVisible(not is_in_use)
        self.use.set_label(tr("Use {limit}", limit=_limit(point.limit)))
        self.use.setEnabled(point.limit >= costs.strictest - 1e-9)
        self.bars.show_bars(
            tr("What all items cost"),
            [
                _bar(tr("Everything by hand"), costs.by_hand, costs),
                _bar(tr("Everything automatic"), costs.automatic, costs),
                _bar(
                    tr("With you, as now") if is_in_use else tr("With you, from {limit}", limit=_limit(point.limit)),
                    point,
                    costs,
                    is_main=True,
                ),
            ],
        )


def _limit(limit: float) -> str:
    return decimal(limit, 3 if round(limit, 2) != round(limit, 4) else 2)


def _bar(name: str, point: "CostPoint", costs: "Costs", *, is_main: bool = False) -> MoneyBar:
    from hitl_desktop.workflow.figures.five import money

    currency = costs.settings.currency
    detail = trn(
        "{review} review + {mistakes} for {n} expected mistake",
        "{review} review + {mistakes} for {n} expected mistakes",
        round(point.mistakes),
        review=money(point.review_cost, currency),
        mistakes=money(point.mistake_cost, currency),
    )
    return MoneyBar(name, point.review_cost, point.mistake_cost, money(point.total, currency), detail, is_main)


def effect_words(point: "CostPoint", costs: "Costs") -> str:
    """What a limit would do, with the interval of the mistakes."""
    passing = trn("{n} item passes by itself", "{n} items pass by themselves", point.passing)
    return trn(
        "{passing} ({share}); {low} to {high} mistakes are to be expected, from {n} random check.",
        "{passing} ({share}); {low} to {high} mistakes are to be expected, from {n} random checks.",
        costs.checks,
        passing=passing,
        share=percent(point.passing / max(1, costs.items)),
        low=number(round(point.mistakes_low)),
        high=number(round(point.mistakes_high)),
    )


def _notes(costs: "Costs") -> list[str]:
    from hitl_desktop.workflow.figures.five import money

    currency, found = costs.settings.currency, []
    if costs.own_error is None:
        found.append(tr("Your own mistakes are not known, so none are counted."))
    elif costs.settings.reviewer_error is None and costs.own_estimate is not None:
        own = costs.own_estimate
        found.append(
            tr("Your own mistakes: {wrong} of {n}, as hidden truth tells.", wrong=number(own.right), n=number(own.of))
        )
    if costs.settings.setup:
        setup = money(costs.settings.setup, currency)
        found.append(
            tr("At this limit the set-up of {setup} never pays for itself.", setup=setup)
            if costs.pays_back is None
            else trn(
                "The set-up of {setup} has paid for itself after {n} item.",
                "The set-up of {setup} has paid for itself after {n} items.",
                costs.pays_back,
                setup=setup,
            )
        )
    if costs.saved > 0:
        found.append(tr("Saved against all by hand: {money}.", money=money(costs.saved, currency)))
    found.append(
        tr("A certificate allows limits from {limit} on.", limit=_limit(costs.strictest))
        if costs.strictest
        else tr("No certificate covers these limits: the numbers are estimates, not promises.")
    )
    return found
