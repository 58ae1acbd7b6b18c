"""What is asked before the automatic goes on, is allowed without a certificate, or is recalled."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.reason_dialog import ReasonDialog
from hitl_desktop.language import tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.automation import Scope
    from hitl_desktop.workflow.recalling import Recallable

_ROLE: Final = Qt.ItemDataRole.UserRole


def ask_to_resume(context: Context, parent: QWidget) -> ReasonDialog:
    """Go on, with a note."""
    autopilot = context.bridge.autopilot
    pause = autopilot.state().pause
    why = str(pause.reason) if pause is not None else ""
    words = tr("What stopped them: {why}", why=why) if why else tr("They are paused.")
    dialog = ReasonDialog(
        context.theme,
        tr("Let automatic decisions go on?"),
        words,
        tr("Go on"),
        tr("Stay paused"),
        field=tr("Why may they go on?"),
        example=tr("For example: looked at all of them, they are right"),
        parent=parent,
    )
    dialog.agreed.connect(autopilot.resume)
    dialog.open()
    return dialog


def ask_to_override(context: Context, parent: QWidget) -> ReasonDialog:
    """Allow it without a certificate."""
    from hitl_desktop.workflow.automation import accepted

    waiting = int(accepted(context.bridge.desk.project).sum())
    dialog = ReasonDialog(
        context.theme,
        tr("Decide automatically without a certificate?"),
        trn(
            "{n} item would be decided as the model suggests, and nothing says how many of them may be wrong. "
            "It ends when the model or the policy changes.",
            "{n} items would be decided as the model suggests, and nothing says how many of them may be wrong. "
            "It ends when the model or the policy changes.",
            waiting,
        ),
        tr("Allow it"),
        tr("Leave it"),
        field=tr("Why is it allowed?"),
        example=tr("For example: a trial on last year’s letters"),
        parent=parent,
    )
    dialog.agreed.connect(context.bridge.autopilot.override)
    dialog.open()
    return dialog


class RecallDialog(ReasonDialog):
    """Choose what is taken back; how many items that are is counted beside the window. `recalled(scope, reason)`."""

    recalled = Signal(object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.choice = QListWidget()
        super().__init__(
            context.theme,
            tr("Recall automatic decisions?"),
            tr("Their items return to the queue; nothing is deleted. Automatic decisions are paused until you resume."),
            tr("Recall them"),
            tr("Leave it"),
            field=tr("What is wrong with them?"),
            example=tr("For example: the model mixes up two forms"),
            parent=parent,
        )
        self._context = context
        self.choice.setAccessibleName(tr("What is recalled"))
        self.choice.setFixedHeight(context.theme.px(132))
        self.middle.addWidget(self.choice)
        self.choice.currentRowChanged.connect(lambda _row: self.follow())
        self._beside = Beside(self)
        self._beside.answered.connect(self._show)
        self.finished.connect(self._beside.close)
        self.agreed.connect(self._recall)
        self._add(tr("Counting…"), None)
        self._count()

    def is_complete(self) -> bool:
        """A reason, and something chosen."""
        entry = self.choice.currentItem()
        return super().is_complete() and entry is not None and entry.data(_ROLE) is not None

    def _count(self) -> None:
        from hitl_desktop.workflow.recalling import RecallFinder

        project = self._context.bridge.desk.project
        finder, folder, version = RecallFinder(), project.folder, project.policy.version
        self._beside.look(finder, lambda: finder.answer(folder, version))

    def _show(self, found: "list[Recallable] | Exception") -> None:
        self.choice.clear()
        if isinstance(found, Exception) or not found:
            self._add(tr("There are no automatic decisions."), None)
            return
        for one in found:
            self._add(scope_words(one), one.scope)
        self.choice.setCurrentRow(0)

    def _add(self, words: str, scope: "Scope | None") -> None:
        entry = QListWidgetItem(words)
        entry.setData(_ROLE, scope)
        if scope is None:
            entry.setFlags(Qt.ItemFlag.NoItemFlags)
        self.choice.addItem(entry)

    def _recall(self, reason: str) -> None:
        self.recalled.emit(self.choice.currentItem().data(_ROLE), reason)


def ask_to_recall(context: Context, parent: QWidget) -> RecallDialog:
    """Take back what a model, a policy or a rule decided."""
    dialog = RecallDialog(context, parent)
    dialog.recalled.connect(context.bridge.autopilot.recall)
    dialog.open()
    return dialog


def scope_words(one: "Recallable") -> str:
    """What a choice takes back: "Everything model v7 decided: 6,891 items"."""
    scope = one.scope
    if scope.rule is not None and scope.policy_version == 0:
        return trn(
            "By rule {rule} of the first policy: {n} item",
            "By rule {rule} of the first policy: {n} items",
            one.items,
            rule=scope.rule,
        )
    if scope.rule is not None:
        return trn(
            "By rule {rule} of policy {policy}: {n} item",
            "By rule {rule} of policy {policy}: {n} items",
            one.items,
            rule=scope.rule,
            policy=scope.policy_version,
        )
    if scope.policy_version == 0:
        return trn("Under the first policy: {n} item", "Under the first policy: {n} items", one.items)
    if scope.policy_version is not None:
        return trn(
            "Under policy {policy}: {n} item",
            "Under policy {policy}: {n} items",
            one.items,
            policy=scope.policy_version,
        )
    return trn(
        "Everything model v{version} decided: {n} item",
        "Everything model v{version} decided: {n} items",
        one.items,
        version=scope.model_version,
    )
