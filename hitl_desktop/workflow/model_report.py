"""Everything that the model page shows, as plain values: figures with their samples, curves, versions, advice."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.calibration_error import ReliabilityBin
from hitl_desktop.assurance.estimates import Estimate, Score
from hitl_desktop.assurance.selective_risk import RiskCoverage
from hitl_desktop.domain.holdout import RAREST
from hitl_desktop.domain.labels import Label
from hitl_desktop.workflow.stopping import StopAdvice as StopAdvice


class Role(StrEnum):
    """What a version is to the project now."""

    IN_USE = "in use"
    CHALLENGER = "challenger"
    """The newest version, which the comparison did not put to use."""
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class MeasuringSource:
    """Which decisions measure: `checks` answered random checks, out of `drawn` (the others were set aside).

    One item in `every` that are asked is a check. `words` names the sample for a caption: "500 random checks", or "412
    random checks and 88 labels of your data".
    `left_out` says in words how many checks the model had learned from elsewhere, so that they do not measure it; often
    empty. `left_out_count` is their number.
    """

    checks: int
    drawn: int
    words: str
    every: int = RAREST
    left_out: str = ""
    left_out_count: int = 0

    @property
    def set_aside(self) -> int:
        """Checks that were skipped, unsure or flagged: they have no class, so they cannot measure."""
        return self.drawn - self.checks


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether confidence may be read as a share. `fitted_on` 0: not on this project's checks. `words` is the caption.

    `ece` and `brier` are None without checks. ECE is a gap of shares (0.036 is "3.6 points"); Brier is 0–2. `by_chance`
    is about how large the gap would be with perfect confidences and so few checks.
    """

    fitted_on: int
    needed: int
    ece: float | None
    brier: float | None
    words: str
    by_chance: float | None = None


@dataclass(frozen=True, slots=True)
class ConfusionTable:
    """Checks by what they are (rows) and what the model said (columns), both in class order.

    `counts` (k, k); `unscored` (k,) are checks that the model could not read; they count as wrong. `items[t][p]` are
    the pool indexes of the checks of a cell.
    """

    labels: tuple[Label, ...]
    counts: npt.NDArray[np.int64]
    unscored: npt.NDArray[np.int64]
    items: tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How the model in use does on one class. None where no check says anything.

    `recall` is found of those that are there, `precision` right of those so called, `f1` their harmonic mean.
    """

    label: Label
    checks: int
    recall: Estimate | None
    precision: Estimate | None
    f1: Score | None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Checks by one finding: `found` it is there and the model said so, `missed` there and not said, `wrongly` said and
    not there, `rightly_not` neither. A check that the model could not read counts as nothing said.

    `is_learned` False: all decisions the model learned from say the same of it.
    """

    label: Label
    found: int
    missed: int
    wrongly: int
    rightly_not: int
    is_learned: bool


@dataclass(frozen=True, slots=True)
class FindingTable:
    """What stands in place of the confusion matrix where several findings are decided per item.

    `hamming` is the share of wrong answers among all yes and no of all checks, with its interval (that of a share of
    items, so rather too wide). Source: Schapire and Singer, "BoosTexter", 2000.
    """

    rows: tuple[FindingRow, ...]
    hamming: Score


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One version of the learning curve. Every version is measured on the same checks, those made until today."""

    version: int
    role: Role
    decisions: int
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One row of the table of versions; newest first in the report.

    `decisions` and `trained_hash` say what it learned from; `accuracy` is on today's checks, None when there are none
    or the version was never scored on them; `watched_recall` is its recall of the class the table watches.
    `can_be_used` is False when its files are gone. `caveat` is what its accuracy must be read with, often empty.
    """

    version: int
    role: Role
    name: str
    decisions: int
    trained_hash: str
    made_utc: str
    accuracy: Estimate | None
    watched_recall: Estimate | None
    can_be_used: bool
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class ChallengerNotice:
    """Why the newest version is not in use. `title`: "v8 was not put to use"; `words`: the reason, one to three
    sentences, on today's checks; `worse_class` is the class that holds it back, None when it is all of them together.
    """

    version: int
    against: int
    title: str
    words: str
    worse_class: Label | None


@dataclass(frozen=True, slots=True)
class ModelReport:
    """The model page. Figures are None, and tuples empty, where nothing measures yet.

    `version` None: there is no model, and everything but `source` is empty. `title` is what people call the model;
    `story` how it came about; `uses` names its features and estimator in a few words, `choice` says on what evidence;
    `held_out` is how a bundled model did on the data it came from. `reliability` has bins of equal counts.
    `classes` is in class order. `watched` is the class the table of versions shows: the one
    that holds the challenger back, else the one found least often; None without checks.
    With several findings per item, `accuracy` asks for all findings of an item to be right, `reliability` and
    `calibration` look at each finding by itself, `classes` are the findings, and `findings` stands for `confusion`.
    `caveat` is what accuracy must be read with, often empty.
    """

    version: int | None
    title: str
    story: str
    uses: str
    choice: str
    source: MeasuringSource
    accuracy: Estimate | None
    macro_f1: Score | None
    calibration: Calibration | None
    held_out: Estimate | None
    reliability: tuple[ReliabilityBin, ...]
    confusion: ConfusionTable | None
    classes: tuple[ClassRow, ...]
    curve: tuple[CurvePoint, ...]
    risk_coverage: RiskCoverage | None
    versions: tuple[VersionRow, ...]
    watched: Label | None
    challenger: ChallengerNotice | None
    stop: StopAdvice | None
    findings: FindingTable | None = None
    caveat: str = ""
