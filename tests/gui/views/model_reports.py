"""Reports of invented models, as the workflow would make them: for the tests and the pictures of the model page."""

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.calibration_error import ReliabilityBin
from hitl_desktop.assurance.estimates import Estimate, Score
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.assurance.selective_risk import RiskCoverage
from hitl_desktop.domain.labels import Label
from hitl_desktop.workflow.model_report import (
    Calibration,
    ChallengerNotice,
    ClassRow,
    ConfusionTable,
    CurvePoint,
    MeasuringSource,
    ModelReport,
    Role,
    VersionRow,
)
from hitl_desktop.workflow.stopping import StopAdvice

CLAIMS = ("Motor", "Home", "Health", "Travel", "Liability", "Not a claim")
MISTAKES = np.array(
    [
        [105, 2, 0, 1, 4, 0],
        [1, 87, 1, 1, 5, 1],
        [1, 0, 83, 2, 1, 1],
        [1, 1, 2, 69, 0, 1],
        [5, 4, 0, 0, 47, 2],
        [1, 2, 1, 1, 1, 66],
    ],
    np.int64,
)
THRESHOLD = 0.9
DECIDED = [(Label(i + 1, name, i), 400 - 20 * i) for i, name in enumerate(CLAIMS)]


def share(right: int, of: int) -> Estimate:
    """A share with its interval."""
    return Estimate(right, of, right / of, *wilson(right, of))


