"""Whose hands a project was in: one that was last worked in elsewhere is not opened as it is, but taken over.

A workplace is the program with its folder of one user: its key signs the anchors of every record that is written here
(`store/record_anchors.py`). A project is ours while the last anchors that we made are still in its record, nobody else
wrote after them, and the folder is where we left it. Everything else is received (`receiving.py`), unless the person
says that it is their own: the workplaces that wrote in it until then are trusted with this one record, in this place.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError, ProjectDamaged, ProjectElsewhere
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.store.backups import backups_in
from hitl_desktop.store.record import FACT
from hitl_desktop.store.record_anchors import Anchors, other_records_of, own_key, place_of
from hitl_desktop.store.record_clock import account, computer
from hitl_desktop.store.store import Store
from hitl_desktop.store.trail import FORGED, Trail, trail_of
from hitl_desktop.workflow.settings import SettingsFile
from hitl_desktop.workflow.taking_turns import turn_at

_FILE: Final = "trusted.json"
_UNBEGUN: Final = "unbegun"
"""Stands for the id of a record where there is none yet: such projects are trusted by their place alone."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """Who may have written one record beside us, and where its folder may lie."""

    keys: frozenset[str] = frozenset()
    sessions: frozenset[tuple[str, str]] = frozenset()
    places: frozenset[str] = frozenset()
    folders: frozenset[int] = frozenset()

    def covers(self, place: tuple[str, int]) -> bool:
        """Whether it holds for a folder there."""
        return place[0] in self.places or place[1] in self.folders

    @property
    def others(self) -> int:
        """How many workplaces these are."""
        return len(self.keys) + len(self.sessions)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "keys": sorted(self.keys),
            "sessions": sorted(map(list, self.sessions)),
            "places": sorted(self.places),
            "folders": sorted(self.folders),
        }


NOBODY: Final = Trusted()


def check_here(folder: Path, file: Path | None = None, *, to_take: bool = False) -> None:
    """Refuse a project that was last in other hands, seen by its database or by this `file` of it, a backup.

    One that nobody here can write to may be read, but not where `to_take` says that what it holds is taken from it.
    Nothing is written. Raises ProjectElsewhere, and ProjectRefused for what is no project of ours or damaged.
    """
    folder = folder.resolve()
    if _needs_no_look(folder, to_take=to_take):
        return
    why = _why_elsewhere(folder, trail_of(folder, file))
    if why is not None:
        raise ProjectElsewhere(
            say("{why} It is not opened as it is.", why=why),
            say("Take it over: it is checked and copied, and stays as it is. Or trust it, if it is your own."),
            folder,
        )


def trust(folder: Path) -> int:
    """From now on the workplaces that wrote in this project until now may go on doing so, where it lies now.

    Returns how many those are beside this one. Raises ProjectRefused, and KnownError where it cannot be kept.
    """
    folder = folder.resolve()
    trail, (place, number) = _trail_or_that_of_a_backup(folder), place_of(folder)
    name = trail.record or _UNBEGUN
    with _changing() as kept:
        before = kept.get(name, NOBODY)
        kept[name] = Trusted(
            before.keys | (trail.keys - _own() - {FORGED}),
            before.sessions | (trail.unsigned - {_here()}),
            before.places | {place},
            before.folders | ({number} if number else set()),
        )
    return kept[name].others


def others_trusted(folder: Path, record: str | None = None) -> int | None:
    """How many other workplaces may write in this project, where it lies now; None where it was never trusted there.

    `record` is the id of its record, None to look it up. Raises ProjectRefused.
    """
    folder = folder.resolve()
    record = _trail_or_that_of_a_backup(folder).record if record is None else record
    found = _kept().get(record or _UNBEGUN, NOBODY)
    return found.others if found.covers(place_of(folder)) else None


def trust_no_longer(folder: Path, record: str | None = None) -> int | None:
    """Take back what `trust` allowed: what others write in this project from now on is not opened as it is.

    Returns how many others were trusted with it, None where it was not. What they wrote before we worked in it again
    stays ours. Raises ProjectRefused, and KnownError where it cannot be kept.
    """
    folder = folder.resolve()
    record = _trail_or_that_of_a_backup(folder).record if record is None else record
    others = others_trusted(folder, record)
    if others is None:
        return None
    with _changing() as kept:
        if record:
            kept.pop(record, None)
        else:  # of projects that have no record yet, the others stay
            place, number = place_of(folder)
            left = kept.get(_UNBEGUN, NOBODY)
            kept[_UNBEGUN] = replace(left, places=left.places - {place}, folders=left.folders - {number})
    return others


def record_of(store: Store) -> str:
    """What the record of an open project is called; "" before its first event."""
    kept = store.fact(FACT)
    return str(kept["id"]) if isinstance(kept, dict) and "id" in kept else ""


@contextmanager
def _changing() -> Iterator[dict[str, Trusted]]:
    """What is trusted, to be changed and kept as it is then. Raises KnownError where that cannot be done, also where
    the file is there and cannot be read for now: it would take what it says of other projects along.
    """
    path = paths.user_data() / "records" / _FILE
    with suppress(OSError):  # what cannot be made is told by what cannot be written into it
        path.parent.mkdir(parents=True, exist_ok=True)
    with turn_at(path.with_suffix(".lock")):
        try:
            path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise KnownError(
                say("Who is trusted cannot be read: {why}. Nothing was changed.", why=str(error.strerror)),
                say("Check the disk and the folder's permissions, then try again."),
            ) from error
        kept = _kept()
        yield kept
        _keep(path, kept)


def _keep(path: Path, kept: Mapping[str, Trusted]) -> None:
    with replacing(path, "ascii") as stream:
        json.dump({name: one.plain() for name, one in kept.items()}, stream, indent=2)


def _trail_or_that_of_a_backup(folder: Path) -> Trail:
    """Where the database is damaged or gone, its newest backup tells, which is then put back. Raises ProjectRefused."""
    try:
        return trail_of(folder)
    except ProjectDamaged:
        newest = next(iter(backups_in(folder)), None)
        if newest is None:
            raise
        return trail_of(folder, newest.file)


def _needs_no_look(folder: Path, *, to_take: bool) -> bool:
    """True for the program's own folder, where the keys lie as well, and for a folder that is only read anyway."""
    is_only_read = not to_take and not os.access(folder, os.W_OK)
    return is_only_read or folder.is_relative_to(paths.user_data().resolve())


