"""A project as one file to carry or to keep: a snapshot of its database, its record of decisions, its models, perhaps
its data. Where it lies on this machine is not in it; the names of its items and of its reviewers are.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.project_archive import DATA, MODEL_FILES, Member, name_is_safe, write_archive
from hitl_desktop.language import tr
from hitl_desktop.store.packed_database import write_snapshot
from hitl_desktop.store.store import DATABASE
from hitl_desktop.workflow.item_files import below, paths_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.targets import check_target

_JOURNAL = "decisions.jsonl"


@dataclass(frozen=True, slots=True)
class PackRequest:
    """Pack the project `folder` into the file `out`; `with_data`: with the files of its items as well."""

    folder: Path
    out: Path
    with_data: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: so many files, so many bytes; `missing` files of items that are not where they were."""

    files: int
    bytes: int
    missing: int = 0


def pack(request: PackRequest, progress: Progress, cancelled: CancelCheck) -> Packed:
    """Pack a project, beside the program that has it open. Raises KnownError, ProjectRefused or Cancelled."""
    out = request.out.absolute()
    with closing(Project.reader(request.folder)) as project:
        check_target(project, out)
        models = [project.folder / model.folder for model in project.store.models.all()]
        data = list(_data_of(project)) if request.with_data else []
        folder = project.folder
    snapshot = out.with_name(f".{out.name}.{os.getpid()}.sqlite3.part")
    there = [(name, file) for name, file in data if file.is_file() and name_is_safe(name)]
    members: list[Member] = [(DATABASE, snapshot), *_own_files(folder, models), *there]

    def step(number: int) -> None:
        progress(number, len(members), tr("Packing"))
        if cancelled():
            raise Cancelled

    try:
        write_snapshot(folder / DATABASE, snapshot)
        write_archive(out, members, step)
    except OSError as error:
        raise KnownError(
            say("The project cannot be packed into {name}: {why}.", name=out.name, why=str(error.strerror)),
            say("Choose another place, or free some space."),
        ) from error
    finally:
        snapshot.unlink(missing_ok=True)
    progress(len(members), len(members), tr("Packing"))
    return Packed(len(members), out.stat().st_size, len(data) - len(there))


def _own_files(folder: Path, models: list[Path]) -> Iterator[Member]:
    if (folder / _JOURNAL).is_file():
        yield _JOURNAL, folder / _JOURNAL
    for model in models:
        for name in MODEL_FILES:
            if (model / name).is_file():
                yield f"models/{model.name}/{name}", model / name


def _data_of(project: Project) -> Iterator[Member]:
    """The files of all items, each once."""
    if project.kind.from_rows or not project.data_is_there:
        return
    seen = set()
    for index in range(len(project.pool)):
        for path in paths_of(project.store, project.store.items.get(index)):
            if path not in seen:
                seen.add(path)
                yield f"{DATA}{below(path)}", project.data_root / path
