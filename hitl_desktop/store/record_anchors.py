"""Anchors: "event n had this hash", signed, and kept where whoever changes the database does not look.

The key is the user's own: it lies in the program's folder, readable by nobody else. Whoever has that key, or the right
to read that folder, can write a record anew and sign it: a record is tamper-evident, not tamper-proof.
"""

import errno
import hashlib
import json
import logging
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from hitl_desktop import paths
from hitl_desktop.domain.record_events import anchor_message

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_log = logging.getLogger(__name__)
ANCHORS: Final = "anchors.jsonl"
"""Beside the database, in the project."""
_KEY: Final = "record-key"
_FOLDER: Final = "records"
_ID: Final = re.compile("[0-9a-f]{32}")
_LONGEST: Final = 65_536
"""Bytes of a line, and more."""
_MOST_BYTES: Final = 256 * 2**20
"""A thousand times what a million events come to: what is larger is not read."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor: the record and the event, its hash, when it was signed, the public key and the signature."""

    project: str
    number: int
    hash: bytes
    at_utc: str
    key: bytes
    signature: bytes

    def plain(self) -> dict[str, Any]:
        """As a line of a file has it."""
        return {
            "project": self.project,
            "number": self.number,
            "hash": self.hash.hex(),
            "at": self.at_utc,
            "key": self.key.hex(),
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True, slots=True)
class RecordIds:
    """The ids that a record has had, each with the number of its first event: a copy goes on under one of its own."""

    since: tuple[tuple[int, str], ...]

    def at(self, number: int) -> str:
        """The id of the record at an event; "" before its first."""
        return next((project for first, project in reversed(self.since) if first <= number), "")

    def all(self) -> frozenset[str]:
        """Every one."""
        return frozenset(project for _, project in self.since)


class Anchors:
    """Makes and keeps the anchors of the project in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._private: Ed25519PrivateKey | None = None

    def made(self, project: str, number: int, digest: bytes, at_utc: str) -> Anchor | None:
        """A signed anchor; None where there is no key and none can be made: a decision is not refused for that."""
        try:
            private = self._private = self._private or _private_key()
        except (OSError, ValueError) as error:
            _log.warning("The record could not be anchored: %s", type(error).__name__)
            return None
        signature = private.sign(anchor_message(project, number, digest, at_utc))
        return Anchor(project, number, digest, at_utc, private.public_key().public_bytes_raw(), signature)

    def get_ready(self) -> None:
        """Have what signing needs in memory: the hundredth decision is not to wait for it."""
        with suppress(OSError, ValueError):
            self._private = self._private or _private_key()

    def set_aside(self) -> None:
        """What lies beside the database is of an earlier record: it is kept under another name."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        with suppress(OSError):
            (self._folder / ANCHORS).rename(self._folder / f"anchors-set-aside-{stamp}.jsonl")

    def keep_outside(self, anchors: Sequence[Anchor]) -> None:
        """Write anchors beside the database and to the program's own folder, there with a digest of where it lies."""
        place = {"place": _place(self._folder), "folder": _folder_number(self._folder)}
        for path, told in ((self._folder / ANCHORS, {}), (outside_file(anchors[0].project), place)):
            try:
                if told:  # a project that is gone is not to come back as an empty folder
                    path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab+") as file:
                    _cut_torn(file)
                    lines = "".join(json.dumps(anchor.plain() | told) + "\n" for anchor in anchors)
                    file.write(lines.encode("ascii"))
            except OSError as error:
                _log.warning("An anchor could not be written: %s", type(error).__name__)

    def lie_here(self, project: str) -> None:
        """The project was built under another name: the last anchor outside says where it lies now. What hinders it
        costs a question when the folder is not known by its number.
        """
        file = outside_file(project)
        with suppress(OSError, ValueError, IndexError):
            *lines, last = _lines(file)
            said = json.loads(last) | {"place": _place(self._folder), "folder": _folder_number(self._folder)}
            part = file.with_name(f".{file.name}.{os.getpid()}.part")
            part.write_text("".join(f"{line}\n" for line in [*lines, json.dumps(said)]), "ascii")
            part.replace(file)

    def outside(self, project: str) -> list[Anchor]:
        """The anchors of the record that lie outside, in the order in which they were made."""
        with suppress(OSError):
            return read_anchors(outside_file(project))[0]
        return []

    def are_elsewhere(self, project: str) -> bool:
        """True when the last anchor of the record outside was made for another folder: neither its path nor the number
        that the file system gives it are those of this one.
        """
        try:
            *_, last = _lines(outside_file(project))
            said = json.loads(last)
            return bool(said["place"] != _place(self._folder) and said["folder"] != _folder_number(self._folder))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return False


