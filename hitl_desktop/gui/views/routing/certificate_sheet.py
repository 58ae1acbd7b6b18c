"""The certificate: one sheet that says what is promised, on what evidence, or what is missing to it."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPainterPath, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.question import Question
from hitl_desktop.gui.views.routing.audit_form import AuditForm
from hitl_desktop.gui.views.routing.certificate_print import print_sheet
from hitl_desktop.gui.views.routing.sheet_content import ClassRow, Content, content_of
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, fill_rounded
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.gui.widgets.walk_plot import WalkPlot
from hitl_desktop.language import mark, percent, tr

if TYPE_CHECKING:
    from hitl_desktop.domain.certificates import Audit
    from hitl_desktop.domain.changes import Changes

PRINT_KEY: Final = "Ctrl+P"
_EDGE: Final = 4
_RADIUS: Final = 8.0
_ICON: Final = 20
_BAR: Final = 8
_CLASSES: Final = (
    Column(mark("Class")),
    Column(mark("Proved from"), mark("The loosest confidence from which the promise holds for this class too")),
    Column(mark("Checked"), is_number=True),
    Column(mark("Wrong"), is_number=True),
)
_MOST_CLASSES: Final = 8
_WITH_FORM: Final = frozenset({"none", "not yet", "suspended"})


class CertificateSheet(QFrame):
    """Follows `bridge.changed`. Nothing is read while it is not on screen: showing it reads.

    `answering_wanted()`: the queue is wanted, where the checks of an audit come.
    """

    answering_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Certificate"))
        self._context = context
        self._content: Content | None = None
        self._wants_form = False
        theme = context.theme
        self._icon = _Sign(theme)
        self._status = PlainLabel("", "body", "text2", weight=STRONG)
        self._date = PlainLabel("", "small", "text2")
        self._claim = PlainLabel("", "claim", weight=STRONG, wrap=True)
        self._evidence = PlainLabel("", "body", "text2", wrap=True)
        self._bar = _Bar(theme)
        self.plot = WalkPlot(theme)
        self.facts = FactRows()
        self.classes = PlainTable(theme, tr("What was proved of each class"), _said(), stretch=(0,), most=_MOST_CLASSES)
        self.form = AuditForm(context)
        self.print_button = Button(theme, tr("Print"), icon="printer", key=printed(PRINT_KEY))
        self.again_button = Button(theme, tr("Audit again…"), "quiet")
        self.answer_button = Button(theme, tr("Answer them"), "primary")
        self.end_button = Button(theme, tr("End the audit…"), "quiet")
        self._walk_part, self._facts_part, self._form_part = QWidget(), QWidget(), QWidget()
        self._build()
        self._connect()
        theme.changed.connect(self.update)
        self._reload()

    @property
    def content(self) -> Content | None:
        """What is shown; None without a project."""
        return self._content

    def refresh(self, changes: "Changes") -> None:
        """Follow a change."""
        concerns = changes.decisions or changes.model or changes.routing or changes.pool or changes.classes
        if concerns and self.isVisible():
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._content is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.setClipPath(whole)
        tone = "line_strong" if self._content.tone == "text2" else self._content.tone
        painter.fillRect(QRectF(0, 0, self.width(), _EDGE), self._context.theme.colour(tone))

    def print_it(self) -> None:
        """Ask for a printer, and print the sheet as A4."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        if self._content is None or not self._content.can_print:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._content.status)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle(tr("Print the certificate"))
        if dialog.exec() == QPrintDialog.DialogCode.Accepted:
            self.print_to(printer)

    def print_to(self, device: object) -> None:
        """Print the sheet on a paged device: a printer, or a PDF."""
        if self._content is not None:
            name = self._context.bridge.desk.project.name
            print_sheet(device, self._content, name, self._context.theme)

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_24)
        outer.setSpacing(SPACE_16)
        head = QHBoxLayout()
        head.setSpacing(SPACE_8)
        head.addWidget(self._icon)
        head.addWidget(self._status)
        head.addStretch(1)
        head.addWidget(self._date)
        outer.addLayout(head)
        outer.addWidget(self._claim)
        outer.addWidget(self._evidence)
        outer.addWidget(self._bar)
        column = _column(self._walk_part)
        column.addWidget(rule())
        title = QHBoxLayout()
        title.addWidget(PlainLabel(tr("How far the proof reached"), "small", weight=STRONG))
        title.addStretch(1)
        title.addWidget(PlainLabel(tr("most that could be wrong, at each limit"), "caption", "text2"))
        column.addLayout(title)
        column.addWidget(self.plot)
        outer.addWidget(self._walk_part)
        column = _column(self._facts_part)
        column.addWidget(rule())
        column.addWidget(self.facts)
        column.addWidget(self.classes)
        outer.addWidget(self._facts_part)
        column = _column(self._form_part)
        column.addWidget(rule())
        column.addWidget(self.form)
        outer.addWidget(self._form_part)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        for button in (self.print_button, self.again_button, self.answer_button, self.end_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        outer.addLayout(buttons)
        outer.addStretch(1)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self.refresh)
        bridge.project_changed.connect(self._project_changed)
        self.form.planned.connect(self._begin)
        self.print_button.clicked.connect(self.print_it)
        self.again_button.clicked.connect(self._ask_again)
        self.answer_button.clicked.connect(self.answering_wanted)
        self.end_button.clicked.connect(self._ask_to_end)
        shortcut = QShortcut(QKeySequence(PRINT_KEY), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self.print_it)

    def _project_changed(self) -> None:
        self._wants_form = False
        self.form.stop()
        self._reload()

    def _reload(self) -> None:
        if not self._context.bridge.is_open:
            self._content = None
            return
        from hitl_desktop.workflow.certifying import state

        project = self._context.bridge.desk.project
        self._content = found = content_of(project, state(project))
        self.setAccessibleDescription(f"{found.status}. {found.claim} {found.evidence}")
        self._icon.show_sign(found.icon, found.tone)
        self._status.setText(found.status)
        self._status.set_tone(found.tone)
        self._date.setText(found.date)
        self._claim.setText(found.claim)
        self._evidence.setText(found.evidence)
        self._bar.setVisible(found.fraction is not None)
        self._bar.show_fraction(found.fraction or 0.0)
        self._walk_part.setVisible(bool(found.lollipops))
        self.plot.show_walk(found.lollipops, found.alpha)
        self._facts_part.setVisible(bool(found.facts))
        self.facts.show_facts(found.facts)
        self.classes.setVisible(bool(found.classes))
        self.classes.show_rows([_cells(row) for row in found.classes])
        has_form = found.stage in _WITH_FORM or (found.stage == "valid" and self._wants_form)
        is_under_way = found.stage == "auditing"
        self.answer_button.setVisible(is_under_way)
        focus = QApplication.focusWidget()
        if is_under_way and focus is not None and self._form_part.isAncestorOf(focus):
            # The form goes: Qt would hand the focus to the next field of the page, and scroll the sheet away for it.
            self.answer_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._form_part.setVisible(has_form)
        if has_form:
            self.form.reload()
        self.print_button.setVisible(found.can_print)
        self.again_button.setVisible(found.stage == "valid" and not self._wants_form)
        self.end_button.setVisible(is_under_way)
        self.update()

    def _begin(self, audit: "Audit") -> None:
        from hitl_desktop.domain.changes import Changes
        from hitl_desktop.workflow import auditing

        bridge = self._context.bridge

        def begun() -> Changes:
            changes = auditing.commit(bridge.desk.project, audit)
            bridge.desk.session.take_audit()
            return changes

        self._wants_form = False
        bridge.perform(begun, self)

    def _ask_again(self) -> None:
        self._wants_form = True
        self._reload()
        self.form.alpha.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_to_end(self) -> None:
        question = Question(
            self._context.theme,
            tr("End the audit without a result?"),
            tr("What was answered stays decided. The part of the risk that this audit may spend is spent."),
            tr("End it"),
            tr("Go on"),
            self,
        )
        question.agreed.connect(self._end)
        question.open()

    def _end(self) -> None:
        from hitl_desktop.domain.changes import Changes
        from hitl_desktop.workflow import auditing

        bridge = self._context.bridge

        def ended() -> Changes:
            changes = auditing.abandon(bridge.desk.project, bridge.desk.session.reviewer)
            bridge.desk.session.take_audit()
            return changes

        bridge.perform(ended, self)


