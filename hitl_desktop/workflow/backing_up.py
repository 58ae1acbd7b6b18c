"""Backups and restoring, as a person meets them: when one is made, which there are, and putting one back."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hitl_desktop.domain.backup_plan import EVERY, is_due
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress, never_cancelled, no_progress
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.store.backups import Backup, backups_in, make_backup, thin
from hitl_desktop.store.restoring import Restored, restore
from hitl_desktop.store.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made and checked, and how many older ones were deleted then."""

    backup: Backup
    thinned: int


def back_up(folder: Path, progress: Progress = no_progress, cancelled: CancelCheck = never_cancelled) -> BackedUp:
    """Make a backup of the project in `folder`, check it, and then delete those that are no longer kept.

    May run in another thread beside the open project. Raises KnownError, Cancelled; older backups stay then.
    """
    made = make_backup(folder, progress, cancelled)
    return BackedUp(made, len(thin(folder, datetime.now(UTC))))


def backup_is_due(store: Store) -> bool:
    """True when the oldest change that no backup has is half an hour old."""
    changed = store.changed_at
    return is_due(None if changed is None else timedelta(seconds=time.monotonic() - changed))


def back_up_after_command(folder: Path) -> None:
    """After a command of the command line changed a project: a backup, unless there is one of the last half hour.

    What hinders it is logged, and no reason for the command to fail.
    """
    newest = next(iter(backups_in(folder)), None)
    if newest is not None and datetime.now(UTC) - newest.made < EVERY:
        return
    try:
        back_up(folder)
    except KnownError as error:
        _log.warning("No backup: %s", error.sentence.english())


def first_backup(folder: Path) -> None:
    """After a project was made: from here on its items can be had back. What hinders it is logged."""
    try:
        make_backup(folder)
    except KnownError as error:
        _log.warning("No first backup: %s", error.sentence.english())


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
    "Restored",
    "back_up",
    "back_up_after_command",
    "backup_is_due",
    "backups_of",
    "first_backup",
    "restore",
    "told_of",
]
