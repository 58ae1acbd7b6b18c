"""What goes into a background task and what comes out: plain values that cross to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl_desktop.domain.batches import BatchCounts
from hitl_desktop.domain.evidence import Area
from hitl_desktop.domain.holdout import USUAL, Holdout
from hitl_desktop.domain.items import Duplicate, Other, Unreadable
from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.domain.stakes import Stakes
from hitl_desktop.domain.suggesting import Suggesting

if TYPE_CHECKING:  # the window reads this module before its first paint, when numpy is not loaded yet
    import numpy as np
    import numpy.typing as npt

    from hitl_desktop.domain.steering import Conditions


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
    `model` is a bundled model's name, "none", or None for the one whose classes match. `several`: each class is a
    finding that an item may have beside others; label cells then hold names separated by ; or |, or a JSON list.
    `holdout` is what is set aside to measure: of the items to decide, and of labels that count as earlier decisions.
    `suggesting` says when a suggestion is in view. `roles` (role → columns) and `options` say how the rows of a table
    are read for a kind of `exchange.row_kinds`; empty: as guessed.
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
    several: bool = False
    holdout: Holdout = USUAL
    suggesting: Suggesting = field(default_factory=Suggesting)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What the import found. `files` = items + stacked + duplicates + unreadable + others.

    `stacked` files are part of an item that has several: of a series of n files, n − 1 of them.

    `set_aside` items of all were drawn to measure, `decisions_aside` of them among the labels that came as decisions.

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
    set_aside: int = 0
    decisions_aside: int = 0
    stacked: int = 0
    notes: tuple[Sentence, ...] = ()
    listed_duplicates: tuple[Duplicate, ...] = ()
    listed_unreadable: tuple[Unreadable, ...] = ()
    listed_others: tuple[Other, ...] = ()

    @property
    def files(self) -> int:
        """Everything that was looked at."""
        return self.items + self.stacked + self.duplicates + self.unreadable + self.others


@dataclass(frozen=True, slots=True)
class FeatureRequest:
    """Whose items' features are needed: the first `items` of the project `folder`, in pool order.

    The task reads digests, paths and texts itself, through a connection that only reads. `root` is where the image
    files lie, None for texts or when they are not where they were. Representations are fitted on the first `fitted_on`
    of the items, 0 for all: a few items more are no reason to map all of them anew.
    """

    folder: Path
    kind: str
    extractor: str
    items: int
    root: Path | None = None
    fitted_on: int = 0

    @property
    def cache(self) -> Path:
        """The folder of the feature cache."""
        return self.folder / "features"


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Score every item with one model; class columns in the order of `label_ids`. The result goes to `out`.

    The first `keep` items are scored there already, and stay as they are. `versions` are the folders of the models,
    by version, that are to say of the items `checks` (m,) what they make of them: so that every version can be measured
    on items that came after it.
    """

    features: FeatureRequest
    bundle: Path
    label_ids: tuple[int, ...]
    out: Path
    keep: int = 0
    versions: tuple[tuple[int, Path], ...] = ()
    checks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """Where the probabilities lie, and the items that could not be read any more.

    `checks` are, by version, items (m,) and what that version says of them (m, k).
    """

    out: Path
    items: int
    unreadable: Mapping[int, Sentence] = field(default_factory=dict)
    checks: Mapping[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be asked next: how, among which items, and where the answer goes.

    `start` asks first, `strategy` once there is a model, and in a project that began `cold`, without a model in the
    box, once a few of each class are decided. `candidates` (m,) are the indexes of the items to choose from; `batch`
    is how many decisions there will be before the next training. `out` is the file of utilities to write. `several`:
    the labels and scores are of several findings per item, the labels being codes of sets. `columns_now` says of every
    class column what it counts as (`domain/class_changes.py`); () while every class counts as itself. `stakes` say what
    is lost when a class is missed, where somebody has said so; amounts are read from the project `folder`. `compares`:
    items are comparisons of answers.
    """

    strategy: str
    start: str
    cold: bool
    candidates: npt.NDArray[np.int64]
    batch: int
    out: Path
    several: bool = False
    columns_now: tuple[int, ...] = ()
    stakes: Stakes | None = None
    folder: Path | None = None
    compares: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """Decided items and their class ids (or codes of sets of findings), shapes (m,) and (m,)."""

    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]

    def only(self, mask: npt.NDArray[np.bool_]) -> Decided:
        """Some of them: `mask` (m,) says which."""
        return Decided(self.rows[mask], self.labels[mask])


@dataclass(frozen=True, slots=True)
class Marked:
    """What a decided item's marks say of what should count: `marks`, in a picture of `size` (None: a text).

    `label_id` is the class that the item is decided as.
    """

    index: int
    label_id: int
    marks: tuple[Area, ...]
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AskRequest:
    """Find out how much every item is worth asking, making the features that takes first.

    `features_choice`, one of `learning_choices.FEATURES`, says what the project will learn from. `bundle` and
    `scores` belong to the model in use, None before there is one. `first` are the items whose features are wanted
    first, in that order.
    """

    features: FeatureRequest
    features_choice: str
    bundle: Path | None
    scores: Path | None
    training: Decided
    label_ids: tuple[int, ...]
    asking: Asking
    first: tuple[int, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the utilities lie."""

    out: Path


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """Train on decided items and score the whole pool with the result.

    `training` are the decisions to learn from, `checks` those that only measure; `names` are the names of all class
    ids. `start` is the bundle to adapt, or None to begin from scratch with the best of the views that the
    `features_choice`, one of `learning_choices.FEATURES`, stands for. When that is automatic, views that would take
    long to make are left out. `warm` is the model trained before. `bundle_out` and `scores_out` are written.
    `weights` (m,) says how much each of `training` counts, None: all the same. `rules` are conditions and the class ids
    that they speak for: what they say of `undecided` items (u,), none of which measures, teaches a little too.
    `rankings` are those of items that are comparisons, by index. `marked` are those of `training` with marks that say
    what should count.
    """

    features: FeatureRequest
    features_choice: str
    estimator: str
    class_weight: str
    group_column: str
    training: Decided
    checks: Decided
    names: Mapping[int, str]
    label_ids: tuple[int, ...]
    start: Path | None
    warm: Path | None
    asking: Asking
    bundle_out: Path
    scores_out: Path
    card: Mapping[str, Any]
    seed: int
    weights: npt.NDArray[np.float64] | None = None
    rules: tuple[tuple[Conditions, int], ...] = ()
    undecided: npt.NDArray[np.int64] | None = None
    rankings: Mapping[int, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    regularisation: str = "auto"
    marked: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished training, not yet put to use. `asked_by` are the start and the strategy that made `utilities`."""

    bundle: Path
    scores: Path
    utilities: Path
    asked_by: tuple[str, str]
    rows: int
    unreadable: Mapping[int, Sentence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimulateRequest:
    """Replay hidden truth: `truth` (n,) class ids, −1 where unknown; each of `strategies` with every seed.

    The features are the usual view of `features_choice`; `start` asks before there is a model; items that say the same
    in `group_column` ("" none) stay on one side of each split.
    `findings`: their number where `truth` holds codes of sets of several findings per item, else 0.
    `answers`: all class ids where items are comparisons, else ().
    """

    features: FeatureRequest
    truth: npt.NDArray[np.int64]
    budget: int
    batch: int
    strategies: tuple[str, ...]
    seeds: int
    features_choice: str
    start: str
    group_column: str
    findings: int = 0
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BackboneRequest:
    """Check the ONNX file `model` and copy it into the project folder, for items of `kind`."""

    project: Path
    model: Path
    kind: str


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Write the items of the project `folder` to `out` in a format of the export table."""

    folder: Path
    out: Path
    form: str


@dataclass(frozen=True, slots=True)
class AddRequest:
    """Look for new items of the project `folder` in `sources`: folders, image files or tables; () where its data lies.

    What is found is laid down in the folder `staging`, which must not be there, until the project takes it over.
    """

    folder: Path
    sources: tuple[Path, ...]
    staging: Path


@dataclass(frozen=True, slots=True)
class Gathered:
    """New items, laid down in `staging`: they are the items from `first` on.

    `source` says where they come from, in short. `known` are, by model version, indexes of those that it had learned
    from elsewhere. `listed_…` are the first `LISTED` files of each sort that was left out.
    """

    staging: Path
    first: int
    items: int
    source: str
    counts: BatchCounts
    notes: tuple[Sentence, ...] = ()
    known: Mapping[int, npt.NDArray[np.int64]] = field(default_factory=dict)
    listed_duplicates: tuple[Duplicate, ...] = ()
    listed_unreadable: tuple[Unreadable, ...] = ()
    listed_others: tuple[Other, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to keep: no item, and nothing left out that was not told before."""
        return not (self.items or self.counts.duplicates or self.counts.unreadable or self.counts.others)