def many_classes(classes: int, checks: int, seed: int = 7) -> npt.NDArray[np.int64]:
    """Checks of so many classes, most of them right."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, checks)
    strays = (truth + rng.integers(1, 6, checks)) % classes
    said = np.where(rng.random(checks) < 0.84, truth, strays)
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truth, said), 1)
    return counts


def report(
    names: tuple[str, ...] = CLAIMS,
    counts: npt.NDArray[np.int64] = MISTAKES,
    *,
    versions: int = 8,
    challenger: bool = True,
    calibrated: bool = True,
) -> ModelReport:
    """A report of a model with these classes and checks."""
    labels = tuple(Label(position + 1, name, position) for position, name in enumerate(names))
    checks, right = int(counts.sum()), int(np.trace(counts))
    in_use = versions - 1 if challenger else versions
    return ModelReport(
        version=in_use,
        title="Claims, trained here",
        story="1,480 decisions",
        uses="Meaning and words · logistic regression",
        choice="MiniLM and words together did best in 5-fold cross-validation on 1,480 decisions: 89 %.",
        source=MeasuringSource(checks, checks + 3, f"{checks:,} random checks"),
        accuracy=share(right, checks),
        macro_f1=Score(max(0.0, right / checks - 0.006), max(0.0, right / checks - 0.03), right / checks + 0.02),
        calibration=Calibration(
            checks if calibrated else 0,
            100,
            0.036,
            0.13,
            f"calibrated on {checks} checks" if calibrated else f"not yet calibrated: {checks} of 100 checks",
        ),
        held_out=None,
        reliability=_reliability(checks),
        confusion=ConfusionTable(labels, counts, np.zeros(len(labels), np.int64), _items(counts)),
        classes=tuple(_class_row(label, counts) for label in labels),
        curve=tuple(_curve(versions, in_use, checks, right)),
        risk_coverage=_risk(checks),
        versions=tuple(_versions(versions, in_use, checks, right)),
        watched=labels[4] if len(labels) > 4 else labels[-1],
        challenger=_notice(versions, labels) if challenger else None,
        stop=StopAdvice(
            "Nearly",
            "Another 160 decisions would likely add 0 to 1 point. Between v7 and v8, 149 of 12,400 suggestions "
            "changed (1.2 %).",
        ),
    )


def unmeasured(names: tuple[str, ...] = CLAIMS) -> ModelReport:
    """A first model without any random check."""
    labels = tuple(Label(position + 1, name, position) for position, name in enumerate(names))
    return ModelReport(
        version=1,
        title="Claims, trained here",
        story="20 decisions of this project",
        uses="Words · logistic regression",
        choice="Words: the usual choice below 60 decisions.",
        source=MeasuringSource(0, 0, "no random checks"),
        accuracy=None,
        macro_f1=None,
        calibration=Calibration(0, 100, None, None, "not yet calibrated: 0 of 100 checks"),
        held_out=None,
        reliability=(),
        confusion=None,
        classes=tuple(ClassRow(label, 0, None, None, None) for label in labels),
        curve=(),
        risk_coverage=None,
        versions=(VersionRow(1, Role.IN_USE, "", 20, "9f2c41d8" * 8, "2026-11-13T08:40:00Z", None, None, True),),
        watched=None,
        challenger=None,
        stop=None,
    )


def without_model() -> ModelReport:
    """A project that has no model yet."""
    source = MeasuringSource(0, 0, "no random checks")
    nothing = (None, None, None, None, (), None, (), (), None, (), None, None, None)
    return ModelReport(None, "", "", "", "", source, *nothing)


def _reliability(checks: int) -> tuple[ReliabilityBin, ...]:
    stated = (0.36, 0.46, 0.555, 0.655, 0.755, 0.86, 0.97)
    observed = (0.44, 0.53, 0.625, 0.75, 0.86, 0.945, 0.98)
    weights = np.array([9, 17, 24, 32, 55, 86, 277]) / 500
    points = []
    for low, high, part in zip(stated, observed, weights, strict=True):
        of = max(1, round(float(part) * checks))
        points.append(ReliabilityBin(low - 0.05, low + 0.05, low, share(round(high * of), of), float(part)))
    return tuple(points[-max(2, min(7, checks // 6)) :])


def _items(counts: npt.NDArray[np.int64]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    following = iter(range(int(counts.sum())))
    return tuple(tuple(tuple(next(following) for _ in range(n)) for n in row) for row in counts.tolist())


def _class_row(label: Label, counts: npt.NDArray[np.int64]) -> ClassRow:
    right, there, said = (
        int(counts[label.position, label.position]),
        int(counts[label.position].sum()),
        int(counts[:, label.position].sum()),
    )
    f1 = 2 * right / (there + said) if there + said else None
    return ClassRow(
        label,
        there,
        share(right, there) if there else None,
        share(right, said) if said else None,
        Score(f1, max(0.0, f1 - 0.05), min(1.0, f1 + 0.05)) if f1 is not None else None,
    )


def _role(version: int, in_use: int) -> Role:
    if version == in_use:
        return Role.IN_USE
    return Role.CHALLENGER if version > in_use else Role.KEPT


def _accuracies(versions: int, checks: int, right: int) -> list[Estimate]:
    found = []
    for version in range(1, versions + 1):
        behind = round(checks * 0.14 * (1 - version / versions) ** 1.5)
        found.append(share(max(0, right - behind - (2 if version == versions else 0)), checks))
    return found


def _curve(versions: int, in_use: int, checks: int, right: int) -> list[CurvePoint]:
    measured = _accuracies(versions, checks, right)
    return [CurvePoint(v + 1, _role(v + 1, in_use), 360 + 160 * (v + 1), measured[v]) for v in range(versions)]


def _versions(versions: int, in_use: int, checks: int, right: int) -> list[VersionRow]:
    measured = _accuracies(versions, checks, right)
    rows = [
        VersionRow(
            version=v + 1,
            role=_role(v + 1, in_use),
            name="",
            decisions=360 + 160 * (v + 1),
            trained_hash="9f2c41d8" * 8,
            made_utc=f"2026-11-{13 + v % 10:02}T15:12:00Z",
            accuracy=measured[v],
            watched_recall=share(min(58, 40 + v), 58),
            can_be_used=v > 0,
        )
        for v in range(versions)
    ]
    return rows[::-1]


def _notice(versions: int, labels: tuple[Label, ...]) -> ChallengerNotice:
    name = labels[min(4, len(labels) - 1)].name
    return ChallengerNotice(
        versions,
        versions - 1,
        f"v{versions} was not put to use",
        f"Overall it is level: right where v{versions - 1} was wrong 9 times, wrong where v{versions - 1} was right "
        f"11 times. But it finds 43 of 58 {name} items, v{versions - 1} finds 47.",
        labels[min(4, len(labels) - 1)],
    )


def _risk(checks: int) -> RiskCoverage:
    steps = min(checks, 120)
    coverage = np.linspace(1 / steps, 1.0, steps)
    risk = 0.002 + 0.085 * coverage**4
    spread = 0.6 * np.sqrt(risk / np.maximum(1.0, coverage * checks))
    thresholds = 1.0 - 0.65 * coverage**3
    return RiskCoverage(thresholds, coverage, risk, np.maximum(0, risk - spread), risk + 1.4 * spread)
