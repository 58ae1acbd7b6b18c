"""A folder of images: what lies in it, and which class the folders give each image."""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.items import Other, Unreadable
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import Sentence, in_a_row, say, say_n
from hitl_desktop.exchange.ordering import natural_key, shown
from hitl_desktop.language import tr

PROJECT_SUFFIX = ".hitl"
SNIFFED = 256
"""So many bytes of a file without a known ending are looked at."""
_NO_STEM = re.compile(r"[\d\W_]+")
_DATE = re.compile(r"(19|20)\d\d([-_. ]?\d\d){0,2}")
_LEVELS = frozenset(
    {
        "class", "klasse", "label", "category", "kategorie", "cat", "grade", "grad", "level", "stage", "stadium",
        "score", "type", "typ", "group", "gruppe", "birads", "rating", "severity", "cluster", "kind", "defect",
        "quality",
    }
)  # fmt: skip
"""What numbered classes are called."""
_BREATH = 256
"""After so many entries it is told how far it is, and looked whether to stop: a folder may hold a million,
and each may have to be opened over a slow line."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One image file. `path` is relative to the root with `/` and can be opened; `size` is in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class FolderSurvey:
    """What a folder holds, in natural order. Nothing was opened yet.

    `class_depth` says which part of a path names the class: 0 is the folder directly below the root.
    `class_names` is empty when the folders do not tell classes apart.
    The names in `others` and `unreadable` are escaped for display; those in `files` are exact.
    """

    root: Path
    files: tuple[FoundFile, ...]
    others: tuple[Other, ...]
    unreadable: tuple[Unreadable, ...]
    class_names: tuple[str, ...]
    class_depth: int = 0

    @property
    def names_places(self) -> bool:
        """True when the folders are numbered alike (`case_017`, `site 3`) or are dates: those are patients, places and
        days, and hardly ever classes. Grades and plain numbers may be.
        """
        stems = {_NO_STEM.sub("", name).casefold() for name in self.class_names}
        if not self.class_names or len(stems) > 1 or not all(any(map(str.isdigit, name)) for name in self.class_names):
            return False
        (stem,) = stems
        return stem not in _LEVELS if stem else all(map(_DATE.fullmatch, self.class_names))

    def class_of(self, path: str) -> str | None:
        """The class that the folders give the file at `path`, or None."""
        if not self.class_names:
            return None
        return _folder_at(path, self.class_depth)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What the walk looks for."""

    root: Path
    suffixes: frozenset[str]
    sniff: "Sniff"
    progress: Progress
    cancelled: CancelCheck

    def breathe(self, seen: int) -> None:
        """Tell how far it is. Raises Cancelled."""
        if self.cancelled():
            raise Cancelled
        self.progress(seen, 0, tr("Looking through the folder"))

    def holds_image(self, entry: os.DirEntry[str]) -> bool:
        """Looks at the first bytes of a file."""
        try:
            with Path(entry.path).open("rb") as file:
                return self.sniff(file.read(SNIFFED))
        except OSError:
            return False


@dataclass(slots=True)
class _Findings:
    """What the walk collects."""

    files: list[FoundFile] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    seen: int = 0


Sniff = Callable[[bytes], bool]
"""Does a file that starts with these bytes hold an image?"""


def no_image(start: bytes) -> bool:  # noqa: ARG001 - a `Sniff`
    """Takes no file for an image by its content."""
    return False


def survey(
    root: Path, suffixes: frozenset[str], progress: Progress, cancelled: CancelCheck, sniff: Sniff = no_image
) -> FolderSurvey:
    """List the images below `root`: files whose name ends in one of `suffixes` (with the dot, in any case), and those
    with another ending, or none, whose first bytes `sniff` takes for an image.

    Hidden files and folders and projects (`*.hitl`) are passed over. Links to folders are not followed,
    so a loop of links ends. Pipes, sockets and devices are never opened.
    Raises `KnownError` when the root cannot be read or holds no image, `Cancelled` when asked to stop.
    """
    found = _Findings()
    walk = _Walk(root, suffixes, sniff, progress, cancelled)
    _list_root(walk, found)
    while found.folders:
        folder = found.folders.pop()
        walk.breathe(found.seen)
        try:
            _list_folder(walk, folder, found)
        except OSError as error:
            found.unreadable.append(
                Unreadable(shown(folder) + "/", say("The folder cannot be opened: {why}.", why=_why(error)))
            )
    walk.breathe(found.seen)
    _check_not_bare(found)
    return _arranged(root, found)


