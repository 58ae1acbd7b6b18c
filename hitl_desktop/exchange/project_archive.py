"""A project as one file (`.hitlproject.zip`): written by `pack`, and unpacked without trusting a word of it.

The archive holds `manifest.json` (format, and length and SHA-256 of every other member), `project.sqlite3`,
`decisions.jsonl`, the models, and perhaps the data under `data/`. Nothing else is taken, and one wrong name refuses the
whole file: zipfile would quietly rename it.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.protocols import Step
from hitl_desktop.domain.sentences import Sentence, say

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
DATA: Final = "data/"
MODEL_FILES: Final = ("card.json", "arrays.npz", "checks.npy", "known.npy", "learned.items")
"""What of a model travels: numbers and words."""

_MODEL: Final = re.compile(rf"models/v[1-9][0-9]{{0,5}}/(?:{'|'.join(re.escape(name) for name in MODEL_FILES)})")
_ROOT: Final = frozenset({MANIFEST, "project.sqlite3", "decisions.jsonl"})
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
_FORBIDDEN: Final = frozenset('<>:"|?*\\')
_LONGEST_PART: Final = 240
_LONGEST_NAME: Final = 1000
_MOST_MEMBERS: Final = 1_000_000
_MOST_DIRECTORY: Final = 512 * 2**20
_MOST_MANIFEST: Final = 256 * 2**20
_MOST_RATIO: Final = 200
_SMALL: Final = 2**20
"""Members up to this size may be packed as tightly as they like."""
_CHUNK: Final = 2**20
_AT_ONCE_TO_DISK: Final = 64 * 2**20
_ENCRYPTED: Final = 0x1
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x06"
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, ValueError, LookupError, TypeError, NotImplementedError, RuntimeError,
    RecursionError, MemoryError, OverflowError,
)  # fmt: skip

Member = tuple[str, Path]
"""The name of a member and the file that it is made of."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may unpack to, in bytes; at most what is free on the disk."""

    most_bytes: int = 2 * 2**40


def write_archive(out: Path, members: Sequence[Member], step: Callable[[int], None]) -> None:
    """Write these files as one archive; `step` is told how many are in it, and may raise to stop.

    An older file of that name is replaced when the new one is whole. Raises OSError.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                told = {}
                for number, (name, source) in enumerate(members):
                    step(number)
                    told[name] = _add(archive, name, source)
                archive.writestr(_info(MANIFEST), json.dumps({"format": FORMAT, "members": told}))
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _add(archive: zipfile.ZipFile, name: str, source: Path) -> dict[str, Any]:
    digest, length = hashlib.sha256(), 0
    with source.open("rb") as stream, archive.open(_info(name), "w", force_zip64=True) as entry:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
            entry.write(chunk)
    return {"bytes": length, "sha256": digest.hexdigest()}


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def unpack_archive(path: Path, into: Path, step: Callable[[int, int], None], limits: Limits = Limits()) -> None:
    """Unpack an archive into the empty folder `into`, after all names and sizes were found to be in order.

    `step(done, of)` is called for every file and every piece of one, and may raise to stop. Raises ProjectRefused with
    the reason; what was unpacked until then is for the caller to remove. Nothing is ever written outside of `into`.
    """
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(path, entries, archive.start_dir)
            _check_room(path, entries, into, limits)
            told = _manifest(path, archive, entries)
            for number, entry in enumerate(entries):
                step(number, len(entries))
                if entry.filename != MANIFEST:
                    piece = partial(step, number, len(entries))
                    _unpack(path, archive, entry, into, told[entry.filename], piece)
    except _DAMAGE as error:
        raise _refused(path, say("it is no archive of a project, or damaged")) from error
    except OSError as error:
        raise KnownError(
            say("{name} cannot be unpacked: {why}.", name=path.name, why=str(error.strerror)),
            say("Check the file and the free space."),
        ) from error


def name_is_safe(name: str) -> bool:
    """True for a relative path with `/` that means the same on every system, and no device, link or parent."""
    if not name or len(name) > _LONGEST_NAME or name.startswith("/") or _FORBIDDEN & set(name):
        return False
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name):
        return False
    return all(_part_is_safe(part) for part in name.split("/"))


def _part_is_safe(part: str) -> bool:
    if not part or part in (".", "..") or len(part.encode("utf-8")) > _LONGEST_PART:
        return False
    return part[-1] not in ". " and part[0] != " " and not _DEVICES.fullmatch(part)


def _check_directory(path: Path) -> None:
    """Look at the end of the file before zipfile reads the whole list of members into memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise _refused(path, say("it is no zip archive"))
        file.seek(max(0, size - 2**16 - 128))
        tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        raise _refused(path, say("it is cut off"))
    count = int.from_bytes(tail[place + 10 : place + 12], "little")
    length = int.from_bytes(tail[place + 12 : place + 16], "little")
    large = tail.rfind(_END_64, 0, place)
    if large >= 0 and len(tail) >= large + 56:
        count = int.from_bytes(tail[large + 32 : large + 40], "little")
        length = int.from_bytes(tail[large + 40 : large + 48], "little")
    if count > _MOST_MEMBERS or length > _MOST_DIRECTORY:
        raise _refused(path, say("it lists more files than a project has"))