def outside_file(project: str) -> Path:
    """Where the anchors of a record lie outside of its project. What is no id of ours never names a file by itself."""
    name = project if is_record_id(project) else hashlib.sha256(project.encode("utf-8", "surrogatepass")).hexdigest()
    return paths.user_data() / _FOLDER / f"{name}.jsonl"


def is_record_id(project: object) -> bool:
    """True for an id as records get them; whoever sends a project may have written anything there."""
    return isinstance(project, str) and _ID.fullmatch(project) is not None


def anchors_of_own(project: str) -> Iterator[Anchor]:
    """The anchors outside of a record that the key of this user signed, newest first. Raises nothing."""
    key, lines = own_key(), list[str]()
    with suppress(OSError):
        lines = list(_lines(outside_file(project)))
    for line in reversed(lines):
        anchor = _anchor(line)
        if anchor is not None and anchor.key == key:
            yield anchor


def read_anchors(path: Path) -> tuple[list[Anchor], int]:
    """The anchors in a file, and how many of its lines are none. A torn last line is left out. Raises OSError."""
    found, wrong = [], 0
    for line in _lines(path):
        anchor = _anchor(line)
        if anchor is None:
            wrong += 1
        else:
            found.append(anchor)
    return found, wrong


def is_signed(anchor: Anchor, key: bytes | None = None) -> bool:
    """Whether the anchor was signed by the owner of its key, or of this `key`."""
    from cryptography.exceptions import InvalidSignature

    message = anchor_message(anchor.project, anchor.number, anchor.hash, anchor.at_utc)
    try:
        _public_key(key or anchor.key).verify(anchor.signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(16)
def _public_key(key: bytes) -> "Ed25519PublicKey":
    """Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(key)


def own_key() -> bytes | None:
    """The public key of this user; None before there is one."""
    try:
        return _private_key(make=False).public_key().public_bytes_raw()
    except (OSError, ValueError):
        return None


def _private_key(*, make: bool = True) -> "Ed25519PrivateKey":
    """The key of this user, made when it is first needed, or its file is damaged. Raises OSError, ValueError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = paths.user_data() / _FOLDER / _KEY
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    except FileNotFoundError:
        if not make:
            raise
    except ValueError:  # damaged: what it signed stays as it is, and from now on another one signs
        if not make:
            raise
        path.rename(path.with_name(f"{_KEY}.broken-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}"))
        _log.warning("The key that signs records was damaged: it was set aside, and a new one made")
    private = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{_KEY}.{os.getpid()}")
    with suppress(FileNotFoundError):
        part.unlink()
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, private.private_bytes_raw().hex().encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(part, path)  # another program may have made one meanwhile: the first stays
    except FileExistsError:
        return _private_key(make=False)
    except OSError:  # no hard links here
        part.rename(path)
    finally:
        with suppress(OSError):
            part.unlink()
    return private


def _lines(path: Path) -> Iterator[str]:
    with paths.open_plain(path) as file:
        text = file.read(_MOST_BYTES + 1).decode("ascii", "replace")
    if len(text) > _MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    whole = text[: text.rfind("\n") + 1]
    return iter(whole.splitlines())


def _anchor(line: str) -> Anchor | None:
    try:
        said: dict[str, Any] = json.loads(line)
        raw = [bytes.fromhex(said[name]) for name in ("hash", "key", "signature")]
        return Anchor(str(said["project"]), int(said["number"]), raw[0], str(said["at"]), raw[1], raw[2])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def place_of(folder: Path) -> tuple[str, int]:
    """Where a folder lies, as anchors outside say it: a digest of its path, and its number in the file system."""
    return _place(folder), _folder_number(folder)


def other_records_of(folder: Path, known: Collection[str]) -> int:
    """How many other records this computer has anchors of that lay in the same folder. Raises nothing."""
    place, found = f'"place": "{_place(folder)}"', 0
    with suppress(OSError):
        for path in (paths.user_data() / _FOLDER).glob("*.jsonl"):
            if path.stem not in known and place in path.read_text("ascii", errors="replace"):
                found += 1
    return found


def _folder_number(folder: Path) -> int:
    """What the file system calls the folder: it stays when the folder is renamed, and a copy has another; 0 for one
    that is gone, as a stick that is pulled out.
    """
    try:
        return folder.stat().st_ino
    except OSError:
        return 0


def _cut_torn(file: BinaryIO) -> None:
    """Cut off a last line that was not written whole, as a power cut leaves it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST))
    tail = file.read()
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        file.truncate(size - torn)
    file.seek(0, os.SEEK_END)


def _place(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