def _why_elsewhere(folder: Path, trail: Trail) -> Sentence | None:
    kept = _kept().get(trail.record or _UNBEGUN, NOBODY)
    is_trusted = kept.covers(place_of(folder))
    if not trail.record:
        is_known = trail.is_unbegun and (is_trusted or _was_open_before_records(folder))
        return None if is_known else say("{folder} was not made on this computer.", folder=folder.name)
    own = _own()
    keys, sessions = trail.keys - own, trail.unsigned - {_here()}
    if is_trusted:
        keys, sessions = keys - kept.keys, sessions - kept.sessions
    if not own:  # no key can be kept here, so none of ours is missed: all there is to go by is what sessions say
        is_ours = bool(trail.unsigned) and not keys and not sessions
    else:
        is_ours = trail.left_at > 0 or trail.last_key in own
    if not is_ours and (keys or sessions or not is_trusted):
        return say("{folder} was not made on this computer.", folder=folder.name)
    if keys or sessions:
        return say("{folder} was worked in on another computer since it was last open here.", folder=folder.name)
    if trail.is_elsewhere and not is_trusted:
        return say("{folder} is not where this computer left it: it was moved, or is a copy.", folder=folder.name)
    return None


def _own() -> frozenset[str]:
    """The key of this workplace, made where there is none yet; nothing where none can be."""
    key = own_key()
    if key is None:
        Anchors(Path()).get_ready()
        key = own_key()
    return frozenset() if key is None else frozenset({key.hex()})


def _here() -> tuple[str, str]:
    return computer(), account()


def _was_open_before_records(folder: Path) -> bool:
    """Whether a project from before there were records was open here: the list of recent ones tells, and no record of
    ours was ever anchored in its place.
    """
    recent = SettingsFile(paths.user_config()).value.recent
    return any(one.folder == str(folder) for one in recent) and other_records_of(folder, ()) == 0


def _kept() -> dict[str, Trusted]:
    """What was trusted so far; nothing where that cannot be read."""
    try:
        said = json.loads((paths.user_data() / "records" / _FILE).read_text("ascii"))
        return {str(name): _trusted(one) for name, one in said.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _trusted(said: Any) -> Trusted:
    return Trusted(
        frozenset(str(key) for key in said["keys"]) - {FORGED},
        frozenset((str(computer), str(account)) for computer, account in said["sessions"]),
        frozenset(str(place) for place in said["places"]),
        frozenset(int(number) for number in said["folders"]),
    )
