"""The headline of the model page: which model, its figures with their samples, and what can be done now."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_20
from hitl_desktop.gui.views.figure import Figure
from hitl_desktop.gui.views.figures_in_words import ends, interval, percent
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import upright_rule
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import decimal, mark, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.jobs import Job
    from hitl_desktop.workflow.model_report import ModelReport

_LEAST_NAMES: Final = 168
_NO_CHECKS: Final = mark("no random checks yet")
_ONE_CLASS: Final = mark("checks of one class only")


class ModelHeadline(QWidget):
    """Name and story, three figures, "Model card" and "Train now"; while training runs the button stops it."""

    card_wanted = Signal()
    train_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self.title = PlainLabel(tr("Model"), "claim")
        self.badge = Badge(theme, "check", tr("In use"), "ok")
        self.choice = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.story = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.accuracy = Figure(tr("Accuracy"))
        self.macro_f1 = Figure(tr("Macro-F1"))
        self.calibration = Figure(tr("Calibration gap"))
        self.held_out = Figure(tr("On held-out data"))
        self.card_button = Button(theme, tr("Model card"), icon="file-text")
        self.train = Button(theme, tr("Train now"), "primary", icon="refresh-cw", key=context.keymap.caption("train"))
        self.stop = Button(theme, tr("Stop training"), icon="x")
        self.state = PlainLabel("", "caption", "text2")
        self.state.setAlignment(Qt.AlignmentFlag.AlignTrailing)
        self._rules: list[QFrame] = []
        self._lay_out()
        self.card_button.clicked.connect(self.card_wanted)
        self.train.clicked.connect(self.train_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.stop.setVisible(False)

    def show_report(self, report: "ModelReport") -> None:
        """Show which model is in use and what is measured of it."""
        has_model = report.version is not None
        self.title.setText(tr("Model v{version}", version=report.version) if has_model else tr("Model"))
        self.badge.setVisible(has_model)
        self.card_button.setVisible(has_model)
        self.choice.setText(report.uses)
        self.choice.setToolTip(plain_tooltip(report.choice))
        self.choice.setAccessibleDescription(report.choice)
        self.choice.setVisible(bool(report.uses))
        self.story.setText(report.story if has_model else tr("Not trained yet"))
        self._show_accuracy(report)
        self._show_macro_f1(report)
        self._show_calibration(report)
        if report.held_out is not None:
            of = report.held_out
            source = trn(
                "{interval} · {right} of {n} held-out item",
                "{interval} · {right} of {n} held-out items",
                of.of,
                interval=interval(of),
                right=number(of.right),
            )
            self.held_out.show_figure(percent(of.share, of.of), source)
        has_checks = report.accuracy is not None
        # What was measured elsewhere stands in for the figures of this project, until it has some of its own.
        is_shown = (has_model, has_model and has_checks, has_model, report.held_out is not None and not has_checks)
        for figure, rule, shown in zip(self._figures(), self._rules, is_shown, strict=True):
            figure.setVisible(shown)
            rule.setVisible(shown)
        self._arrange()

    def show_training(self, job: "Job | None", state: str, can_train: bool) -> None:
        """Show whether a training runs, and the words about it."""
        self.train.setVisible(job is None)
        self.stop.setVisible(job is not None)
        self.train.setEnabled(can_train)
        self.stop.setEnabled(job is not None and not job.cancel_asked)
        self.state.setText(state)
        self.state.setAccessibleName(state)

    def _figures(self) -> tuple[Figure, ...]:
        return (self.accuracy, self.macro_f1, self.calibration, self.held_out)

    def _show_accuracy(self, report: "ModelReport") -> None:
        of = report.accuracy
        if of is None:
            self.accuracy.show_figure("–", tr(_NO_CHECKS))
            return
        several = report.findings is not None
        figures = {"right": number(of.right), "checks": number(of.of), "interval": interval(of)}
        source = (
            tr("{interval} · {right} of {checks}, all findings right", **figures)
            if several
            else tr("{interval} · {right} of {checks}", **figures)
        )
        if report.source.left_out_count:
            source = tr("{source} · {n} left out", source=source, n=number(report.source.left_out_count))
        self.accuracy.show_figure(percent(of.share, of.of), source)
        words = {"right": number(of.right), "checks": report.source.words, "caveat": report.caveat}
        told = (
            tr("All findings right on {right} of {checks}, with its 95 % interval. {caveat}", **words)
            if several
            else tr("Right on {right} of {checks}, with its 95 % interval. {caveat}", **words)
        )
        self.accuracy.setToolTip(told.rstrip())

    def _show_macro_f1(self, report: "ModelReport") -> None:
        score = report.macro_f1
        if score is None:
            self.macro_f1.show_figure("–", tr(_ONE_CLASS if report.source.checks else _NO_CHECKS))
            return
        measured = sum(1 for row in report.classes if row.f1 is not None)
        several = report.findings is not None
        checks = report.source.checks
        interval = ends(score.low, score.high, checks) if score.is_ranged else tr("no interval yet")
        source = (
            trn(
                "{interval} · {n} finding, equal weight",
                "{interval} · {n} findings, equal weight",
                measured,
                interval=interval,
            )
            if several
            else trn(
                "{interval} · {n} class, equal weight",
                "{interval} · {n} classes, equal weight",
                measured,
                interval=interval,
            )
        )
        self.macro_f1.show_figure(percent(score.value, checks), source)
        self.macro_f1.setToolTip(tr("The mean over all classes of F1, the harmonic mean of precision and recall."))

    def _show_calibration(self, report: "ModelReport") -> None:
        found = report.calibration
        if found is None or found.ece is None:
            self.calibration.show_figure("–", found.words if found else tr(_NO_CHECKS))
            return
        source = found.words
        if found.brier is not None:
            source = tr("Brier {score} · {words}", score=decimal(found.brier, 2), words=found.words)
        self.calibration.show_figure(tr("{gap} points", gap=decimal(100 * found.ece, 1)), source)
        self.calibration.setToolTip(
            tr(
                "Expected calibration error (ECE): how far confidence and the share that is right lie apart, on "
                "average. The Brier score is 0 for a perfect model and 2 for the worst."
            )
        )

    def minimumSizeHint(self) -> QSize:
        """What it can be made as narrow as: its parts then stand below each other."""
        widths = [host.minimumSizeHint().width() for host in (self._names_host, self._acts_host)]
        return QSize(sum(widths) + SPACE_20, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _lay_out(self) -> None:
        self._numbers = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._numbers)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_16)
        for figure in self._figures():
            rule = upright_rule()
            self._rules.append(rule)
            self._row.addWidget(rule)
            self._row.addWidget(figure)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_20)
        self._grid.setVerticalSpacing(SPACE_12)
        self._grid.setColumnStretch(0, 1)
        self._names_host = self._names()
        self._grid.addWidget(self._names_host, 0, 0)
        self._grid.addWidget(self._numbers, 0, 1)
        self._acts_host = self._acts()
        self._grid.addWidget(self._acts_host, 0, 2)

    def _arrange(self) -> None:
        """Figures beside the name; below it, or one below the other, where there is no room."""
        shown = [figure for figure in self._figures() if figure.isVisibleTo(self)]
        numbers = sum(figure.sizeHint().width() + 2 * SPACE_16 for figure in shown)
        names = max(_LEAST_NAMES, self._names_host.minimumSizeHint().width())
        beside = self.width() >= names + numbers + self._acts_host.sizeHint().width() + 2 * SPACE_20
        self._grid.addWidget(self._numbers, 0 if beside else 1, 1 if beside else 0, 1, 1 if beside else 3)
        fits = self.width() >= numbers
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)
        for rule, figure in zip(self._rules, self._figures(), strict=True):
            rule.setVisible(fits and figure in shown)

    def _names(self) -> QWidget:
        host = QWidget()
        names = QVBoxLayout(host)
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(SPACE_12)
        first.addWidget(self.title)
        first.addWidget(self.badge)
        first.addStretch(1)
        names.addLayout(first)
        for label in (self.choice, self.story):
            label.setMinimumWidth(_LEAST_NAMES)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            names.addWidget(label)
        names.addStretch(1)
        return host

    def _acts(self) -> QWidget:
        host = QWidget()
        acts = QVBoxLayout(host)
        acts.setContentsMargins(0, 0, 0, 0)
        acts.setSpacing(SPACE_8)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        for button in (self.card_button, self.train, self.stop):
            row.addWidget(button)
        acts.addLayout(row)
        acts.addWidget(self.state)
        acts.addStretch(1)
        return host
