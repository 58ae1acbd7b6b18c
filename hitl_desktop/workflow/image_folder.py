"""Reading a folder of images for a new project: ordinary pictures and DICOM files, single ones and series."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from hitl_desktop.domain.errors import Cancelled, KnownError, NotAPicture, UnreadableItem
from hitl_desktop.domain.items import Duplicate, FoundItem, Other, Unreadable
from hitl_desktop.domain.protocols import CancelCheck, Progress, stop_if
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.exchange.image_folder import FoundFile
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.exchange.row_kinds import Layout
from hitl_desktop.exchange.table_records import TableColumns
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.kinds import DICOM_SUFFIXES, KINDS
from hitl_desktop.kinds.dicom_series import Group, Slice, arrange, patients_note
from hitl_desktop.language import tr
from hitl_desktop.workflow.find_images import IMAGE_SUFFIXES, find_images
from hitl_desktop.workflow.pictures import Looked, look_at_slices, read_images


@dataclass
class Findings:
    """What reading the data set gave. `columns` are those of a table, `layout` how its rows were read."""

    kind: str
    items: list[FoundItem] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = ()
    stacked: int = 0
    columns: TableColumns | None = None
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Files to be read: `files` below `root` (or with a whole path of their own), and the class that each is named
    after, or None.

    `there` are the items there are already, by content: their names. `series` are the series there are already, by
    their hashed identifiers; no item changes, so what belongs to one of them is left out.
    """

    root: Path
    files: Sequence[FoundFile]
    class_of: Callable[[str], str | None]
    there: Mapping[str, str] = field(default_factory=dict)
    series: Callable[[Sequence[Slice]], Mapping[str, str]] = lambda _: {}


def read_image_folder(root: Path, cache_folder: Path, progress: Progress, cancelled: CancelCheck) -> Findings:
    """Read every image below `root` once: digest, whether it can be decoded, features into the cache.

    The single files of a DICOM series become one item. Raises KnownError when no image can be read.
    """
    listing = find_images(root, progress, cancelled)
    found = Findings("image", others=list(listing.others), unreadable=list(listing.unreadable))
    found.classes = listing.class_names
    read_listed(Listed(root, listing.files, listing.class_of), found, cache_folder, progress, cancelled)
    if not found.items:
        raise KnownError(_no_images(found), say("Choose another folder."))
    return found


def read_listed(
    listed: Listed, found: Findings, cache_folder: Path, progress: Progress, cancelled: CancelCheck
) -> None:
    """Read the files that were listed into `found`, and the features of what is new into the cache."""
    groups = _groups(listed, found, progress, cancelled)
    extractor = EXTRACTORS[KINDS["image"].extractor]
    cache = FeatureCache(cache_folder, extractor)
    first: dict[str, FoundItem] = {}
    done, total = 0, sum(len(group.paths) for group in groups)
    alone = _alone_in_folder(groups)
    for batch in read_images(listed.root, [group.paths for group in groups], extractor.side, stop_if(cancelled)):
        if cancelled():
            raise Cancelled
        new = []
        for looked in batch:
            if looked.why:
                found.unreadable += [Unreadable(shown(path), looked.why) for path in looked.paths]
            elif looked.digest in listed.there:
                found.duplicates += [Duplicate(path, listed.there[looked.digest]) for path in looked.paths]
            elif looked.digest in first:
                same = first[looked.digest]
                found.duplicates += [_duplicate(path, listed, same) for path in looked.paths]
            else:
                first[looked.digest] = _item(looked, listed, alone)
                found.unreadable += looked.broken
                found.stacked += len(looked.paths) - 1 - len(looked.broken)
                new.append(looked)
        absent = set(cache.missing([looked.digest for looked in new]))
        new = [looked for place, looked in enumerate(new) if place in absent]
        if new:
            cache.append([looked.digest for looked in new], extractor.extract([looked.pixels for looked in new]))
        done += sum(len(looked.paths) for looked in batch)
        progress(done, total, tr("Reading images"))
    found.items = list(first.values())


def _groups(listed: Listed, found: Findings, progress: Progress, cancelled: CancelCheck) -> list[Group]:
    """The items that the files make, in the order of the listing; what is no picture is noted in `found`."""
    slices: list[Slice] = []
    groups = [Group((file.path,)) for file in listed.files if not _may_be_dicom(file.path)]
    asked = [file.path for file in listed.files if _may_be_dicom(file.path)]
    for done, (path, look) in enumerate(look_at_slices(listed.root, asked, stop_if(cancelled))):
        if cancelled():
            raise Cancelled
        progress(done, len(asked), tr("Looking for series"))
        if isinstance(look, NotAPicture):
            found.others.append(Other(shown(path), look.sentence))
        elif isinstance(look, UnreadableItem):
            groups.append(Group((path,)))  # read again as a picture of its own, which says why it is none
        else:
            slices.append(look)
    slices = _without_series_there(listed, slices, found)
    stacks = arrange(slices)
    found.notes = _notes(slices, stacks)
    place = {file.path: number for number, file in enumerate(listed.files)}
    return sorted([*groups, *stacks], key=lambda group: min(place[path] for path in group.paths))


def _without_series_there(listed: Listed, slices: list[Slice], found: Findings) -> list[Slice]:
    """The slices without those of series that are items already."""
    series = listed.series(slices)
    for one in slices:
        if one.series in series:
            name = shown(series[one.series])
            why = say("It belongs to the series {name}, which is an item already. Items do not change.", name=name)
            found.others.append(Other(shown(one.path), why))
    return [one for one in slices if one.series not in series]


def _may_be_dicom(path: str) -> bool:
    suffix = PurePosixPath(path).suffix.lower()
    return suffix in DICOM_SUFFIXES or suffix not in IMAGE_SUFFIXES


def _notes(slices: Sequence[Slice], stacks: Sequence[Group]) -> tuple[Sentence, ...]:
    notes: list[Sentence] = []
    series = [group for group in stacks if len(group.paths) > 1]
    if series:
        notes.append(
            say_n(
                "{files} files are the images of {n} series, which is one item.",
                "{files} files are the images of {n} series, each of which is one item.",
                len(series),
                files=sum(len(group.paths) for group in series),
            )
        )
    patients = patients_note(slices)
    if patients is not None:
        notes.append(patients)
    for group in stacks:
        notes += [say("{name}: {note}", name=shown(group.paths[0]), note=note) for note in group.notes]
    return tuple(notes)


def _alone_in_folder(groups: Sequence[Group]) -> frozenset[str]:
    """Folders that hold the files of one series and nothing else: such an item is called by its folder."""
    holds = Counter(parent for group in groups for parent in {_folder(path) for path in group.paths})
    return frozenset(folder for folder, count in holds.items() if count == 1 and folder)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _item(looked: Looked, listed: Listed, alone: frozenset[str]) -> FoundItem:
    path, folder = looked.path, _folder(looked.path)
    if looked.files and folder in alone and all(_folder(one) == folder for one in looked.paths):
        path = folder
    return FoundItem(looked.digest, path, listed.class_of(looked.path), files=looked.files)


def _duplicate(path: str, listed: Listed, same: FoundItem) -> Duplicate:
    return Duplicate(path, same.path, disagrees=listed.class_of(path) != same.label)


def _no_images(found: Findings) -> Sentence:
    if not found.unreadable:
        return say("This folder holds no images that can be read: no file could be read.")
    return say_n(
        "This folder holds no images that can be read: {n} file could not be read. The first: {why}",
        "This folder holds no images that can be read: {n} files could not be read. The first: {why}",
        len(found.unreadable),
        why=found.unreadable[0].why,
    )
