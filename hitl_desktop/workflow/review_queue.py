"""The queue of a review session: which item comes next, and why it is asked."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.items import SET_ASIDE
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.learning.ranking import Plan, plan
from hitl_desktop.workflow.project import Project

_PIECE = 1024
"""Places of the plan that are looked at in one go."""


class ReviewQueue:
    """The plan of asking, and while one looks again at what was set aside, that list in its place."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._again: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.held: int | None = None
        """An item that was decided and stays on screen, as its suggestion is revealed: it keeps its place."""
        self.plan_anew()

    def plan_anew(self, kept: Sequence[int] = (), sorts: Sequence[Slot] = ()) -> None:
        """Order the pool by what is known now; `kept` items stay in front, asked for the reasons `sorts`."""
        fresh = self._planned()
        self._adopt(fresh.with_front(list(kept), list(sorts)) if kept else fresh)

    def put_in_front(self, index: int, slot: Slot) -> None:
        """Give an item the first place."""
        self._adopt(self._plan.with_front([index], [slot]))

    def has_place(self, index: int) -> bool:
        """True for an item of the plan, whatever became of it since."""
        return bool(self._places[index] >= 0)

    def waiting(self) -> npt.NDArray[np.int64]:
        """Indexes of the items still to do, in the order of asking. Shape (m,)."""
        if len(self._again):
            return self._again
        order = self._plan.order
        stays = self._project.pool.states[order] == TO_DO
        if self.held is not None:
            stays |= order == self.held
        return np.asarray(order[stays], np.int64)

    def slot_of(self, index: int) -> Slot:
        """Why an item will be asked."""
        if index in self._again:
            return Slot.AGAIN
        place = int(self._places[index])
        return self._plan.slot(place) if place >= 0 else Slot.CHOSEN

    def upcoming(self, current: int | None, count: int) -> list[int]:
        """The items after the one on screen."""
        if not len(self._again):
            place = -1 if current is None else self.waiting_place(current)
            return self._scan(place + 1, len(self._plan.order), count)
        at = self.place_in(self._again, current)
        return [int(i) for i in self._again[at + 1 : at + 1 + count]]

    def next_after(self, index: int) -> int | None:
        """The next item to show once `index` is dealt with; None when nothing else is waiting."""
        others = self._again[self._again != index]
        if len(others):
            places = np.flatnonzero(self._again == index)
            later = self._again[int(places[0]) + 1 :] if len(places) else others
            return int(later[0]) if len(later) else int(others[0])
        place = -1 if len(self._again) else self.waiting_place(index)
        last = len(self._plan.order)
        found = self._scan(place + 1, last, 2) or self._scan(0, place + 1, 2)
        return next((i for i in found if i != index), None)

    def look_again(self) -> int | None:
        """Go through what was set aside; returns the first item, None when there is none."""
        aside = self._project.pool.in_states(*SET_ASIDE)
        if not len(aside):
            return None
        self._again = aside
        return int(aside[0])

    def leave(self, index: int) -> None:
        """An item was dealt with: it is not looked at again."""
        self._again = self._again[self._again != index]

    def waiting_place(self, index: int) -> int:
        """The place of an item in the plan, −1 when it has none or was dealt with."""
        is_waiting = self._project.pool.states[index] == TO_DO or index == self.held
        return int(self._places[index]) if is_waiting else -1

    @staticmethod
    def place_in(queue: npt.NDArray[np.int64], index: int | None) -> int:
        """The place of an item in a list of items, −1 when it is not in it."""
        if index is None:
            return -1
        places = np.flatnonzero(queue == index)
        return int(places[0]) if len(places) else -1

    def _planned(self) -> Plan:
        pool = self._project.pool
        return plan(
            pool.needing_review(),
            pool.undecided(),
            self._project.reserve,
            *self._project.utilities(),
            seed=self._project.seed,
            done=self._project.store.decisions.made(),
            every=self._project.check_every,
        )

    def _adopt(self, plan: Plan) -> None:
        """Take another plan, and note the place of every item in it (−1: none), as it is asked for with every key."""
        self._plan = plan
        self._places = np.full(len(self._project.pool), -1, np.int32)
        self._places[plan.order] = np.arange(len(plan.order), dtype=np.int32)

    def _scan(self, start: int, stop: int, count: int) -> list[int]:
        """The first items still to do between two places of the plan; looks no further than it must."""
        found: list[int] = []
        for at in range(start, stop, _PIECE):
            piece = self._plan.order[at : min(at + _PIECE, stop)]
            found += piece[self._project.pool.states[piece] == TO_DO][: count - len(found)].tolist()
            if len(found) == count:
                break
        return found
