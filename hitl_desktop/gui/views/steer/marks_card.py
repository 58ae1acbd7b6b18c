"""The card of marks that say what should, or should not, count: which there are, and which of them teach."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Ellipse, Span
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import OVERLAY_MARK, OVERLAY_OUTLINE, RADIUS_SMALL, SPACE_12
from hitl_desktop.gui.views.steer.draft import Draft
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.painting import fill_rounded
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.workflow.teaching_marks import TeachingMark

_MOST_SHOWN: Final = 500
_PREVIEW: Final = 128
_WORDS: Final = 80


class MarksCard(Card):
    """Enter shows the item of a mark; Delete has the mark teach no longer, or again, in the plan that is edited.

    `shown(items)` asks to see items.
    """

    shown = Signal(list)

    def __init__(self, context: Context, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(tr("What should count, and what should not"), parent=parent)
        self._context, self._draft = context, draft
        self._marks: list[TeachingMark] = []
        theme, keymap = context.theme, context.keymap
        columns = [
            Column(tr("Marked")),
            Column(tr("Says")),
            Column(tr("Class")),
            Column(tr("Item")),
            Column(tr("By")),
            Column(tr("When")),
        ]
        self.table = PlainTable(theme, tr("What should count, and what should not"), columns, stretch=(0, 3), most=6)
        self.table.row_chosen.connect(lambda row: self.shown.emit([self._marks[row].index]))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_preview())
        shortcut = QShortcut(QKeySequence("Del"), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self._turn)
        self.turn = Button(theme, tr("Teach or not"), key=printed("Del"), size="small")
        self.turn.clicked.connect(self._turn)
        self.head.addWidget(self.turn)
        words = tr(
            "On the review page {against} says of selected words, of a mark, or of the strongest reason that it should "
            "not count, {counts} that it should. Variants of the marked items teach that; they never measure.",
            against=keymap.caption("mark_counts_not"),
            counts=keymap.caption("mark_counts"),
        )
        self.preview = MarkPreview(context)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.table, 1)
        row.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(PlainLabel(words, "small", "text2", wrap=True))
        self.body.addLayout(row)

    def refresh(self) -> None:
        """Show the marks of the decisions that stand, the latest first, at most 500."""
        from hitl_desktop.workflow.teaching_marks import can_teach, marks_listed

        project = self._context.bridge.desk.project
        self.setVisible(can_teach(project))
        every = marks_listed(project)
        self._marks = every[:_MOST_SHOWN]
        self.set_title(
            tr("What should count, and what should not"), trn("{n} mark", "{n} marks", len(every)) if every else ""
        )
        self.show_plan()

    def forget(self) -> None:
        """Another project is open, or none."""
        self._marks = []
        self.preview.show_mark(None)

    def show_plan(self) -> None:
        """Say which of them teach under the plan that is edited."""
        selected = max(0, self.table.currentIndex().row())
        off = frozenset(self._draft.plan.marks_off)
        self.table.show_rows([self._row(mark, is_off=mark.key in off) for mark in self._marks])
        self.table.setVisible(bool(self._marks))
        self.turn.setEnabled(bool(self._marks))
        if self._marks:
            self.table.selectRow(min(selected, len(self._marks) - 1))
        self._show_preview()

    def _row(self, one: "TeachingMark", *, is_off: bool) -> Sequence[Cell]:
        tone = "text3" if is_off or one.is_kept_apart else ""
        says = tr("counts") if one.mark.counts else tr("does not count")
        why = ""
        if one.is_kept_apart:
            says, why = tr("teaches nothing"), tr("The item is kept apart from training.")
        elif is_off:
            says, why = tr("{says} (off)", says=says), tr("It is kept, and teaches nothing.")
        return [
            Cell(_words_of(one), tone=tone),
            Cell(says, tone=tone, tooltip=why),
            Cell(one.label.name, one.label.position, tone),
            Cell(one.name, tone=tone or "text2"),
            Cell(one.decision.reviewer, tone=tone or "text2"),
            Cell(day_and_time(one.decision.at_utc), tone=tone or "text2"),
        ]

    def _turn(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._marks):
            self._draft.turn_mark(self._marks[row].key)

    def _show_preview(self) -> None:
        row = self.table.currentIndex().row()
        self.preview.show_mark(self._marks[row] if 0 <= row < len(self._marks) else None)


class MarkPreview(QWidget):
    """The picture of a mark, small, with what is marked outlined; nothing for words."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._mark: TeachingMark | None = None
        self._picture: object = None
        self._digest = ""
        self.setAccessibleName(tr("The marked picture"))
        context.media.thumbnail_ready.connect(self._ready)
        self.hide()

    def sizeHint(self) -> QSize:
        side = self._context.theme.px(_PREVIEW)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_mark(self, mark: "TeachingMark | None") -> None:
        """Show this mark in its picture; nothing for None and for words."""
        is_shown = mark is not None and not isinstance(mark.mark, Span)
        self._mark = mark if is_shown else None
        self.setVisible(is_shown)
        if self._mark is not None:
            project = self._context.bridge.desk.project
            item = project.store.items.get(self._mark.index)
            self._digest = item.digest
            try:
                self._picture = project.item_source(item)
            except KnownError:  # the folder of the images is somewhere else
                self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mark is None:
            return
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), RADIUS_SMALL, self._context.theme.colour("sunken"))
        source: object = self._picture
        if source is None:
            return
        pixmap = self._context.media.thumbnail(self._digest, source)  # type: ignore[arg-type]
        evidence, mark = self._mark.decision.evidence, self._mark.mark
        if pixmap is None or isinstance(mark, Span) or not evidence.width or not evidence.height:
            return
        size = pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRectF(left, top, size.width(), size.height()), pixmap, QRectF(pixmap.rect()))
        across, down = size.width() / evidence.width, size.height() / evidence.height
        area = QRectF(left + mark.x * across, top + mark.y * down, mark.width * across, mark.height * down)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((OVERLAY_OUTLINE, 4), (OVERLAY_MARK, 2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(area) if isinstance(mark, Ellipse) else painter.drawRect(area)

    def _ready(self, digest: str) -> None:
        if digest == self._digest:
            self.update()


def _words_of(one: "TeachingMark") -> str:
    mark = one.mark
    if isinstance(mark, Span):
        words = " ".join(mark.text.split())
        return tr("“{words}”", words=words if len(words) <= _WORDS else f"{words[:_WORDS]}…")
    said = tr("Ellipse") if isinstance(mark, Ellipse) else tr("Box")
    return tr("{mark} {width} × {height}", mark=said, width=f"{mark.width:.0f}", height=f"{mark.height:.0f}")
