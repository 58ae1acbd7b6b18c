"""What is on screen is what the next key is about, whatever failed."""

from contextlib import suppress
from typing import TYPE_CHECKING

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.bridge import Bridge

if TYPE_CHECKING:
    from hitl_desktop.gui.views.review.page import ReviewPage


class InStep:
    """Keeps the review page and its session at the same item."""

    def __init__(self, page: "ReviewPage", bridge: Bridge) -> None:
        self._page = page
        self._bridge = bridge
        bridge.refused.connect(self.look_again)

    def look_again(self) -> None:
        """Show what the session has: something was refused, and may have been half done."""
        with suppress(KnownError):  # what cannot be read either is told of what was refused
            self._page.refresh(NOTHING)

    def is_lost(self) -> bool:
        """True where another item is on screen than the session has: whoever pressed the key meant that one, so it
        counts for nothing, and the right one shows.
        """
        item = self._bridge.desk.session.item
        if item is None or item.digest == self._page.shown:
            return False
        self.look_again()
        return True
