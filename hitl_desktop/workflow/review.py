"""Reviewing: one item after another, one decision per key, each durable before the next item shows."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict, live_in
from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence
from hitl_desktop.domain.items import SET_ASIDE, Item
from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.domain.reviewers import Reviewer, Sitting
from hitl_desktop.language import tr
from hitl_desktop.workflow.certifying import saved_together
from hitl_desktop.workflow.classes import ClassEditor, ClassStep, change_classes
from hitl_desktop.workflow.deciding import check_reasons, confirmed_by, decision_on, settled_answer
from hitl_desktop.workflow.decision_words import told
from hitl_desktop.workflow.drafts import keep_draft, take_marks, take_response
from hitl_desktop.workflow.many_at_once import Making, at_once, deciding, make_many_again, parts_of, take_back_many
from hitl_desktop.workflow.marking import Marks
from hitl_desktop.workflow.planning import Planned, planned_now
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.repeats import answered, drawn
from hitl_desktop.workflow.resuming import left_at
from hitl_desktop.workflow.review_queue import ReviewQueue
from hitl_desktop.workflow.second_reading import keeps_first_back
from hitl_desktop.workflow.sitting import sitting_of
from hitl_desktop.workflow.steps import draft_of, last_step, made_again, recent, retractions
from hitl_desktop.workflow.suggesting import Look, look_of, reveals
from hitl_desktop.workflow.suggestion import Suggestion, said_now
from hitl_desktop.workflow.undoing import last_class_change, undo_words

_KEPT_IN_FRONT = 2
"""After a training the item on screen and the one prefetched stay where they are."""


class ReviewSession:
    """One reviewer at work on one project: the queue, the item on screen, decide, undo, redo."""

    def __init__(self, project: Project, reviewer: str | Sitting, profile: Reviewer | None = None) -> None:
        self.project = project
        self.sitting = sitting_of(project, reviewer)
        project.store.sit(self.sitting, profile)
        self.current: int | None = None
        self.shown: Suggestion | None = None
        """What was suggested when the item came on screen; it stays while the item does."""
        self.look = Look()
        """What the reviewer may see of that."""
        self.marks = Marks()
        self.response = NO_RESPONSE
        """What is answered beyond the class so far."""
        self.own_response: Response | None = None
        """The part of it that no decision has yet."""
        self._slot = Slot.CHOSEN
        self.queue = ReviewQueue(project)
        self.taken_back: list[list[Decision]] = []
        """The steps that can be made again, the last one last."""
        self.plans_beside: Callable[[], bool] | None = None
        """Has the queue ordered beside the window, and answers whether it does (`gui/planning.py`)."""
        self.parts_beside: Callable[[Making], None] | None = None
        """Takes a step over many items, to be made part by part (`gui/many_at_once.py`)."""
        self._resume()

    @property
    def reviewer(self) -> str:
        """The name that decisions are made under."""
        return self.sitting.name

    @property
    def slot(self) -> Slot:
        """Why the item on screen is asked."""
        return self._slot

    @property
    def item(self) -> Item | None:
        """The item on screen; None when nothing is waiting."""
        store, at = self.project.store, self.current
        return None if at is None else store.remembered("item on screen", at, lambda: store.items.get(at))

    @property
    def visible(self) -> Suggestion | None:
        """The suggestion, unless it is hidden until the reviewer has decided."""
        return None if self.look.exposure is Exposure.HIDDEN else self.shown

    def waiting(self) -> npt.NDArray[np.int64]:
        """The queue: indexes of items still to do, in the order of asking. Shape (m,)."""
        return self.queue.waiting()

    def slot_of(self, index: int) -> Slot:
        """Why an item of the queue will be asked."""
        return self.queue.slot_of(index)

    def upcoming(self, count: int) -> list[int]:
        """The items after the one on screen, for decoding ahead."""
        return self.queue.upcoming(self.current, count)

    def decide(
        self,
        verdict: Verdict,
        label_id: int | None = None,
        *,
        findings: Iterable[int] | None = None,
        note: str = "",
        seconds: float | None = None,
        response: Response | None = None,
        reason: str = "",
    ) -> Changes:
        """Record a verdict on the item on screen and go to the next one.

        A class given is confirmed when it is the suggested one, corrected otherwise; so is a set of findings (label
        ids) where the task is several. Where the suggestion was hidden and says something else, the item stays and
        the suggestion is revealed: `look.own` is then what was decided, to be kept (confirmed without a class) or
        changed. `response` None: as the draft says. Raises ReasonNeeded where a past decision is changed with no
        `reason`, KnownError for nothing to decide or to confirm, or when the disk refuses: nothing has changed then.
        """
        if self.current is None:
            raise KnownError(tr("Nothing is waiting for you."))
        if verdict is Verdict.CONFIRMED and label_id is None and findings is None:
            label_id, findings = confirmed_by(self.look)
        said = settled_answer(self.project, verdict, label_id, findings, self.shown)
        answer, slot = answered(self.project, self.current, said, self._slot)
        decision = decision_on(
            self.project, self.current, answer, reviewer=self.reviewer, slot=slot, shown=self.shown, look=self.look,
            note=note, seconds=seconds, evidence=self.marks.evidence,
            response=self.response if response is None else response, reason=reason.strip(),
        )  # fmt: skip
        check_reasons(self.project, [decision])
        changes = self._record([decision])
        self.taken_back.clear()
        return changes

    def decide_many(self, events: list[Decision]) -> Changes:
        """Record decisions on many items as one step, in one part. `NOTHING` for none."""
        return at_once(deciding(self, parts_of(events, len(events)))) if events else NOTHING

    def mark(self, evidence: Evidence) -> Changes:
        """Mark the item on screen otherwise; kept as a draft until it is decided. `NOTHING` when it is the same."""
        marks = self.marks.copy()
        if self.current is None or not marks.change(evidence):
            return NOTHING
        return take_marks(self, marks)

    def respond(self, response: Response) -> Changes:
        """Answer more than the class of the item on screen; kept as a draft until it is decided."""
        if self.current is None or response == self.response:
            return NOTHING
        return take_response(self, response)

    def undo(self) -> Changes:
        """Take back the last step: a mark made on the item on screen, else the reviewer's last decision that stands,
        with the own answer that it followed; then return to its item. `NOTHING` when there is none. Where the last
        thing done was a change of the classes, that is taken back, as one step.
        """
        if self.marks.can_undo:
            marks = self.marks.copy()
            marks.undo()
            return take_marks(self, marks)
        step = last_step(self.project.store.decisions, self.reviewer)
        if last_class_change(self.project, self.reviewer, step[-1] if step else None):
            return self.change_classes(ClassEditor.taking_back)
        if not step:
            return NOTHING
        if (last := step[-1]).batch:
            return take_back_many(self, last)
        changes = self._record(retractions(step), back=last)
        self.taken_back.append(step)
        if last.slot is not Slot.REPEAT and not self.queue.has_place(last.item_index):  # decided before this session
            self.queue.put_in_front(last.item_index, last.slot)
        return replace(changes, told=tr("Taken back: {what}.", what=told(self.project, last)))

    def redo(self) -> Changes:
        """Make again what was taken back last, as new events. `NOTHING` when there is none, or it goes on beside."""
        if self.marks.can_redo:
            marks = self.marks.copy()
            marks.redo()
            return take_marks(self, marks)
        if not self.taken_back:
            return NOTHING
        step = self.taken_back[-1]
        if step[0].batch:
            return make_many_again(self)
        changes = self._record(made_again(step, self.project.store.decisions.count()))
        self.taken_back.pop()
        return changes

    def undo_text(self) -> str:
        """What undo would take back, in words; empty when there is nothing."""
        is_mark = self.marks.can_undo
        return tr("Undo: the last mark on this item") if is_mark else undo_words(self.project, self.reviewer)

    def recent(self, limit: int = 3) -> list[Decision]:
        """The reviewer's last decisions that stand, newest first."""
        return recent(self.project.store.decisions, self.reviewer, limit)

    def go_to(self, index: int) -> Changes:
        """Show an item the reviewer picked, decided or not. `NOTHING` for the item on screen.

        Raises KnownError for an index that does not exist.
        """
        if index == self.current:
            return NOTHING
        self.project.store.items.get(index)
        natural = self.queue.next_after(self.current) if self.current is not None else None
        return self._turn_to(index, self.slot_of(index) if index == natural else Slot.CHOSEN)

    def set_reviewer(self, reviewer: str | Sitting, profile: Reviewer | None = None) -> None:
        """Decide under another name from now on. What the one before took back can no longer be made again, and the
        item is looked at with the eyes of the new one.
        """
        before, self.sitting = self.sitting, sitting_of(self.project, reviewer)
        self.project.store.sit(self.sitting, profile)
        if self.sitting.name != before.name:
            self.taken_back.clear()
            if self._slot is Slot.REPEAT:  # what somebody else answered is no repeat
                self._resume()
            elif self.current is not None:
                self._look_at(self.current)

    def take(self, index: int) -> None:
        """Put an item on screen for one decision, for scripts. Only the item whose turn it is keeps its reason."""
        if index != self.current or self._slot is Slot.REPEAT:  # a script says what it means: it is not asked again
            self._show(index, Slot.CHOSEN)

    def step(self, by: int) -> Changes:
        """Go forward (1) or back (−1) in the queue without deciding. Stays at the ends."""
        index = self.queue.beside(self.current, by)
        if index is None or index == self.current:
            return NOTHING
        return self._turn_to(index, self.slot_of(index))

    def look_again(self) -> Changes:
        """Go once through the items that were set aside, then back to the queue. `NOTHING` when there are none."""
        return self.go_through(self.project.pool.in_states(*SET_ASIDE), Slot.AGAIN)

    def go_through(self, items: npt.NDArray[np.int64], slot: Slot) -> Changes:
        """Go once through these items, asked for this reason, then back to the queue. `NOTHING` for none."""
        first = self.queue.go_through(items, slot)
        return NOTHING if first is None else self._turn_to(first, slot) | Changes(order=True)

    def follow(self, items: npt.NDArray[np.int64] | None) -> None:
        """Go through what a filter has found, in its order, before the queue goes on; None: back to the queue."""
        followed = self.queue.is_following
        if items is not None or followed:
            self.queue.follow(np.empty(0, np.int64) if items is None else items)
        if followed and not self.queue.is_following:
            self.replan()

    def replan(self) -> None:
        """Order the queue anew after a training or another threshold; the item on screen and the next one stay.

        Where that is done beside the window, the order of before holds until then.
        """
        if self.plans_beside is None or not self.plans_beside():
            self.take_plan(planned_now(self.project))
        elif self.current is not None or len(self.waiting()):
            self._stay()

    def take_plan(self, planned: Planned) -> Changes:
        """Ask in this order from now on, but for the item on screen and the next one."""
        kept = [] if self.current is None else [self.current, *self.upcoming(_KEPT_IN_FRONT - 1)]
        sorts = [self._slot if i == self.current else self.slot_of(i) for i in kept]
        self.queue.take_plan(planned.plan, kept, sorts, planned.asked.moves)
        self.queue.remember_order()
        self._stay()
        return Changes(order=True)

    def _stay(self) -> None:
        """Stay at the item on screen; without one, go on where there is something to do."""
        if self.current is None:
            self._resume()
        elif self.shown is None:  # it was shown before it was scored: the suggestion fills its place
            self.shown = said_now(self.project, self.current)
            self._look_at(self.current)

    def take_audit(self) -> None:
        """An audit has begun or ended: the queue follows, and so does what may be seen of the item on screen."""
        self.replan()
        if self.current is not None:
            self._look_at(self.current)

    def change_classes(self, change: Callable[[ClassEditor], Changes | ClassStep]) -> Changes:
        """Change the classes in this reviewer's name; the queue follows. `NOTHING` while that goes on beside."""
        self.sitting.check()
        return change_classes(self, change(ClassEditor(self.project, self.reviewer)))

    def take_classes(self) -> None:
        """Follow a change of the classes: the suggestion on screen is said in those there are now."""
        self.taken_back.clear()
        self.shown = None
        self.replan()

    def take_order(self) -> Changes:
        """Use the features and the order of asking that a task has just made."""
        self.project.note_prepared()
        self.replan()
        return Changes(order=True, routing=True)  # a rule may ask for new kinds

    def keep_draft(self, note: str) -> Changes:
        """Keep a note that is typed and not yet saved with a decision."""
        keep_draft(self, note)
        return NOTHING

    def draft(self) -> str:
        """The note typed for the item on screen."""
        return "" if self.current is None else self.project.store.items.draft(self.current)

    def _resume(self) -> None:
        """Return to the item that was on screen when the project was closed, or begin with the queue."""
        if (stored := left_at(self.project, self.queue, self.sitting)) is not None:
            self._show(*stored)
            self.queue.remember_order()
            return
        queue = self.waiting()
        first = int(queue[0]) if len(queue) else self.queue.come_back()
        self.current, self.shown = None, None
        if first is not None:
            self._turn_to(first, self.slot_of(first))
            self.queue.remember_order()

    def _record(self, events: list[Decision], back: Decision | None = None) -> Changes:
        """Make the events of one step durable. Then comes the next item; the same one, when its suggestion is to be
        revealed; or the one that `back`, which they take back, was made on.
        """
        self.sitting.check()
        store = self.project.store
        index = events[-1].item_index
        stays = back is None and reveals(events[-1])
        followed = self.queue.is_following
        out_of_turn = self._slot is Slot.CHOSEN and back is None and not stays and not followed
        then = index if back is not None or stays else self.queue.next_after(index)
        next_slot = None if then is None else self.slot_of(then)
        if back is not None:
            next_slot = back.slot
        elif not stays and (again := drawn(self.project, self.sitting, self.queue, events[-1])) is not None:
            then, next_slot = again, Slot.REPEAT
        elif stays and index == self.current:
            next_slot = self._slot
        note, marks, said = draft_of(back)

        def save() -> Decision:
            step = store.record_step(events, current=then, slot=next_slot, note=note, evidence=marks, response=said)
            return step[-1]

        stored, follows = saved_together(self.project, [index], self.reviewer, save)
        if not stays:
            self.queue.leave(stored.item_index)
        if then is None or next_slot is None:
            self.current, self.shown = None, None
        else:
            self._show(then, next_slot)
        # The slots after it move up, as they would after reopening; once, at the end of a list.
        if out_of_turn or (followed and not self.queue.is_following):
            self.replan()
        touched = {stored.item_index} if then is None else {stored.item_index, then}
        made = Changes(items=frozenset(touched), decisions=True, told=tr("{what}.", what=told(self.project, stored)))
        return made | follows

    def take_many(self, dealt_with: frozenset[int]) -> None:
        """Follow a step over many items; where it has dealt with the item on screen, the queue goes on."""
        if self.current in dealt_with:
            self.current, self.shown = None, None
            with suppress(DiskTrouble):  # what was decided is saved; only the place is not
                self.project.store.remember_shown(None, Slot.CHOSEN)
        elif self.current is not None:
            self._look_at(self.current)
        self.replan()

    def _turn_to(self, index: int, slot: Slot) -> Changes:
        with suppress(DiskTrouble):  # looking at another item needs no disk: what is lost is the place
            self.project.store.remember_shown(index, slot)
        self._show(index, slot)
        return Changes(items=frozenset({index}))

    def _show(self, index: int, slot: Slot) -> None:
        self.current = index
        self._slot = slot
        self.shown, self.marks = said_now(self.project, index), Marks()
        self._look_at(index)

    def _look_at(self, index: int) -> None:
        """What the reviewer may see of the suggestion, and what was marked in the item."""
        store = self.project.store
        events = store.decisions.of_item(index)
        is_second = self._slot is Slot.SECOND and keeps_first_back(self.project, index, self.sitting)
        again = self._slot is Slot.REPEAT
        live = [] if is_second or again else live_in(events)
        saved = live[-1].evidence if live else NO_EVIDENCE
        self.marks = Marks(saved, store.items.draft_evidence(index)).carrying_on(self.marks)
        self.own_response = store.items.draft_response(index)
        self.response = self.own_response or (live[-1].response if live else NO_RESPONSE)
        item = store.items.get(index)
        self.look = look_of(self.project, item, events, self.shown, self.reviewer, is_second=is_second, again=again)
        self.queue.held = index if self.look.own is not None else None
