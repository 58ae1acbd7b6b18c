"""A user's own ONNX models in a project: added as a file with its description, kept with the project."""

import json
import re
import shutil
import uuid
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, stop_if
from hitl_desktop.domain.sentences import say
from hitl_desktop.features import Extractor
from hitl_desktop.features.backbone import OWN, backbone_extractor, check_backbone
from hitl_desktop.features.backbone_card import CARD, MODEL, TOKENIZER, read_card
from hitl_desktop.features.backbone_process import Limits
from hitl_desktop.features.onnx_file import MOST_BYTES
from hitl_desktop.language import tr
from hitl_desktop.workflow.copying import copy_file
from hitl_desktop.workflow.half_done import part_of
from hitl_desktop.workflow.learning_choices import BACKBONES
from hitl_desktop.workflow.requests import BackboneRequest

_STEPS: Final = 2
_NOT_READ: Final = {
    "image": say("This model does not read images."),
    "text": say("This model does not read texts."),
}
_NOT_THESE: Final = say("This model does not read items of this kind.")
_KEY: Final = re.compile(rf"{OWN}[0-9a-f]{{12}}-v\d+")


def own_extractor(project: Path, key: str) -> Extractor | None:
    """The project's own model of that key; None when the key names none of the project's models.

    Raises KnownError when its files are missing or changed.
    """
    if not key.startswith(OWN):
        return None
    folder = project / BACKBONES / key
    if not _KEY.fullmatch(key) or not folder.is_dir():  # a key may come from a model file of somebody else
        raise KnownError(
            say("The project's own model {name} is missing.", name=key),
            say("Add its file again, or train on other features."),
        )
    return backbone_extractor(folder)


def add_backbone(
    project: Path,
    model: Path,
    kind: str,
    progress: Progress,
    cancelled: CancelCheck,
    limits: Limits | None = None,
) -> str:
    """Check the ONNX file `model` and copy it into the project; returns the key of its features.

    Beside it lies its description, `<name>.json` or `backbone.json`, and for texts `tokenizer.json`. Raises KnownError
    with the reason when the model is refused, Cancelled when the user stopped it; nothing is left behind then.
    """
    staging = part_of(project / BACKBONES / uuid.uuid4().hex)
    step = stop_if(cancelled)
    staging.mkdir(parents=True)
    try:
        _copy(model, staging, step)
        if read_card(staging).kind != kind:
            raise KnownError(_NOT_READ.get(kind, _NOT_THESE), say("Choose a model for the items of this project."))
        progress(1, _STEPS, tr("Checking the model"))
        step()
        check_backbone(staging, limits, step)
        step()
        key = backbone_extractor(staging).key
        if not (project / BACKBONES / key).exists():
            staging.rename(project / BACKBONES / key)
        progress(_STEPS, _STEPS, tr("Checking the model"))
        return key
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def add_own_backbone(request: BackboneRequest, progress: Progress, cancelled: CancelCheck) -> str:
    """The task behind adding a user's own model; see `add_backbone`."""
    return add_backbone(request.project, request.model, request.kind, progress, cancelled)


def _copy(model: Path, to: Path, step: Step) -> None:
    """Copy what belongs to the model, under the names it has in a project, and note the hashes in its description."""
    named = model.with_suffix(".json")
    sources = {MODEL: model, CARD: named if named.is_file() else model.with_name(CARD)}
    if (tokenizer := model.with_name(TOKENIZER)).is_file():
        sources[TOKENIZER] = tokenizer
    for name, source in sources.items():
        try:
            if source.stat().st_size > MOST_BYTES:
                raise KnownError(
                    say("{name} is too large.", name=source.name),
                    say("Choose a smaller model, or one with 8-bit weights."),
                )
            copy_file(source, to / name, step)
        except OSError as error:
            raise KnownError(
                say("{name} cannot be read: {why}.", name=source.name, why=str(error.strerror)), say("Check the file.")
            ) from error
    card = read_card(to)
    facts = {**card.facts, "sha256": card.measured_digests(step)}
    (to / CARD).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
