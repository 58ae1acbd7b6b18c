"""Going once more through items that were answered: as second reader, and where two readers differ."""

from collections.abc import Callable

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.language import tr


def read_second(bridge: Bridge, browsing: Browsing) -> None:
    """Go through what waits for this reviewer as the second one."""
    from hitl_desktop.workflow import second_reading

    session = bridge.desk.session
    nothing = tr("Nothing waits for you as second reader.")
    _begin(bridge, browsing, lambda: second_reading.read_second(session), nothing)


def settle_readings(bridge: Bridge, browsing: Browsing) -> None:
    """Go through the items where two readers differ."""
    from hitl_desktop.workflow import second_reading

    session = bridge.desk.session
    nothing = tr("There is no item where two readers differ.")
    _begin(bridge, browsing, lambda: second_reading.settle(session), nothing)


def _begin(bridge: Bridge, browsing: Browsing, begin: Callable[[], Changes], nothing: str) -> None:
    browsing.clear()
    if bridge.perform(begin) is NOTHING:
        bridge.notified.emit(Message(nothing))