class _Sign(Painted):
    """The icon of the stage in its tone; the word beside it says the same."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._name, self._tone = "circle-help", "text2"
        self.setFixedSize(_ICON, _ICON + 4)

    def show_sign(self, name: str, tone: str) -> None:
        self._name, self._tone = name, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self.theme, self.rect(), self._name, self._tone, _ICON)


class _Bar(Painted):
    """How much of an audit is answered."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._fraction = 0.0
        self.setFixedHeight(_BAR)

    def show_fraction(self, fraction: float) -> None:
        self._fraction = fraction
        self.describe(tr("{share} of the audit is answered", share=percent(fraction)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_rounded(painter, self.rect(), _BAR / 2, self.theme.colour("sunken"))
        done = QRectF(self.rect())
        done.setWidth(done.width() * self._fraction)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            done.moveRight(self.width())
        if done.width() >= 1:
            fill_rounded(painter, done, min(_BAR / 2, done.width() / 2), self.theme.colour("audit"))


def _column(part: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_12)
    return column


def _said() -> tuple[Column, ...]:
    return tuple(c._replace(title=tr(c.title), tooltip=tr(c.tooltip) if c.tooltip else "") for c in _CLASSES)


def _cells(row: ClassRow) -> list[Cell]:
    return [Cell(row.name, row.column), Cell(row.proved_from), Cell(row.checked), Cell(row.wrong)]
