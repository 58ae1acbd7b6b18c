"""The item on screen counts more in trainings, or not at all: told in a notice that takes it back."""

from functools import partial

from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.language import tr


def weigh_shown(bridge: Bridge, weight: float) -> None:
    """Have the item on screen count so much; once more has it count as usual again."""
    from hitl_desktop.workflow.steering import weigh

    if not bridge.is_open or bridge.desk.session.current is None:
        return
    desk, index = bridge.desk, bridge.desk.session.current

    def again() -> None:
        bridge.perform(lambda: weigh(desk.project, desk.session.reviewer, index, weight))

    changes = bridge.perform(lambda: weigh(desk.project, desk.session.reviewer, index, weight))
    if changes is not None:
        bridge.notified.emit(Message(changes.told, "info", tr("Take back"), partial(_if_open, bridge, desk, again)))


def _if_open(bridge: Bridge, desk: object, again: object) -> None:
    if bridge.is_open and bridge.desk is desk and callable(again):
        again()
