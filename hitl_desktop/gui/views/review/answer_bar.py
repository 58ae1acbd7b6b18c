"""What stands below a comparison: the answers that can be given, in the order of the screen, and what else can be done.

Nothing has the focus to begin with, and Space and Enter decide nothing: a default would be a hint.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QSpinBox, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop.domain.decisions import MEASURING_SLOTS, Slot, Verdict
from hitl_desktop.domain.items import Item
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import COMPARING_KEYS, portable
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.viewers.comparison_viewer import ComparisonViewer
from hitl_desktop.gui.views.review.answer_buttons import AnswerButton, RankingRow
from hitl_desktop.gui.views.review.reasons import REASONS, blind_reason, said
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.class_button import ActionButton
from hitl_desktop.gui.widgets.icon_text import IconText
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import number, tr
from hitl_desktop.workflow.comparisons import Said, bad, best, equal, ranked, scale_of
from hitl_desktop.workflow.project import Project

if TYPE_CHECKING:
    from hitl_desktop.gui.views.review.page import ReviewPage

_WIDE: Final = 8
_SLIM: Final = 5
_ACTIONS: Final = ("skip", "unsure", "flag", "note")
_FIXED: Final = QSizePolicy.Policy.Fixed
_TWO: Final = ("better_left", "equal", "both_bad", "better_right")
"""The commands of two answers, as their buttons stand."""
_ELSEWHERE: Final = ("confirm", "none", "other_class")
"""Commands that decide other kinds of items: nothing here."""


class AnswerBar(QWidget):
    """Belongs to the review page, which decides; shown for kinds that compare."""

    def __init__(self, page: "ReviewPage", context: Context) -> None:
        super().__init__(page)
        self._page, self._context = page, context
        self._sides: tuple[int, ...] = ()
        self._shown = ""
        self.setAccessibleName(tr("Your answer"))
        self._two = self._make_two()
        self._more = self._make_more()
        self.answers = QStackedWidget()
        self.answers.addWidget(self._two)
        self.answers.addWidget(self._more)
        self.ratings: list[QSpinBox] = []
        self._rating_row = QHBoxLayout()
        self._rating_row.setSpacing(SPACE_12)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, 0, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addLayout(self._rating_row)
        column.addWidget(self.answers)
        column.addWidget(self._make_actions())

    def show_item(self, item: Item, sides: tuple[int, ...]) -> None:
        """A comparison is on screen, its answers standing as `sides` says."""
        self._sides = sides
        count = len(sides)
        is_another, self._shown = item.digest != self._shown, item.digest
        self.answers.setCurrentWidget(self._two if count == 2 else self._more)
        if is_another:
            self.ranking.show_places(count)
            self._make_ratings(count)
            self.note.setText(self._page.panel.note)
            self._rows.setCurrentIndex(0)
        self._show_reason()
        self._show_saves()

    def show_recent(self, words: str, undo: str) -> None:
        """What was decided just before; undo says in its tooltip what it takes back."""
        self._recent.setText(words)
        self.undo_button.setEnabled(bool(undo))
        self.undo_button.setToolTip(plain_tooltip(undo))

    def set_possible(self, why_not: str) -> None:
        """Grey out everything with the reason, or bring it back."""
        for button in (*self.buttons, *self.action_buttons.values(), self.save_button):
            button.setEnabled(not why_not)
            button.setToolTip(why_not)

    def show_why(self, *, is_open: bool, may_open: bool) -> None:
        """Whether the model's reasons are on screen, and whether they may be: never before the answer."""
        self.why_button.setEnabled(may_open)
        self.why_button.set_label(tr("Hide why") if is_open else tr("Why"))
        hidden = tr("What the model thinks stays hidden until you have decided. Open a decided pair from the history.")
        self.why_button.setToolTip("" if may_open else hidden)

    def handle_key(self, event: QKeyEvent) -> bool:
        """In the order of the screen; True for every key that could decide, also where it does nothing."""
        keymap, is_two = self._context.keymap, len(self._sides) == 2
        command = keymap.comparing(event, is_two=is_two)
        if command is None:
            usual = keymap.command(event)
            is_elsewhere = usual in _ELSEWHERE or usual in COMPARING_KEYS
            return is_elsewhere or keymap.class_position(event) is not None
        if not event.isAutoRepeat():
            self._press(command, event)
        return True

    def _press(self, command: str, event: QKeyEvent) -> None:
        """Do what a command of `COMPARING_KEYS` says."""
        if command == "rank":
            self.ranking.toggle(self._context.keymap.keys[command].index(portable(event)))
            return
        meaning: dict[str, Callable[[], object]] = {
            **{name: button.click for name, button in zip(_TWO, self.buttons, strict=True)},
            "all_equal": self._equal.click,
            "all_bad": self._bad.click,
            "save_ranking": self.save_button.click,
            "stack": self._toggle_stacked,
            "rate": self._rate,
        }
        meaning[command]()

    def edit_note(self) -> None:
        """Put the field for a note in place of the actions."""
        if self.action_buttons["note"].isEnabled():
            self._rows.setCurrentIndex(1)
            self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave_note(self) -> None:
        """Bring the actions back; the note is kept."""
        self._rows.setCurrentIndex(0)
        self._page.focus_item()

    def _make_two(self) -> QWidget:
        theme, caption = self._context.theme, self._context.keymap.caption
        words = (tr("Left is better"), tr("Equal"), tr("Both bad"), tr("Right is better"))
        self.buttons = [
            AnswerButton(theme, said_, caption(name), key_last=name == _TWO[-1])
            for name, said_ in zip(_TWO, words, strict=True)
        ]
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_12)
        for place, button in enumerate(self.buttons):
            row.addWidget(button, _WIDE if place in (0, 3) else _SLIM)
            button.clicked.connect(lambda _=False, place=place: self._answer_two(place))
        found = QWidget()
        found.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the answers stand
        found.setLayout(row)
        return found

    def _make_more(self) -> QWidget:
        theme, caption = self._context.theme, self._context.keymap.caption
        self.ranking = RankingRow(theme)
        self.ranking.changed.connect(self._show_saves)
        self._equal = AnswerButton(theme, tr("All equal"), caption("all_equal"))
        self._equal.clicked.connect(lambda: self._decide(equal(self._project, self._sides, self._given())))
        self._bad = AnswerButton(theme, tr("All bad"), caption("all_bad"))
        self._bad.clicked.connect(lambda: self._decide(bad(self._project, self._sides, self._given())))
        self.save_button = AnswerButton(theme, tr("Save the ranking"), caption("save_ranking"))
        self.save_button.clicked.connect(self._save_ranking)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_12)
        row.addWidget(self.ranking, 1)
        for button in (self._equal, self._bad, self.save_button):
            row.addWidget(button)
        found = QWidget()
        found.setLayout(row)
        return found

    def _make_actions(self) -> QWidget:
        theme, keymap = self._context.theme, self._context.keymap
        words = {"skip": tr("Skip for now"), "unsure": tr("Unsure"), "flag": tr("Flag"), "note": tr("Note")}
        self.action_buttons = {name: ActionButton(theme, keymap.caption(name), words[name]) for name in _ACTIONS}
        self.stack_button = ActionButton(theme, keymap.caption("stack"), tr("Stack"))
        self.stack_button.clicked.connect(self._toggle_stacked)
        self.why_button = ActionButton(theme, keymap.caption("why"), tr("Why"))
        self.why_button.clicked.connect(self._page.why.toggle)
        self._hint = IconText(theme, "eye-off", tr("Source and score hidden, sides shuffled"))
        self._hint.setToolTip(tr("Source and score stay hidden until you decide. Sides are shuffled."))
        self._recent = PlainLabel("", "small", "text2", elide=True, cut="end")
        self._recent.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self.undo_button = Button(theme, tr("Undo"), "link", icon="undo-2", key=keymap.caption("undo"), size="small")
        self.undo_button.clicked.connect(self._page.undo)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_12)
        for name, button in self.action_buttons.items():
            button.clicked.connect(
                self.edit_note if name == "note" else lambda _=False, name=name: self._page.act(name)
            )
            button.setSizePolicy(_FIXED, _FIXED)
            row.addWidget(button)
        for extra in (self.stack_button, self.why_button):
            extra.setSizePolicy(_FIXED, _FIXED)
        row.addWidget(self.stack_button)
        row.addWidget(self.why_button)
        row.addWidget(self._hint)
        row.addWidget(self._recent, 1)
        row.addWidget(self.undo_button)
        usual = QWidget()
        usual.setLayout(row)
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("Saved with your decision"))
        self.note.setAccessibleName(tr("Note"))
        self.note.textEdited.connect(self._page.panel.write_note)
        self.note.returnPressed.connect(self.leave_note)
        writing = QWidget()
        line = QHBoxLayout(writing)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(PlainLabel(tr("Note for this item, Enter when done"), "small", "text2"))
        line.addWidget(self.note, 1)
        self._rows = QStackedWidget()
        self._rows.addWidget(usual)
        self._rows.addWidget(writing)
        self._rows.setFixedHeight(theme.px(34))
        return self._rows

    def _make_ratings(self, count: int) -> None:
        scale = scale_of(self._project)
        while (taken := self._rating_row.takeAt(0)) is not None:
            if (old := taken.widget()) is not None:
                old.deleteLater()
        self.ratings = []
        for place in range(count if scale else 0):
            name = tr("Rating of answer {n}, 1 to {most}", n=place + 1, most=scale)
            box = QSpinBox()
            box.setRange(0, scale)
            box.setSpecialValueText("–")
            box.setAccessibleName(name)
            box.lineEdit().setTextMargins(SPACE_8, 0, 0, 0)
            self._rating_row.addWidget(PlainLabel(name, "small", "text2"))
            self._rating_row.addWidget(box)
            self.ratings.append(box)
        if self.ratings:
            self._rating_row.addStretch(1)

    def _given(self) -> list[int]:
        return [box.value() for box in self.ratings]

    def _answer_two(self, place: int) -> None:
        project, sides, given = self._project, self._sides, self._given()
        if place in (1, 2):
            self._decide((equal if place == 1 else bad)(project, sides, given))
        else:
            self._decide(best(project, sides, place // 3, given))

    def _save_ranking(self) -> None:
        groups = [[place] for place in self.ranking.ranked]
        if groups:
            self._decide(ranked(self._project, self._sides, groups, self._given()))

    def _decide(self, said: Said) -> None:
        self._page.decide(Verdict.CORRECTED, said.label_id, response=said.response)

    def _rate(self) -> None:
        if self.ratings:
            self.ratings[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _toggle_stacked(self) -> None:
        viewer = self._page.viewer
        if isinstance(viewer, ComparisonViewer):
            viewer.toggle_stacked()
            self.stack_button.set_label(tr("Side by side") if viewer.is_stacked else tr("Stack"))

    def _show_saves(self) -> None:
        self.save_button.setEnabled(bool(self.ranking.ranked))

    def _show_reason(self) -> None:
        """Why this one, and how far one is. Of the model it says nothing but that it wants to know."""
        viewer, desk = self._page.viewer, self._context.bridge.desk
        if not isinstance(viewer, ComparisonViewer):
            return
        slot = desk.session.slot
        if slot in (Slot.DIVERSE, Slot.UNCERTAIN):
            icon, word = "scale", tr("Tells the model most")
        else:
            is_blind = slot in MEASURING_SLOTS or slot is Slot.REPEAT  # a repeat looks like a random check
            found = blind_reason(is_check=True) if is_blind else said(REASONS[slot])
            icon, word = found.icon, found.word
        ledger = desk.project.pool.ledger()
        seen = ledger.decided + ledger.set_aside
        at = {"n": number(seen + 1), "all": number(seen + ledger.needs_review)}
        is_pair = len(self._sides) == 2
        place = tr("pair {n} of {all}", **at) if is_pair else tr("comparison {n} of {all}", **at)
        viewer.prompt.show_reason(icon, word, place if ledger.needs_review else "")

    @property
    def _project(self) -> Project:
        return self._context.bridge.desk.project
