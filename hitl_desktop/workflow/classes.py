"""Changing the classes of a project: add, rename, merge, split, retire; each on record, each can be taken back.

Nothing is orphaned: an item whose class goes away is decided anew in the log (a merge) or returns to the queue (a
split); what a model says of old classes is read in the classes there are now (`domain/class_changes.py`).
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import MOST_FINDINGS
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.lookalikes import as_seen
from hitl_desktop.domain.past_answers import CLASS_CHANGE, UNDO
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.ready_scores import ready_as_it_stands
from hitl_desktop.workflow.snapshot import per_class

LONGEST_NAME = 120


class ClassEditor:
    """Changes classes in the name of one reviewer. Every operation is one transaction and returns `Changes`."""

    def __init__(self, project: Project, reviewer: str) -> None:
        self._project = project
        self._reviewer = reviewer

    def operations(self) -> list[ClassOperation]:
        """What was done to the classes, oldest first."""
        return self._project.store.classes.operations()

    def decided(self, label_id: int) -> int:
        """How many items are decided as the class, or have the finding; by a person or automatically."""
        return len(self._decided_as(label_id))

    def counts(self) -> dict[int, int]:
        """How many items are decided as each class, or have each finding, by label id."""
        return {label.id: count for label, count in per_class(self._project, self._project.pool.label_ids)}

    def add(self, name: str) -> Changes:
        """Add a class at the end. Raises KnownError for a name that is taken or cannot be used."""
        name = self._usable(name)
        if self._project.task is Task.SEVERAL and len(self._project.labels) >= MOST_FINDINGS:
            raise KnownError(
                tr("There is room for {n} findings.", n=MOST_FINDINGS), tr("Split the work over two projects.")
            )
        with self._project.store.transaction():
            (label,) = self._project.store.classes.add([name])
            operation = self._record(ClassAction.ADDED, label, new_name=name)
        return self._done(operation)

    def rename(self, label_id: int, name: str, reason: str = "") -> Changes:
        """Give a class another name; all its decisions follow. Raises KnownError for a name that is taken."""
        label = self._project.label(label_id)
        name = self._usable(name, renamed=label)
        with self._project.store.transaction():
            self._project.store.classes.change(replace(label, name=name))
            operation = self._record(ClassAction.RENAMED, label, new_name=name, reason=reason)
        return self._done(operation)

    def merge(self, label_id: int, into: int, reason: str = "") -> Changes:
        """Make one class part of another: each item of it is decided as the other, and it is retired.

        Raises KnownError when it would leave fewer than two classes, or when either is not in use.
        """
        label, target = self._in_use(label_id), self._in_use(into)
        if label.id == target.id:
            raise KnownError(tr("A class cannot be merged into itself."), tr("Choose another class."))
        self._keep_enough(label)
        events = self._why([self._as_merged(d, label, target) for d in self._standing(label_id)], reason)
        with self._project.store.transaction():
            first = self._append(events)
            self._project.store.classes.change(replace(label, retired=True, counts_as=target.id))
            operation = self._record(ClassAction.MERGED, label, others=(target.id,), reason=reason, first=first)
        return self._done(operation, events)

    def split(self, label_id: int, names: Sequence[str], reason: str = "") -> Changes:
        """Put new classes in the place of one: its items return to the queue, and it is retired.

        Raises KnownError with fewer than two names, or for one that is taken.
        """
        label = self._in_use(label_id)
        cleaned = list(dict.fromkeys(self._usable(name) for name in names))
        if len(cleaned) < 2:
            raise KnownError(tr("A split needs at least two new classes."), tr("Give two names that differ."))
        events = self._why(self._given_back(label_id), reason)
        with self._project.store.transaction():
            first = self._append(events)
            added = self._project.store.classes.add(cleaned)
            self._project.store.classes.change(replace(label, retired=True))
            others = tuple(new.id for new in added)
            operation = self._record(ClassAction.SPLIT, label, others=others, reason=reason, first=first)
        return self._done(operation, events)

    def retire(self, label_id: int, *, give_back: bool, reason: str = "") -> Changes:
        """Offer a class no longer. Its items keep their decision, or with `give_back` return to the queue.

        Items that keep it neither train nor measure from then on. Raises KnownError when too few classes would stay.
        """
        label = self._in_use(label_id)
        self._keep_enough(label)
        events = self._why(self._given_back(label_id), reason) if give_back else []
        with self._project.store.transaction():
            first = self._append(events)
            self._project.store.classes.change(replace(label, retired=True))
            operation = self._record(ClassAction.RETIRED, label, reason=reason, first=first)
        return self._done(operation, events)

    def bring_back(self, label_id: int) -> Changes:
        """Offer a retired class again, as it was. Decisions made since stay as they are."""
        label = self._project.label(label_id)
        if not label.retired:
            raise KnownError(tr("{name} is in use.", name=label.name))
        with self._project.store.transaction():
            self._project.store.classes.change(replace(label, retired=False, counts_as=None))
            before = () if label.counts_as is None else (label.counts_as,)
            operation = self._record(ClassAction.BROUGHT_BACK, label, others=before)
        return self._done(operation)

    def last(self) -> ClassOperation | None:
        """The operation that `take_back` would take back; None when there is none."""
        operations = self.operations()
        gone = {operation.takes_back for operation in operations}
        standing = [o for o in operations if o.takes_back is None and o.number not in gone]
        return standing[-1] if standing else None

    def take_back(self) -> Changes:
        """Take back the last operation that stands, with the decisions it recorded.

        Items decided again since then keep the later decision. A class that was added stays in its column, retired.
        Raises KnownError when there is nothing to take back.
        """
        last = self.last()
        if last is None:
            raise KnownError(tr("No change of a class can be taken back."))
        events = self._why(self._inverse(last), UNDO)
        label = self._project.label(last.label_id)
        with self._project.store.transaction():
            first = self._append(events)
            for changed in self._labels_before(last, label):
                self._project.store.classes.change(changed)
            operation = self._record(
                ClassAction.TAKEN_BACK, label, new_name=last.old_name or label.name, first=first, takes_back=last.number
            )
        return self._done(operation, events)

    def words(self, operation: ClassOperation) -> str:
        """An operation as people read it."""
        names = {label.id: label.name for label in self._project.labels}
        others = ", ".join(names[i] for i in operation.others)
        say: dict[ClassAction, Callable[[], str]] = {
            ClassAction.ADDED: lambda: tr("{name} added", name=operation.new_name),
            ClassAction.RENAMED: lambda: tr("{old} renamed to {new}", old=operation.old_name, new=operation.new_name),
            ClassAction.MERGED: lambda: tr("{old} merged into {new}", old=operation.old_name, new=others),
            ClassAction.SPLIT: lambda: tr("{old} split into {new}", old=operation.old_name, new=others),
            ClassAction.RETIRED: lambda: tr("{name} retired", name=operation.old_name),
            ClassAction.BROUGHT_BACK: lambda: tr("{name} brought back", name=operation.old_name),
            ClassAction.TAKEN_BACK: lambda: tr("Change {n} taken back", n=operation.takes_back),
        }
        return say[operation.action]()

    # ---- what an operation does to decisions -----------------------------------------------------------------------

    def _decided_as(self, label_id: int) -> list[int]:
        return self._project.store.items.answered_as(label_id)

    def _standing(self, label_id: int) -> list[Decision]:
        """The decisions by which items are of a class now."""
        live = self._project.store.decisions.live_of_many(self._decided_as(label_id))
        return [decisions[-1] for decisions in live.values()]

    def _as_merged(self, standing: Decision, label: Label, target: Label) -> Decision:
        if standing.findings is None:
            answer = replace(standing, label_id=target.id)
            is_suggested = target.id == standing.predicted_id
        else:
            there = tuple(sorted({target.id if i == label.id else i for i in standing.findings}))
            answer = replace(standing, findings=there)
            is_suggested = there == standing.predicted_findings
        verdict = Verdict.CONFIRMED if is_suggested else Verdict.CORRECTED
        if standing.is_automatic:  # it stays what nobody looked at
            verdict = Verdict.AUTOMATIC
        return self._new(replace(answer, verdict=verdict, seconds=None))

    def _given_back(self, label_id: int) -> list[Decision]:
        """Events that return the items of a class to the queue: everything said of them is taken back."""
        live = self._project.store.decisions.live_of_many(self._decided_as(label_id))
        return [self._retraction(decision) for decisions in live.values() for decision in reversed(decisions)]

    def _inverse(self, operation: ClassOperation) -> list[Decision]:
        log = self._project.store.decisions
        if operation.last_decision < operation.first_decision:
            return []
        recorded = log.between(operation.first_decision, operation.last_decision)
        live = log.live_of_many([event.item_index for event in recorded])
        events = []
        for event in recorded:
            standing = live.get(event.item_index, [])
            if event.verdict is not Verdict.RETRACTED:
                if standing and standing[-1].number == event.number:
                    events.append(self._retraction(event))
            elif not standing and event.retracts is not None:
                (before,) = log.between(event.retracts, event.retracts)
                events.append(self._new(before))
        # What was taken back newest first is said again oldest first.
        return events if operation.action is ClassAction.MERGED else events[::-1]

    def _retraction(self, decision: Decision) -> Decision:
        taken = replace(decision, verdict=Verdict.RETRACTED, label_id=None, findings=None, note="", seconds=None)
        return self._new(replace(taken, retracts=decision.number))

    def _keep_marks(self, events: Sequence[Decision]) -> None:
        """Items that go back to the queue keep what was marked in them, as a draft."""
        items = self._project.store.items
        for event in events:
            # The newest one comes first.
            is_back = event.verdict is Verdict.RETRACTED and bool(event.evidence)
            if is_back and items.draft_evidence(event.item_index) is None:
                kept = items.draft(event.item_index), event.evidence, items.draft_response(event.item_index)
                items.set_draft(event.item_index, *kept)

    def _new(self, decision: Decision) -> Decision:
        """The same as an event of now, by this reviewer; an automatic decision stays nobody's."""
        by = decision.reviewer if decision.is_automatic else self._reviewer
        return replace(decision, event_id=str(uuid.uuid4()), at_utc=now_utc(), reviewer=by, number=0)

    @staticmethod
    def _why(events: Sequence[Decision], reason: str) -> list[Decision]:
        """The events with the reason why past decisions are changed by them."""
        return [replace(event, reason=reason.strip() or CLASS_CHANGE) for event in events]

    def _append(self, events: Sequence[Decision]) -> int:
        """Add the events; returns the number of the first, or of the next decision where there are none."""
        first = self._project.store.decisions.count() + 1
        self._project.store.decisions.append_many(events)
        self._keep_marks(events)
        return first

    # ---- what an operation does to classes -------------------------------------------------------------------------

    def _labels_before(self, operation: ClassOperation, label: Label) -> Iterable[Label]:
        if operation.action is ClassAction.RENAMED:
            return [replace(label, name=self._usable(operation.old_name, renamed=label))]
        if operation.action is ClassAction.ADDED:
            self._keep_enough(label)
            if self.decided(label.id):
                raise KnownError(
                    tr("{name} has decisions, so adding it cannot be taken back.", name=label.name),
                    tr("Merge it into another class, or retire it."),
                )
            return [replace(label, retired=True)]
        if operation.action is ClassAction.BROUGHT_BACK:
            self._keep_enough(label)
            return [replace(label, retired=True, counts_as=next(iter(operation.others), None))]
        back = [replace(label, retired=False, counts_as=None)]
        if operation.action is ClassAction.SPLIT:
            for other in operation.others:
                if self.decided(other):
                    raise KnownError(
                        tr(
                            "{name} has decisions, so the split cannot be taken back.",
                            name=self._project.label(other).name,
                        ),
                        tr("Merge the new classes instead."),
                    )
                back.append(replace(self._project.label(other), retired=True))
        return back

    def _usable(self, name: str, renamed: Label | None = None) -> str:
        """The name without spaces around it. Raises KnownError when it is empty, too long, or taken."""
        name = name.strip()
        if not name or not name.isprintable() or len(name) > LONGEST_NAME:
            raise KnownError(
                tr("A class needs a name of 1 to {n} printable characters.", n=LONGEST_NAME), tr("Give another name.")
            )
        for label in self._project.labels:
            if renamed is not None and label.id == renamed.id:
                continue
            if label.name == name and label.retired:
                raise KnownError(
                    tr("{name} is a class that was retired.", name=name), tr("Bring it back, or give another name.")
                )
            if label.name.casefold() == name.casefold():
                raise KnownError(
                    tr("There is already a class named {name}.", name=label.name),
                    tr("Give a name that differs by more than capitals, or merge the two."),
                )
            if as_seen(label.name) == as_seen(name):
                raise KnownError(
                    tr("There is already a class whose name looks the same: {name}.", name=label.name),
                    tr("Give a name that people can tell apart, or merge the two."),
                )
        return name

    def _in_use(self, label_id: int) -> Label:
        label = self._project.label(label_id)
        if label.retired:
            raise KnownError(tr("{name} was retired.", name=label.name), tr("Bring it back first."))
        return label

    def _keep_enough(self, label: Label) -> None:
        least = 1 if self._project.task is Task.SEVERAL else 2
        if len([other for other in self._project.offered if other.id != label.id]) < least:
            raise KnownError(
                trn("A project needs at least {n} class.", "A project needs at least {n} classes.", least),
                tr("Add another class first."),
            )

    def _record(
        self,
        action: ClassAction,
        label: Label,
        *,
        new_name: str = "",
        others: tuple[int, ...] = (),
        reason: str = "",
        first: int | None = None,
        takes_back: int | None = None,
    ) -> ClassOperation:
        if self._project.kind.compares:
            raise KnownError(tr("The classes of this project are its answers."), tr("They stay as they are."))
        last = self._project.store.decisions.count()
        return self._project.store.classes.append(
            ClassOperation(
                number=0,
                event_id=str(uuid.uuid4()),
                at_utc=now_utc(),
                reviewer=self._reviewer,
                action=action,
                label_id=label.id,
                old_name="" if action is ClassAction.ADDED else label.name,
                new_name=new_name or label.name,
                others=others,
                reason=reason,
                first_decision=last + 1 if first is None else first,
                last_decision=last,
                takes_back=takes_back,
            )
        )

    def _done(self, operation: ClassOperation, events: Sequence[Decision] = ()) -> Changes:
        """Bring the open project in line with what was written."""
        project = self._project
        before = project.columns_now
        project.take_classes()
        touched = sorted({event.item_index for event in events})
        for item in project.store.items.many(touched):
            answer = item.label_id if item.findings is None else project.code(item.findings)
            project.pool.set_standing(item.index, item.state, answer)
        # Where every class counts as what it did, the model says what it said: a million rows are not read again.
        is_same = project.columns_now[: len(before)] == before and project.is_scored
        project.load_scores(ready_as_it_stands(project) if is_same else None)
        project.forget_utilities()
        told = self.words(operation)
        if touched:
            told = trn("{what}, with {n} item.", "{what}, with {n} items.", len(touched), what=told)
        return Changes(
            items=frozenset(touched),
            decisions=bool(touched),
            classes=True,
            order=True,
            pool=True,
            routing=True,
            told=told,
        )
