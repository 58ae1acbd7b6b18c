"""A model as one file (`.hitlmodel`) to carry elsewhere: written whole, and read without trusting it.

The file is a zip of exactly three members: `manifest.json` (format, and length and SHA-256 of the other two),
`card.json` and `arrays.npz`. It holds numbers and words; nothing in it is ever executed or unpickled.
"""

import hashlib
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import IO, Any

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import Step, no_step
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.learning.arrays_file import DAMAGE, MOST_BYTES
from hitl_desktop.learning.bundles import ARRAYS, ModelBundle, load_bundle
from hitl_desktop.learning.cards import CARD
from hitl_desktop.learning.code_in_files import runs_code

_FORMAT = 1
_MANIFEST = "manifest.json"
_MEMBERS = (_MANIFEST, CARD, ARRAYS)
_MOST = {_MANIFEST: 16 * 1024, CARD: 4 * 1024 * 1024, ARRAYS: MOST_BYTES}
_LOOKED_AT = 64 * 1024 * 1024
_PIECE = 1024 * 1024
_TIME = (1980, 1, 1, 0, 0, 0)


def write_model_file(folder: Path, path: Path) -> None:
    """Write the bundle in `folder` to the file `path`; the same bundle gives the same bytes.

    An older file of that name is replaced only when the new one is whole. Raises KnownError when the bundle is
    damaged or the place cannot be written to.
    """
    load_bundle(folder)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        contents = {name: (folder / name).read_bytes() for name in (CARD, ARRAYS)}
        manifest = {
            "format": _FORMAT,
            "members": {name: {"bytes": len(data), "sha256": _sha256(data)} for name, data in contents.items()},
        }
        with part.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for name, data in {_MANIFEST: json.dumps(manifest, indent=2).encode(), **contents}.items():
                    archive.writestr(zipfile.ZipInfo(name, date_time=_TIME), data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise KnownError(
            say("The model cannot be written to {name}: {why}.", name=path.name, why=str(error.strerror)),
            say("Choose a place where you may write."),
        ) from error
    finally:
        part.unlink(missing_ok=True)


def read_model_file(path: Path, into_folder: Path, step: Step = no_step) -> ModelBundle:
    """Unpack a model file into the new folder `into_folder` and return the model in it. `step` is called with every
    piece of it that is read, and may raise to stop.

    Everything is checked first: the three members and no other, their lengths and hashes, and that the arrays are
    plain numbers which answer one probability per class. Raises KnownError with the reason; nothing is then left.
    """
    contents = _contents(path, step)
    part = into_folder.with_name(f".{into_folder.name}.{os.getpid()}.part")
    try:
        if into_folder.exists():
            raise KnownError(say("{name} already exists.", name=into_folder.name), say("Choose another name."))
        part.mkdir(parents=True)
        for name in (CARD, ARRAYS):
            (part / name).write_bytes(contents[name])
            step()
        try:
            bundle = load_bundle(part)
        except KnownError as error:
            raise KnownError(
                say(
                    "The model in {name} cannot be used: it is damaged, or from another version of the program.",
                    name=path.name,
                ),
                say("Ask for the file again."),
            ) from error
        part.rename(into_folder)
    except OSError as error:
        raise KnownError(
            say("The model cannot be unpacked: {why}.", why=str(error.strerror)), say("Check the free space.")
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return bundle


def _contents(path: Path, step: Step) -> dict[str, bytes]:
    """The members of a model file, checked against its manifest. Raises KnownError."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise _refused(path, say("it is not an ordinary file"))
    try:
        _refuse_code(path, step)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sorted(entry.filename for entry in entries) != sorted(_MEMBERS):
                raise _refused(path, say("it does not hold exactly a card and its arrays"))
            if any(entry.file_size > _MOST[entry.filename] for entry in entries):
                raise _refused(path, say("it would unpack to more than a model may be"))
            contents = {}
            for entry in entries:
                with archive.open(entry) as stream:
                    contents[entry.filename] = _read(stream, step)
        manifest = json.loads(contents[_MANIFEST])
        if manifest["format"] != _FORMAT:
            raise _refused(path, say("it was written by another version of the program"))
        if not all(_is_as_said(contents[name], manifest["members"][name]) for name in (CARD, ARRAYS)):
            raise _refused(path, say("it was changed or cut off on its way"))
    except DAMAGE as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile) and error.strerror:
            raise KnownError(
                say("{name} cannot be read: {why}.", name=path.name, why=error.strerror), say("Check the path.")
            ) from error
        raise _refused(path, say("it is no model file, or damaged")) from error
    return contents


def _read(stream: IO[bytes], step: Step, most: int | None = None) -> bytes:
    """The rest of a stream, or its next `most` bytes, piece by piece: it may be large and far away."""
    found = bytearray()
    while most is None or len(found) < most:
        piece = stream.read(_PIECE if most is None else min(_PIECE, most - len(found)))
        if not piece:
            break
        found += piece
        step()
    return bytes(found)


def _refuse_code(path: Path, step: Step) -> None:
    """Say of a pickle what it is. Whatever slips through here is refused later: nothing of a file is ever loaded."""
    with path.open("rb") as file:
        data = _read(file, step, _LOOKED_AT)
    if data.startswith(b"PK") and path.stat().st_size > _LOOKED_AT:
        data = b""
    if runs_code(data):
        raise KnownError(
            say("{name} was not opened: a program is in it, which would run when it is loaded.", name=path.name),
            say("Models come as .hitlmodel or ONNX files; export it as one of those."),
        )


def _refused(path: Path, why: Sentence) -> KnownError:
    return KnownError(
        say("{name} was not opened: {why}.", name=path.name, why=why),
        say("Ask for the file again. Nothing was changed."),
    )


def _is_as_said(data: bytes, said: Any) -> bool:
    return bool(said["bytes"] == len(data) and said["sha256"] == _sha256(data))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
