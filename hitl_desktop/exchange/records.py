"""The record that every export format writes, one per item."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hitl_desktop.domain.evidence import Mark, mark_from_plain, mark_to_plain
from hitl_desktop.domain.responses import NO_RESPONSE, Response


@dataclass(frozen=True, slots=True)
class NamedMark:
    """One mark with the name of the class it speaks for, "" for none. The mark itself has no `label_id` here."""

    mark: Mark
    label: str = ""

    def __post_init__(self) -> None:
        if self.mark.label_id is not None:
            raise ValueError("Classes go out by their names.")

    def plain(self) -> dict[str, Any]:
        """The mark as a plain mapping; `label` is the name, or None."""
        return mark_to_plain(self.mark) | {"label": self.label or None}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "NamedMark":
        """The inverse of `plain`. Raises ValueError, KeyError or TypeError for anything else."""
        label = values["label"]
        if label is not None and not isinstance(label, str):
            raise TypeError("not a name")
        return cls(mark_from_plain({**values, "label": None}), label or "")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One item with where its label comes from, so that a checked label never looks like a guessed one.

    `id` is the SHA-256 of the content in hex; `path` a hint where it lies; `label` the class decided on or "";
    `state` and `verdict` are the values of the domain's enumerations; `decided_at` is UTC in ISO 8601;
    `predicted`, `confidence` and `uncertainty` (both 0–1) are what model `model_version` claims;
    `reason` says why the decision before was changed; `slot` says why the item was asked;
    `decisions` counts the decisions ever made on it;
    `probabilities` maps class names to 0–1; `text` is empty for images; `fields` are the other columns
    of the imported record. Where several findings are decided per item, `asked` names all of them in class order,
    `findings` are those decided to be there and `predicted_findings` those the model suggests, () for none of them and
    None where nothing is decided or suggested; `label` and `predicted` are then empty.
    `exposure` says what the reviewer had seen of a suggestion ("shown", "hidden", "revealed", or "" where there was
    none or it was not noted); `own_answer` is what they said before they saw it, several findings joined by ";".
    `response` is what was answered beyond the class. `auth` says how it was known that the reviewer was who they said:
    "password" where one was given in that session, "none" where nobody was asked, "" where that was not noted.
    `marks` are the evidence of the decision, in an image of `image_size` (width, height). `files` are those of a series
    with marks, in the order of its frames.
    `route` is where the routing policy `policy_version` sends the item now, by its rule number `rule` (from 1; one more
    than there are rules for everything else); for an automatic decision they are those that it was made by, and `basis`
    says on what permission ("certificate 1", "override 2"), "" elsewhere.
    Raises ValueError for numbers that are not finite: not scored is None.
    """

    id: str
    path: str
    label: str = ""
    state: str = ""
    verdict: str = ""
    reviewer: str = ""
    decided_at: str = ""
    predicted: str = ""
    confidence: float | None = None
    uncertainty: float | None = None
    model_version: int | None = None
    note: str = ""
    reason: str = ""
    slot: str = ""
    decisions: int = 0
    probabilities: Mapping[str, float] = field(default_factory=dict)
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    findings: tuple[str, ...] | None = None
    predicted_findings: tuple[str, ...] | None = None
    exposure: str = ""
    own_answer: str = ""
    marks: tuple[NamedMark, ...] = ()
    image_size: tuple[int, int] | None = None
    route: str = ""
    rule: int | None = None
    policy_version: int | None = None
    basis: str = ""
    response: Response = NO_RESPONSE
    auth: str = ""
    files: tuple[str, ...] = field(default=(), compare=False)

    def file_of(self, frame: int) -> str:
        """The file that a frame lies in: of a series one of several, else the item's own."""
        return self.files[frame] if frame < len(self.files) else self.path

    def __post_init__(self) -> None:
        numbers = [self.confidence, self.uncertainty, *self.probabilities.values()]
        if not all(n is None or math.isfinite(n) for n in numbers):
            raise ValueError("A confidence, uncertainty or probability is not finite.")


TEXT_COLUMNS: Final = (
    "id", "path", "label", "state", "verdict", "reviewer", "decided_at", "predicted", "note", "reason", "slot", "text",
    "exposure", "own_answer", "route", "basis",
)  # fmt: skip
SHARE_COLUMNS: Final = ("confidence", "uncertainty")
COUNT_COLUMNS: Final = ("model_version", "decisions", "rule", "policy_version")
FINDING_COLUMNS: Final = ("asked", "findings", "predicted_findings")
