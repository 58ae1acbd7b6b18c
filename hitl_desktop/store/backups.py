"""Backups of a project's database: whole copies in `backups/`, each opened again and checked before it counts."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hitl_desktop.domain.backup_plan import kept
from hitl_desktop.domain.errors import Cancelled, DiskTrouble, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, never_cancelled, no_progress, no_step, stop_if
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.connection import ProjectDatabase
from hitl_desktop.store.database import DATABASE, check_is_there, check_mark, check_sound, connect_for_reading, tidy
from hitl_desktop.store.journal import make_file_durable, make_folder_durable
from hitl_desktop.store.migrate import current_version
from hitl_desktop.store.pulse import pulsing
from hitl_desktop.store.refusals import told

FOLDER: Final = "backups"
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_USUAL, _BEFORE_MIGRATION = "backup-", "before-migration-"
_SUFFIX: Final = ".sqlite3"
_PAGES_AT_ONCE = 2048
_ROOM_LEFT: Final = 16 * 2**20
"""So many bytes have to be left over: decisions go before backups."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its file, when it was made, its size in bytes, the number of its last decision (None where its name
    does not say), and whether it was made before a migration.
    """

    file: Path
    made: datetime
    size: int
    decisions: int | None = None
    before_migration: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What a database holds: items, the number of the last decision and that of the last operation on classes."""

    items: int
    decisions: int
    operations: int


def backups_in(folder: Path) -> list[Backup]:
    """The backups of the project in `folder`, newest first. Opens none of them.

    Where one is of a time to come, the clock was set back since it was made, or ahead when it was: then the numbers of
    their last decisions say which is newer.
    """
    read = [_backup(file) for file in (folder / FOLDER).glob(f"*{_SUFFIX}")]
    found = [backup for backup in read if backup is not None]
    now = datetime.now(UTC)
    was_set = any(backup.made > now for backup in found)

    def age(backup: Backup) -> tuple[int, datetime, str]:
        count = -1 if backup.decisions is None else backup.decisions
        return (count if was_set else 0), backup.made, backup.file.name

    return sorted(found, key=age, reverse=True)


def make_backup(project: Path, progress: Progress = no_progress, cancelled: CancelCheck = never_cancelled) -> Backup:
    """Copy a project's database as it is at this moment, through SQLite's backup interface, and check the copy.

    May run beside the one that writes, in another thread or process: it reads through a connection of its own, from
    one snapshot, and takes no lock that a decision waits for. Only a copy that was opened again, is sound and holds
    as many items and decisions gets its name.

    Raises DiskTrouble when there is no room or the disk fails, ProjectDamaged when the database or its copy is
    damaged, Cancelled. Nothing is left behind then.
    """
    database, folder = project / DATABASE, project / FOLDER
    check_is_there(database)
    made = datetime.now(UTC)
    part = folder / f".{made.strftime(_STAMP)}.part"
    try:
        folder.mkdir(exist_ok=True)
        _clear_away(folder)
        _check_room(database, folder)
        with told(database):
            counts = copy_database(database, part, progress, cancelled)
        if counts != check_backup(part, stop_if(cancelled)):
            raise KnownError(
                say("The backup is not the same as the project, and was not kept."),
                say("Check the disk, then try again."),
            )
        file = folder / f"{_USUAL}{made.strftime(_STAMP)}-{counts.decisions}{_SUFFIX}"
        part.rename(file)
        make_folder_durable(folder)
    except OSError as error:
        raise DiskTrouble(
            say("The backup could not be made: {why}.", why=str(error.strerror)),
            say("Your decisions are saved. Check the disk, then try again."),
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(file, made, file.stat().st_size, counts.decisions)


def check_backup(file: Path, step: Step = no_step) -> Counts:
    """Open a backup read-only and look whether it is sound and ours; of an older version of the program it is as good.

    `step` is called while SQLite looks, and may raise to stop. Raises ProjectDamaged or ProjectRefused.
    """
    database = connect_for_reading(file)
    try:
        check_mark(database, file, current_version())
        with pulsing(database.connection(), step):
            check_sound(database, file, whole=True)
        with told(file):
            return _counts(database)
    finally:
        database.close()


def thin(folder: Path, now: datetime) -> Sequence[Backup]:
    """Delete the backups that are no longer kept, newest last; returns those. Call it once a newer one was checked.

    What was made before a migration stays. A file that cannot be deleted stays too.
    """
    usual = [backup for backup in backups_in(folder) if not backup.before_migration]
    stay = kept((backup.made for backup in usual), now)
    gone = []
    for backup in reversed(usual):
        if backup.made not in stay:
            try:
                backup.file.unlink()
            except OSError:
                continue
            gone.append(backup)
    return gone


def newest_good(folder: Path) -> Backup | None:
    """The newest backup that is sound; None where there is none."""
    for backup in backups_in(folder):
        try:
            check_backup(backup.file)
        except KnownError:
            continue
        return backup
    return None


def copy_database(
    database: Path, part: Path, progress: Progress = no_progress, cancelled: CancelCheck = never_cancelled
) -> Counts:
    """Copy a database with what is in the log beside it to the one file `part`, and make that durable.

    Raises what `told` makes of an error of SQLite or the disk, Cancelled.
    """

    def step(_status: int, remaining: int, total: int) -> None:
        if cancelled():
            raise Cancelled
        progress(total - remaining, total, "")

    source = connect_for_reading(database)
    try:
        with closing(sqlite3.connect(part)) as copy:
            copy.execute("PRAGMA synchronous = off")  # made durable as a whole below
            source.begin("DEFERRED")
            counts = _counts(source)  # takes the snapshot: what is decided from now on does not begin the copy anew
            source.connection().backup(copy, pages=_PAGES_AT_ONCE, progress=step)
            source.rollback()
            # One file that says it all, and that can be opened where nothing may be written.
            copy.execute("PRAGMA journal_mode = delete")
    finally:
        source.close()
        tidy(database)
    make_file_durable(part)
    return counts


def _counts(database: ProjectDatabase) -> Counts:
    def number(sql: str) -> int:
        return int(database.execute_sql(sql).fetchone()[0])

    has_operations = number("SELECT count(*) FROM sqlite_master WHERE name = 'class_operation'")
    return Counts(
        number("SELECT count(*) FROM item"),
        number("SELECT coalesce(max(number), 0) FROM decision"),
        number("SELECT coalesce(max(number), 0) FROM class_operation") if has_operations else 0,
    )


def _check_room(database: Path, folder: Path) -> None:
    log = database.with_name(f"{database.name}-wal")
    needed = database.stat().st_size + (log.stat().st_size if log.exists() else 0)
    if shutil.disk_usage(folder).free < needed + _ROOM_LEFT:
        raise DiskTrouble(
            say("There is no room for a backup of {folder}.", folder=database.parent.name),
            say("Your decisions are saved. Free some space, then try again."),
        )


def _clear_away(folder: Path) -> None:
    """What is left of a backup that did not come to its end. One that is being made beside this one is in use."""
    for left in folder.glob(".*.part*"):
        if datetime.now(UTC).timestamp() - left.stat().st_mtime > 3600:
            left.unlink(missing_ok=True)


def _backup(file: Path) -> Backup | None:
    for prefix in (_USUAL, _BEFORE_MIGRATION):
        if file.name.startswith(prefix):
            try:
                stamp, _, count = file.name.removeprefix(prefix).removesuffix(_SUFFIX).partition("-")
                made = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
                decisions = int(count) if count else None
                return Backup(file, made, file.stat().st_size, decisions, prefix == _BEFORE_MIGRATION)
            except (ValueError, OSError):
                return None
    return None
