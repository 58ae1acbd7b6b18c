"""What a policy does to all items: one bar, the slider of its limit, and a sentence."""

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from hitl_desktop import language
from hitl_desktop.domain.policy import AUTOMATIC_ROUTES, Route
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_4, SPACE_12
from hitl_desktop.gui.views.figures_in_words import percent
from hitl_desktop.gui.views.routing.limit_slider import LimitSlider
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.stacked_bar import Pattern, Segment, StackedBar
from hitl_desktop.language import mark, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.routing import Ledger
    from hitl_desktop.workflow.routing import Preview

_PARTS: Final[dict[Route, tuple[str, str, Pattern]]] = {
    Route.ACCEPT: (mark("accept"), mark("proposed"), "solid"),
    Route.REMOVE: (mark("remove"), mark("proposed"), "danger"),
    Route.REVIEW: (mark("review"), mark("need you"), "neutral"),
    Route.ESCALATE: (mark("escalate"), mark("need you"), "warn"),
    Route.SECOND_READER: (mark("second reader"), mark("need you"), "audit"),
}
_ALWAYS: Final = (Route.ACCEPT, Route.REVIEW)
_STEP: Final = 1
_PAGE_STEP: Final = 5


class EffectCard(Card):
    """`limit_moved(value)`, 0–1, while the slider is dragged or a number typed; nothing is set by it."""

    limit_moved = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("What this does to your items"), parent=parent)
        self.bar = StackedBar(theme)
        self.slider = LimitSlider(theme)
        self.spin = QSpinBox()
        self.sentence = PlainLabel("", "lead", weight=MEDIUM, wrap=True)
        self.meaning = PlainLabel("", "small", "text2", wrap=True)
        self.proof = PlainLabel("", "small", "text2", wrap=True)
        self.proof.setVisible(False)
        self._from = PlainLabel(tr("Automatic from"), "body", "text2")
        self._prepare()
        self.body.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self._from)
        row.addWidget(self.slider, 1)
        row.addWidget(self.spin)
        self.body.addLayout(row)
        self.body.addWidget(self.proof)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.meaning)
        self.slider.valueChanged.connect(self._moved)
        self.spin.valueChanged.connect(self._moved)

    def show_effect(
        self,
        preview: "Preview",
        ledger: "Ledger",
        meaning: str,
        proved: float | None = None,
        stopped: float | None = None,
    ) -> None:
        """Show what a policy does; `ledger` counts what is decided and set aside, `meaning` says what it means.

        `proved` is the loosest limit, 0–1, that a valid certificate reaches, None without one; at `stopped` its proof
        ended.
        """
        self.set_title(trn("What this does to your {n} item", "What this does to your {n} items", ledger.items))
        segments = [
            Segment(preview.to_do[route], tr(label), tr(detail), pattern)
            for route, (label, detail, pattern) in _PARTS.items()
            if preview.to_do[route] or route in _ALWAYS
        ]
        if ledger.automatic:
            segments.append(Segment(ledger.automatic, tr("automatic"), tr("decided by rules"), "settled"))
        segments.append(Segment(ledger.decided, tr("decided"), tr("by a person"), "track"))
        segments.append(Segment(ledger.set_aside, tr("set aside"), tr("to look at again"), "hatch"))
        self.bar.show_segments(segments)
        automatic = sum(preview.to_do[route] for route in AUTOMATIC_ROUTES)
        need = sum(preview.to_do.values()) - automatic
        words = {
            "need": trn("{n} needs you", "{n} need you", need),
            "proposed": trn("{n} is proposed", "{n} are proposed", automatic),
        }
        has_limit = 0.0 < preview.limit <= 1.0
        self.sentence.setText(
            tr("At {threshold}: {need}, {proposed}.", threshold=percent(preview.limit), **words)
            if has_limit
            else tr("{need}, {proposed}.", **words)
        )
        self.meaning.setText(meaning)
        self._show_proof(proved, stopped)

    def show_meaning(self, words: str) -> None:
        """Say what the counts mean, once more is known of it."""
        self.meaning.setText(words)

    def show_limit(self, value: float, *, can_move: bool) -> None:
        """Put the slider where the limit is; it cannot be moved where no automatic rule has one."""
        if not self.slider.isSliderDown():
            self._put(round(100 * value))
        for control in (self.slider, self.spin, self._from):
            control.setEnabled(can_move)

    def _show_proof(self, proved: float | None, stopped: float | None) -> None:
        self.slider.show_mark(None if stopped is None or proved is None else 100 * stopped)
        self.proof.setVisible(proved is not None)
        if proved is None:
            return
        # The slider knows whole percent: nothing that is not proved may seem to be.
        words = tr("Looser than {proved} is not certified.", proved=percent(math.ceil(100 * proved) / 100))
        if stopped is not None:
            at = percent(math.floor(100 * stopped) / 100)
            words += " " + tr("The red mark, {stopped}, is where the proof stopped.", stopped=at)
        self.proof.setText(words)

    def _moved(self, value: int) -> None:
        self._put(value)
        self.limit_moved.emit(value / 100)

    def _put(self, value: int) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.spin):
            self.slider.setValue(value)
            self.spin.setValue(value)

    def _prepare(self) -> None:
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(_STEP)
        self.slider.setPageStep(_PAGE_STEP)
        self.slider.setAccessibleName(tr("Confidence threshold in percent"))
        self.spin.setRange(0, 100)
        self.spin.setSingleStep(_STEP)
        before, _, after = language.percent(0.0).partition(number(0))
        self.spin.setPrefix(before)
        self.spin.setSuffix(after)
        self.spin.setKeyboardTracking(False)
        self.spin.setFixedWidth(88)
        self.spin.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
        self.spin.setAccessibleName(tr("Confidence threshold in percent, to type"))
        WheelGuard(self).guard(self.slider, self.spin)
