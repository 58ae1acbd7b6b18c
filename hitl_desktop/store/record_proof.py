"""Whether a project is as its record says: events, rows, states, texts, models, anchors and the second record."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import peewee

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress, never_cancelled, no_progress
from hitl_desktop.domain.record_events import Happening, Part, RecordCheck
from hitl_desktop.domain.sentences import Sentence, listed, say, say_n
from hitl_desktop.store.migrate import version_of
from hitl_desktop.store.own_schema import lacking, strangers
from hitl_desktop.store.rebuilding import differences
from hitl_desktop.store.record_anchors import (
    ANCHORS,
    Anchor,
    RecordIds,
    is_signed,
    other_records_of,
    outside_file,
    own_key,
    read_anchors,
)
from hitl_desktop.store.record_beside import no_files, other_operations, same_arrays, unreadable_lines
from hitl_desktop.store.record_check import RecordReading, state_faults
from hitl_desktop.store.record_extras import BESIDE, CARD, file_hash
from hitl_desktop.store.record_faults import LISTED_AT_MOST, Faults, thing
from hitl_desktop.store.record_stretches import JoinedReading, Stretch, StretchRead, last_of, stretches_of
from hitl_desktop.store.record_table_check import Event, said_in
from hitl_desktop.store.second_record import CLASSES, DECISIONS
from hitl_desktop.store.second_tables import SECOND_TABLES
from hitl_desktop.store.store import Store

_TEXTS_AT_ONCE: Final = 2000
_SENSELESS: Final = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Anchors:
    """All that were found, by where they lie."""

    inside: tuple[Anchor, ...]
    beside: tuple[Anchor, ...]
    outside: tuple[Anchor, ...]
    wrong_lines: int

    def all(self) -> tuple[Anchor, ...]:
        return tuple(dict.fromkeys((*self.outside, *self.inside, *self.beside)))

    def numbers(self) -> frozenset[int]:
        return frozenset(anchor.number for anchor in (*self.outside, *self.inside, *self.beside))


class Readers(Protocol):
    """Reads stretches of the record, several at a time."""

    def get_ready(self, events: int) -> None:
        """Be told how many events there are, some time before it begins."""
        ...

    def begin(self, stretches: Sequence[Stretch]) -> None:
        """Have others begin with them."""
        ...

    def finish(self, store: Store, progress: Progress, cancelled: CancelCheck) -> Sequence[StretchRead] | None:
        """All that was read, in order, once it is; None where something in it does not fit. Raises Cancelled."""
        ...


def check_record(
    store: Store,
    progress: Progress = no_progress,
    cancelled: CancelCheck = never_cancelled,
    *,
    with_second_record: bool = True,
    is_in_use: bool = False,
    readers: Readers | None = None,
) -> RecordCheck:
    """Look through the record of a project that is open to read, all of it as it is at this moment.

    Somebody may be deciding meanwhile: `is_in_use`. With `readers` the events are read in stretches, several at a time;
    what is found does not depend on it. Raises Cancelled, ProjectDamaged.
    """
    database, faults = store._database, Faults()  # of the same house: nothing outside of it speaks SQL
    last = last_of(database)
    for name in no_files(store.folder) if with_second_record else ():
        faults.add(Part.SECOND_RECORD, None, "", say("{file} is no ordinary file.", file=name))
        with_second_record = False
    if readers is not None:
        readers.get_ready(last)
    ids = _ids(database, 0, last)
    # Before the snapshot is taken: an anchor that somebody makes meanwhile would tell of events that are not in it.
    files = _files(store.folder, ids)
    database.begin("DEFERRED")
    try:
        ids = RecordIds(ids.since + _ids(database, last, last_of(database)).since)
        anchors = replace(files, inside=_inside(database, ids))
        if readers is not None:
            readers.begin(stretches_of(database, ids, with_second_record=with_second_record))
        # What is in no stretch, while others read those.
        states = [index for index, _ in state_faults(database, LISTED_AT_MOST)]
        texts = _wrong_texts(database, cancelled)
        joined = _joined(store, faults, readers, progress, cancelled) if readers is not None else None
        reading: RecordReading = joined or RecordReading(database, faults, anchors.numbers())
        if joined is None:
            reading.run(progress, cancelled)
        else:
            joined.find_hashes(anchors.numbers())
        vouched = _check_anchors(anchors, reading, faults, ids)
        _say_wrong(states, texts, reading, faults)
        missing = _check_models(store.folder, reading, faults)
        _check_schema(database, reading, faults)
        if with_second_record and not (joined and joined.has_same_lines(store.folder, is_in_use=is_in_use)):
            _check_second_record(store, reading, faults, is_in_use=is_in_use)
        if with_second_record:
            _check_second_tables(store, reading, faults, is_in_use=is_in_use)
    finally:
        database.rollback()
    began = reading.kept[0].at if reading.kept else ""
    return RecordCheck(
        reading.last,
        reading.head.hex(),
        began,
        reading.decisions,
        len(anchors.all()),
        len(anchors.outside),
        reading.last - vouched,
        tuple(faults.listed),
        faults.count,
        tuple(_notes(reading, anchors, store.folder, ids, missing)),
    )


def _joined(
    store: Store, faults: Faults, readers: Readers, progress: Progress, cancelled: CancelCheck
) -> JoinedReading | None:
    """What others have read; None where it has to be read again in order, to say what does not fit."""
    reads = readers.finish(store, progress, cancelled)
    if not reads:
        return None
    reading = JoinedReading(store._database, faults, reads)
    if not reading.fits():
        return None
    reading.check_states()
    return reading


def _ids(database: peewee.SqliteDatabase, after: int, last: int) -> RecordIds:
    """Those that the record took on with the events after one, up to another."""
    rows = database.execute_sql(
        "SELECT number, body FROM record_event WHERE number > ? AND number <= ?"
        ' AND (number = 1 OR body LIKE \'%"do":"moved"%\') ORDER BY number',
        (after, last),
    )
    found = [(int(number), said_in(body)) for number, body in rows]
    return RecordIds(tuple((number, str(said["project"])) for number, said in found if "project" in said))


def _inside(database: peewee.SqliteDatabase, ids: RecordIds) -> tuple[Anchor, ...]:
    rows = database.execute_sql("SELECT number, hash, at_utc, key, signature FROM record_anchor ORDER BY number")
    return tuple(Anchor(ids.at(n), n, _raw(h), str(at), _raw(k), _raw(s)) for n, h, at, k, s in rows)


def _files(folder: Path, ids: RecordIds) -> _Anchors:
    """The anchors that lie outside of the database."""
    beside, wrong = _in_file(folder / ANCHORS)
    outside: list[Anchor] = []
    for project in sorted(ids.all()):
        found, wrong_there = _in_file(outside_file(project))
        outside, wrong = [*outside, *found], wrong + wrong_there
    return _Anchors((), beside, tuple(outside), wrong)


def _raw(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _in_file(path: Path) -> tuple[tuple[Anchor, ...], int]:
    with suppress(OSError):
        found, wrong = read_anchors(path)
        return tuple(found), wrong
    return (), 0


def _check_anchors(anchors: _Anchors, reading: RecordReading, faults: Faults, ids: RecordIds) -> int:
    """Returns the number of the last event that an anchor vouches for."""
    own = own_key()
    signed, inside = reading.signed, frozenset(anchors.inside)
    fitting: list[Anchor] = []
    others: list[Anchor] = []
    for anchor in anchors.all():
        is_known = anchor.number in signed and anchor in inside  # by whoever read that stretch
        if not is_known and not is_signed(anchor):
            what = say("The anchor of event {number} is not signed by its key.", number=str(anchor.number))
            faults.add(Part.ANCHOR, anchor.number, anchor.at_utc, what)
        elif anchor.project == ids.at(anchor.number) and reading.hashes.get(anchor.number) == anchor.hash:
            fitting.append(anchor)
        else:
            others.append(anchor)
    turns = [e for e in reading.kept if e.said.get("do") in (Happening.RESTORED, Happening.MOVED)]
    for anchor in others:
        if any(_explains(event, anchor, fitting, own, ids) for event in turns):
            continue
        number = str(anchor.number)
        if anchor.project not in ids.all():
            what = say("The anchor of event {number} is that of another record.", number=number)
        elif anchor.number > reading.last:
            what = say("The record ends at event {last}, and an anchor tells of event {number}.",
                       last=str(reading.last), number=number)  # fmt: skip
        else:
            what = say("Event {number} is not the one that was anchored.", number=number)
        faults.add(Part.ANCHOR, anchor.number, anchor.at_utc, what)
    if anchors.wrong_lines:
        what = say_n("{n} line of the anchors cannot be read.", "{n} lines of the anchors cannot be read.",
                     anchors.wrong_lines)  # fmt: skip
        faults.add(Part.ANCHOR, None, "", what, times=anchors.wrong_lines)
    return max((anchor.number for anchor in fitting), default=0)


def _explains(event: Event, anchor: Anchor, fitting: Sequence[Anchor], own: bytes | None, ids: RecordIds) -> bool:
    """Anchors of what came after a backup that was restored, or of the folder that this one was copied from: explained
    by the event that says so, if somebody with the key has vouched for it.
    """
    if not any(f.number >= event.number and f.key in (anchor.key, own) for f in fitting):
        return False
    if event.said.get("do") == Happening.MOVED:
        return anchor.number >= event.number and any(
            first < event.number and project == anchor.project for first, project in ids.since
        )
    back_to = event.said.get("back_to")
    return isinstance(back_to, int) and anchor.number > back_to and anchor.at_utc <= event.at


def _wrong_texts(database: peewee.SqliteDatabase, cancelled: CancelCheck) -> list[str]:
    """The items whose texts do not have the digest that they are known by; one that was erased has none."""
    found: list[str] = []
    rows = database.execute_sql(
        "SELECT i.idx, i.digest, t.text FROM item_text AS t JOIN item AS i ON i.idx = t.idx WHERE t.text <> ''"
    )
    while piece := rows.fetchmany(_TEXTS_AT_ONCE):
        if cancelled():
            raise Cancelled
        for index, digest, text in piece:
            raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            if hashlib.sha256(raw).hexdigest() != digest:
                found.append(str(index))
    return found


def _say_wrong(states: Sequence[int], texts: Sequence[str], reading: RecordReading, faults: Faults) -> None:
    for index in states:
        what = say("{thing} is not in the state that follows from its decisions.", thing=thing("item", index))
        faults.add(Part.STATE, None, reading.last_at, what)
    for number in texts:
        what = say("The text of item {number} is not the one that was decided on.", number=number)
        faults.add(Part.ROWS, None, reading.last_at, what)


def _check_models(folder: Path, reading: RecordReading, faults: Faults) -> int:
    """The card of every version is the one that was recorded, the arrays are those that it tells of, and so is what
    lies beside them. Returns how many versions have no files: that changes nothing, as whoever was given the project
    may have left them behind.
    """
    missing = 0
    beside: dict[tuple[int, str], list[Event]] = {}
    for event in sorted(reading.models, key=lambda one: one.number):
        version, card = event.said.get("first"), event.said.get("card")
        for key in _beside_in(event):
            beside.setdefault(key, []).append(event)
        if not isinstance(version, int) or not card:
            continue
        now, same = file_hash(folder, version, CARD), same_arrays(folder, version)
        if not now or same is None:
            missing += 1
        elif now != card or not same:
            what = say("The files of model version {version} are not those that were recorded.", version=str(version))
            faults.add(Part.FILES, event.number, event.at, what)
    for (version, name), events in beside.items():
        known = {_beside_in(event)[version, name] for event in events[-2:]}  # stopped in between, it is the one before
        if file_hash(folder, version, name) not in known and file_hash(folder, version, CARD):
            last = events[-1]
            what = say(
                "The file {file} of model version {version} is not the one that was recorded.",
                file=name,
                version=str(version),
            )
            faults.add(Part.FILES, last.number, last.at, what)
    return missing


def _beside_in(event: Event) -> dict[tuple[int, str], str]:
    """What an event tells of files beside the arrays of a version: their hashes."""
    said = event.said
    is_later = said.get("do") == Happening.BESIDE
    version: Any = said.get("version" if is_later else "first")
    found: Any = {str(said.get("file")): said.get("sha")} if is_later else said.get("beside")
    if not isinstance(version, int) or not isinstance(found, dict):
        return {}
    return {(version, name): str(digest) for name, digest in found.items() if name in BESIDE}


def _check_schema(database: peewee.SqliteDatabase, reading: RecordReading, faults: Faults) -> None:
    """What guards the record is there, and nothing of somebody else that would run with the next step."""
    version = version_of(database)
    if names := strangers(database, version):
        what = say("The database holds what this program did not make: {names}.", names=listed(names[:5]))
        faults.add(Part.ROWS, None, reading.last_at, what, times=len(names))
    if gone := lacking(database, version):
        guards = listed([name for _, name in gone[:5]])
        what = say("What guards the database is missing: {names}.", names=guards)
        faults.add(Part.ROWS, None, reading.last_at, what, times=len(gone))


def _check_second_record(store: Store, reading: RecordReading, faults: Faults, *, is_in_use: bool) -> None:
    path, file = store.folder / DECISIONS, DECISIONS
    if reading.decisions and not path.exists():
        what = say("{file} is missing. It is made anew when the project is opened.", file=file)
        faults.add(Part.SECOND_RECORD, None, reading.last_at, what)
        return
    try:
        found = differences(store, is_in_use=is_in_use)
        odd = 0 if is_in_use or not path.exists() else unreadable_lines(path)
    except _SENSELESS:  # a value that no version of this program wrote: its row is among the faults by itself
        what = say("The decisions cannot be compared with decisions.jsonl: one of them makes no sense.")
        faults.add(Part.SECOND_RECORD, None, reading.last_at, what)
        return
    for number in found:
        what = say("Decision {number} is another one in decisions.jsonl.", number=str(number))
        faults.add(Part.SECOND_RECORD, None, reading.last_at, what)
    if odd:
        what = say_n("{n} line of {file} cannot be read.", "{n} lines of {file} cannot be read.", odd, file=file)
        faults.add(Part.SECOND_RECORD, None, reading.last_at, what)


def _check_second_tables(store: Store, reading: RecordReading, faults: Faults, *, is_in_use: bool) -> None:
    for table, number in store.second_tables.differences(is_in_use=is_in_use):
        what = say("{thing} is another one in {file}.", thing=thing(table, number), file=SECOND_TABLES[table])
        faults.add(Part.SECOND_RECORD, None, reading.last_at, what)
    for number in dict.fromkeys(other_operations(store, is_in_use=is_in_use)):
        named = say("{thing} is another one in {file}.", thing=thing("class_operation", number), file=CLASSES)
        what = named if number else say("The classes are other ones in {file}.", file=CLASSES)
        faults.add(Part.SECOND_RECORD, None, reading.last_at, what)


def _notes(reading: RecordReading, anchors: _Anchors, folder: Path, ids: RecordIds, missing: int) -> Iterator[Sentence]:
    for event in reading.kept:
        yield from _of_event(event)
    if not reading.last:
        yield say("Nothing is on record yet.")
        return
    if missing:
        yield say_n(
            "The files of {n} model version are not there.", "The files of {n} model versions are not there.", missing
        )
    own = own_key()
    keys = {anchor.key for anchor in anchors.all()}
    if not keys:
        yield say("No anchor vouches for it: whoever can write the project could have written it anew.")
    elif own not in keys:
        yield say("Its anchors were signed on another computer, whose key is not known here.")
    elif not anchors.outside:
        yield say("There are no anchors of it outside of the project.")
    if others := other_records_of(folder, ids.all()):
        yield say_n(
            "This computer knows {n} other record of a project in this folder.",
            "This computer knows {n} other records of projects in this folder.",
            others,
        )


def _of_event(event: Event) -> Iterator[Sentence]:
    said, when = event.said, event.at[:16].replace("T", " ")
    match said.get("do"):
        case Happening.BEGUN if said.get("was"):
            yield say("The record begins on {when} (UTC), with what was there before as it was then.", when=when)
        case Happening.RESTORED:
            yield say(
                "A backup was restored on {when} (UTC): event {number} and later ones follow event {back_to}.",
                when=when,
                number=str(event.number),
                back_to=str(said.get("back_to")),
            )
        case Happening.MOVED:
            yield say(
                "The folder was copied or moved before {when} (UTC): from event {number} on it goes its own way.",
                when=when,
                number=str(event.number),
            )
        case Happening.RECEIVED:
            yield say("Up to event {number} it was recorded on another computer.", number=str(said.get("upto")))
        case Happening.CONTINUED:
            yield say("Work went on after {when} (UTC), although the record was not intact.", when=when)
        case Happening.REBUILT:
            yield say("The project was made anew from its second record on {when} (UTC).", when=when)
