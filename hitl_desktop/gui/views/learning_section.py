"""The section Learning of the settings: what is asked first and then, what learns, from which features."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views import learning_words as words
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import mark, tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.workflow.project import Project

_WIDTH: Final = 300
_NO_PROJECT: Final = mark("This belongs to a project. Open one to change it.")
_ROWS: Final = {
    "start_strategy": mark("First items"),
    "strategy": mark("Order of asking"),
    "estimator": mark("Model"),
    "regularisation": mark("Regularisation"),
    "class_weight": mark("Weight of classes"),
    "features": mark("Features"),
    "group_column": mark("What belongs together"),
    "check_every": mark("Random checks"),
    "stakes": mark("At stake"),
}


class LearningSection(Section):
    """Choices of the open project. How to ask changes at once, the rest at the next training."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, tr("Learning"), can_reset=False, parent=parent)
        self._context = context
        self.boxes: dict[str, QComboBox] = {}
        self.notes: dict[str, PlainLabel] = {}
        self._sentences: dict[str, Mapping[str, str]] = {}
        self._about = PlainLabel(tr(_NO_PROJECT), "small", "text2", wrap=True)
        self.body.addWidget(self._about)
        guard = WheelGuard(self)
        for fact, name in _ROWS.items():
            box, note = QComboBox(), PlainLabel("", "small", "text2", wrap=True)
            box.setMinimumWidth(context.theme.px(_WIDTH))
            box.setAccessibleName(tr(name))
            box.activated.connect(lambda place, fact=fact: self._chosen(fact, place))
            guard.guard(box)
            self.boxes[fact], self.notes[fact] = box, note
            self.add_row(tr(name), box, note)
        self.add_model = Button(context.theme, tr("Add your own model…"), icon="plus", size="small")
        self.add_model.clicked.connect(self._add_model)
        self.add_row("", self.add_model, PlainLabel(tr(words.ADD_MODEL), "small", "text2", wrap=True))
        self.show_choices()

    def show_choices(self) -> None:
        """Show what holds in the open project."""
        bridge = self._context.bridge
        for box in self.boxes.values():
            box.setEnabled(bridge.is_open)
        self.add_model.setEnabled(bridge.is_open)
        self._about.setText(tr(words.AT_ONCE if bridge.is_open else _NO_PROJECT))
        if not bridge.is_open:
            return
        from hitl_desktop.workflow.learning_choices import choices_of

        project = bridge.desk.project
        found = choices_of(project.store)
        self._fill(project)
        self._select("start_strategy", found.start)
        self._select("strategy", found.strategy)
        self._select("estimator", found.estimator)
        self._select("regularisation", found.regularisation)
        self._select("class_weight", found.class_weight)
        self._select("features", found.features)
        self._select("group_column", found.group_column)
        self._select("check_every", str(project.check_every))
        self._select("stakes", self._at_stake(project))

    def _fill(self, project: "Project") -> None:
        """Offer what the tables of the workflow offer for this kind of item."""
        from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES
        from hitl_desktop.workflow import learning_choices as choices
        from hitl_desktop.workflow.reserving import usual_pace

        kind = project.kind.name
        titles = {name: tr(row.title) for name, row in QUERY_STRATEGIES.items()}
        offered = choices.features_offered(project.folder, kind)
        sentences = dict.fromkeys(offered, words.OWN_FEATURES)
        sentences |= words.FEATURES.get(kind, words.IMAGE_FEATURES)
        self._offer("start_strategy", [(name, titles[name]) for name in choices.START_STRATEGIES], _said(words.START))
        self._offer("strategy", [(name, titles[name]) for name in choices.STRATEGIES], _said(words.STRATEGY))
        self._offer("estimator", list(_said(choices.estimators_offered(kind)).items()), _said(words.ESTIMATOR))
        self._offer("regularisation", list(_said(choices.REGULARISATIONS).items()), _said(words.REGULARISATION))
        self._offer("class_weight", list(_said(choices.CLASS_WEIGHTS).items()), _said(words.CLASS_WEIGHT))
        self._offer("features", list(_said(offered).items()), _said(sentences))
        columns = self._columns(project)
        self._offer("group_column", columns, dict.fromkeys(dict(columns), tr(words.GROUP_COLUMN)))
        usual = usual_pace(project.store, project.holdout, len(project.pool))
        paces = sorted({*choices.CHECK_PACES, project.check_every, usual})
        offered_paces = [(str(n), words.pace(n)) for n in reversed(paces)]
        self._offer_stakes(project)
        self._offer("check_every", offered_paces, dict.fromkeys(dict(offered_paces), words.holdout(project)))

    def _at_stake(self, project: "Project") -> str:
        """The class that matters, as it is offered: its id, "" for none."""
        from hitl_desktop.workflow.stakes import stakes_of

        found = stakes_of(project.store)
        now = None if found is None else project.label_now(found.label)
        return "" if now is None else str(now)

    def _offer_stakes(self, project: "Project") -> None:
        """Offer the classes that may lose the amount of a record; of other items nothing is at stake."""
        from hitl_desktop.workflow.stakes import amount_column

        column = amount_column(project.store)
        offered = [("", tr("Nothing"))]
        if column is not None:
            offered += [(str(label.id), label.name) for label in project.offered]
        sentence = tr(words.STAKES, column=column or "") if column is not None else tr(words.NO_STAKES)
        self._offer("stakes", offered, dict.fromkeys(dict(offered), sentence))

    def _columns(self, project: "Project") -> list[tuple[str, str]]:
        """The columns whose values may say what belongs together."""
        from hitl_desktop.workflow.learning_choices import BY_FOLDER, choices_of

        offered = [("", tr("Nothing: every item stands alone"))]
        if not project.kind.from_rows:
            offered.append((BY_FOLDER, tr("Images of one folder")))
        named = project.store.items.get(0).fields if len(project.pool) else {}
        offered += [(column, column) for column in named]
        chosen = choices_of(project.store).group_column
        if chosen not in dict(offered):  # chosen by hand: still shown as it is
            offered.append((chosen, chosen))
        return offered

    def _offer(self, fact: str, offered: Sequence[tuple[str, str]], sentences: Mapping[str, str]) -> None:
        box = self.boxes[fact]
        self._sentences[fact] = sentences
        if [box.itemData(place) for place in range(box.count())] == [name for name, _ in offered]:
            return
        box.clear()
        for name, title in offered:
            box.addItem(title, name)
            box.setItemData(box.count() - 1, plain_tooltip(sentences[name]), Qt.ItemDataRole.ToolTipRole)

    def _select(self, fact: str, value: str) -> None:
        box = self.boxes[fact]
        box.setCurrentIndex(box.findData(value))
        sentence = self._sentences[fact].get(value, "")
        self.notes[fact].setText(sentence)
        box.setAccessibleDescription(sentence)

    def _add_model(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Add your own model"), "", tr("ONNX models (*.onnx)"))
        if chosen:
            self._context.bridge.model_errands.add_backbone(Path(chosen))

    def _chosen(self, fact: str, place: int) -> None:
        bridge, value = self._context.bridge, str(self.boxes[fact].itemData(place))
        bridge.perform(lambda: self._change(fact, value), self)
        self.show_choices()

    def _change(self, fact: str, value: str) -> "Changes":
        from hitl_desktop.workflow.asking import change_pace, change_start, change_strategy
        from hitl_desktop.workflow.learning_choices import choose

        desk = self._context.bridge.desk
        if fact == "start_strategy":
            return change_start(desk.session, value)
        if fact == "strategy":
            return change_strategy(desk.session, value)
        if fact == "check_every":
            return change_pace(desk.session, value)
        if fact == "stakes":
            from hitl_desktop.workflow.asking import change_stakes

            return change_stakes(desk.session, int(value) if value else None)
        return choose(desk.project.store, fact, value)


def _said(table: Mapping[str, str]) -> dict[str, str]:
    """A table of words in the reader's language."""
    return {name: tr(words) for name, words in table.items()}
