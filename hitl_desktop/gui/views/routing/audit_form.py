"""The fields that an audit begins with, and what it would need, said while they are changed."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from hitl_desktop import language
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import decimal, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.audit_plan import Preview, Zone

_FIELD: Final = 104
_ALPHA: Final = 2.0
_DELTA: Final = 10
_MOST: Final = 1_000_000


class AuditForm(QWidget):
    """`planned(Audit)` when the button was pressed and the audit is drawn, not on record yet."""

    planned = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._zone: Zone | None = None
        self._trouble: KnownError | None = None
        self._is_own_number = False
        self._counting, self._planning = Beside(self), Beside(self)
        self._counting.answered.connect(self._take_zone)
        self._planning.answered.connect(self._take_plan)
        self.alpha, self.delta, self.audits = QDoubleSpinBox(), QSpinBox(), QSpinBox()
        self.words = PlainLabel("", "small", "text2", wrap=True)
        self.begin_button = Button(context.theme, tr("Begin audit"), "primary", icon="eye-off")
        self._prepare()
        self._build()
        self.alpha.valueChanged.connect(self._show)
        self.delta.valueChanged.connect(self._show)
        self.audits.valueChanged.connect(self._number_typed)
        self.begin_button.clicked.connect(self.begin)

    @property
    def is_busy(self) -> bool:
        """True while items are counted or drawn."""
        return self._counting.is_busy or self._planning.is_busy

    def reload(self) -> None:
        """Count the items anew: at once where there are few, else beside the window."""
        from hitl_desktop.workflow.audit_plan import Planner, audit_question
        from hitl_desktop.workflow.finding import AT_ONCE

        project = self._context.bridge.desk.project
        try:
            asked = audit_question(project)
        except KnownError as error:
            self._counting.stop()
            self._zone, self._trouble = None, error
            self._show()
            return
        planner = Planner()
        if len(project.pool) <= AT_ONCE:
            self._counting.stop()
            self._take_zone(planner.zone(asked))
        else:
            self._counting.look(planner, partial(planner.zone, asked))

    def begin(self) -> None:
        """Draw the audit with what the fields say."""
        from hitl_desktop.workflow.audit_plan import Planner, Wish, audit_question
        from hitl_desktop.workflow.finding import AT_ONCE

        bridge = self._context.bridge
        project = bridge.desk.project
        wish = Wish(self._share(), self._risk(), self.audits.value(), bridge.desk.session.reviewer)
        planner = Planner()
        try:
            asked = audit_question(project)
            if len(project.pool) <= AT_ONCE:
                self._take_plan(planner.plan(asked, wish))
                return
        except KnownError as error:
            bridge.tell(error)
            return
        self.begin_button.setEnabled(False)
        self._planning.look(planner, partial(planner.plan, asked, wish))

    def stop(self) -> None:
        """Count and draw no longer: the project was closed."""
        self._counting.stop()
        self._planning.stop()
        self._zone = None

    def _share(self) -> float:
        return round(self.alpha.value() / 100, 6)

    def _risk(self) -> float:
        return self.delta.value() / 100

    def _prepare(self) -> None:
        before, _, after = language.percent(0.0).partition(number(0))
        for box, name in (
            (self.alpha, tr("The share of wrong ones that you can live with, in percent")),
            (self.delta, tr("The risk that the certificate is wrong, in percent")),
        ):
            box.setPrefix(before)
            box.setSuffix(after)
            box.setAccessibleName(name)
        self.alpha.setDecimals(1)
        self.alpha.setRange(0.1, 50.0)
        self.alpha.setSingleStep(0.5)
        self.alpha.setValue(_ALPHA)
        self.delta.setRange(1, 49)
        self.delta.setValue(_DELTA)
        self.audits.setRange(1, _MOST)
        self.audits.setGroupSeparatorShown(True)
        self.audits.setAccessibleName(tr("How many items to check"))
        for field in (self.alpha, self.delta, self.audits):
            field.setFixedWidth(_FIELD)
            field.lineEdit().setTextMargins(4, 0, 0, 0)
        WheelGuard(self).guard(self.alpha, self.delta, self.audits)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_12)
        grid.setVerticalSpacing(SPACE_8)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("At most so many wrong"), self.alpha),
            (tr("Risk that this is not true"), self.delta),
            (tr("Items to check"), self.audits),
        )
        for row, (title, field) in enumerate(rows):
            grid.addWidget(PlainLabel(title, "body", "text2"), row, 0)
            grid.addWidget(field, row, 2)
        column.addLayout(grid)
        column.addWidget(self.words)
        buttons = QHBoxLayout()
        buttons.addWidget(self.begin_button)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def _take_zone(self, answer: object) -> None:
        from hitl_desktop.workflow.audit_plan import Zone

        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Zone)  # noqa: S101 - what the planner gives
        self._zone, self._trouble = answer, None
        self._show()

    def _take_plan(self, answer: object) -> None:
        self.begin_button.setEnabled(True)
        if isinstance(answer, KnownError):
            self._context.bridge.tell(answer)
            return
        if isinstance(answer, Exception):
            raise answer
        self._is_own_number = False
        self.planned.emit(answer)

    def _number_typed(self) -> None:
        self._is_own_number = True
        self._show()

    def _show(self) -> None:
        """Say what an audit with these wishes would need."""
        from hitl_desktop.workflow.audit_plan import foresee

        if self._zone is None:
            self._say(str(self._trouble) if self._trouble else "", can_begin=False)
            return
        found = foresee(self._zone, self._share(), self._risk())
        if found.hindrance is None and not self._is_own_number and found.usual is not None:
            with QSignalBlocker(self.audits):
                self.audits.setValue(min(found.usual, self._zone.size))
        if found.hindrance is None:
            checked = foresee(self._zone, self._share(), self._risk(), self.audits.value())
            found = checked if checked.hindrance else found
        if found.hindrance is not None:
            self._say(str(found.hindrance), can_begin=False, is_bad=True)
            return
        self._say(self._needs(found), can_begin=True)

    def _needs(self, found: "Preview") -> str:
        first = trn(
            "With no error about {n} check is enough, with one {usual}.",
            "With no error about {n} checks are enough, with one {usual}.",
            found.needed or 0,
            usual=number(found.usual or 0),
        )
        drawn = trn(
            "They are drawn from the {n} item the model is surest of, and mixed into your queue.",
            "They are drawn from the {n} items the model is surest of, and mixed into your queue.",
            found.zone.size,
        )
        later = ""
        if found.zone.release > 1:
            from hitl_desktop.assurance.certificate import spent

            part = decimal(100 * spent(self._risk(), found.zone.release), 2)
            later = tr("This is audit {n}: it may spend {part} points of the risk.", n=found.zone.release, part=part)
        return " ".join(part for part in (first, drawn, later) if part)

    def _say(self, words: str, *, can_begin: bool, is_bad: bool = False) -> None:
        self.words.setText(words)
        self.words.set_tone("danger" if is_bad else "text2")
        self.begin_button.setEnabled(can_begin and not self._planning.is_busy)
