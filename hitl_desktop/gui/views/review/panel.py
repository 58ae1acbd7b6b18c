"""The panel at the right: why this item, what the model suggests, and the keys to decide with.

The order of the blocks and their heights never change while reviewing.
"""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.domain.labels import Label, in_words
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.actions_block import ActionsBlock
from hitl_desktop.gui.views.review.answer_slot import AnswerSlot
from hitl_desktop.gui.views.review.marks_block import MarksBlock
from hitl_desktop.gui.views.review.panel_view import PanelView
from hitl_desktop.gui.views.review.reasons_block import ReasonsBlock
from hitl_desktop.gui.views.review.recent_list import ROWS, RecentList, RecentRow
from hitl_desktop.gui.views.review.suggestion_rows import (
    act_words,
    bar_rows,
    likeliest,
    probability_of,
    suggested_ids,
)
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.class_button import ActionButton, ClassButton, ConfirmButton, are_long
from hitl_desktop.gui.widgets.labels import PlainLabel, TwoLines
from hitl_desktop.gui.widgets.probability_bars import ProbabilityBars
from hitl_desktop.gui.widgets.shares import percent_of
from hitl_desktop.language import tr, trn

ALL_BUTTONS = 12
"""Up to this many classes each has its button; above, the likeliest eight and a search."""
_ONE_COLUMN = 6  # more stand in two columns; but not findings, beside whose share and box no name has room
_TALL = 900
_SIDE = 16
_GAP = 6
"""From this height of the panel even many classes stand in one column, with their names whole."""
_LOW = 400
"""From this height of the panel, at the usual text size, the last decision stands below it whatever is above."""
_ROOMY = 4
_NAMED = 2
"""Up to this many findings are named on the button that saves them."""


