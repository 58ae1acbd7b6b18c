"""A project made anew from its second record, and what differs between that and a database."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Final

import peewee

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import say
from hitl_desktop.paths import is_plain
from hitl_desktop.store.backups import check_backup, copy_database, newest_good
from hitl_desktop.store.database import DATABASE, connect, connect_for_reading, tidy
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.migrate import migrate
from hitl_desktop.store.own_schema import check_own
from hitl_desktop.store.record import FACT
from hitl_desktop.store.refusals import told
from hitl_desktop.store.replaying import UNFIT
from hitl_desktop.store.second_record import (
    CLASSES,
    DECISIONS,
    SECOND_RECORD,
    classes_in,
    decision_in,
    names_ever,
    names_fit,
)
from hitl_desktop.store.store import Store

_FOLDED: Final = ("decision", "class_operation")
"""Tables that come from the second record."""
_OF_ITS_OWN: Final = ("record_event", "record_anchor")
"""What was made anew begins a record of its own, which says so."""
_ITEMS: Final = ("item", "item_text", "item_file", "import_note", "project")
"""All that is taken from another project that has the same items; its classes may be others."""
_FOLDERS: Final = ("models", "backbones")
_NAMED_AT_MOST: Final = 1000
_COMPARED_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made: decisions, those that could not be placed (their items are not in the base), the file that the
    items came from, what it was compared with (names of files), the numbers of the decisions that differ there, and how
    many rows refer to something that is not there (0, unless decisions could not be placed).
    """

    decisions: int
    unplaced: int
    base: Path
    compared_with: tuple[str, ...]
    differing: tuple[int, ...]
    loose: int


def rebuild(project: Path, out: Path, items_from: Path | None = None) -> Rebuilt:
    """Make the project `out` from the second record of `project`, whose database may be gone.

    Items, texts and settings come from the newest sound backup, or from the database where there is no backup; with
    `items_from`, from another project over the same data. Every decision and every class comes from `decisions.jsonl`
    and `classes.jsonl`, signatures, masks, profiles and steering from the files of `second_tables.py`. The result is
    compared with the backup and, where it can be read, with the database.

    Raises KnownError when there is no second record, nothing to take the items from, or `out` is there already.
    """
    if not any((project / name).is_file() for name in (DECISIONS, CLASSES)):
        raise KnownError(say("{folder} has no decisions.jsonl.", folder=project.name), say("Choose another folder."))
    base = _base(project, items_from)
    _check_schema(base)
    store = Store.create(out)
    try:
        if items_from is None:
            _take_rows(store, base, None)
        try:
            with store.transaction():
                store.classes.put(_classes(project, may_guess=items_from is not None))
        except (ValueError, *UNFIT) as error:
            raise KnownError(
                say("The classes in {file} cannot be understood.", file=CLASSES), say("Use an older copy of that file.")
            ) from error
        if items_from is not None:
            _take_rows(store, base, _ITEMS)
    finally:
        store.close()
    for name in SECOND_RECORD:
        if is_plain(project / name):
            shutil.copyfile(project / name, out / name)
    for name in _FOLDERS:
        _copy_plain(project / name, out / name)
    with closing(Store.open(out)) as made:
        made.note(Happening.REBUILT, base=base.name, replayed=made.replayed.decisions, unplaced=made.replayed.unplaced)
        others = [] if items_from else [base]
        others += [project / DATABASE] if base != project / DATABASE else []
        compared, differing = _compared(made, others)
        if not made.replayed.unplaced and differences(made):
            made._record.begin_anew()  # lines twice, out of order or of nothing: what was made anew is whole
        loose = len(made._database.execute_sql("PRAGMA foreign_key_check").fetchall())
        return Rebuilt(made.decisions.count(), made.replayed.unplaced, base, compared, differing, loose)


def differences(store: Store, *, is_in_use: bool = False, breathe: Callable[[], None] = lambda: None) -> list[int]:
    """Numbers of decisions where the database and `decisions.jsonl` of a project say different things; the first 1,000.

    While somebody decides, one of the two may be a few decisions ahead: with `is_in_use` that is no difference.
    `breathe` is called every few decisions: a thread beside the window sleeps there, so that the window need not wait.
    """
    lines = Journal(store.folder / DECISIONS).lines()
    last, found, names = store.decisions.count(), list[int](), names_ever(store.folder, store.classes)
    for start in range(1, last + 1, _COMPARED_AT_ONCE):
        events = store.decisions.between(start, start + _COMPARED_AT_ONCE - 1)
        digests = store.items.digests_of([event.item_index for event in events])
        index_of = {digest: index for index, digest in digests.items()}
        for event in events:
            line = next(lines, None)
            if line is None and is_in_use:
                return found
            if line is None or decision_in(line, index_of) != event or not names_fit(line, names):
                found.append(event.number)
        if len(found) >= _NAMED_AT_MOST:
            return found
        breathe()
    return found if is_in_use else found + [int(line["number"]) for line in islice(lines, _NAMED_AT_MOST)]


