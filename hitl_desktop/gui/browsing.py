"""What the queue list and the gallery show: one filter and one order for both, answered beside the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.language import tr

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from collections.abc import Sequence

    from hitl_desktop.domain.item_filter import Indexes
    from hitl_desktop.workflow.finding import Question, Wanted

_FEW = 64
"""Up to so many changed items are looked at one by one; more ask anew."""


class Browsing(QObject):
    """Holds what is wanted and what was found. To be used from the window's thread only.

    `changed()` when other rows are to be shown, `wanted_changed()` when something else is asked for, `busy_changed()`
    when looking begins or ends. `close` must be called before the program ends; it is also called at its end.
    """

    changed = Signal()
    wanted_changed = Signal()
    busy_changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: Wanted | None = None
        self._told: tuple[Wanted | None, bool, bool] = (None, False, False)
        self._title = ""
        self._rows: Indexes | None = None
        self._is_stale = True
        self._asked: Question | None = None
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self._beside.busy_changed.connect(self.busy_changed)
        bridge.changed.connect(self._follow)
        bridge.project_changed.connect(self._forget)
        bridge.closing.connect(self._beside.stop)

    @property
    def wanted(self) -> Wanted:
        """What is asked for now."""
        if self._wanted is None:
            from hitl_desktop.workflow.finding import Wanted

            self._wanted = Wanted()
        return self._wanted

    @property
    def title(self) -> str:
        """What the items are that another page asked for, in words; empty when none did."""
        return self._title

    @property
    def is_filtered(self) -> bool:
        """True when items may be left out."""
        return self._narrows()[0]

    @property
    def is_listing(self) -> bool:
        """True when the queue's list shows something else than the plain queue."""
        return self._narrows()[1]

    @property
    def is_busy(self) -> bool:
        """True while an answer is being looked for."""
        return self._beside.is_busy

    def queue(self) -> Indexes:
        """The rows of the queue's list: the queue, or what was found. A project must be open."""
        return self.rows() if self.is_listing else self._bridge.desk.session.waiting()

    def rows(self) -> Indexes:
        """What was found: of the whole pool where nothing is filtered. What is not looked for yet follows later."""
        import numpy as np

        if self._is_stale and self._bridge.is_open:
            self._look(follow=False)
        return np.empty(0, np.int64) if self._rows is None else self._rows

    def ask(self, wanted: Wanted, title: str = "") -> None:
        """Ask for something else; what was asked for before is no longer looked for."""
        if wanted == self.wanted and title == self._title:
            return
        was_filtered = self.is_filtered
        self._wanted, self._title = wanted, title if wanted.picked is not None else ""
        self.wanted_changed.emit()
        if not self._bridge.is_open:
            return
        if was_filtered and not self.is_filtered:
            self._bridge.desk.session.follow(None)
        self._is_stale = True
        if self.is_filtered or wanted.filter.everything:
            self._look(follow=True)
        else:
            self._beside.stop()
        self.changed.emit()

    def change(self, **facets: object) -> None:
        """Ask for the same with some facets of the filter changed."""
        self.ask(self.wanted.asking(**facets), self._title)

    def sort(self, order: str) -> None:
        """Ask for the same in another order: a `SortOrder`, or its value, which is what Qt's boxes keep of it."""
        from hitl_desktop.domain.item_filter import SortOrder

        self.ask(replace(self.wanted, order=SortOrder(order)), self._title)

    def show_picked(self, indexes: Sequence[int], title: str) -> None:
        """Ask for these items and no others; `title` says what they are."""
        from hitl_desktop.workflow.finding import Wanted

        self.ask(Wanted(picked=tuple(int(index) for index in indexes)), title)

    def clear(self) -> None:
        """Back to everything, in the same order."""
        from hitl_desktop.workflow.finding import Wanted

        self.ask(Wanted(order=self.wanted.order))

    def for_next_window(self) -> Browsing:
        """The same for the window that takes the place of this one: nobody listens to this one any more."""
        self.close()
        following = Browsing(self._bridge)
        following._wanted, following._title = self._wanted, self._title
        return following

    def close(self) -> None:
        """Stop looking. Twice does no harm."""
        self._beside.close()

    def _narrows(self) -> tuple[bool, bool]:
        """`is_filtered` and `is_listing`: asked for every row that is painted, so they are found out once."""
        wanted = self._wanted
        if self._told[0] is not wanted:
            is_filtered = wanted is not None and wanted.is_filtered
            is_listing = is_filtered or (wanted is not None and wanted.filter.everything)
            self._told = (wanted, is_filtered, is_listing)
        return self._told[1:]

    def _forget(self) -> None:
        self._beside.stop()
        self._wanted, self._title, self._rows, self._is_stale = None, "", None, True
        self.wanted_changed.emit()
        self.changed.emit()

    def _look(self, *, follow: bool) -> None:
        """Answer at once where that takes no time, else beside the window."""
        from hitl_desktop.workflow.finding import AT_ONCE, Finder, question

        session = self._bridge.desk.session
        self._beside.stop()
        self._asked = asked = question(session.project, self.wanted, session.queue.planned())
        self._is_stale = False
        finder = Finder()
        if len(asked.pool) <= AT_ONCE and not asked.wanted.asks_store:
            self._use(finder.answer(asked), follow=follow)
            return
        self._beside.look(finder, lambda: finder.answer(asked))

    def _take(self, answer: Indexes | Exception) -> None:
        if isinstance(answer, KnownError):
            self._bridge.tell(answer)
        elif isinstance(answer, Exception):
            raise answer
        else:
            self._use(answer, follow=True)
            self.changed.emit()

    def _use(self, rows: Indexes, *, follow: bool) -> None:
        self._rows = rows
        if follow and self.is_filtered:
            self._bridge.desk.session.follow(rows)

    def _follow(self, changes: Changes) -> None:
        """A project has changed: a few items leave the list or stay; anything else asks anew."""
        is_steered = changes.settings and bool(self.wanted.filter.steered)
        if not self._bridge.is_open or not (
            is_steered
            or changes.decisions
            or changes.order
            or changes.model
            or changes.routing
            or changes.pool
            or changes.classes
        ):
            return
        session = self._bridge.desk.session
        is_large = is_steered or changes.order or changes.model or changes.routing or changes.pool or changes.classes
        if is_large or len(changes.items) > _FEW or self._is_stale or self.is_busy:
            self._ask_anew(follow=session.queue.is_following)
        elif self._rows is not None and self._asked is not None:
            self._look_at(sorted(changes.items))
        if changes.decisions and self.is_filtered and not self.is_busy and not session.queue.is_following:
            self._tell_end()
        self.changed.emit()

    def _ask_anew(self, *, follow: bool) -> None:
        self._is_stale = True
        if self.is_listing:
            self._look(follow=follow)

    def _look_at(self, items: list[int]) -> None:
        """Take out what no longer belongs to the list; what came to belong to it is found by asking anew."""
        import numpy as np

        from hitl_desktop.workflow.finding import still_wanted

        assert self._asked is not None  # noqa: S101 - checked by the caller
        assert self._rows is not None  # noqa: S101 - checked by the caller
        belongs = still_wanted(self._bridge.desk.project, self._asked, items)
        shown = {index for index in items if (self._rows == index).any()}
        gone = [index for index in shown if not belongs.get(index)]
        if any(is_in and index not in shown for index, is_in in belongs.items()):
            self._ask_anew(follow=self._bridge.desk.session.queue.is_following)
        elif gone:
            self._rows = self._rows[~np.isin(self._rows, gone)]

    def _tell_end(self) -> None:
        if self._asked is None or not len(self.rows()):
            text = tr("Nothing is left of what the filter found. The queue goes on.")
        else:
            text = tr("You have been through all that the filter found. The queue goes on.")
        self._bridge.notified.emit(Message(text, "info", tr("Clear the filter"), self.clear))
