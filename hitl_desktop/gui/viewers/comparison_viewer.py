"""Comparisons: the prompt on top, the answers side by side or one above the other, what differs between them marked."""

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from hitl_desktop.domain.answers import Comparison, of_text
from hitl_desktop.domain.word_diff import differences
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.viewers.answer_card import AnswerCard, PlainPane
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.kinds.text import read_text_item
from hitl_desktop.language import tr, trc

_NARROW: Final = 560
_BESIDE: Final = 3
"""So many answers stand beside one another at most."""
_PROMPT_SHARE: Final = 0.32
_LEAST_CARD: Final = 150


class PromptCard(QFrame):
    """The prompt, why it is asked, and the ring while the item has the keys."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("focusRing", "outside")
        self._icon = QLabel()
        self._icon.setFixedWidth(20)
        self.text = PlainPane(theme)
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.badge = Badge(theme, "scale", "")
        self.aside = PlainLabel("", "small", "text2")
        words = QVBoxLayout()
        words.setSpacing(SPACE_4)
        words.addWidget(PlainLabel(tr("Prompt"), "small", "text2", weight=STRONG))
        words.addWidget(self.text)
        why = QVBoxLayout()
        why.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTrailing)
        why.addWidget(self.aside, 0, Qt.AlignmentFlag.AlignTrailing)
        why.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_24 - 4, SPACE_16, SPACE_24 - 4, SPACE_16)
        row.setSpacing(SPACE_16)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(why)
        self.show_reason("", "", "")

    def show_prompt(self, text: str) -> None:
        """Show this prompt."""
        self._icon.setPixmap(self._theme.icon("message-square-text", 20, "text2").pixmap(20, 20))
        self.text.show_text(text)
        self.setAccessibleName(tr("Prompt: {text}", text=text[:400]))

    def show_reason(self, icon: str, word: str, aside: str) -> None:
        """Why it is asked, and which one it is; "" for nothing."""
        self.badge.setVisible(bool(word))
        self.aside.setVisible(bool(aside))
        if word:
            self.badge.show_badge(icon, word)
        self.aside.setText(aside)

    def fit(self, most: int) -> None:
        """As high as the prompt, and no higher than `most`."""
        document = self.text.document()
        document.setTextWidth(max(100, self.text.viewport().width()))
        line = self._theme.line("lead")
        wanted = max(line, round(document.size().height()) + SPACE_4)
        self.text.setFixedHeight(min(wanted, max(line, most - self._theme.line("small") - 2 * SPACE_16)))


class ComparisonViewer(ItemViewer):
    """A comparison, its answers in the order that `ItemView.sides` says. `is_stacked`: one above the other."""

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(theme, media, parent)
        self.is_stacked = False
        self.prompt = PromptCard(theme)
        self.cards: list[AnswerCard] = []
        self._comparison: Comparison | None = None
        self._area = QWidget()
        self._grid = QGridLayout(self._area)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_16)
        scroll = QScrollArea()
        scroll.setWidget(self._area)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACE_24, SPACE_12, SPACE_24, SPACE_12)
        column.setSpacing(SPACE_12)
        column.addWidget(self.prompt)
        column.addWidget(scroll, 1)
        self.set_content(content)
        self.setProperty("focusRing", "none")
        self.setFocusProxy(self.prompt)
        theme.changed.connect(self._show_again)

    def show_item(self, view: ItemView) -> None:
        """Show a comparison; what cannot be read as one says so in its place."""
        self.item = view
        try:
            self._comparison = of_text(view.text)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._comparison = None
            self.show_error(view.name, tr("This item is no comparison of answers."))
            return
        self.show_content()
        self._show_again()
        self.setAccessibleName(tr("Comparison {name}", name=view.name))
        self.state_changed.emit()

    def clear(self) -> None:
        """Show nothing."""
        self.item = self._comparison = None
        self._make_cards(0)
        self.prompt.show_prompt("")

    def toggle_stacked(self) -> None:
        """One above the other, or side by side again."""
        self.is_stacked = not self.is_stacked
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._arrange()

    def title_of(self, place: int) -> str:
        """What a place on screen is called."""
        if len(self.cards) == 2:
            beside = self._columns() > 1
            return ((trc("side", "Left"), trc("side", "Right")) if beside else (tr("Upper"), tr("Lower")))[place]
        return tr("Answer {n}", n=place + 1)

    def _show_again(self) -> None:
        if self._comparison is None or self.item is None:
            return
        self.prompt.show_prompt(read_text_item(self._comparison.prompt))
        texts = [read_text_item(text) for text in self._comparison.texts]
        sides = self.item.sides or tuple(range(len(texts)))
        if sorted(sides) != list(range(len(texts))):
            sides = tuple(range(len(texts)))
        shown = [texts[side] for side in sides]
        self._make_cards(len(shown))
        self._arrange()
        for place, (card, text) in enumerate(zip(self.cards, shown, strict=True)):
            other = shown[0] if place else shown[1] if len(shown) > 1 else ""
            spans = differences(text, other)[0]
            beside = self.item.beside[sides[place]] if self.item.beside else ""
            card.show_answer(self.title_of(place), text, beside, spans, second=place > 0)

    def _make_cards(self, count: int) -> None:
        while len(self.cards) > count:
            card = self.cards.pop()
            self._grid.removeWidget(card)
            card.deleteLater()
        while len(self.cards) < count:
            self.cards.append(AnswerCard(self.theme))

    def _columns(self) -> int:
        if self.is_stacked or self.width() < self.theme.px(_NARROW):
            return 1
        return min(max(1, len(self.cards)), _BESIDE)

    def _arrange(self) -> None:
        """The cards in a grid from left to right, also where people read from right to left: keys follow it."""
        columns = self._columns()
        for place, card in enumerate(self.cards):
            self._grid.removeWidget(card)
            self._grid.addWidget(card, place // columns, place % columns)
            card.setMinimumHeight(self.theme.px(_LEAST_CARD))
            card.set_title(self.title_of(place))
        for column in range(_BESIDE):
            self._grid.setColumnStretch(column, int(column < columns))
        self._area.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.prompt.fit(round(self.height() * _PROMPT_SHARE))
