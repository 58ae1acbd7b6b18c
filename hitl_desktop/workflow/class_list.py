"""Which classes a new project has, and what its findings may be called."""

from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import MOST_FINDINGS
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.label_cells import SEPARATORS
from hitl_desktop.kinds import KINDS
from hitl_desktop.workflow.requests import LabelUse, NewProject

FROM_FOLDERS: Final = "folders"


def class_list(request: NewProject, found: Sequence[str]) -> list[str]:
    """The class list: given by hand, else what was `found` in the data. Raises KnownError when neither names any."""
    if request.labels:
        cleaned = [name.strip() for name in request.labels if name.strip()]
        if not cleaned:
            raise KnownError(say("No class is named."), say("Name at least one class, separated by commas."))
        unknown = sorted(set(found) - set(cleaned)) if request.use_labels is not LabelUse.NO else []
        return [*dict.fromkeys(cleaned), *unknown]
    if request.labels_from == FROM_FOLDERS and not found:
        raise KnownError(
            say("The folders do not name classes: there must be at least two folders with images."),
            say("Name the classes."),
        )
    if not found:
        raise KnownError(
            say("The data does not say which classes there are."), say("Name the classes, separated by commas.")
        )
    return list(found)


def check_findings(request: NewProject, kind: str, classes: Sequence[str]) -> None:
    """Refuse what several findings per item cannot be made of. Raises KnownError."""
    if not KINDS[kind].from_rows and request.use_labels is not LabelUse.NO:
        raise KnownError(
            say("A folder names one class per image, so it holds no labels for several findings."),
            say("Use no labels."),
        )
    if len(classes) > MOST_FINDINGS:
        raise KnownError(
            say(
                "The data names {found} findings, and a project can hold {most}.",
                found=len(classes),
                most=MOST_FINDINGS,
            ),
            say("Name the ones to decide, or make a project with one class per item."),
        )
    odd = next((name for name in classes if set(name) & set(SEPARATORS)), None)
    if odd is not None:
        raise KnownError(
            say(
                "A finding cannot be named {name}: {first} and {second} separate names.",
                name=odd,
                first=SEPARATORS[0],
                second=SEPARATORS[1],
            ),
            say("Rename it."),
        )
