"""Putting a backup in the place of a project's database. Nothing is deleted: what was there is kept beside it."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.backups import Backup, backups_in, check_backup, copy_database, newest_good
from hitl_desktop.store.database import DATABASE
from hitl_desktop.store.journal import make_folder_durable
from hitl_desktop.store.lock import ProjectLock
from hitl_desktop.store.record_extras import note_beside
from hitl_desktop.store.refusals import told
from hitl_desktop.store.replaying import Replayed
from hitl_desktop.store.second_record import SECOND_RECORD
from hitl_desktop.store.store import Store

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database. Left beside another one, a log would be mixed into it."""
_FRESH: Final = f".{DATABASE}.restoring"
_ROOM_LEFT: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: the backup's file, how many decisions there are now, how many of them came from the second record,
    and where the database that was there before is kept (None where there was none).
    """

    file: Path
    decisions: int
    replayed: Replayed
    kept: Path | None


def restore(folder: Path, file: Path | None = None) -> Restored:
    """Put a backup in the place of the database of the project in `folder`; None: the newest one that is sound.

    The database that was there, with the log beside it, moves to `replaced-<time>/` in the same folder. Decisions that
    `decisions.jsonl` has beyond the backup are taken from there.

    Raises KnownError when there is no good backup, the project is open or the disk refuses; the database is then as it
    was, or moved away as a whole: an empty one never takes its place.
    """
    if file is None and not backups_in(folder):  # perhaps no project at all: not even a lock is made there
        raise _none_good(folder)
    lock = ProjectLock(folder)
    try:
        source = file or _newest(folder).file
        counts = check_backup(source)
        fresh = _copied(source, folder)
        if check_backup(fresh) != counts:
            fresh.unlink()
            raise KnownError(
                say("The copy of the backup is not the same, and was not used."), say("Check the disk, then try again.")
            )
        kept = _move_away(folder)
        fresh.rename(folder / DATABASE)
        make_folder_durable(folder)
    except OSError as error:
        with suppress(OSError):
            (folder / _FRESH).unlink(missing_ok=True)
        raise DiskTrouble(
            say("The backup could not be restored: {why}.", why=str(error.strerror)),
            say("Nothing was deleted. Check the disk, then try again."),
        ) from error
    finally:
        lock.release()
    store = Store.open(folder)
    try:
        with store.transaction():
            done = {"at": datetime.now(UTC).isoformat(), "from": source.name, "replayed": store.replayed.decisions}
            store.set_fact("restored", [*store.fact("restored", []), done])
            store.note(Happening.RESTORED, source=source.name, back_to=store.chain.found)
            note_beside(store)
        return Restored(source, store.decisions.count(), store.replayed, kept)
    finally:
        store.close()


def _newest(folder: Path) -> Backup:
    found = newest_good(folder)
    if found is None:
        raise _none_good(folder)
    return found


def _none_good(folder: Path) -> KnownError:
    return KnownError(
        say("There is no backup of {folder} that is sound.", folder=folder.name),
        say("The decisions are in decisions.jsonl as well: see the documentation of rebuild."),
    )


def _copied(source: Path, folder: Path) -> Path:
    if shutil.disk_usage(folder).free < source.stat().st_size + _ROOM_LEFT:
        raise DiskTrouble(
            say("There is no room to restore a backup of {folder}.", folder=folder.name),
            say("Free some space, then try again."),
        )
    fresh = folder / _FRESH
    fresh.unlink(missing_ok=True)  # of a program that was killed at this
    with told(source):
        copy_database(source, fresh)
    return fresh


def _move_away(folder: Path) -> Path | None:
    """Move the database and what lies beside it to a folder of their own.

    The database goes first: were the program to end in between, the project has no database, which is told, and no
    older state of one, which would not be.
    """
    there = [name for name in (DATABASE, *(DATABASE + end for end in _BESIDE)) if (folder / name).exists()]
    if not there:
        return None
    kept = folder / f"replaced-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}"
    kept.mkdir()
    try:  # what may not fit on the disk comes before anything moves
        for name in SECOND_RECORD:
            if (folder / name).is_file():
                shutil.copyfile(folder / name, kept / name)
    except OSError:
        shutil.rmtree(kept, ignore_errors=True)
        raise
    for name in there:
        (folder / name).rename(kept / name)
    make_folder_durable(kept)
    return kept