def _check_entries(path: Path, entries: Sequence[zipfile.ZipInfo], directory: int) -> None:
    seen: set[str] = set()
    for entry in entries:
        why = _wrong_with(entry)
        if why is not None:
            raise _refused(path, why)
        plain = unicodedata.normalize("NFC", entry.filename).casefold()
        if plain in seen:
            raise _refused(path, say("two of its files would have the same name"))
        seen.add(plain)
    parents = {parent for name in seen for parent in _parents(name)}
    if parents & seen:
        raise _refused(path, say("one of its names is a file and a folder"))
    _check_overlap(path, entries, directory)


def _wrong_with(entry: zipfile.ZipInfo) -> Sentence | None:
    name, mode = entry.filename, entry.external_attr >> 16
    if entry.orig_filename != name or not name_is_safe(name):
        return say("it holds a file name that could lead out of the project")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.is_dir():
        return say("it holds a link, a folder entry or a device")
    if entry.flag_bits & _ENCRYPTED:
        return say("it is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return say("it is packed in a way that is not taken")
    if not (name in _ROOT or _MODEL.fullmatch(name) or name.startswith(DATA)):
        return say("it holds files that are no part of a project")
    if entry.file_size > _SMALL and entry.file_size > _MOST_RATIO * max(1, entry.compress_size):
        return say("it would unpack to far more than it holds")
    return None


def _parents(name: str) -> Iterator[str]:
    parts = name.split("/")
    for count in range(1, len(parts)):
        yield "/".join(parts[:count])


def _check_overlap(path: Path, entries: Sequence[zipfile.ZipInfo], directory: int) -> None:
    """Members that share bytes unpack to more than any honest archive could hold."""
    rows = sorted((entry.header_offset, entry.header_offset + 30 + entry.compress_size) for entry in entries)
    ends = [*(start for start, _ in rows[1:]), directory]
    if any(stop > following for (_, stop), following in zip(rows, ends, strict=False)):
        raise _refused(path, say("its files overlap"))


def _check_room(path: Path, entries: Sequence[zipfile.ZipInfo], into: Path, limits: Limits) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > min(limits.most_bytes, shutil.disk_usage(into).free):
        raise _refused(path, say("it would unpack to more than there is room for"))


def _manifest(path: Path, archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> Mapping[str, Any]:
    names = {entry.filename for entry in entries}
    if not {MANIFEST, "project.sqlite3"} <= names:
        raise _refused(path, say("it holds no project"))
    if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise _refused(path, say("its list of files is too long"))
    manifest = json.loads(archive.read(MANIFEST))
    if not isinstance(manifest, dict) or type(manifest.get("format")) is not int:
        raise _refused(path, say("its list of files cannot be read"))
    if manifest["format"] > FORMAT:
        raise _refused(path, say("it was packed by a newer version of the program"))
    told = manifest["members"]
    if not isinstance(told, dict) or set(told) != names - {MANIFEST}:
        raise _refused(path, say("its list of files is not that of the files in it"))
    return told


def _unpack(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path, told: Any, step: Step) -> None:
    target = into / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, length = hashlib.sha256(), 0
    with archive.open(entry) as stream, target.open("xb") as file:
        while chunk := stream.read(_CHUNK):
            length += len(chunk)
            if length > entry.file_size:
                raise _refused(path, say("a file in it is larger than it says"))
            digest.update(chunk)
            file.write(chunk)
            step()
            if length % _AT_ONCE_TO_DISK == 0:  # not all at the end, where a slow disk would be silent for long
                _keep(file)
        _keep(file)
    if told != {"bytes": length, "sha256": digest.hexdigest()}:
        raise _refused(path, say("it was changed or cut off on its way"))


def _keep(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _refused(path: Path, why: Sentence) -> ProjectRefused:
    return ProjectRefused(
        say("{name} was not opened: {why}.", name=path.name, why=why),
        say("Ask for the file again. Nothing was changed."),
    )
