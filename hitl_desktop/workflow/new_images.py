"""Which images of some folders and files are new to a project, and reading them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, stop_if
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.image_folder import FoundFile
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.kinds.dicom_series import Slice
from hitl_desktop.kinds.stacks import is_picture
from hitl_desktop.workflow.find_images import IMAGE_SUFFIXES, find_images
from hitl_desktop.workflow.image_folder import Findings, Listed, read_listed
from hitl_desktop.workflow.pictures import look_at_slices
from hitl_desktop.workflow.project_facts import ProjectFacts

_START: Final = 256
_ASKED: Final = 2000
"""So many of the items there are say how deep the folders of the classes lie."""


def find_new_images(
    facts: ProjectFacts, sources: Sequence[Path], cache_folder: Path, progress: Progress, cancelled: CancelCheck
) -> tuple[Findings, int]:
    """Read the images of `sources` (folders and files; none: the project's own folder) that the project does not have.

    Returns them, and how many files were there already. What lies below the folder of the project's data is named as
    the first import would have; what lies elsewhere keeps its whole path, as data is never copied or moved. Raises
    KnownError when a source is not there, or is no picture.
    """
    found = Findings("image")
    files: dict[str, FoundFile] = {}
    class_of: dict[str, str] = {}
    known = {label.name for label in facts.labels}
    inside: dict[str, tuple[str, ...]] = {}
    for source in sources or (facts.root,):
        outside: dict[str, tuple[str, ...]] = {}
        for file in _files_in(source, found, progress, cancelled):
            name = _name(source, file.path, facts.root)
            files[name] = FoundFile(name, file.size)
            if PurePath(name).is_absolute():
                outside[name] = PurePosixPath(file.path).parts[:-1] or (source.parent.name,)
            else:
                inside[name] = PurePosixPath(name).parts[:-1]
        class_of |= _labels(outside, known, _depth(outside.values(), known))
    before = (PurePosixPath(path).parts[:-1] for path in islice(facts.there.values(), _ASKED))
    depth = _depth(before, known) if inside else None
    class_of |= _labels(inside, known, _depth(inside.values(), known) if depth is None else depth)
    new = [file for name, file in files.items() if name not in facts.paths]
    step = stop_if(cancelled)
    listed = Listed(facts.root, new, class_of.get, facts.there, lambda slices: _series_there(facts, slices, step))
    read_listed(listed, found, cache_folder, progress, cancelled)
    return found, len(files) - len(new)


def _files_in(source: Path, found: Findings, progress: Progress, cancelled: CancelCheck) -> Sequence[FoundFile]:
    """The images of a folder, relative to it, or the one file."""
    if source.is_dir():
        listing = find_images(source, progress, cancelled)
        found.others += listing.others
        found.unreadable += listing.unreadable
        return listing.files
    if source.exists() and not source.is_file():  # a pipe would be waited for
        raise KnownError(
            say("“{name}” is not an ordinary file.", name=shown(source.name)), say("Choose another file or folder.")
        )
    try:
        with source.open("rb") as file:
            start = file.read(_START)
        size = source.stat().st_size
    except OSError as error:
        raise KnownError(
            say("“{name}” cannot be opened.", name=shown(source.name)), say("Choose another file or folder.")
        ) from error
    if source.suffix.lower() not in IMAGE_SUFFIXES and not is_picture(start):
        raise KnownError(
            say("“{name}” is not a picture, and this project is made of pictures.", name=shown(source.name)),
            say("Choose pictures, or a folder of them."),
        )
    return (FoundFile(source.name, size),)


def _name(source: Path, path: str, root: Path) -> str:
    """What an item is called: its path below the project's data, or the whole path of a file that lies elsewhere."""
    whole = (source if source.is_dir() else source.parent).absolute() / path
    try:
        return whole.relative_to(root.absolute()).as_posix()
    except ValueError:
        return whole.as_posix()


def _depth(folders: Iterable[tuple[str, ...]], known: set[str]) -> int | None:
    """How deep the folders are named after the project's classes: 0 or 1, None where they are not."""
    fits = Counter(depth for names in folders for depth, name in enumerate(names[:2]) if name in known)
    return fits.most_common(1)[0][0] if fits else None


def _labels(folders: Mapping[str, tuple[str, ...]], known: set[str], depth: int | None) -> dict[str, str]:
    """The class that the folders give each file: the first of the outer two that is a class of the project, else what
    stands where classes stand, which is told later as a label that the project does not have.
    """
    if depth is None:
        return {}
    named = {name: next((part for part in parts[:2] if part in known), "") for name, parts in folders.items()}
    strange = {name: parts[depth] for name, parts in folders.items() if len(parts) > depth}
    return strange | {name: label for name, label in named.items() if label}


def _series_there(facts: ProjectFacts, slices: Sequence[Slice], step: Step) -> dict[str, str]:
    """The series that are items already, by their hashed identifiers: one file of each is looked at, in the folders in
    which new slices lie.
    """
    folders = {one.path.rpartition("/")[0] for one in slices}
    asked = [path for path in facts.series if path.rpartition("/")[0] in folders]
    looked: dict[str, str] = {}
    for path, look in look_at_slices(facts.root, asked, step):
        step()
        if isinstance(look, Slice):
            looked.setdefault(look.series, path)
    return looked
