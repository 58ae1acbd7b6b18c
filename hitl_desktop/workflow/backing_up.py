"""Backups and restoring, as a person meets them: when one is made, which there are, and putting one back."""

import logging
import shutil
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from hitl_desktop.domain.backup_plan import EVERY, is_due
from hitl_desktop.domain.errors import Cancelled, DiskTrouble, KnownError, ProjectElsewhere, ProjectRefused
from hitl_desktop.domain.protocols import CancelCheck, Progress, never_cancelled, no_progress
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.store.backups import Backup, backups_in, make_backup, thin
from hitl_desktop.store.database import DATABASE, tidy
from hitl_desktop.store.rebuilding import Rebuilt, differences
from hitl_desktop.store.rebuilding import rebuild as make_anew
from hitl_desktop.store.restoring import Restored
from hitl_desktop.store.restoring import restore as put_back
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.half_done import part_of
from hitl_desktop.workflow.put_in_place import put_in_place
from hitl_desktop.workflow.workplaces import check_here

_log = logging.getLogger(__name__)
COMPARED_AT_MOST: Final = 50_000
COMPARED_ON_LEAVING: Final = 2_000
"""More would make closing wait."""
_BREATH_SECONDS: Final = 0.0005
"""A window beside the thread needs the interpreter several times per event, and waits for it each time."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made and checked, how many older ones were deleted then, and how many decisions are not the
    same in the database and in the second record.
    """

    backup: Backup
    thinned: int
    differing: int = 0


def back_up(
    folder: Path,
    progress: Progress = no_progress,
    cancelled: CancelCheck = never_cancelled,
    *,
    compared_at_most: int = COMPARED_AT_MOST,
) -> BackedUp:
    """Make a backup of the project in `folder`, check it, compare the database with the second record (where there are
    not more decisions than so many), and then delete the backups that are no longer kept.

    May run in another thread beside the open project. Raises KnownError, Cancelled; older backups stay then.
    """

    def breathe() -> None:
        if cancelled():
            raise Cancelled
        time.sleep(_BREATH_SECONDS)

    made, differing = make_backup(folder, progress, cancelled), 0
    with suppress(ProjectRefused), closing(Store.reader(folder)) as store:  # one of an older schema is not read here
        if store.decisions.count() <= compared_at_most:
            differing = len(differences(store, is_in_use=True, breathe=breathe))
    tidy(folder / DATABASE)
    return BackedUp(made, len(thin(folder, datetime.now(UTC))), differing)


def backup_is_due(store: Store) -> bool:
    """True when the oldest change that no backup has is half an hour old."""
    changed = store.changed_at
    return is_due(None if changed is None else timedelta(seconds=time.monotonic() - changed))


def back_up_after_command(folder: Path, *, at_once: bool = False) -> None:
    """After a command of the command line changed a project: a backup, unless there is one of the last half hour; with
    `at_once` (items were added: they are in no second record) even then.

    What hinders it is logged, and no reason for the command to fail.
    """
    now = datetime.now(UTC)
    if not at_once and any(timedelta(0) <= now - backup.made < EVERY for backup in backups_in(folder)):
        return  # one of a time to come says nothing: the clock was wrong
    try:
        back_up(folder)
    except KnownError as error:
        _log.warning("No backup: %s", error.sentence.english())


def first_backup(folder: Path, cancelled: CancelCheck = never_cancelled) -> None:
    """After a project was made: from here on its items can be had back. What hinders it is logged. Raises Cancelled."""
    try:
        make_backup(folder, no_progress, cancelled)
    except KnownError as error:
        _log.warning("No first backup: %s", error.sentence.english())


def restore(folder: Path, file: Path | None = None) -> Restored:
    """Put a backup in the place of the database, as `store/restoring.py` says, of a project that was last in our hands:
    the backup tells, as the database may be gone. Raises ProjectElsewhere, KnownError.
    """
    newest = file or next((backup.file for backup in backups_in(folder)), None)
    if newest is not None and newest.is_file():
        check_here(folder, newest)
    return put_back(folder, file)


def rebuild(folder: Path, out: Path, items_from: Path | None = None) -> Rebuilt:
    """Make the project `out` from the second record of `folder`, whole or not at all: see `store/rebuilding.py`.

    Of projects that were last in our hands: what others wrote is taken over first, which checks it. Raises
    ProjectElsewhere, KnownError.
    """
    for one in (folder, items_from):
        if one is not None:
            _check_hands(one)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise KnownError(
            say("{name} already exists and is not empty.", name=out.name), say("Choose another name for the project.")
        )
    part = part_of(out)
    try:
        made = make_anew(folder, part, items_from)
        put_in_place(part, out)
    except OSError as error:
        raise DiskTrouble(
            say("The project could not be made anew: {why}.", why=str(error.strerror)),
            say("Nothing was changed. Check the disk, then try again."),
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _check_hands(folder: Path) -> None:
    """As far as anything there can say whose it is: its database, and else its backups. Raises ProjectElsewhere."""
    for file in (None, *(backup.file for backup in backups_in(folder))):
        try:
            check_here(folder, file, to_take=True)
        except ProjectElsewhere:
            raise
        except ProjectRefused:  # gone or damaged, and nothing is taken from it
            continue
        return


def told_of(restored: Restored) -> Sentence:
    """What restoring has done, in words."""
    count = restored.replayed.decisions
    if not count:
        return say("The backup is in place. What was there before is kept beside it.")
    return say_n(
        "The backup is in place, and {n} decision made since was taken from the second record.",
        "The backup is in place, and {n} decisions made since were taken from the second record.",
        count,
    )


def backups_of(folder: Path) -> Sequence[Backup]:
    """The backups of a project, newest first."""
    return backups_in(folder)


__all__ = [
    "BackedUp",
    "Backup",
    "Rebuilt",
    "Restored",
    "back_up",
    "back_up_after_command",
    "backup_is_due",
    "backups_of",
    "first_backup",
    "rebuild",
    "restore",
    "told_of",
]
