"""Masks: what is painted black in copies to give away, and which pictures a person has looked at.

Writing that is burnt into a picture cannot be found with certainty, so nothing is promised: boxes are drawn by hand,
one may stand for all pictures of the same size or series, and each picture counts as looked at once somebody has said
so with its boxes before their eyes. Another mask makes it unseen again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.domain.protocols import CancelCheck, Progress, stop_if
from hitl_desktop.domain.sentences import say
from hitl_desktop.language import tr
from hitl_desktop.store.masks import Box, Mask
from hitl_desktop.workflow.project import Project

MOST_BOXES: Final = 100
_AT_ONCE: Final = 50
_Painted = TypeVar("_Painted", Box, Stroke)


@dataclass(frozen=True, slots=True)
class MaskCounts:
    """Of all pictures: how many have boxes, and how many a person has looked at as they are now."""

    pictures: int
    masked: int
    looked: int


class Masker:
    """Masks of one project, in the name of who is at work; undo takes back what this object did."""

    def __init__(self, project: Project) -> None:
        if project.kind.name != "image":
            raise KnownError(say("This project holds no pictures."), say("Export its decisions instead."))
        self._project = project
        self._done: list[dict[int, Mask]] = []
        self._masks = project.store.masks.all()

    def mask(self, index: int) -> Mask:
        """What holds for one picture."""
        return self._masks.get(index, Mask())

    def counts(self) -> MaskCounts:
        """How far the pictures are."""
        masks = self._masks.values()
        looked, masked = sum(m.looked for m in masks), sum(m.paints for m in masks)
        return MaskCounts(len(self._project.pool), masked, looked)

    def next_unseen(self, after: int) -> int | None:
        """The next picture that nobody has looked at, around the end; None when there is none."""
        total = len(self._project.pool)
        seen = np.zeros(total, bool)
        seen[[index for index, mask in self._masks.items() if mask.looked]] = True
        unseen = np.flatnonzero(~seen)
        if not len(unseen):
            return None
        place = int(np.searchsorted(unseen, after, side="right"))
        return int(unseen[place % len(unseen)])

    def set_mask(self, index: int, boxes: Sequence[Box], strokes: Sequence[Stroke] = ()) -> Changes:
        """Paint over these boxes and strokes in one picture; it has to be looked at again."""
        mask = Mask(_usable(boxes), strokes=_usable(strokes))
        return NOTHING if mask.same_as(self.mask(index)) else self._write({index: mask})

    def look(self, index: int) -> Changes:
        """Somebody has looked at the picture as it is now."""
        mask = self.mask(index)
        return NOTHING if mask.looked else self._write({index: replace(mask, looked=True)})

    def spread(self, index: int, others: Iterable[int]) -> Changes:
        """Paint over the same in other pictures too; those that were others have to be looked at."""
        mask = replace(self.mask(index), looked=False)
        return self._write({other: mask for other in others if not self.mask(other).same_as(mask)})

    def undo(self) -> Changes:
        """Take back the last step. `NOTHING` when there is none."""
        if not self._done:
            return NOTHING
        changes = self._write(self._done[-1])
        del self._done[-2:]  # the step, and that it was taken back
        return changes

    @property
    def can_undo(self) -> bool:
        """True when there is something to take back."""
        return bool(self._done)

    def _write(self, masks: dict[int, Mask]) -> Changes:
        if not masks:
            return NOTHING
        store = self._project.store
        sitting = store.sitting
        if sitting is not None:
            sitting.check()
        with store.transaction():
            store.masks.set_many(masks.items(), sitting.name if sitting is not None else "")
        self._done.append({index: self.mask(index) for index in masks})
        self._masks |= masks
        return Changes(settings=True)


def _usable(boxes: Sequence[_Painted]) -> tuple[_Painted, ...]:
    if len(boxes) > MOST_BOXES:
        raise KnownError(say("A picture takes {n} boxes.", n=MOST_BOXES), say("Draw fewer, larger ones."))
    return tuple(boxes)


@dataclass(frozen=True, slots=True)
class SameSizeRequest:
    """Find the pictures of the project `folder` that are of the size of one of them, or of its DICOM series."""

    folder: Path
    index: int


def find_same_size(request: SameSizeRequest, progress: Progress, cancelled: CancelCheck) -> npt.NDArray[np.int64]:
    """The indexes of the pictures of the same width and height, without the one itself, ascending.

    Only the heads of files are read. Pictures that cannot be read are left out. Raises KnownError or Cancelled.
    """
    from contextlib import closing

    from hitl_desktop.workflow.item_files import data_moved, paths_of
    from hitl_desktop.workflow.pictures import sizes_of

    with closing(Project.reader(request.folder)) as project:
        if not project.data_is_there:
            raise data_moved(project.pool.ledger().decided)
        step = stop_if(cancelled)
        path = paths_of(project.store, project.store.items.get(request.index))[0]
        (wanted,) = sizes_of(project.data_root, [path], step)
        if isinstance(wanted, Exception):
            raise wanted
        total, found = len(project.pool), list[int]()
        for start in range(0, total, _AT_ONCE):
            progress(start, total, tr("Comparing sizes"))
            step()
            items = list(project.store.items.many(range(start, min(start + _AT_ONCE, total))))
            sizes = sizes_of(project.data_root, [paths_of(project.store, item)[0] for item in items], step)
            found += [
                item.index
                for item, size in zip(items, sizes, strict=True)
                if size == wanted and item.index != request.index
            ]
    progress(total, total, "")
    return np.asarray(found, np.int64)
