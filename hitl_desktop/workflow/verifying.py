"""Verifying a project: is it as its record says, and if not, where."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import ProjectElsewhere, ProjectInUse, ProjectNotWritable
from hitl_desktop.domain.protocols import Progress, no_progress
from hitl_desktop.domain.record_events import Fault, Happening, Part, RecordCheck
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.domain.signatures import Holds
from hitl_desktop.store.database import DATABASE, tidy
from hitl_desktop.store.lock import is_held
from hitl_desktop.store.notes_beside import leave_note
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.record_readers import RecordReaders
from hitl_desktop.workflow.signing import check_all
from hitl_desktop.workflow.workplaces import check_here


def verify(folder: Path, progress: Progress = no_progress) -> RecordCheck:
    """Look through the record of the project in `folder`, which somebody may have open: everything is only read.

    Raises ProjectRefused for what cannot be opened, ProjectDamaged.
    """
    is_in_use = _is_in_use(folder)
    with closing(Store.reader(folder)) as store, closing(RecordReaders(folder)) as readers:
        check = with_signatures(store, check_record(store, progress, is_in_use=is_in_use, readers=readers))
    if not is_in_use:
        tidy(folder / DATABASE)
    return check


def verifying(folder: Path, looking: Looking, progress: Progress) -> Callable[[], RecordCheck]:
    """The same beside the window that has the project open: what a thread is to run."""

    def work() -> RecordCheck:
        readers = RecordReaders(folder, reads_along=False)
        with looking.reading(folder) as store, closing(readers):
            check = check_record(store, progress, lambda: looking.is_stopped, is_in_use=True, readers=readers)
            return with_signatures(store, check, looking.check)

    return work


def with_signatures(store: Store, check: RecordCheck, stop: Callable[[], None] = lambda: None) -> RecordCheck:
    """The same with what became of signatures: one that does not fit, or not what is here any more, is a fault."""
    found = check_all(store, None, stop)
    wrong = [checked for checked in found if checked.holds in (Holds.FORGED, Holds.CHANGED)]
    faults = tuple(
        Fault(
            Part.ROWS,
            None,
            checked.signed.at_utc if checked.signed else "",
            say("Signature {n}: {what}", n=checked.number, what=checked.why),
        )
        for checked in wrong
    )
    notes = check.notes
    if found and not wrong:
        notes = (*notes, say_n("{n} signature is genuine.", "{n} signatures are genuine.", len(found)))
    return replace(check, faults=check.faults + faults, faulty=check.faulty + len(faults), notes=notes)


def verdict(check: RecordCheck) -> Sentence:
    """What it came to, in one sentence."""
    if check.is_intact:
        return say_n(
            "Intact: {n} event, and everything is as it was recorded.",
            "Intact: {n} events, and everything is as they say.",
            check.events,
        )
    return say_n("Not intact: {n} thing is not as it was recorded.",
                 "Not intact: {n} things are not as they were recorded.", check.faulty)  # fmt: skip


def remarks(check: RecordCheck) -> list[Sentence]:
    """What whoever trusts the record should know besides."""
    found = list(check.notes)
    if check.unvouched and check.anchors:
        found.append(
            say_n(
                "The last {n} event is not anchored yet: it is when the project is closed.",
                "The last {n} events are not anchored yet: they are when the project is closed.",
                check.unvouched,
            )
        )
    return found


PARTS: dict[Part, Sentence] = {
    Part.CHAIN: say("Record"),
    Part.ANCHOR: say("Anchors"),
    Part.ROWS: say("Contents"),
    Part.STATE: say("States"),
    Part.SECOND_RECORD: say("Second record"),
    Part.FILES: say("Model files"),
}


def line(fault: Fault) -> str:
    """A fault on one line, in English: where, when, what."""
    event = f"event {fault.event}" if fault.event is not None else "no event"
    when = f", {fault.at_utc[:19].replace('T', ' ')} UTC" if fault.at_utc else ""
    return f"{fault.part.value}: {event}{when}: {fault.what.english()}"


def noted(store: Store, do: Happening, **facts: Any) -> Changes:
    """Put on record what was done with an open project, where nothing in it changed."""
    store.note(do, **facts)
    return NOTHING


def put_on_record(folder: Path, do: Happening, **facts: Any) -> None:
    """Note what was done with a project that is not open here: where somebody has it open, for their program to take;
    nothing where it was last in other hands, or takes no changes: then it is only read.
    """
    with suppress(ProjectNotWritable, ProjectElsewhere):
        check_here(folder)
        try:
            with closing(Store.open(folder)) as store:
                store.note(do, **facts)
        except ProjectInUse:
            left_for_the_record(folder, do, **facts)


def left_for_the_record(folder: Path, do: Happening, **facts: Any) -> None:
    """Leave it to whoever writes the record now or next; nothing where the folder takes no file."""
    with suppress(OSError):
        leave_note(folder, do, facts)


def _is_in_use(folder: Path) -> bool:
    """Whether a program has it open: then the second record may be a moment behind."""
    return (folder / DATABASE).is_file() and is_held(folder)