def _list_root(walk: _Walk, found: _Findings) -> None:
    root = walk.root
    try:
        _list_folder(walk, "", found)
    except FileNotFoundError as error:
        raise KnownError(
            say("The folder “{name}” is not there.", name=shown(root.name)), say("Choose another folder.")
        ) from error
    except NotADirectoryError as error:
        raise KnownError(say("“{name}” is not a folder.", name=shown(root.name)), say("Choose a folder.")) from error
    except OSError as error:
        raise KnownError(
            say("The folder “{name}” cannot be opened: {why}.", name=shown(root.name), why=_why(error)),
            say("Choose another folder, or ask for permission to read it."),
        ) from error


def _list_folder(walk: _Walk, folder: str, found: _Findings) -> None:
    """Sort the entries of one folder into `found`. `folder` is relative, "" for the root."""
    with os.scandir(walk.root / folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith(PROJECT_SUFFIX):
                continue
            found.seen += 1
            if found.seen % _BREATH == 0:
                walk.breathe(found.seen)
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                _sort_entry(walk, entry, path, found)
            except OSError as error:
                found.unreadable.append(Unreadable(shown(path), say("It cannot be looked at: {why}.", why=_why(error))))


def _sort_entry(walk: _Walk, entry: os.DirEntry[str], path: str, found: _Findings) -> None:
    if entry.is_dir(follow_symlinks=False):
        found.folders.append(path)
        return
    try:
        status = entry.stat()
    except FileNotFoundError:
        found.unreadable.append(Unreadable(shown(path), say("The link points to a file that is not there.")))
        return
    if stat.S_ISDIR(status.st_mode):
        found.others.append(Other(shown(path), say("A link to a folder; it was not followed.")))
    elif not stat.S_ISREG(status.st_mode):
        found.others.append(Other(shown(path), say("A pipe, socket or device; it was not opened.")))
    elif _suffix(entry.name) in walk.suffixes or walk.holds_image(entry):
        found.files.append(FoundFile(path, status.st_size))
    else:
        suffix = shown(_suffix(entry.name))
        why = say("Not a picture: {ending}", ending=suffix) if suffix else say("Not a picture: no file ending")
        found.others.append(Other(shown(path), why))


def _suffix(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def _why(error: OSError) -> Sentence:
    if isinstance(error, PermissionError):
        return say("no permission")
    return Sentence((error.strerror or type(error).__name__).lower())


def _check_not_bare(found: _Findings) -> None:
    if found.files:
        return
    if not found.others and not found.unreadable:
        raise KnownError(say("This folder is empty."), say("Choose another folder."))
    told = [say("This folder holds no images that can be read.")]
    if found.others:
        told.append(say_n("{n} file is another kind.", "{n} files are other kinds.", len(found.others)))
    if found.unreadable:
        told.append(say_n("{n} entry cannot be opened.", "{n} entries cannot be opened.", len(found.unreadable)))
    raise KnownError(in_a_row(told), say("Choose another folder."))


def _arranged(root: Path, found: _Findings) -> FolderSurvey:
    files = tuple(sorted(found.files, key=lambda f: _path_key(f.path)))
    names, depth = _classes(f.path for f in files)
    return FolderSurvey(
        root,
        files,
        tuple(sorted(found.others, key=lambda o: _path_key(o.file))),
        tuple(sorted(found.unreadable, key=lambda u: _path_key(u.file))),
        names,
        depth,
    )


def _path_key(path: str) -> list[object]:
    return [natural_key(part) for part in path.split("/")]


def _classes(paths: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The class names and the depth at which they stand.

    The folders below the root are the classes if two or more hold images. If only one does, it is taken
    for a wrapper (as archives often add), and the folders below it are tried.
    """
    outer: Counter[str] = Counter()
    inner: Counter[str] = Counter()
    for path in paths:
        for depth, counter in enumerate((outer, inner)):
            name = _folder_at(path, depth)
            if name is not None:
                counter[name] += 1
    if len(outer) >= 2:
        return tuple(sorted(outer, key=natural_key)), 0
    if len(inner) >= 2:
        return tuple(sorted(inner, key=natural_key)), 1
    return (), 0


def _folder_at(path: str, depth: int) -> str | None:
    parts = path.split("/", depth + 1)
    return parts[depth] if len(parts) > depth + 1 else None
