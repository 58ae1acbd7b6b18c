"""The samples in the box: unpacked into the user's own folder, opened like any other data."""

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import listed, say
from hitl_desktop.kinds import KINDS

if TYPE_CHECKING:  # the start page names the samples, and is painted before one is made
    from hitl_desktop.workflow.requests import NewProject


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of the catalogue `resources/samples/samples.json`."""

    id: str
    title: str
    kind: str
    file: str
    root: str
    items: int
    classes: tuple[str, ...]
    sentence: str
    model: str
    licence: str


def catalogue() -> list[Sample]:
    """All samples, in the order of the start page."""
    stored = json.loads((paths.resources() / "samples" / "samples.json").read_text("utf-8"))
    return [Sample(**{**entry, "classes": tuple(entry["classes"])}) for entry in stored]


def sample_named(sample_id: str) -> Sample:
    """One sample. Raises KnownError naming the ones there are."""
    found = next((s for s in catalogue() if s.id == sample_id), None)
    if found is None:
        raise KnownError(
            say("There is no sample named {name}.", name=sample_id),
            say("Use one of: {names}.", names=listed(s.id for s in catalogue())),
        )
    return found


def unpack(sample: Sample, folder: Path) -> Path:
    """Put the sample's data below `folder` unless it is there already; returns the data's path."""
    source = paths.resources() / "samples" / sample.file
    folder.mkdir(parents=True, exist_ok=True)
    if not zipfile.is_zipfile(source):
        target = folder / sample.file
        if not target.exists():
            shutil.copyfile(source, target)
        return target
    target = folder / sample.root
    if not target.is_dir():
        part = folder / f".{sample.id}.part"
        shutil.rmtree(part, ignore_errors=True)
        with zipfile.ZipFile(source) as archive:
            archive.extractall(part)
        (part / sample.root).rename(target)
        shutil.rmtree(part, ignore_errors=True)
    return target


def new_project(sample: Sample, data: Path, folder: Path) -> "NewProject":
    """How to open a sample: its own model, and its labels as hidden truth."""
    from hitl_desktop.workflow.requests import LabelUse, NewProject

    named = KINDS[sample.kind].from_rows and not KINDS[sample.kind].compares
    return NewProject(
        folder=folder,
        data=data,
        name=sample.title,
        kind=sample.kind,
        use_labels=LabelUse.TRUTH,
        model=sample.model,
        labels=sample.classes if named else (),
        labels_from="label" if named else None,
    )


def own_project(sample: Sample) -> "NewProject":
    """Unpack a sample into the user's own folder; how to make its project there."""
    return new_project(sample, unpack(sample, sample_data()), project_folder(sample))


def project_folder(sample: Sample) -> Path:
    """Where the project of a sample lies in the user's own folder."""
    return paths.user_data() / "projects" / f"{sample.title}.hitl"


def sample_data() -> Path:
    """Where the samples are unpacked."""
    return paths.user_data() / "samples"
