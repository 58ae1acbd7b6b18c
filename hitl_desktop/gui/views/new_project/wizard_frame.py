"""What stands above and below the steps: the project and where one is; back, a hint, and what Enter does."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import PAGE_MAX, SPACE_12, SPACE_16, SPACE_32
from hitl_desktop.gui.views.new_project.steps_header import StepsHeader
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_HEADER: Final = 88
_FOOTER: Final = 64


class WizardHeader(QFrame):
    """The name of the project and the place of its data, the steps, and Cancel."""

    def __init__(self, theme: Theme, steps: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "header")
        self._theme = theme
        self._fit()
        row = _within_page(self)
        row.setSpacing(SPACE_16)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        self._title = PlainLabel("", "title", elide=True)
        self._source = PlainLabel("", "caption", "text2", mono=True, elide=True)
        words.addWidget(self._title)
        words.addWidget(self._source)
        words.addStretch(1)
        self.steps = StepsHeader(theme, steps)
        self.cancel_button = Button(theme, tr("Cancel"), "quiet", icon="x")
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.cancel_button)
        row.addLayout(words, 1)
        row.addWidget(self.steps)
        row.addLayout(end, 1)
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.px(_HEADER))

    def show_project(self, title: str, source: str) -> None:
        """Show the title and the place of the data, ready for display."""
        self._title.setText(title)
        # Paths read from left to right in every language.
        self._source.setText(f"\u2066{source}\u2069" if source else "")


class WizardFooter(QFrame):
    """Back, a hint, and the one button that goes on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "footer")
        self._theme = theme
        self._fit()
        row = _within_page(self)
        row.setSpacing(SPACE_12)
        self.back_button = Button(theme, tr("Back"))
        self.hint = PlainLabel("", "small", "text2")
        self.next_button = Button(theme, tr("Continue"), "primary", key=printed("Return"), size="large")
        row.addWidget(self.back_button)
        row.addStretch(1)
        row.addWidget(self.hint)
        row.addWidget(self.next_button)
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.px(_FOOTER))


def _within_page(bar: QFrame) -> QHBoxLayout:
    """A row in a bar that ends where the page between the bars does, however wide the window is."""
    inner = QWidget()
    inner.setMaximumWidth(PAGE_MAX + 2 * SPACE_32)
    outer = QHBoxLayout(bar)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(inner, 1_000_000)
    outer.addStretch(1)
    row = QHBoxLayout(inner)
    row.setContentsMargins(SPACE_32, 0, SPACE_32, 0)
    return row
