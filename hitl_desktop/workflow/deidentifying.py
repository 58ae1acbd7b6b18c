"""DICOM copies to give away: nameless files in a new folder, with a table of what was decided on them."""

import csv
import os
import secrets
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.errors import Cancelled, KnownError, UnreadableItem
from hitl_desktop.domain.labels import in_words
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.cells import neutralise, without_surrogates
from hitl_desktop.kinds.dicom_deidentify import Box, Disguise, deidentify
from hitl_desktop.kinds.dicom_file import is_dicom
from hitl_desktop.language import tr
from hitl_desktop.workflow.exporting import check_target
from hitl_desktop.workflow.item_files import data_moved, paths_of
from hitl_desktop.workflow.project import Project

TABLE = "decisions.csv"
_COLUMNS = ("file", "item", "state", "label")


@dataclass(frozen=True, slots=True)
class DeidentifyRequest:
    """Copy the DICOM files of the project `folder`, without their patients, into the new folder `out`."""

    folder: Path
    out: Path
    shifts_dates: bool = False
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Deidentified:
    """So many files were written; `to_look_at` of them may have writing in the picture; `left_out` could not be copied
    without a risk, or are no DICOM.
    """

    files: int
    to_look_at: int
    left_out: int


def deidentify_project(request: DeidentifyRequest, progress: Progress, cancelled: CancelCheck) -> Deidentified:
    """Write the copies, whole or not at all. Raises KnownError, DataMoved, ProjectRefused or Cancelled.

    The key that UIDs, patients and dates are changed by is thrown away: nothing leads back.
    """
    out = request.out.absolute()
    if out.exists():
        raise KnownError(say("{name} already exists.", name=out.name), say("Choose another name for the folder."))
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
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
    count = to_look_at = left_out = 0
    total = len(project.pool)
    with (part / TABLE).open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(_COLUMNS)
        for index in range(total):
            progress(index, total, tr("Copying without names"))
            if cancelled():
                raise Cancelled
            item = project.store.items.get(index)
            label = in_words(label.name for label in project.decided_labels(item))
            for path in paths_of(project.store, item):
                name = f"{count + 1:06d}.dcm"
                try:
                    if not _is_dicom(project.data_root / path):
                        raise UnreadableItem(say("It is no DICOM file."))
                    copy = deidentify(project.data_root / path, part / name, disguise)
                except UnreadableItem:
                    (part / name).unlink(missing_ok=True)
                    left_out += 1
                    continue
                count += 1
                to_look_at += copy.may_have_writing
                cells = (name, str(index + 1), item.state.value, label)
                table.writerow([neutralise(without_surrogates(cell)) for cell in cells])
    progress(total, total, "")
    return Deidentified(count, to_look_at, left_out)


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_dicom(file.read(4096))
    except OSError:
        return False
