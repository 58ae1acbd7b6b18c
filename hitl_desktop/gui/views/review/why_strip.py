"""What is said below the item: the parts of a score as bars that add up, and the nearest decided items."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_24
from hitl_desktop.gui.views.review.why_bars import PartBars
from hitl_desktop.gui.views.review.why_near import NEAR_WIDTH, NearRow
from hitl_desktop.gui.views.review.why_words import WhyView
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import tr
from hitl_desktop.workflow.explain_request import NearItem

ROWS: Final = {"text": 9, "image": 5}
"""Parts that an explanation has at most, by kind of item: the room is kept for all of them."""
NEAREST: Final = 3
_HEAD: Final = 28
_LEAST_PARTS: Final = 240
"""The parts of a score need such a width beside the nearest items, at the usual text size."""
_ANY: Final = (1 << 24) - 1
"""The largest width that Qt knows."""
_MOST_SHARE: Final = 0.5
_LOADING_MS: Final = 120


class WhyStrip(QFrame):
    """Lies below the item. `item_wanted(index)` opens a near item, `other_wanted()` compares with another answer,
    `counts_not_wanted()` marks the strongest reason as one that should not count.
    """

    item_wanted = Signal(int)
    other_wanted = Signal()
    counts_not_wanted = Signal()
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Why does the model think so?"))
        theme = self._theme = context.theme
        self._kind = "text"
        self._title = PlainLabel("", "small", "text", weight=600, elide=True)
        self._total = PlainLabel("", "caption", "text2", elide=True)
        self._other = Button(theme, tr("Other answer"), "link", key=context.keymap.caption("why_other"), size="small")
        self._other.clicked.connect(self.other_wanted)
        self.counts_not = Button(
            theme, tr("Does not count"), "link", key=context.keymap.caption("mark_counts_not"), size="small"
        )
        self.counts_not.setAccessibleName(tr("The strongest reason should not count"))
        self.counts_not.clicked.connect(self.counts_not_wanted)
        self._close = Button(theme, "", "quiet", icon="x", size="small")
        self._close.setAccessibleName(tr("Close"))
        self._close.clicked.connect(self.closed)
        self.bars = PartBars(theme)
        self._near_title = PlainLabel(tr("Nearest decided items"), "small", "text", weight=600, elide=True)
        self.near = [NearRow(context) for _ in range(NEAREST)]
        for row in self.near:
            row.clicked.connect(lambda _checked=False, row=row: self._open(row))
        self._waits = QTimer(self)
        self._waits.setSingleShot(True)
        self._waits.setInterval(_LOADING_MS)
        self._waits.timeout.connect(lambda: self.bars.show_message(tr("Working it out…")))
        self._lay_out()

    @property
    def title(self) -> str:
        """What is explained, in words."""
        return self._title.text()

    @property
    def total(self) -> str:
        """What the parts add up to, in words."""
        return self._total.text()

    def set_kind(self, kind: str) -> None:
        """The kind of item decides how much room is kept."""
        self._kind = "text" if KINDS[kind].from_rows else "image"
        self.bars.keep_rows(ROWS[self._kind])

    def show_waiting(self) -> None:
        """Nothing of the item before stays; a word says that it takes a moment."""
        self._title.setText(tr("Why does the model think so?"))
        self._total.setText("")
        self._other.setVisible(False)
        self.counts_not.setVisible(False)
        self.bars.show_message("")
        for row in self.near:
            row.show_near(None, self._kind)
        self._near_title.setText("")
        self._waits.start()

    def show_view(self, view: WhyView, near: Sequence[NearItem], *, has_others: bool, can_teach: bool) -> None:
        """Show an explanation; `can_teach`: its reasons can be marked as what should not count."""
        self._waits.stop()
        self._title.setText(view.title)
        self._total.setText(" · ".join(part for part in (view.total, view.basis) if part))
        self._total.setToolTip(plain_tooltip(view.basis_in_full) if view.basis_in_full else "")
        self._other.setVisible(has_others)
        self.counts_not.setVisible(can_teach)
        if view.refusal:
            self.bars.show_message(view.refusal)
        else:
            self.bars.show_rows(view.rows, view.this, view.other)
        self._near_title.setText(tr("Nearest decided items") if near else tr("Nothing near is decided yet"))
        for place, row in enumerate(self.near):
            row.show_near(near[place] if place < len(near) else None, self._kind)
        self.setAccessibleDescription(f"{view.title}. {view.total}. {view.basis_in_full}")

    def show_failure(self, message: str) -> None:
        """Say why there is no explanation."""
        self._waits.stop()
        self.bars.show_message(message)

    def _open(self, row: NearRow) -> None:
        if row.near is not None:
            self.item_wanted.emit(row.near.item.index)

    # ---- layout ----------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As high as what it holds, but for most of the place that it shares with the item: then it is scrolled."""
        inner = self._inner.sizeHint()
        parent = self.parentWidget()
        most = round(_MOST_SHARE * parent.height()) if parent is not None else inner.height()
        return QSize(inner.width(), min(inner.height(), most) + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the place that it shares with the item, and of what it holds."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._arrange()
        elif event.type() == QEvent.Type.LayoutRequest and watched is self._inner:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)  # again is as once
        self._arrange()

    def _arrange(self) -> None:
        """Where there is little width, the nearest items stand below the parts, and the buttons below the title."""
        theme, parent = self._theme, self.parentWidget()
        room = parent.width() if parent is not None else self.width()
        margins = self._sides.contentsMargins()
        edges = margins.left() + margins.right()
        near = theme.px(NEAR_WIDTH)
        is_narrow = room < near + theme.px(_LEAST_PARTS) + self._sides.spacing() + edges
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._sides.setDirection(way)
        self._head.setDirection(way)
        self._head.setSpacing(0 if is_narrow else SPACE_12)
        acts = sum(button.sizeHint().width() for button in (self.counts_not, self._other)) + SPACE_12
        is_tight = is_narrow and acts > room - edges
        self._acts.setSpacing(0 if is_tight else SPACE_12)
        self._acts.setDirection(QBoxLayout.Direction.TopToBottom if is_tight else QBoxLayout.Direction.LeftToRight)
        self._near.setMinimumWidth(0 if is_narrow else near)
        self._near.setMaximumWidth(_ANY if is_narrow else near)
        home, other = (self._title_row, self._near_head) if is_narrow else (self._near_head, self._title_row)
        if home.indexOf(self._close) < 0:  # it closes the whole, so it stands in the upper corner
            other.removeWidget(self._close)
            home.addWidget(self._close)
        for label in (self._title, self._near_title):
            label.setFixedHeight(theme.px(_HEAD))
        self._total.setFixedHeight(theme.line("caption"))
        self.updateGeometry()

    def _lay_out(self) -> None:
        self._title_row, self._near_head = QHBoxLayout(), QHBoxLayout()
        self._title_row.addWidget(self._title, 1)
        self._near_head.addWidget(self._near_title, 1)
        self._near_head.addWidget(self._close)
        self._acts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for button in (self.counts_not, self._other):
            self._acts.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(self._total, 1)
        self._head.addLayout(self._acts)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self._title_row)
        left.addLayout(self._head)
        left.addSpacing(SPACE_4)
        left.addWidget(self.bars)
        left.addStretch(1)
        self._near = QWidget()
        right = QVBoxLayout(self._near)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(2)
        right.addLayout(self._near_head)
        for row in self.near:
            right.addWidget(row)
        right.addStretch(1)
        self._inner = QFrame()
        self._inner.installEventFilter(self)
        self._inner.setProperty("pane", "surface")
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._inner)
        self._sides.setContentsMargins(SPACE_24, 6, SPACE_12, SPACE_8)
        self._sides.setSpacing(SPACE_24)
        self._sides.addLayout(left, 1)
        self._sides.addWidget(self._near)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inner)
        line = QFrame()
        line.setProperty("rule", "h")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addWidget(area)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
