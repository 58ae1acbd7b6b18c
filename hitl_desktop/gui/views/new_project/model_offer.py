"""The model in the box that fits: what it is, how well it did on what it had never seen, and whether to use it."""

import math
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from hitl_desktop import paths
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import decimal, listed, mark, mark_n, number, percent, tr, trn
from hitl_desktop.learning.cards import bundled_models, in_words
from hitl_desktop.workflow.requests import NO_MODEL, ImportReport

_FIELDS: Final = (
    ("for", mark("Made for")),
    ("not_for", mark("Limits")),
    ("data", mark("Trained with")),
    ("trained_on", mark("Items trained on")),
    ("calibration", mark("Confidence")),
    ("licence", mark("Licence")),
)
_DIALOG_WIDTH: Final = 480
_CLAIMS: Final = {
    "image": mark_n(
        "On {n} picture it had never seen it was right in {share} ({interval}) of cases.",
        "On {n} pictures it had never seen it was right in {share} ({interval}) of cases.",
    ),
    "text": mark_n(
        "On {n} text it had never seen it was right in {share} ({interval}) of cases.",
        "On {n} texts it had never seen it was right in {share} ({interval}) of cases.",
    ),
    "record": mark_n(
        "On {n} record it had never seen it was right in {share} ({interval}) of cases.",
        "On {n} records it had never seen it was right in {share} ({interval}) of cases.",
    ),
    "conversation": mark_n(
        "On {n} conversation it had never seen it was right in {share} ({interval}) of cases.",
        "On {n} conversations it had never seen it was right in {share} ({interval}) of cases.",
    ),
}


def claim(facts: Mapping[str, Any]) -> str:
    """One sentence with the accuracy on held-out data and its 95 % interval; empty when the card has none."""
    metrics = facts["card"].get("metrics", {})
    if "accuracy" not in metrics or "interval" not in metrics:
        return ""
    low, high = metrics["interval"]
    interval = f"{decimal(100 * _rounded(low), _digits(low))}–{_percent(high)}"
    one, many = _CLAIMS[facts["kind"]]
    return trn(one, many, metrics["held_out"], share=_percent(metrics["accuracy"]), interval=interval)


def first_suggestions(report: ImportReport) -> str:
    """What makes the first suggestions in a project that was just made."""
    from hitl_desktop.workflow.project import DEFAULT_RETRAIN_EVERY

    if report.model is not None:
        facts = bundled_models(paths.resources())[report.model]
        title = title_of(facts, report.model)
        return f"{tr('“{title}” makes the first suggestions.', title=title)} {claim(facts)}"
    if report.decisions - report.decisions_aside >= DEFAULT_RETRAIN_EVERY:
        return tr("Your earlier decisions train a model as soon as you begin.")
    return tr("No model makes suggestions yet. One is trained from your decisions: it takes two different answers.")


def title_of(facts: Mapping[str, Any], name: str) -> str:
    """What a model is called: the title on its card, or the name it is known by."""
    return str(in_words(facts["card"]).get("title", name))


def _percent(share: float) -> str:
    """Whole percent; what is not quite all is never rounded up to 100."""
    return percent(_rounded(share), _digits(share))


def _digits(share: float) -> int:
    return 1 if share < 1 and round(100 * share) == 100 else 0


def _rounded(share: float) -> float:
    return math.floor(1000 * share) / 1000 if _digits(share) else share


class ModelOffer(Card):
    """Shows the model that fits, or that there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Model"), parent=parent)
        self._theme = theme
        self._name: str | None = None
        self._facts: Mapping[str, Any] = {}
        self._sentence = PlainLabel("", "small", "text2", wrap=True)
        self.body.addWidget(self._sentence)
        self.use_button = QRadioButton(tr("Use it"))
        self.without_button = QRadioButton(tr("Start without a model"))
        self._group = QButtonGroup(self)
        for button in (self.use_button, self.without_button):
            self._group.addButton(button)
        row = QHBoxLayout()
        row.addWidget(self.without_button)
        row.addStretch(1)
        self.card_button = Button(theme, tr("Model card"), "link", size="small")
        self.card_button.clicked.connect(self._show_card)
        row.addWidget(self.card_button)
        choices = QVBoxLayout()
        choices.setSpacing(0)
        choices.addWidget(self.use_button)
        choices.addLayout(row)
        self.body.addLayout(choices)
        self.use_button.setChecked(True)
        self.show_model(None, {})

    def show_model(self, name: str | None, facts: Mapping[str, Any], classes: int = 0) -> None:
        """Offer the model `name`, or say that none fits; `classes` is how many classes it knows of the data."""
        self._name, self._facts = name, facts
        for widget in (self.use_button, self.without_button, self.card_button):
            widget.setVisible(name is not None)
        if name is None:
            self.set_title(tr("No model in the box fits"))
            self._sentence.setText(
                tr(
                    "None knows exactly these classes. One is trained from your decisions, as soon as there are two "
                    "different answers."
                )
            )
            return
        self.set_title(tr("A model that fits is in the box"))
        title = title_of(facts, name)
        knows = (
            tr("“{title}” knows these two classes.", title=title)
            if classes == 2
            else trn(
                "“{title}” knows the same {n} class.", "“{title}” knows the same {n} classes.", classes, title=title
            )
        )
        self._sentence.setText(f"{knows} {claim(facts)}".strip())

    @property
    def chosen(self) -> str:
        """The name of the model to use, or that of none."""
        return self._name if self._name is not None and self.use_button.isChecked() else NO_MODEL

    def _show_card(self) -> None:
        dialog = ModelCardDialog(self._theme, self._facts, self)
        dialog.open()


class ModelCardDialog(QDialog):
    """The fields of a model's card, to read."""

    def __init__(self, theme: Theme, facts: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = title_of(facts, tr("Model"))
        self.setWindowTitle(title)
        self.setFixedWidth(_DIALOG_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_16)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_16)
        grid.setVerticalSpacing(SPACE_8)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._rows(facts)):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(PlainLabel(name, "body", "text2"), row, 0, top)
            grid.addWidget(PlainLabel(value, "body", wrap=True), row, 1, top)
        column.addLayout(grid)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_12)
        foot.addStretch(1)
        self.close_button = Button(theme, tr("Close"))
        self.close_button.clicked.connect(self.accept)
        foot.addWidget(self.close_button)
        column.addLayout(foot)
        self.close_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _rows(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        card = in_words(facts["card"])
        rows = [(tr("Classes"), listed(facts["classes"])), (tr("Measured"), claim(facts))]
        for key, name in _FIELDS:
            value = card.get(key)
            if value not in (None, ""):
                rows.append((tr(name), number(value) if isinstance(value, int) else str(value)))
        return [(name, value) for name, value in rows if value]