class ReviewPanel(QFrame):
    """Sends what the reviewer wants; decides nothing itself.

    Where several findings are decided per item, the class buttons are on or off, `findings` are those that are on, and
    the suggestion sets them until the reviewer touches one.
    `confirmed()`, `class_chosen(label id)`, `none_wanted()`, `other_class_wanted()`,
    `action_chosen("skip" | "unsure" | "flag")`, `undo_wanted()`, `item_wanted(item index)`, `note_changed(text)`,
    `note_left()`, `why_toggled()`.
    """

    confirmed = Signal()
    class_chosen = Signal(int)
    other_class_wanted = Signal()
    none_wanted = Signal()
    action_chosen = Signal(str)
    undo_wanted = Signal()
    item_wanted = Signal(int)
    note_changed = Signal(str)
    note_left = Signal()
    why_toggled = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review_panel")
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Decision"))
        self._context = context
        self._labels: list[Label] = []
        self._with_buttons: list[Label] = []
        self._buttons: dict[int, ClassButton] = {}
        self._several = False
        self._view: PanelView | None = None
        self._findings: set[int] = set()
        self._is_touched = False
        self._none: ActionButton | None = None
        theme, keymap = context.theme, context.keymap
        self._badge = Badge(theme, "scale", tr("Close call"))
        self._clause = TwoLines("small", "text2")
        self._model_text = PlainLabel("", "caption", "text3")
        self._bars = ProbabilityBars(theme)
        self._slot = AnswerSlot(theme, keymap.caption("confirm"))
        self._confirm = self._slot.button
        self._confirm.clicked.connect(self.confirmed)
        self._or = PlainLabel(tr("or correct to"), "small", "text2")
        self._classes = QWidget()
        self._class_grid = QGridLayout(self._classes)
        self._class_grid.setContentsMargins(0, 0, 0, 0)
        self._class_grid.setHorizontalSpacing(_GAP)
        self.marks = MarksBlock(context)
        self.action_block = ActionsBlock(context)
        self.action_block.action_chosen.connect(self.action_chosen)
        self.action_block.note_changed.connect(self._note_edited)
        self.action_block.note_left.connect(self.note_left)
        why = tr("Why does the model think so?")
        self.why = ActionButton(theme, keymap.caption("why"), why, framed=False)
        self.why.setCheckable(True)
        self.why.clicked.connect(self.why_toggled)
        self.reasons = ReasonsBlock(context)
        self.reasons.chosen.connect(self.action_block.toggle_reason)
        self._recent = RecentList(context)
        self._recent.undo_wanted.connect(self.undo_wanted)
        self._recent.item_wanted.connect(self.item_wanted)
        self._lay_out()

    @property
    def confirm_button(self) -> ConfirmButton:
        """The button that confirms the suggestion."""
        return self._confirm

    def class_button(self, label_id: int) -> ClassButton | None:
        """The button of a class, when it has one now."""
        return self._buttons.get(label_id)

    @property
    def shown_labels(self) -> list[Label]:
        """The classes that have a button now, in the order of their keys."""
        return [label for label in self._labels if label.id in self._buttons]

    @property
    def findings(self) -> tuple[int, ...] | None:
        """The findings that are on, by label id; None before there is a suggestion or a choice."""
        is_known = self._is_touched or (self._view is not None and self._view.suggestion is not None)
        return tuple(sorted(self._findings)) if is_known else None

    def toggle(self, label_id: int) -> None:
        """Turn a finding on or off."""
        self._is_touched = True
        self._findings ^= {label_id}
        self._show_findings()

    def forget_choice(self) -> None:
        """Another item has come on screen: the suggestion sets the findings again."""
        self._is_touched = False
        self._findings = set()

    def set_labels(self, labels: Sequence[Label], *, several: bool = False) -> None:
        """The classes of the project; `several`: each is a finding that is there or not."""
        if several != self._several:
            self._with_buttons = []
        self._several = several
        self._labels = list(labels)
        self._bars.set_classes([label.name for label in labels])
        self._fill_classes(list(labels) if len(labels) <= ALL_BUTTONS else [])

    def show_view(self, view: PanelView) -> None:
        """Show what belongs to the item on screen."""
        self._badge.show_badge(view.reason.icon, view.reason.word, view.reason.tone, view.reason.clause)
        self._clause.setText(view.reason.clause)
        self._model_text.setText(view.model_text)
        self._view = view
        suggestion = view.suggestion
        if len(self._labels) > ALL_BUTTONS:
            self._fill_classes(likeliest(view, self._labels))
        self._show_suggestion(view)
        self._confirm.setToolTip(view.why_not)
        self.action_block.set_possible(view.why_not)
        self._confirm.setEnabled(suggestion is not None and view.can_decide)
        suggested = suggested_ids(suggestion)
        for label in self._labels:
            button = self._buttons.get(label.id)
            if button is not None:
                is_offer = view.own is not None and label.id in suggested and not self._several
                button.set_label(tr("Change to {name}", name=label.name) if is_offer else label.name)
                button.set_suggested(label.id in suggested)
                button.set_possible(can_decide=view.can_decide, why_not=view.why_not)
        if self._none is not None:
            self._none.setEnabled(view.can_decide)
            self._none.setToolTip(view.why_not)
        if self._several:
            if not self._is_touched:
                self._findings = set(view.own.label_ids if view.own else suggested)
            self._show_findings()

    def _show_suggestion(self, view: PanelView) -> None:
        """The bars, the large button, and the words above the classes."""
        suggestion = view.suggestion
        if view.is_hidden:
            self._bars.show_hidden(is_check=view.is_check)
        elif suggestion is None:
            self._bars.show_none(tr("No suggestion yet"))
            self._confirm.set_label(tr("Nothing to confirm yet"))
        else:
            self._bars.show_prediction(*bar_rows(suggestion, self._labels, several=self._several))
            words = view.own.words if view.own else suggestion.words
            self._confirm.set_label(act_words(words, is_own=view.own is not None, is_suggested=True))
        if view.is_hidden and not self._several:
            self._slot.ask(tr("What do you see?"))
        else:
            self._slot.show_button()
        if view.own is not None:
            self._or.setText(tr("or change your answer"))
        elif view.is_hidden:
            self._or.setText(tr("Your answer comes first"))
        else:
            self._or.setText(tr("or correct to") if suggestion else tr("Choose the class"))

    def _show_findings(self) -> None:
        """What is on, on the buttons and on the one that saves it."""
        suggestion = self._view.suggestion if self._view else None
        can_decide = self._view is not None and self._view.can_decide
        for label in self._labels:
            button = self._buttons.get(label.id)
            if button is not None:
                button.setChecked(label.id in self._findings)
                button.set_claim(percent_of(probability_of(suggestion, label)) if suggestion else "")
        names = [label.name for label in self._labels if label.id in self._findings]
        is_suggested = suggestion is not None and self._findings == suggested_ids(suggestion)
        own = self._view.own if self._view else None
        is_own = own is not None and self._findings == own.label_ids
        self._or.setText(tr("or change your answer") if own is not None else tr("What is there"))
        # Shortened names would hide what is saved; which they are stands on the buttons below.
        words = in_words(names)
        short = words if len(names) <= _NAMED else trn("{n} finding", "{n} findings", len(names))
        is_known = self.findings is not None
        shown, read = (act_words(each, is_own=is_own, is_suggested=is_suggested) for each in (short, words))
        self._confirm.set_label(shown if is_known else tr("Say what is there"))
        self._confirm.setAccessibleName(read if is_known else tr("Say what is there"))
        self._confirm.setEnabled(self.findings is not None and can_decide)

    def show_note(self, note: str) -> None:
        """The note of an item that has just come on screen; a field left open by the item before is closed."""
        self.action_block.show_note(note)
        self.reasons.show_chosen(self.action_block.reasons())

    def show_recent(self, rows: Sequence[RecentRow], undo_text: str) -> None:
        """Show what was decided just before."""
        self._recent.show_rows(rows, undo_text)

    def show_why(self, *, is_open: bool, may_open: bool) -> None:
        """Whether the reasons of the model are shown, and may be: they open at the item, and move nothing here."""
        self.why.setEnabled(may_open)
        self.why.setChecked(is_open and may_open)

    @property
    def note(self) -> str:
        """The note typed for the item on screen."""
        return self.action_block.note

    def write_note(self, note: str) -> None:
        """A note typed elsewhere: on the bar of a desk of its own."""
        self.action_block.field.setText(note)
        self._note_edited(note)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """Where there is no room for all, the decision comes before what was just decided."""
        self._class_grid.activate()  # else other buttons are measured at the next turn only
        room = self.height() - self._inner.sizeHint().height()
        least = 1 if self.height() >= self._context.theme.px(_LOW) else 0
        fitting = (rows for rows in range(ROWS, 0, -1) if self._recent.height_with(rows) <= room)
        self._recent.keep_to(next(fitting, least))

    def _note_edited(self, note: str) -> None:
        self.reasons.show_chosen(self.action_block.reasons())
        self.note_changed.emit(note)

    def _lay_out(self) -> None:
        inner = self._inner = QFrame()
        inner.setProperty("pane", "surface")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 10, 16, 8)
        column.setSpacing(0)
        column.addLayout(_row(self._badge, self._clause, stretch=1, gap=8))
        column.addSpacing(8)
        column.addLayout(_row(PlainLabel(tr("Suggestion"), "small", "text2", weight=600), None, self._model_text))
        column.addSpacing(4)
        column.addWidget(self._bars)
        column.addSpacing(8)
        column.addWidget(rule())
        column.addSpacing(10)
        column.addWidget(self._slot)
        column.addSpacing(8)
        column.addWidget(self._or)
        column.addSpacing(6)
        column.addWidget(self._classes)
        column.addSpacing(12)
        column.addWidget(self.action_block)
        column.addSpacing(4)
        column.addWidget(self.why)
        column.addWidget(self.reasons)
        column.addWidget(self.marks)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        inner.setMinimumWidth(1)  # a row that is too long for the panel must not make all others as wide
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._recent)

    def _fill_classes(self, labels: Sequence[Label]) -> None:
        if labels and list(labels) == self._with_buttons:  # whole labels: another project has the same ids
            return
        self._with_buttons = list(labels)
        for button in self._classes.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self._class_grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        many = len(labels) > _ONE_COLUMN and self.height() < _TALL and not self._several
        self._class_grid.setColumnStretch(0, 1)
        self._class_grid.setColumnStretch(1, 1 if many else 0)
        self._class_grid.setVerticalSpacing(8 if len(labels) <= _ROOMY else 4)
        # All classes have a say, not only those with a button: the height stays from item to item.
        names, key = (label.name for label in self._labels), self._context.keymap.class_caption(0)
        is_long = many and are_long(self._context.theme, names, key, (self.width() - 2 * _SIDE - _GAP) // 2)
        for place, label in enumerate(labels):
            button = ClassButton(
                self._context.theme,
                self._context.keymap.class_caption(place),
                label.position,
                label.name,
                compact=len(labels) > _ROOMY and not is_long,
                toggle=self._several,
                parent=self._classes,
            )
            button.clicked.connect(lambda _checked=False, label_id=label.id: self._clicked(label_id))
            self._buttons[label.id] = button
            if many:
                self._class_grid.addWidget(button, place // 2, place % 2)
            else:
                self._class_grid.addWidget(button, place, 0, 1, 2)
            button.show()
        if len(self._labels) > len(labels):
            other = ActionButton(
                self._context.theme,
                self._context.keymap.caption("other_class"),
                tr("Other class…"),
                parent=self._classes,
            )
            other.clicked.connect(self.other_class_wanted)
            self._class_grid.addWidget(other, len(labels), 0, 1, 2)
            other.show()
        self._none = self._none_button(len(labels) + 1) if self._several else None
        self.order_tabs()
        self._share_height()

    def _none_button(self, row: int) -> ActionButton:
        """Saves that none of the findings is there."""
        button = ActionButton(
            self._context.theme, self._context.keymap.caption("none"), tr("None of these"), parent=self._classes
        )
        button.clicked.connect(self.none_wanted)
        self._class_grid.addWidget(button, row, 0, 1, 2)
        button.show()
        return button

    def order_tabs(self) -> None:
        """Confirm, the classes, the actions, undo: as they stand, though class buttons are made last."""
        classes = self._classes.findChildren(QAbstractButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
        chain: list[QWidget] = [
            self._confirm,
            *(b for b in classes if not b.isHidden()),
            *self.action_block.buttons.values(),
            self.why,
        ]
        for before, after in pairwise([*chain, self.action_block.field, self._recent.undo_button]):
            QWidget.setTabOrder(before, after)

    def _clicked(self, label_id: int) -> None:
        self.class_chosen.emit(label_id)
        if self._several:  # Qt has turned it already; what is on is said in one place
            self._show_findings()


def _row(*parts: QWidget | None, stretch: int = -1, gap: int = 0) -> QHBoxLayout:
    """Widgets side by side; None is room that grows."""
    row = QHBoxLayout()
    row.setSpacing(gap)
    for place, part in enumerate(parts):
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part, 1 if place == stretch else 0)
    return row
