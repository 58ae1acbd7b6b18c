"""What it means that items are proposed, and how far the confidence behind it is to be trusted, in words."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.looked_up import LookedUp
from hitl_desktop.language import tr


class Meaning(QObject):
    """`known(words)` when it is found out what set the confidence right: that counts the checks there are."""

    known = Signal(str)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._looked_up = LookedUp(context.bridge, self)
        self._calibrated: dict[int, str] = {}
        context.bridge.closing.connect(self._calibrated.clear)

    def look_up(self) -> None:
        """Find out how the model in use is calibrated now."""
        from hitl_desktop.workflow.insight import calibration_of

        model = self._context.bridge.desk.project.model
        if model is not None:
            self._looked_up.ask(partial(calibration_of, version=model.version), partial(self._take, model.version))

    def words(self) -> str:
        """What is known now; until it is found out, in short."""
        from hitl_desktop.workflow.insight import calibration_in_short

        project = self._context.bridge.desk.project
        if project.model is None:
            return tr(
                "There is no model yet, so every item needs you. Limits on the confidence count from the first "
                "training on."
            )
        version = project.model.version
        return tr(
            "Proposed ones wait until you check them, or until they may be decided automatically. "
            "The confidence is {calibrated}.",
            calibrated=self._calibrated.get(version) or calibration_in_short(project, version),
        )

    def _take(self, version: int, words: str) -> None:
        self._calibrated[version] = words
        self.known.emit(self.words())
