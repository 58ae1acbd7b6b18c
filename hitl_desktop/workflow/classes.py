"""Changing the classes of a project: add, rename, merge, split, retire; each on record, each can be taken back.

Nothing is orphaned: an item whose class goes away is decided anew in the log (a merge) or returns to the queue (a
split); what a model says of old classes is read in the classes there are now (`domain/class_changes.py`).
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import MOST_FINDINGS
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.lookalikes import as_seen
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.class_decisions import ClassDecisions, Parts, stretches
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.many_at_once import Made, Making, at_once, made_in_parts, settled
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.ready_scores import ReadyScores, ready_as_it_stands, ready_in_use
from hitl_desktop.workflow.snapshot import per_class

if TYPE_CHECKING:
    from hitl_desktop.workflow.review import ReviewSession

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class ClassStep:
    """An operation that is ready to be made: how many items it concerns, and what makes it, so many at a time."""

    items: int
    making: Callable[[int], Making]


def made_whole(step: ClassStep) -> Changes:
    """Make it at once."""
    return at_once(step.making(step.items))


def change_classes(session: "ReviewSession", made: Changes | ClassStep) -> Changes:
    """Have the queue follow a change of the classes; `NOTHING` where a large one goes on beside."""
    if isinstance(made, Changes):
        session.take_classes()
        return made

    def making(part: int) -> Making:
        changed = yield from made.making(part)
        session.take_classes()
        return changed

    return made_in_parts(session, made.items, making)


class ClassEditor:
    """Changes classes in the name of one reviewer. Every operation is one transaction and returns `Changes`; those over
    many items can be made in parts, by somebody who has others take their turn in between.
    """

    def __init__(self, project: Project, reviewer: str) -> None:
        self._project = project
        self._reviewer = reviewer
        self._decisions = ClassDecisions(project, reviewer)

    def operations(self) -> list[ClassOperation]:
        """What was done to the classes, oldest first."""
        return self._project.store.classes.operations()

    def decided(self, label_id: int) -> int:
        """How many items are decided as the class, or have the finding; by a person or automatically."""
        return len(self._decisions.decided_as(label_id))

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
        return made_whole(self.merging(label_id, into, reason))

    def merging(self, label_id: int, into: int, reason: str = "") -> ClassStep:
        """As `merge`, made in parts."""
        label, target = self._in_use(label_id), self._in_use(into)
        if label.id == target.id:
            raise KnownError(tr("A class cannot be merged into itself."), tr("Choose another class."))
        self._keep_enough(label)

        def write(first: int) -> ClassOperation:
            self._project.store.classes.change(replace(label, retired=True, counts_as=target.id))
            return self._record(ClassAction.MERGED, label, others=(target.id,), reason=reason, first=first)

        return self._step(self.decided(label_id), partial(self._decisions.merged, label, target, reason), write)

    def split(self, label_id: int, names: Sequence[str], reason: str = "") -> Changes:
        """Put new classes in the place of one: its items return to the queue, and it is retired.

        Raises KnownError with fewer than two names, or for one that is taken.
        """
        return made_whole(self.splitting(label_id, names, reason))

    def splitting(self, label_id: int, names: Sequence[str], reason: str = "") -> ClassStep:
        """As `split`, made in parts."""
        label = self._in_use(label_id)
        cleaned = list(dict.fromkeys(self._usable(name) for name in names))
        if len(cleaned) < 2:
            raise KnownError(tr("A split needs at least two new classes."), tr("Give two names that differ."))

        def write(first: int) -> ClassOperation:
            added = self._project.store.classes.add(cleaned)
            self._project.store.classes.change(replace(label, retired=True))
            others = tuple(new.id for new in added)
            return self._record(ClassAction.SPLIT, label, others=others, reason=reason, first=first)

        return self._step(self.decided(label_id), partial(self._decisions.given_back, label_id, reason), write)

    def retire(self, label_id: int, *, give_back: bool, reason: str = "") -> Changes:
        """Offer a class no longer. Its items keep their decision, or with `give_back` return to the queue.

        Items that keep it neither train nor measure from then on. Raises KnownError when too few classes would stay.
        """
        return made_whole(self.retiring(label_id, give_back=give_back, reason=reason))

    def retiring(self, label_id: int, *, give_back: bool, reason: str = "") -> ClassStep:
        """As `retire`, made in parts."""
        label = self._in_use(label_id)
        self._keep_enough(label)

        def write(first: int) -> ClassOperation:
            self._project.store.classes.change(replace(label, retired=True))
            return self._record(ClassAction.RETIRED, label, reason=reason, first=first)

        if not give_back:
            return self._step(0, lambda _part: iter(()), write)
        return self._step(self.decided(label_id), partial(self._decisions.given_back, label_id, reason), write)

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
        return made_whole(self.taking_back())

    def taking_back(self) -> ClassStep:
        """As `take_back`, made in parts."""
        last = self.last()
        if last is None:
            raise KnownError(tr("No change of a class can be taken back."))
        label = self._project.label(last.label_id)

        def write(first: int) -> ClassOperation:
            for changed in self._labels_before(last, label):
                self._project.store.classes.change(changed)
            name = last.old_name or label.name
            return self._record(ClassAction.TAKEN_BACK, label, new_name=name, first=first, takes_back=last.number)

        recorded = max(0, last.last_decision - last.first_decision + 1)
        return self._step(recorded, partial(self._decisions.inverse, last), write)

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

    def _step(self, items: int, events: Callable[[int], Parts], write: Callable[[int], ClassOperation]) -> ClassStep:
        return ClassStep(items, partial(self._making, items, events, write))

    def _making(
        self, items: int, events: Callable[[int], Parts], write: Callable[[int], ClassOperation], part: int
    ) -> Making:
        """Append the events and write the operation, which is told the number of the first: one transaction, however
        many parts it has.
        """
        store, touched = self._project.store, set[int]()
        is_parted = part < items
        with store.in_parts() if is_parted else nullcontext(), store.transaction():
            first = store.decisions.count() + 1
            for made in events(max(part, 1)):
                store.decisions.append_many(made)
                self._keep_marks(made)
                touched.update(event.item_index for event in made)
                if is_parted:
                    with store.paused():
                        yield len(touched), items
            operation = write(first)
        for indexes in stretches(sorted(touched), max(part, 1)):
            yield items, items
            self._project.follow_standing(indexes)
        yield items, items
        ready = self._ready()
        yield items, items
        changes = self._done(operation, touched, ready)
        if is_parted:
            for _ in settled(store):
                yield items, items
        return Made(changes)

    def _keep_marks(self, events: Sequence[Decision]) -> None:
        """Items that go back to the queue keep what was marked in them, as a draft."""
        items = self._project.store.items
        for event in events:
            # The newest one comes first.
            is_back = event.verdict is Verdict.RETRACTED and bool(event.evidence)
            if is_back and items.draft_evidence(event.item_index) is None:
                kept = items.draft(event.item_index), event.evidence, items.draft_response(event.item_index)
                items.set_draft(event.item_index, *kept)

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

    def _ready(self) -> ReadyScores | None:
        """What the model says in the classes that were written, worked out before anything follows them."""
        before, seen = self._project.columns_now, copy(self._project)
        seen.take_classes()
        # Where every class counts as what it did, the model says what it said: a million rows are not read again.
        is_same = seen.columns_now[: len(before)] == before and seen.is_scored
        return ready_as_it_stands(seen) if is_same else ready_in_use(seen, None)

    def _done(
        self, operation: ClassOperation, touched: Collection[int] = (), ready: ReadyScores | None = None
    ) -> Changes:
        """Bring the open project in line with what was written; the items that were touched follow by themselves."""
        project = self._project
        ready = ready or self._ready()
        project.take_classes()
        project.load_scores(ready)
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
