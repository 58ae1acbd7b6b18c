"""Models as single files: written from a version of a project, and taken into another project as a new version."""

import shutil
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.protocols import CancelCheck, Progress, stop_if
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.language import tr
from hitl_desktop.learning.bundle_file import read_model_file, write_model_file
from hitl_desktop.learning.bundles import save_bundle
from hitl_desktop.learning.heads import SeveralHead
from hitl_desktop.store.journal import make_folder_durable
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.extraction import extractor_of
from hitl_desktop.workflow.insight import held_out_counts
from hitl_desktop.workflow.known_items import note_known
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.sitting import who_is_there
from hitl_desktop.workflow.targets import check_target
from hitl_desktop.workflow.views import parts_of


@dataclass(frozen=True, slots=True)
class SaveModelRequest:
    """Write the bundle in `folder` as the one file `out`."""

    folder: Path
    out: Path


@dataclass(frozen=True, slots=True)
class OpenModelRequest:
    """Check the model file `file` and unpack it for a project: `kind` and `ids` are its kind and its class ids by name.

    `into` is a folder that does not exist yet, `project` the project's folder. `several`: it decides several findings
    per item.
    """

    file: Path
    into: Path
    project: Path
    kind: str
    ids: Mapping[str, int]
    several: bool = False


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model file that was checked and unpacked: where, what it is called, and what its card says was measured."""

    folder: Path
    title: str
    metrics: Mapping[str, Any]


def save_model(request: SaveModelRequest, _: Progress, __: CancelCheck) -> Path:
    """Write a model file. Raises KnownError when the model is damaged or the place cannot be written to."""
    write_model_file(request.folder, request.out)
    return request.out


def open_model(request: OpenModelRequest, _: Progress, cancelled: CancelCheck) -> OpenedModel:
    """Check and unpack a model file; no code in it can run.

    Raises KnownError with the reason, and leaves nothing behind, when it is damaged, or for another kind of data,
    other features or other classes than the project's. Raises Cancelled.
    """
    unpacked, step = request.into.with_name(f"{request.into.name}.unpacked"), stop_if(cancelled)
    try:
        bundle = read_model_file(request.file, unpacked, step)
        step()
        if bundle.kind != request.kind:
            raise KnownError(
                say("The model in {name} is for another kind of data.", name=request.file.name),
                say("Choose another model."),
            )
        if isinstance(bundle.head, SeveralHead) != request.several:
            name = request.file.name
            raise KnownError(
                say("The model in {name} says one class per item.", name=name)
                if request.several
                else say("The model in {name} says several findings per item.", name=name),
                say("Choose another model."),
            )
        for key in parts_of(bundle.extractor):
            step()
            extractor_of(key, request.project)
        step()
        save_bundle(bundle.with_class_ids(request.ids), request.into)
        step()
        with closing(Store.reader(request.project)) as store:
            note_known(request.into, bundle, store.items.digests())
    except BaseException:
        shutil.rmtree(request.into, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    title = sentence_of(bundle.card.get("title", "")).english() or request.file.stem
    metrics = bundle.card.get("metrics", {})
    return OpenedModel(request.into, title, _believable(metrics))


def _believable(metrics: object) -> dict[str, int]:
    """The counts on held-out data that a card states; empty when they are missing or make no sense."""
    counts = held_out_counts(metrics) if isinstance(metrics, Mapping) else None
    return {} if counts is None else {"right": counts[0], "held_out": counts[1]}


def open_request(project: Project, file: Path) -> OpenModelRequest:
    """What the worker needs to open a model file for a project."""
    into = project.folder / "models" / f".training-{uuid.uuid4().hex}"  # cleared away if this ends half-way
    ids = {label.name: label.id for label in project.labels}
    several = project.task is Task.SEVERAL
    return OpenModelRequest(file, into, project.folder, project.kind.name, ids, several)


def save_request(project: Project, version: int | None, out: Path) -> SaveModelRequest:
    """What the worker needs to save a version, None for the one in use. Raises KnownError when it is not there, or for
    a place that is not for it.
    """
    check_target(project, out)
    known = {model.version: model for model in project.store.models.all()}
    number = version if version is not None else project.model.version if project.model else None
    if number is None:
        raise KnownError(say("There is no model yet."), say("Decide some items of two classes, then train one."))
    if number not in known or not (project.folder / known[number].folder).is_dir():
        raise KnownError(say("There is no model v{version} in this project.", version=str(number)))
    return SaveModelRequest(project.folder / known[number].folder, out)


def adopt_model(project: Project, opened: OpenedModel) -> tuple[Changes, ModelVersion]:
    """Keep an opened model as a new version. It is put to use where there is none; else that is for a person to say."""
    store = project.store
    version = store.models.next_version()
    model = ModelVersion(version, "imported", opened.title, now_utc(), 0, 0, dict(opened.metrics))
    shutil.rmtree(project.folder / model.folder, ignore_errors=True)
    opened.folder.rename(project.folder / model.folder)
    make_folder_durable(opened.folder.parent)  # its name, before the database says that it is there
    is_first = project.model is None
    with store.transaction():
        store.models.add(model)
        if is_first:
            store.models.activate(version, now_utc(), who_is_there(store), say("It was opened from a file."))
    project.load_scores()
    told = (
        tr("{title} was opened and is in use.", title=opened.title)
        if is_first
        else tr("{title} was opened and is kept beside the one in use.", title=opened.title)
    )
    return Changes(model=True, order=is_first, routing=is_first, told=told), model
