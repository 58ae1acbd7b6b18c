"""Copies to give away: nameless files in a new folder, with a table of what was decided on them.

DICOM files stay DICOM, by the list of what may stay; ordinary pictures become PNGs of their pixels and nothing else.
Both are painted over where masks say so (`masking.py`).
"""

import csv
import secrets
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hitl_desktop.domain.errors import KnownError, UnreadableItem
from hitl_desktop.domain.mask_strokes import Stroke, spans
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, stop_if
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.cells import neutralise, without_surrogates
from hitl_desktop.kinds.contents import Contents
from hitl_desktop.kinds.dicom_deidentify import Box, Disguise, deidentify
from hitl_desktop.kinds.dicom_file import is_dicom
from hitl_desktop.kinds.picture_copy import copy_picture
from hitl_desktop.kinds.picture_size import size_of
from hitl_desktop.kinds.reading_process import Readers
from hitl_desktop.language import tr
from hitl_desktop.paths import open_plain
from hitl_desktop.store.masks import NO_MASK
from hitl_desktop.workflow.half_done import part_of
from hitl_desktop.workflow.item_files import data_moved, paths_of
from hitl_desktop.workflow.pictures import waited_for
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.targets import check_target

TABLE = "decisions.csv"
_COLUMNS = ("file", "item", "state", "label", "boxes", "looked_at")


@dataclass(frozen=True, slots=True)
class DeidentifyRequest:
    """Copy the pictures of the project `folder`, without their patients, into the new folder `out`; `boxes` are painted
    over in every one, beside those of its own mask.
    """

    folder: Path
    out: Path
    shifts_dates: bool = False
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Deidentified:
    """So many files were written, `pictures` of them as PNG, `masked` painted over; `to_look_at` may have writing
    in the picture: nobody has looked at them, and no box or note of the file says otherwise. `not_looked_at` are all
    that nobody has looked at. `left_out` could not be copied without a risk.
    """

    files: int
    to_look_at: int
    left_out: int
    pictures: int = 0
    masked: int = 0
    not_looked_at: int = 0


def deidentify_project(request: DeidentifyRequest, progress: Progress, cancelled: CancelCheck) -> Deidentified:
    """Write the copies, whole or not at all. Raises KnownError, DataMoved, ProjectRefused or Cancelled.

    The key that UIDs, patients and dates are changed by is thrown away: nothing leads back.
    """
    out = request.out.absolute()
    if out.exists():
        raise KnownError(say("{name} already exists.", name=out.name), say("Choose another name for the folder."))
    part = part_of(out)
    try:
        with closing(Project.reader(request.folder)) as project:
            if project.kind.from_rows:
                raise KnownError(say("This project holds no pictures."), say("Export its decisions instead."))
            if not project.data_is_there:
                raise data_moved(project.pool.ledger().decided)
            check_target(project, out)
            part.mkdir(parents=True)
            disguise = Disguise(secrets.token_bytes(32), request.shifts_dates, request.boxes)
            answer = _write(project, part, disguise, progress, cancelled)
        part.rename(out)
    except OSError as error:
        raise KnownError(
            say("The copies cannot be written to {name}: {why}.", name=out.name, why=str(error.strerror)),
            say("Choose another place, or free some space."),
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return answer


def _write(
    project: Project, part: Path, disguise: Disguise, progress: Progress, cancelled: CancelCheck
) -> Deidentified:
    count = to_look_at = left_out = pictures = masked = not_looked_at = 0
    total, masks, contents = len(project.pool), project.store.masks.all(), Contents()
    step = stop_if(cancelled)
    with (
        (part / TABLE).open("w", encoding="utf-8-sig", newline="") as stream,
        ThreadPoolExecutor(1) as thread,
        Readers() as readers,
    ):
        table = csv.writer(stream)
        table.writerow(_COLUMNS)
        for index in range(total):
            progress(index, total, tr("Copying without names"))
            step()
            item = project.store.items.get(index)
            # Of what nobody has decided nothing is said: "nothing found" would be read as a finding.
            label = project.answer_words(item.label_id, item.findings)
            mask = masks.get(index, NO_MASK)
            boxes = tuple(dict.fromkeys((*disguise.boxes, *mask.boxes)))
            painted = len(boxes) + len(mask.strokes)
            own = replace(disguise, boxes=boxes, was_looked_at=mask.looked)
            paths = paths_of(project.store, item)
            if not _is_as_it_was(contents, item.digest, [project.data_root / path for path in paths], step):
                left_out += len(paths)
                continue
            for path in paths:
                step()
                source = project.data_root / path
                dicom = _is_dicom(source)
                name = f"{count + 1:06d}.{'dcm' if dicom else 'png'}"
                try:
                    asked = (_copy, source, part / name, own, mask.strokes, dicom)
                    copied = thread.submit(partial(readers.call, *asked, files=[source]))
                    may_have_writing = waited_for(copied, step)
                except UnreadableItem:
                    (part / name).unlink(missing_ok=True)
                    left_out += 1
                    continue
                count += 1
                pictures += not dicom
                masked += bool(painted)
                not_looked_at += not mask.looked
                to_look_at += may_have_writing
                looked = "yes" if mask.looked else "no"
                cells = (name, str(index + 1), item.state.value, label, str(painted), looked)
                table.writerow([neutralise(without_surrogates(cell)) for cell in cells])
    progress(total, total, "")
    return Deidentified(count, to_look_at, left_out, pictures, masked, not_looked_at)


def _is_as_it_was(contents: Contents, digest: str, files: list[Path], step: Step) -> bool:
    """False when other files lie there now: the masks, and whoever looked, belong to those that were imported."""
    try:
        contents.check(digest, files, step)
    except UnreadableItem:
        return False
    return True


def _copy(source: Path, target: Path, disguise: Disguise, strokes: Sequence[Stroke], is_dicom: bool) -> bool:
    """In a reading process: write one copy; True when it may have writing in the picture. Raises UnreadableItem."""
    target.unlink(missing_ok=True)  # of a process that ended in the middle
    if strokes:  # the pixels that the brush touched
        size = size_of(source)
        brushed = [box for stroke in strokes for box in spans(stroke, size)]
        disguise = replace(disguise, boxes=(*disguise.boxes, *brushed))
    if is_dicom:
        return deidentify(source, target, disguise).may_have_writing
    copy_picture(source, target, disguise.boxes)
    return not disguise.boxes and not disguise.was_looked_at


def _is_dicom(path: Path) -> bool:
    try:
        with open_plain(path) as file:
            return is_dicom(file.read(4096))
    except OSError:
        return False
