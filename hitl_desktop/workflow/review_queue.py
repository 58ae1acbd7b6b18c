"""The queue of a review session: which item comes next, and why it is asked."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Decision, Slot, state_after
from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.domain.items import SET_ASIDE, ItemState
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.learning.ranking import Plan
from hitl_desktop.workflow.planning import planned_now
from hitl_desktop.workflow.project import Project

_PIECE = 1024
"""Places of the plan that are looked at in one go."""


class ReviewQueue:
    """The plan of asking; while one looks again at what was set aside, or goes through what a filter has found, that
    list in its place.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._list: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._list_slot = Slot.AGAIN
        self.held: int | None = None
        """An item that was decided and stays on screen, as its suggestion is revealed: it keeps its place."""
        self._waiting: tuple[int | None, int, npt.NDArray[np.int64]] | None = None
        self._adopt(planned_now(project).plan)

    def take_plan(self, fresh: Plan, kept: Sequence[int], sorts: Sequence[Slot], moves: int = -1) -> None:
        """Ask in this order; `kept` items stay in front, asked for the reasons `sorts`. It was worked out when `moves`
        standings had been noted: if none was since, all of it waits.
        """
        pool = self._project.pool
        self._adopt(fresh.with_front(list(kept), list(sorts)) if kept else fresh)
        if moves == pool.moves and (pool.states[list(kept)] == TO_DO).all():
            self._waiting = self.held, moves, self._plan.order

    def put_in_front(self, index: int, slot: Slot) -> None:
        """Give an item the first place."""
        self._adopt(self._plan.with_front([index], [slot]))

    def has_place(self, index: int) -> bool:
        """True for an item of the plan, whatever became of it since."""
        return self._place(index) >= 0

    def order_name(self) -> str:
        """What the order of asking follows from, beside the decisions: model, strategies and routing policy."""
        project = self._project
        return f"{project.utilities_file().stem} {project.pool.threshold} p{project.policy.version}"

    def remember_order(self) -> None:
        """Keep what the order follows from, for the next opening; not where the project is only read."""
        name, store = self.order_name(), self._project.store
        if store.fact("order") != name and store.is_writer:
            with suppress(DiskTrouble), store.transaction():  # asked again with the next order
                store.set_fact("order", name)

    def beside(self, index: int | None, by: int) -> int | None:
        """The item so many places on, or back, in the queue; at its ends the last one. None for an empty queue."""
        queue = self.waiting()
        if not len(queue):
            return None
        at = self.place_in(queue, index)
        return int(queue[0 if at < 0 else min(max(at + by, 0), len(queue) - 1)])

    def waiting(self) -> npt.NDArray[np.int64]:
        """Indexes of the items still to do, in the order of asking. Shape (m,), not to be written to.

        The item in front has usually been the one to leave: then it is what it was but for that one, in the same
        memory, as a million items are not to be looked through with every key.
        """
        if len(self._list):
            return self._list
        pool, held = self._project.pool, self.held
        if self._waiting is not None and self._waiting[:2] != (held, pool.moves):
            before, moves, rows = self._waiting
            is_next = before is held is None and moves == pool.moves - 1 and len(rows) > 0
            has_left = is_next and rows[0] == pool.moved_last and pool.states[pool.moved_last] != TO_DO
            self._waiting = (None, pool.moves, rows[1:]) if has_left else None
        if self._waiting is None:
            order = self._plan.order
            stays = pool.states[order] == TO_DO
            if held is not None:
                stays |= order == held
            self._waiting = held, pool.moves, np.asarray(order[stays], np.int64)
        return self._waiting[2]

    def planned(self) -> npt.NDArray[np.int64]:
        """All items of the plan in the order of asking, those dealt with since it was made too. Shape (m,)."""
        return self._plan.order

    def slot_of(self, index: int) -> Slot:
        """Why an item will be asked."""
        if len(self._list) and index in self._list:
            return self._list_slot
        place = self._place(index)
        return self._plan.slot(place) if place >= 0 else Slot.CHOSEN

    def upcoming(self, current: int | None, count: int) -> list[int]:
        """The items after the one on screen."""
        if not len(self._list):
            place = -1 if current is None else self.waiting_place(current)
            return self._scan(place + 1, len(self._plan.order), count)
        at = self.place_in(self._list, current)
        return [int(i) for i in self._list[at + 1 : at + 1 + count]]

    def next_after(self, index: int) -> int | None:
        """The next item to show once `index` is dealt with; None when nothing else is waiting or comes back."""
        others = self._list[self._list != index]
        if len(others):
            places = np.flatnonzero(self._list == index)
            later = self._list[int(places[0]) + 1 :] if len(places) else others
            return int(later[0]) if len(later) else int(others[0])
        place = -1 if len(self._list) else self.waiting_place(index)
        last = len(self._plan.order)
        found = self._scan(place + 1, last, 2) or self._scan(0, place + 1, 2)
        waiting = next((i for i in found if i != index), None)
        return self.come_back(index) if waiting is None else waiting

    def come_back(self, but: int | None = None) -> int | None:
        """At the end, what was skipped or not sure comes back once; returns the first item, None when there is none.

        What was set aside twice running has come back already, and what is flagged waits for somebody else. `but` is
        an item that is being dealt with now.
        """
        aside = self._project.pool.in_states(ItemState.SKIPPED, ItemState.UNSURE)
        live = self._project.store.decisions.live_of_many([int(index) for index in aside])
        once = [index for index, decisions in live.items() if index != but and not _came_back(decisions)]
        return self.go_through(np.asarray(sorted(once), np.int64))

    def go_through(self, items: npt.NDArray[np.int64], slot: Slot = Slot.AGAIN) -> int | None:
        """Ask these items, in this order, before the plan goes on; returns the first, None when there is none."""
        if not len(items):
            return None
        self._list, self._list_slot = items, slot
        return int(items[0])

    def follow(self, items: npt.NDArray[np.int64]) -> None:
        """Go through these items, in this order, before the plan goes on: what a filter has found."""
        self._list, self._list_slot = items, Slot.CHOSEN

    @property
    def is_listing(self) -> bool:
        """True while a list stands in place of the plan."""
        return bool(len(self._list))

    @property
    def is_following(self) -> bool:
        """True while what a filter has found is not dealt with."""
        return bool(len(self._list)) and self._list_slot is Slot.CHOSEN

    def leave(self, *indexes: int) -> None:
        """Items were dealt with: they are not looked at again."""
        if len(self._list):
            self._list = self._list[~np.isin(self._list, indexes)]

    def waiting_place(self, index: int) -> int:
        """The place of an item in the plan, −1 when it has none or was dealt with."""
        is_waiting = self._project.pool.states[index] == TO_DO or index == self.held
        return self._place(index) if is_waiting else -1

    @staticmethod
    def place_in(queue: npt.NDArray[np.int64], index: int | None) -> int:
        """The place of an item in a list of items, −1 when it is not in it."""
        if index is None:
            return -1
        places = np.flatnonzero(queue == index)
        return int(places[0]) if len(places) else -1

    def _adopt(self, plan: Plan) -> None:
        """Take another plan, and note the place of every item in it (−1: none), as it is asked for with every key."""
        self._plan, self._waiting = plan, None
        self._places = np.full(len(self._project.pool), -1, np.int32)
        self._places[plan.order] = np.arange(len(plan.order), dtype=np.int32)

    def _place(self, index: int) -> int:
        """The place of an item in the plan; −1 where it has none, as one that has just come."""
        return int(self._places[index]) if index < len(self._places) else -1

    def _scan(self, start: int, stop: int, count: int) -> list[int]:
        """The first items still to do between two places of the plan; looks no further than it must."""
        found: list[int] = []
        for at in range(start, stop, _PIECE):
            piece = self._plan.order[at : min(at + _PIECE, stop)]
            found += piece[self._project.pool.states[piece] == TO_DO][: count - len(found)].tolist()
            if len(found) == count:
                break
        return found


def _came_back(live: Sequence[Decision]) -> bool:
    """True when the last two decisions that stand on an item set it aside."""
    return len(live) > 1 and all(state_after(decision.verdict) in SET_ASIDE for decision in live[-2:])
