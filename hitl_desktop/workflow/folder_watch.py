"""Watching where a project's data lies: which files are new and complete. Looks, and changes nothing.

Names are compared without opening a file, and sizes are asked of new names only, so that a look at a large folder over
a network stays cheap. A file counts as complete when neither it nor any other new file of its folder has changed for a
while: the files of a DICOM series come one after another, and a series is one item.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, never_cancelled
from hitl_desktop.exchange.image_folder import PROJECT_SUFFIX
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.kinds import KINDS
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.find_images import IMAGE_SUFFIXES
from hitl_desktop.workflow.project import Project

QUIET_SECONDS: Final = 3.0
"""A file that has not changed for so long is taken to be complete."""
_START: Final = 256
_WATCHES: Final = "watches"
_LOOKED_AT: Final = "looked_at"

Stamp = tuple[int, int]
"""Size in bytes, and time of the last change in nanoseconds."""


def watches(project: Project) -> bool:
    """True when the window looks for new items of this project by itself."""
    return bool(project.store.fact(_WATCHES, False))


def set_watching(project: Project, watch: bool) -> Changes:
    """Have the window look for new items where the project's data lies, or not."""
    with project.store.transaction():
        project.store.set_fact(_WATCHES, watch)
    return Changes(settings=True)


@dataclass(frozen=True, slots=True)
class Ready:
    """What is new and complete: files; `table` is the stamp of a table that changed, None for pictures.

    `is_waiting`: there is more that may not be complete yet.
    """

    files: tuple[Path, ...] = ()
    table: Stamp | None = None
    is_waiting: bool = False


class Watch:
    """Looks for new files of one project, again and again. Keeps what it saw last; not for two threads at once."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._since: dict[str, tuple[Stamp, float]] = {}
        self._given: dict[str, Stamp] = {}
        self._known: tuple[tuple[int, int], npt.NDArray[np.int64]] | None = None

    def look(self, quiet: float = QUIET_SECONDS, cancelled: CancelCheck = never_cancelled) -> Ready:
        """The files that are new and have not changed for `quiet` seconds, as far as earlier looks tell.

        What was given out is not given again unless it changes. Raises Cancelled, ProjectRefused; what cannot be
        looked at is passed over until it can be.
        """
        store = Store.reader(self._folder)
        try:
            root = Path(store.fact("data_root", ""))
            is_table = KINDS[store.fact("kind")].from_rows
            last = store.fact(_LOOKED_AT)
            known = np.empty(0, np.int64) if is_table else self._known_in(store)
        finally:
            store.close()
        if is_table:
            return self._table(root, None if last is None else (int(last[0]), int(last[1])), quiet)
        new = dict(_new_files(root, known, cancelled))
        ready = self._settled(new, quiet)
        self._given |= {name: new[name] for name in ready}
        files = tuple(root / name for name in ready if _is_picture(root / name))
        return Ready(files, is_waiting=any(self._given.get(name) != stamp for name, stamp in new.items()))

    def _known_in(self, store: Store) -> npt.NDArray[np.int64]:
        """Hashes of the names that are no news, read anew only when items or batches have come."""
        there = (store.items.count(), len(store.batches.all()))
        if self._known is None or self._known[0] != there:
            self._known = there, _known(store)
        return self._known[1]

    def _table(self, path: Path, last: Stamp | None, quiet: float) -> Ready:
        stamp = _stamp(path)
        if stamp is None or stamp == last or self._given.get("") == stamp:
            return Ready()
        if not self._settled({"": stamp}, quiet):
            return Ready(is_waiting=True)
        self._given[""] = stamp
        return Ready((path,), stamp)

    def _settled(self, new: dict[str, Stamp], quiet: float) -> list[str]:
        """The new files that are as they were for long enough, in folders of which that is true of all new files."""
        now = self._clock()
        since = {}
        for name, stamp in new.items():
            before = self._since.get(name)
            since[name] = before if before is not None and before[0] == stamp else (stamp, now)
        self._since = since
        changing = {name.rpartition("/")[0] for name, (_, began) in since.items() if now - began < quiet}
        return [
            name
            for name, stamp in new.items()
            if name.rpartition("/")[0] not in changing and self._given.get(name) != stamp
        ]


def note_looked(project: Project, ready: Ready) -> None:
    """Note as which version a table was read, so that it is not read again before it changes."""
    if ready.table is not None:
        with project.store.transaction():
            project.store.set_fact(_LOOKED_AT, list(ready.table))


def _known(store: Store) -> npt.NDArray[np.int64]:
    """Hashes of the names that are no news: items, files of series, and what was left out. Sorted."""
    left_out = [note.file for note in store.items.notes()]
    names = (*store.items.paths(), *store.item_files.paths(), *left_out)
    return np.unique(np.fromiter(map(hash, names), np.int64, len(names)))


def _new_files(root: Path, known: npt.NDArray[np.int64], cancelled: CancelCheck) -> Iterator[tuple[str, Stamp]]:
    folders = [""]
    while folders:
        if cancelled():
            raise Cancelled
        folder = folders.pop()
        names: list[str] = []
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name.endswith(PROJECT_SUFFIX):
                        continue
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    (folders if entry.is_dir(follow_symlinks=False) else names).append(path)
        except OSError:  # gone, or not to be read now: the next look tells
            continue
        hashes = np.fromiter((hash(shown(name)) for name in names), np.int64, len(names))
        exact = np.fromiter(map(hash, names), np.int64, len(names))
        for place in np.flatnonzero(~np.isin(exact, known) & ~np.isin(hashes, known)).tolist():
            stamp = _stamp(root / names[place])
            if stamp is not None:
                yield names[place], stamp


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns) if path.is_file() else None


def _is_picture(path: Path) -> bool:
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return True
    from hitl_desktop.kinds.stacks import is_picture

    try:
        with path.open("rb") as file:
            return is_picture(file.read(_START))
    except OSError:
        return False
