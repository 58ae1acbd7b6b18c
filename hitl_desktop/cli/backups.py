"""The commands for backups: making one, listing them, putting one back."""

import argparse
from pathlib import Path
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.workflow.backing_up import Backup, back_up, backups_of, rebuild, restore
from hitl_desktop.workflow.verifying import put_on_record


def backup(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Make a backup, check it, and delete those that are no longer kept."""
    folder = arguments.project.absolute()
    made = back_up(folder)
    put_on_record(folder, Happening.BACKED_UP, file=made.backup.file.name)
    words = f"The backup was written to {made.backup.file} and checked."
    if made.thinned:
        words += f" Older ones that are no longer kept were deleted: {made.thinned}."
    if made.differing:
        words += f" {made.differing:,} decisions are not the same in decisions.jsonl: rebuild says which."
    return _answer(made.backup) | {"thinned": made.thinned, "differing": made.differing}, words


def restore_backup(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Put a backup in the place of the database, or list the backups. Raises KnownError when there is none."""
    folder = arguments.project.absolute()
    if arguments.list:
        found = backups_of(folder)
        return [_answer(backup) for backup in found], "\n".join(map(_line, found)) or "There are no backups."
    done = restore(folder, _file(folder, arguments.source) if arguments.source else None)
    answer = {
        "file": str(done.file),
        "decisions": done.decisions,
        "replayed": done.replayed.decisions,
        "unplaced": done.replayed.unplaced,
        "kept": str(done.kept) if done.kept else None,
    }
    words = f"{done.file.name} is in place: {done.decisions:,} decisions, {done.replayed.decisions:,} of them taken"
    words += " from decisions.jsonl."
    if done.replayed.unplaced:
        words += f" {done.replayed.unplaced:,} could not be placed, since their items are not in the backup."
    if done.kept:
        words += f" What was there before is kept in {done.kept}."
    return answer, words


def rebuild_project(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Make a project anew from the second record. Raises KnownError when there is none, or nothing has the items."""
    items_from = arguments.items.absolute() if arguments.items else None
    made = rebuild(arguments.project.absolute(), arguments.out.absolute(), items_from)
    answer = {
        "decisions": made.decisions,
        "unplaced": made.unplaced,
        "items_from": str(made.base),
        "compared_with": list(made.compared_with),
        "differing": list(made.differing),
        "loose": made.loose,
    }
    words = f"{made.decisions:,} decisions from decisions.jsonl; the items are from {made.base.name}."
    if made.unplaced:
        words += f" {made.unplaced:,} could not be placed, since their items are not there."
    if made.loose:
        words += f" {made.loose:,} rows refer to something that is not there."
    if made.differing:
        words += f" These decisions differ in {', '.join(made.compared_with)}: "
        words += ", ".join(map(str, made.differing[:20])) + (", …" if len(made.differing) > 20 else "") + "."
    elif made.compared_with:
        words += f" The same as in {' and in '.join(made.compared_with)}."
    return answer, words


def _file(folder: Path, given: Path) -> Path:
    """A backup by its path, or by its name among the backups. Raises KnownError when there is none."""
    for file in (given, folder / "backups" / given):
        if file.is_file():
            return file.absolute()
    raise KnownError(f"There is no backup {given}.", "List them with --list.")


def _answer(backup: Backup) -> dict[str, Any]:
    return {
        "file": str(backup.file),
        "made_utc": backup.made.isoformat(),
        "decisions": backup.decisions,
        "bytes": backup.size,
        "before_migration": backup.before_migration,
    }


def _line(backup: Backup) -> str:
    count = "" if backup.decisions is None else f"{backup.decisions:>9,} decisions  "
    return f"{backup.made:%Y-%m-%d %H:%M:%S} UTC  {count}{backup.size:>13,} bytes  {backup.file.name}"
