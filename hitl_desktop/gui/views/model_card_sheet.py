"""The card of a version: what it learned from, what it is for and not for, licence, how it was measured."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.model_sheet import ModelSheet
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.language import listed, number, tr

_CLASSES_SHOWN = 10


class ModelCardSheet(ModelSheet):
    """Shows the facts of one version; `save_wanted` names the version to write as one file."""

    save_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._facts = FactRows()
        self._version = 0
        self.save = Button(context.theme, tr("Save model as…"), icon="save")
        self.save.clicked.connect(lambda: self.save_wanted.emit(self._version))
        self.acts.addWidget(self.save)
        self._card = Card()
        self._card.body.addWidget(self._facts)
        self.column.addWidget(self._card)
        self.column.addStretch(1)

    def show_card(self, version: int, title: str, facts: Sequence[tuple[str, str]], *, can_save: bool) -> None:
        """Show these facts; those without a value are left out."""
        self.save.setEnabled(can_save)
        self.save.setToolTip("" if can_save else tr("The files of this version are gone."))
        self._version = version
        self.set_title(tr("Model card of v{version}", version=version))
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
        (tr("Learned from"), str(card.get("data", ""))),
        (tr("Began from"), began_from),
        (tr("Items"), number(int(trained_on)) if trained_on else ""),
        (tr("Per class"), listed(f"{name} {number(int(items))}" for name, items in most)),
        (tr("Not learned"), _not_learned(card.get("not_learned"))),
        (tr("Decisions' hash"), learned_hash),
        (tr("For"), str(card.get("for", ""))),
        (tr("Not for"), str(card.get("not_for", ""))),
        (tr("Licence"), str(card.get("licence", ""))),
        (tr("Calibration"), str(card.get("calibration", ""))),
        (tr("Chosen by"), _choice(card.get("choice"))),
    ]


def _not_learned(names: Any) -> str:
    """Of several findings, those that all decisions say the same of."""
    if not isinstance(names, list) or not names:
        return ""
    return tr("{findings}: all decisions say the same", findings=listed(map(str, names)))


def _choice(choice: Any) -> str:
    """The evidence on which features and estimator were chosen, where the card keeps it as words."""
    return choice if isinstance(choice, str) else str(choice.get("why", "")) if isinstance(choice, dict) else ""
