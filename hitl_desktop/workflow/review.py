"""Reviewing: one item after another, one decision per key, each durable before the next item shows."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.class_changes import ClassOperation
from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Exposure, Slot, Verdict, live_in
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.sentences import say
from hitl_desktop.language import tr
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.decision_words import told
from hitl_desktop.workflow.marking import Marks
from hitl_desktop.workflow.project import Project, Suggestion
from hitl_desktop.workflow.review_queue import ReviewQueue
from hitl_desktop.workflow.steps import last_step, made_again, recent, retractions
from hitl_desktop.workflow.suggesting import Look, look, reveals, suggesting_of
from hitl_desktop.workflow.verdicts import settled, settled_findings, suggested_findings

_KEPT_IN_FRONT = 2
"""After a training the item on screen and the one prefetched stay where they are."""


class ReviewSession:
    """One reviewer at work on one project: the queue, the item on screen, decide, undo, redo."""

    def __init__(self, project: Project, reviewer: str) -> None:
        self.project = project
        self.reviewer = reviewer
        self.current: int | None = None
        self.shown: Suggestion | None = None
        """What was suggested when the item came on screen; it stays while the item does."""
        self.look = Look()
        """What the reviewer may see of that."""
        self.marks = Marks()
        self._slot = Slot.CHOSEN
        self.queue = ReviewQueue(project)
        self._redo: list[list[Decision]] = []
        self._resume()

    @property
    def slot(self) -> Slot:
        """Why the item on screen is asked."""
        return self._slot

    @property
    def item(self) -> Item | None:
        """The item on screen; None when nothing is waiting."""
        return None if self.current is None else self.project.store.items.get(self.current)

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
    ) -> Changes:
        """Record a verdict on the item on screen and go to the next one.

        A class given is confirmed when it is the suggested one, corrected otherwise; so is a set of findings (label
        ids) where the task is several. Where the suggestion was hidden and says something else, the item stays and
        the suggestion is revealed: `look.own` is then what was decided, to be kept (confirmed without a class) or
        changed. Raises KnownError when there is nothing to decide, nothing suggested to confirm, or the disk refuses:
        then nothing has changed.
        """
        if self.current is None:
            raise KnownError(tr("Nothing is waiting for you."))
        if verdict is Verdict.CONFIRMED and label_id is None and findings is None:
            if self.look.exposure is Exposure.HIDDEN:
                raise KnownError(say("The suggestion is hidden until you decide."), say("Choose what you see."))
            if self.look.own is not None:
                label_id, findings = self.look.own.label_id, self.look.own.findings
        if self.project.task is Task.SEVERAL:
            verdict, answer = settled_findings(verdict, label_id, findings, self.shown)
            decision = replace(self._decision(verdict, None, note, seconds), findings=answer)
        else:
            verdict, label_id = settled(verdict, label_id, self.shown)
            decision = self._decision(verdict, label_id, note, seconds)
        changes = self._record([decision])
        self._redo.clear()
        return changes

    def mark(self, evidence: Evidence) -> Changes:
        """Mark the item on screen otherwise; kept as a draft until it is decided. `NOTHING` when it is the same."""
        if self.current is None or not self.marks.change(evidence):
            return NOTHING
        return self._keep_marks()

    def undo(self) -> Changes:
        """Take back the last step: a mark made on the item on screen, else the reviewer's last decision that stands,
        with the own answer that it followed; then return to its item. `NOTHING` when there is none.

        Where the last thing done was a change of the classes, that is taken back, as one step.
        """
        if self.marks.can_undo:
            self.marks.undo()
            return self._keep_marks()
        step = last_step(self.project.store.decisions, self.reviewer)
        last = step[-1] if step else None
        if self._last_class_change(last):
            return self.change_classes(lambda editor: editor.take_back())
        if last is None:
            return NOTHING
        changes = self._record(retractions(step), back=last)
        self._redo.append(step)
        if not self.queue.has_place(last.item_index):  # decided before this session
            self.queue.put_in_front(last.item_index, last.slot)
        return replace(changes, told=tr("Taken back: {what}.", what=told(self.project, last)))

    def redo(self) -> Changes:
        """Make again what was taken back last, a decision as a new event. `NOTHING` when there is none."""
        if self.marks.can_redo:
            self.marks.redo()
            return self._keep_marks()
        if not self._redo:
            return NOTHING
        changes = self._record(made_again(self._redo[-1], self.project.store.decisions.count()))
        self._redo.pop()
        return changes

    def undo_text(self) -> str:
        """What undo would take back, in words; empty when there is nothing."""
        if self.marks.can_undo:
            return tr("Undo: the last mark on this item")
        last = self.project.store.decisions.last_live(self.reviewer)
        operation = self._last_class_change(last)
        if operation:
            return tr("Undo: {what}", what=ClassEditor(self.project, self.reviewer).words(operation))
        return tr("Undo: {what}", what=told(self.project, last)) if last else ""

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
        self._show(index, self.slot_of(index) if index == natural else Slot.CHOSEN)
        self._remember()
        return Changes(items=frozenset({index}))

    def set_reviewer(self, name: str) -> None:
        """Decide under another name from now on. What the one before took back can no longer be made again."""
        self.reviewer = name
        self._redo.clear()

    def take(self, index: int) -> None:
        """Put an item on screen for one decision, for scripts. Only the item whose turn it is keeps its reason."""
        if index != self.current:
            self._show(index, Slot.CHOSEN)

    def step(self, by: int) -> Changes:
        """Go forward (1) or back (−1) in the queue without deciding. Stays at the ends."""
        queue = self.waiting()
        if not len(queue):
            return NOTHING
        at = self.queue.place_in(queue, self.current)
        to = 0 if at < 0 else min(max(at + by, 0), len(queue) - 1)
        index = int(queue[to])
        if index == self.current:
            return NOTHING
        self._show(index, self.slot_of(index))
        self._remember()
        return Changes(items=frozenset({index}))

    def look_again(self) -> Changes:
        """Go once through the items that were set aside, then back to the queue. `NOTHING` when there are none."""
        first = self.queue.look_again()
        if first is None:
            return NOTHING
        self._show(first, Slot.AGAIN)
        self._remember()
        return Changes(order=True, items=frozenset({first}))

    def replan(self) -> None:
        """Order the queue anew after a training or another threshold; the item on screen and the next one stay."""
        kept = [] if self.current is None else [self.current, *self.upcoming(_KEPT_IN_FRONT - 1)]
        sorts = [self._slot if i == self.current else self.slot_of(i) for i in kept]
        self.queue.plan_anew(kept, sorts)
        self._remember_order()
        if self.current is None:
            self._resume()
        elif self.shown is None:  # it was shown before it was scored: the suggestion fills its place
            self.shown = self.project.suggestion(self.current)
            self._look_at(self.current)

    def change_classes(self, change: Callable[[ClassEditor], Changes]) -> Changes:
        """Change the classes in this reviewer's name; queue and suggestion follow."""
        changes = change(ClassEditor(self.project, self.reviewer))
        self.take_classes()
        return changes

    def take_classes(self) -> None:
        """Follow a change of the classes: the suggestion on screen is said in those there are now."""
        self._redo.clear()
        self.shown = None
        self.replan()

    def take_order(self) -> Changes:
        """Use the features and the order of asking that a task has just made."""
        self.project.note_prepared()
        self.replan()
        return Changes(order=True)

    def keep_draft(self, note: str) -> Changes:
        """Keep a note that is typed and not yet saved with a decision."""
        if self.current is not None:
            with self.project.store.transaction():
                self.project.store.items.set_draft(self.current, note, self.marks.draft)
        return NOTHING

    def draft(self) -> str:
        """The note typed for the item on screen."""
        return "" if self.current is None else self.project.store.items.draft(self.current)

    def _last_class_change(self, last: Decision | None) -> ClassOperation | None:
        """The reviewer's last change of the classes, if no decision of theirs that stands is younger."""
        operation = ClassEditor(self.project, self.reviewer).last()
        if operation is None or operation.reviewer != self.reviewer:
            return None
        return operation if last is None or operation.last_decision >= last.number else None

    def _resume(self) -> None:
        """Return to the item that was on screen when the project was closed."""
        store = self.project.store
        stored = store.fact("current")
        if isinstance(stored, int) and 0 <= stored < len(self.project.pool):
            remembered = store.fact("current_slot")
            slot = Slot(remembered) if remembered in set(Slot) else self.slot_of(stored)
            # In another order than it was shown in, its place says nothing: the queue goes on from the front.
            if store.fact("order") != self._order_name() and self.queue.waiting_place(stored) > 0:
                self.queue.put_in_front(stored, slot)
            self._show(stored, slot)
            self._remember_order()
            return
        queue = self.waiting()
        if len(queue):
            self._show(int(queue[0]), self.slot_of(int(queue[0])))
            self._remember()
            self._remember_order()
        else:
            self.current, self.shown = None, None

    def _decision(self, verdict: Verdict, label_id: int | None, note: str, seconds: float | None) -> Decision:
        assert self.current is not None  # noqa: S101 - checked by the caller
        shown = self.shown
        slot = self._slot_for_good(self.current)
        return Decision(
            number=0,
            event_id=str(uuid.uuid4()),
            item_index=self.current,
            verdict=verdict,
            label_id=label_id,
            reviewer=self.reviewer,
            at_utc=now_utc(),
            slot=slot,
            note=note,
            predicted_id=shown.predicted.id if shown and shown.predicted else None,
            predicted_findings=suggested_findings(shown),
            confidence=shown.confidence if shown else None,
            model_version=shown.model_version if shown else None,
            probability=self.project.reserve.probability if slot is Slot.EXPLORE else None,
            seconds=seconds,
            evidence=self.marks.evidence,
            exposure=self.look.exposure,
            hiding=self.look.hiding,
            follows=self.look.own.number if self.look.own else None,
        )

    def _slot_for_good(self, index: int) -> Slot:
        """The reason to record: an item that is there to measure measures, whoever opens it and how often."""
        if self.project.reserve.members[index]:
            return Slot.EXPLORE
        drawn = [event.slot for event in self.project.store.decisions.of_item(index) if event.slot in MEASURING_SLOTS]
        return drawn[0] if drawn else self._slot

    def _record(self, events: list[Decision], back: Decision | None = None) -> Changes:
        """Make the events of one step durable. Then comes the next item; the same one, when its suggestion is to be
        revealed; or the one that `back`, which they take back, was made on.
        """
        store = self.project.store
        index = events[-1].item_index
        stays = back is None and reveals(events[-1])
        out_of_turn = self._slot is Slot.CHOSEN and back is None and not stays
        then = index if back is not None or stays else self.queue.next_after(index)
        next_slot = None if then is None else self.slot_of(then)
        if back is not None:
            next_slot = back.slot
        elif stays and index == self.current:
            next_slot = self._slot
        note, marks = (back.note, back.evidence or None) if back else ("", None)
        stored = store.record_step(events, current=then, slot=next_slot, note=note, evidence=marks)[-1]
        item = store.items.get(stored.item_index)
        answer = item.label_id if item.findings is None else self.project.code(item.findings)
        self.project.pool.set_standing(item.index, item.state, answer)
        if not stays:
            self.queue.leave(item.index)
        if then is None or next_slot is None:
            self.current, self.shown = None, None
        else:
            self._show(then, next_slot)
        if out_of_turn:  # the slots after it move up, as they would after reopening
            self.replan()
        touched = {stored.item_index} if then is None else {stored.item_index, then}
        return Changes(items=frozenset(touched), decisions=True, told=tr("{what}.", what=told(self.project, stored)))

    def _show(self, index: int, slot: Slot) -> None:
        self.current = index
        self._slot = slot
        self.shown = self.project.suggestion(index)
        self._look_at(index)

    def _look_at(self, index: int) -> None:
        """What the reviewer may see of the suggestion, and what was marked in the item."""
        store = self.project.store
        events = store.decisions.of_item(index)
        live = live_in(events)
        self.marks = Marks(live[-1].evidence if live else NO_EVIDENCE, store.items.draft_evidence(index))
        self.look = look(
            suggesting_of(store),
            store.items.get(index),
            events,
            self.shown,
            reviewer=self.reviewer,
            seed=self.project.seed,
            in_reserve=bool(self.project.reserve.members[index]),
        )
        self.queue.held = index if self.look.own is not None else None

    def _keep_marks(self) -> Changes:
        assert self.current is not None  # noqa: S101 - checked by the callers
        store = self.project.store
        with store.transaction():
            store.items.set_draft(self.current, store.items.draft(self.current), self.marks.draft)
        return Changes(items=frozenset({self.current}))

    def _remember(self) -> None:
        with self.project.store.transaction():
            self.project.store.set_fact("current", self.current)
            self.project.store.set_fact("current_slot", self._slot.value)

    def _order_name(self) -> str:
        """What the order of asking follows from, beside the decisions: model, strategies and threshold."""
        return f"{self.project.utilities_file().stem} {self.project.pool.threshold}"

    def _remember_order(self) -> None:
        name = self._order_name()
        if self.project.store.fact("order") != name:
            with self.project.store.transaction():
                self.project.store.set_fact("order", name)
