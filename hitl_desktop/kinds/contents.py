"""Whether a file still holds what an item is known by: looked at before anything of it is shown."""

import hashlib
import stat
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Final

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.protocols import Step, no_step
from hitl_desktop.domain.sentences import say
from hitl_desktop.paths import open_plain

CHANGED: Final = say("The file has changed since the import. Its decisions belong to the old content.")
_KEPT: Final = 20_000
_PIECE: Final = 2**20
_DIGEST: Final = frozenset("0123456789abcdef")
_DIGEST_LENGTH: Final = 64

_Stamp = tuple[tuple[str, int, int, int, int], ...]


class Contents:
    """Compares files with the digest of their item, and remembers which fitted until they are written again.

    A decision is about a content. Somebody who put another picture under the same name would have it decided as the
    old one, and nobody would ever notice. For several threads.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._lock = Lock()
        self._known: OrderedDict[str, _Stamp] = OrderedDict()

    def check(self, digest: str, files: Sequence[Path], step: Step = no_step) -> None:
        """Raise `UnreadableItem` when the files, whole, are no longer what `digest` says.

        `digest` is that of one file, or of a series (`series_digest`). Files that cannot be read, or are missing, are
        left to whoever opens them: they say what is wrong. So is anything whose `digest` is no digest (a preview).
        `step` is called after every piece that is read, and may raise to stop.
        """
        stamp = _stamp(files)
        if stamp is None or len(digest) != _DIGEST_LENGTH or not _DIGEST.issuperset(digest):
            return
        with self._lock:
            if self._known.get(digest) == stamp:
                self._known.move_to_end(digest)
                return
        try:
            found = [file_digest(path, step) for path in files]
        except OSError:
            return
        if (found[0] if len(found) == 1 else series_digest(found)) != digest:
            raise UnreadableItem(CHANGED)
        with self._lock:
            self._known[digest] = stamp
            if len(self._known) > self._kept:
                self._known.popitem(last=False)


def file_digest(path: Path, step: Step = no_step) -> str:
    """The SHA-256 of a file, in hex; `step` is called after every piece and may raise to stop. Raises OSError."""
    digest = hashlib.sha256()
    with open_plain(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            step()
    return digest.hexdigest()


def series_digest(digests: Sequence[str]) -> str:
    """What a series is known by: the hash of the hashes of its files, in whatever order or place they lie."""
    return hashlib.sha256("\n".join(["series", *sorted(digests)]).encode("ascii")).hexdigest()


def _stamp(files: Sequence[Path]) -> _Stamp | None:
    """What changes when a file is written or replaced; None unless all are regular files that are there.

    Some programs set the time of writing back; that of the last change of any sort they cannot (Windows has none).
    """
    found = []
    for path in files:
        try:
            status = path.stat()
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        found.append((str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
    return tuple(found) or None