def _copy_plain(source: Path, target: Path) -> None:
    """The files of a folder; a link in it could lead anywhere, and a pipe would be waited for."""
    for path in sorted(source.rglob("*")):
        if is_plain(path):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy, follow_symlinks=False)


def _base(project: Path, items_from: Path | None) -> Path:
    if items_from is not None:
        check_backup(items_from / DATABASE)
        return items_from / DATABASE
    backup = newest_good(project)
    if backup is not None:
        return backup.file
    try:
        check_backup(project / DATABASE)
    except ProjectRefused as refusal:
        raise KnownError(
            say(
                "There is neither a backup nor a sound database of {folder} to take the items from.",
                folder=project.name,
            ),
            say("Import the same data as a new project, and name that one with --items."),
        ) from refusal
    return project / DATABASE


def _check_schema(base: Path) -> None:
    """A trigger of somebody else would run while a copy of the base is brought up to date. Raises ProjectRefused."""
    reading = connect_for_reading(base)
    try:
        check_own(reading, base)
    finally:
        reading.close()
        tidy(base)


def _classes(project: Path, *, may_guess: bool) -> list[Label]:
    """The classes by the second record. Where that is older than `classes.jsonl`: those that decisions name, or none
    where the base has them.
    """
    lines = list(Journal(project / CLASSES).lines())
    if lines or not may_guess:
        return classes_in(lines[-1]) if lines else []
    named: dict[int, str] = {}
    for line in Journal(project / DECISIONS).lines():
        for key, name in (("label_id", "label"), ("predicted_id", "predicted")):
            if isinstance(line.get(key), int) and isinstance(line.get(name), str):
                named[line[key]] = line[name]
    return [Label(key, named[key], place) for place, key in enumerate(sorted(named))]


def _take_rows(store: Store, base: Path, only: Sequence[str] | None) -> None:
    """Copy rows from a database of any schema up to this one's. The items are as if nothing had been decided."""
    copy = store.folder / ".base.sqlite3"
    with told(base):
        copy_database(base, copy)  # somebody may be at work in it
    older = connect(copy)
    migrate(older, copy)
    older.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    older.close()
    database = store._database  # of the same house: nothing outside of it speaks SQL
    database.execute_sql("ATTACH DATABASE ? AS base", (str(copy),))
    database.execute_sql(
        "PRAGMA foreign_keys = off"
    )  # what refers to decisions is there before them; checked at the end
    try:
        with database.atomic():
            for table in _tables(database):
                if table not in (*_FOLDED, *_OF_ITS_OWN) and (only is None or table in only):
                    rows = f"base.{table} WHERE key <> '{FACT}'" if table == "project" else f"base.{table}"
                    database.execute_sql(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM {rows}")  # noqa: S608
            database.execute_sql("UPDATE item SET state = 'todo', label_id = NULL, findings = NULL")
            if only is not None:  # hidden truth by name: the ids of the classes are those of the other project
                database.execute_sql(
                    "UPDATE item SET truth_findings = NULL, truth_id = (SELECT l.id FROM main.label AS l"
                    " JOIN base.label AS b ON b.name = l.name WHERE b.id = item.truth_id)"
                )
    finally:
        database.execute_sql("PRAGMA foreign_keys = on")
        database.execute_sql("DETACH DATABASE base")
        for end in ("", "-wal", "-shm"):
            copy.with_name(f"{copy.name}{end}").unlink(missing_ok=True)


def _tables(database: peewee.SqliteDatabase) -> list[str]:
    rows = database.execute_sql("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [row[0] for row in rows]


def _compared(made: Store, others: Iterable[Path]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    names, found = [], set[int]()
    for file in others:
        try:
            with closing(Store.reader_of(file)) as other:
                count = other.decisions.count()
                found |= set(_differing(zip_longest(_all(other), _all(made, count)), _NAMED_AT_MOST))
        except (KnownError, peewee.OperationalError):  # damaged, or of a schema from before this one
            continue
        names.append(file.name)
    return tuple(names), tuple(sorted(found))


def _all(store: Store, count: int | None = None) -> Iterator[Decision]:
    last = store.decisions.count() if count is None else count
    for start in range(1, last + 1, 2000):
        yield from store.decisions.between(start, min(start + 1999, last))


def _differing(pairs: Iterable[tuple[Decision | None, Decision | None]], at_most: int) -> list[int]:
    found: list[int] = []
    for place, (left, right) in enumerate(pairs, 1):
        if left is None or right is None or left != right:
            found.append(left.number if left is not None else place)
            if len(found) >= at_most:
                break
    return found
