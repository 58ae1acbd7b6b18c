"""What goes into a background task and what comes out: plain values that cross to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl_desktop.domain.items import Duplicate, Other, Unreadable

if TYPE_CHECKING:  # the window reads this module before its first paint, when numpy is not loaded yet
    import numpy as np
    import numpy.typing as npt


class LabelUse(StrEnum):
    """What the labels that lie in the data set are used for, beside naming the classes."""

    NO = "no"
    DECISIONS = "decisions"
    TRUTH = "truth"


NO_MODEL = "none"
"""The name that stands for starting cold."""

LISTED = 2000
"""How many files of each sort that was left out travel with the report."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """How to make a project.

    `folder` is the project folder to make; `data` the folder of images or the table. `kind` None: found out.
    `labels` are class names given by hand; `labels_from` is "folders", a column, or None (found out).
    `id_column` "" says that there is none.
    `model` is a bundled model's name, "none", or None for the one whose classes match.
    """

    folder: Path
    data: Path
    name: str = ""
    kind: str | None = None
    labels: tuple[str, ...] = ()
    labels_from: str | None = None
    id_column: str | None = None
    text_column: str | None = None
    use_labels: LabelUse = LabelUse.NO
    model: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What the import found. `files` = items + duplicates + unreadable + others.

    `listed_…` are the first `LISTED` files of each sort that was left out; the project keeps all of them.
    """

    folder: str
    kind: str
    items: int
    duplicates: int
    unreadable: int
    others: int
    disagreements: int
    classes: tuple[str, ...]
    class_counts: Mapping[str, int]
    model: str | None
    decisions: int
    notes: tuple[str, ...] = ()
    listed_duplicates: tuple[Duplicate, ...] = ()
    listed_unreadable: tuple[Unreadable, ...] = ()
    listed_others: tuple[Other, ...] = ()

    @property
    def files(self) -> int:
        """Everything that was looked at."""
        return self.items + self.duplicates + self.unreadable + self.others


@dataclass(frozen=True, slots=True)
class FeatureRequest:
    """Whose items' features are needed: the first `items` of the project `folder`, in pool order.

    The task reads digests, paths and texts itself, through a connection that only reads. `root` is where the image
    files lie, None for texts or when they are not where they were.
    """

    folder: Path
    kind: str
    extractor: str
    items: int
    root: Path | None = None

    @property
    def cache(self) -> Path:
        """The folder of the feature cache."""
        return self.folder / "features"


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Score every item with one model; class columns in the order of `label_ids`. The result goes to `out`."""

    features: FeatureRequest
    bundle: Path
    label_ids: tuple[int, ...]
    out: Path


@dataclass(frozen=True, slots=True)
class Scored:
    """Where the probabilities lie, and the items that could not be read any more."""

    out: Path
    items: int
    unreadable: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """Train on decided items and score the whole pool with the result.

    `rows` (m,) are item indexes and `labels` (m,) their class ids; `names` are the names of all class ids.
    `start` is the bundle to adapt, or None to begin from scratch. `bundle_out` and `scores_out` are written.
    """

    features: FeatureRequest
    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    names: Mapping[int, str]
    label_ids: tuple[int, ...]
    start: Path | None
    bundle_out: Path
    scores_out: Path
    card: Mapping[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished training, not yet put to use."""

    bundle: Path
    scores: Path
    rows: int
    unreadable: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimulateRequest:
    """Replay hidden truth: `truth` (n,) class ids, −1 where unknown; groups of one strategy by several seeds."""

    features: FeatureRequest
    truth: npt.NDArray[np.int64]
    budget: int
    batch: int
    strategies: tuple[str, ...]
    seeds: int


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Write the items of the project `folder` to `out` in a format of the export table."""

    folder: Path
    out: Path
    form: str
