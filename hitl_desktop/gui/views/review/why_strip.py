"""What is said below the item: the parts of a score as bars that add up, and the nearest decided items."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
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
        theme = context.theme
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
        self._lay_out(theme)

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

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_12)
        head.addWidget(self._title, 1)
        head.addWidget(self.counts_not)
        head.addWidget(self._other)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(head)
        left.addWidget(self._total)
        left.addSpacing(SPACE_4)
        left.addWidget(self.bars)
        left.addStretch(1)
        near_head = QHBoxLayout()
        near_head.addWidget(self._near_title, 1)
        near_head.addWidget(self._close)
        right = QVBoxLayout()
        right.setSpacing(2)
        right.addLayout(near_head)
        for row in self.near:
            right.addWidget(row)
        right.addStretch(1)
        for label in (self._title, self._near_title):
            label.setFixedHeight(theme.px(_HEAD))
        self._total.setFixedHeight(theme.line("caption"))
        holder = QWidget()
        holder.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        holder.setFixedWidth(theme.px(NEAR_WIDTH))
        sides = QHBoxLayout()
        sides.setContentsMargins(SPACE_24, 6, SPACE_12, SPACE_8)
        sides.setSpacing(SPACE_24)
        sides.addLayout(left, 1)
        sides.addWidget(holder)
        line = QFrame()
        line.setProperty("rule", "h")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(sides)
