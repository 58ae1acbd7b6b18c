"""Why a past decision is changed: asked for before anything is, with the field ready to be typed into."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.errors import ReasonNeeded
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.reason_dialog import ReasonDialog
from hitl_desktop.language import tr, trn


def ask_why(theme: Theme, need: ReasonNeeded, parent: QWidget, then: Callable[[str], object]) -> ReasonDialog:
    """Ask; `then(reason)` when the person says why. Esc and the other button leave all as it is."""
    dialog = ReasonDialog(
        theme,
        trn("Change a past decision?", "Change {n} past decisions?", need.items),
        tr("What was decided before stays in the history; this is added to it."),
        tr("Change it"),
        tr("Leave it"),
        field=tr("Why is it changed?"),
        example=tr("For example: seen with a colleague"),
        parent=parent,
    )
    dialog.agreed.connect(then)
    dialog.open()
    dialog.reason.setFocus(Qt.FocusReason.OtherFocusReason)
    return dialog
