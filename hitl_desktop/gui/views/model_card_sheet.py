"""The card of a version: what it learned from, what it is for and not for, licence, how it was measured."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.figures_in_words import count
from hitl_desktop.gui.views.model_sheet import ModelSheet
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.language import tr

_CLASSES_SHOWN = 10


class ModelCardSheet(ModelSheet):
    """Shows the facts of one version; `save_wanted` names the version to write as one file."""

    save_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._facts = FactRows()
        self._version = 0
        self.save = Button(context.theme, "Save model as…", icon="save")
        self.save.clicked.connect(lambda: self.save_wanted.emit(self._version))
        self.acts.addWidget(self.save)
        self._card = Card()
        self._card.body.addWidget(self._facts)
        self.column.addWidget(self._card)
        self.column.addStretch(1)

    def show_card(self, version: int, title: str, facts: Sequence[tuple[str, str]], *, can_save: bool) -> None:
        """Show these facts; those without a value are left out."""
        self.save.setEnabled(can_save)
        self.save.setToolTip("" if can_save else "The files of this version are gone.")
        self._version = version
        self.set_title(f"Model card of v{version}")
        self._card.set_title(title)
        self._facts.show_facts(facts)

    def facts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return self._facts.facts()


def card_facts(card: dict[str, Any], began_from: str, learned_hash: str) -> list[tuple[str, str]]:
    """A card in the words of the page; only what it says."""
    per_class = card.get("decisions_per_class", {})
    trained_on = card.get("trained_on")
    most = sorted(per_class.items(), key=lambda row: -int(row[1]))[:_CLASSES_SHOWN]
    return [
        ("Learned from", str(card.get("data", ""))),
        ("Began from", began_from),
        ("Items", count(int(trained_on)) if trained_on else ""),
        ("Per class", ", ".join(f"{name} {count(int(number))}" for name, number in most)),
        ("Not learned", _not_learned(card.get("not_learned"))),
        ("Decisions' hash", learned_hash),
        ("For", str(card.get("for", ""))),
        ("Not for", str(card.get("not_for", ""))),
        ("Licence", str(card.get("licence", ""))),
        ("Calibration", str(card.get("calibration", ""))),
        (tr("Findings"), str(card.get("said_from", ""))),
        ("Chosen by", _choice(card.get("choice"))),
    ]


def _not_learned(names: Any) -> str:
    """Of several findings, those that all decisions say the same of."""
    return f"{', '.join(map(str, names))}: all decisions say the same" if isinstance(names, list) and names else ""


def _choice(choice: Any) -> str:
    """The evidence on which features and estimator were chosen, where the card keeps it as words."""
    return choice if isinstance(choice, str) else str(choice.get("why", "")) if isinstance(choice, dict) else ""
