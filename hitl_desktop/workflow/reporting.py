"""Makes the report that the model page shows, from the decisions that measure and what versions said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.calibration_error import (
    ReliabilityBin,
    bins_of_equal_count,
    brier,
    error_by_chance,
    expected_calibration_error,
)
from hitl_desktop.assurance.class_measures import class_measures, finding_measures, macro_f1
from hitl_desktop.assurance.confusion import Confusion
from hitl_desktop.assurance.estimates import Estimate, Score
from hitl_desktop.assurance.intervals import effective_size, wilson_of_shares
from hitl_desktop.assurance.selective_risk import RiskCoverage, risk_coverage
from hitl_desktop.assurance.strata import estimate
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.language import tr, trn
from hitl_desktop.learning.cards import load_card
from hitl_desktop.learning.enough_checks import NEEDED
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.insight import (
    LEARNED_ELSEWHERE,
    began_from,
    calibrated_by,
    calibration_words,
    card_of,
    has_files,
    held_out,
    learned_elsewhere,
    replaces_learned_elsewhere,
    title_of,
)
from hitl_desktop.workflow.known_items import read_known
from hitl_desktop.workflow.measuring import (
    Measured,
    MeasuringSample,
    answers_of,
    known_to,
    measured_each,
    measuring_sample,
)
from hitl_desktop.workflow.model_report import (
    Calibration,
    ChallengerNotice,
    ClassRow,
    ConfusionTable,
    CurvePoint,
    FindingRow,
    FindingTable,
    MeasuringSource,
    ModelReport,
    Role,
    VersionRow,
)
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.promotion import Judgement, judge
from hitl_desktop.workflow.snapshot import Snapshot
from hitl_desktop.workflow.stopping import StopAdvice, stability, stop_advice

_MOST_BINS: Final = 10
_LEAST_IN_BIN: Final = 10


def model_report(project: Project, snapshot: Snapshot) -> ModelReport:
    """The model in use and all versions beside it, on the checks made until today.

    Takes milliseconds at 1,000 checks: it reads what versions said of the checks, and never the pool.
    """
    checks = measuring_sample(project, snapshot)
    models = project.store.models.all()
    if project.model is None:
        return _nothing(checks)
    model = project.model
    measured = measured_each(project, checks, models)
    sample = checks.without(known_to(project, model))
    own = measured[model.version].answers if len(sample) and model.version in measured else None
    role = roles(project, models)
    judgement = _judgement(project, checks, models[-1]) if role[models[-1].version] is Role.CHALLENGER else None
    classes = _class_rows(project, sample, own) if own else ()
    watched = (judgement.worse_class if judgement else None) or _found_least(classes)
    facts = _facts(project, model)
    return ModelReport(
        version=model.version,
        title=title_of(project, model),
        story=_story(project, model, facts),
        uses=_uses(facts),
        choice=_choice(facts),
        source=_source(sample),
        accuracy=sample.accuracy(own) if own else None,
        macro_f1=_macro_f1(project, sample, own) if own else None,
        calibration=_calibration(model, facts, sample, own),
        held_out=held_out(model),
        reliability=tuple(_reliability(sample, own)) if own else (),
        confusion=_confusion(project, sample, own) if own and project.task is Task.ONE else None,
        classes=classes,
        curve=_curve(models, measured, role),
        risk_coverage=_risk_coverage(sample, own) if own else None,
        versions=tuple(_row(project, m, role[m.version], measured, watched) for m in reversed(models)),
        watched=watched,
        challenger=_notice(models[-1], model, judgement) if judgement else None,
        stop=_stop(project, checks, [m for m in models if m.version in measured]),
        findings=_findings(project, sample, own, facts) if own and project.task is Task.SEVERAL else None,
        caveat=_caveat(project, model, facts.get("card", {}), sample) if own or sample.left_out else "",
    )


def roles(project: Project, models: Sequence[ModelVersion]) -> dict[int, Role]:
    """What every version is to the project: the newest is the challenger until it was put to use once."""
    used = {activation.version for activation in project.store.models.activations()}
    found = {model.version: Role.KEPT for model in models}
    if models and models[-1].version not in used:
        found[models[-1].version] = Role.CHALLENGER
    if project.model is not None:
        found[project.model.version] = Role.IN_USE
    return found


def _nothing(sample: MeasuringSample) -> ModelReport:
    return ModelReport(
        version=None,
        title="",
        story="",
        uses="",
        choice="",
        source=_source(sample),
        accuracy=None,
        macro_f1=None,
        calibration=None,
        held_out=None,
        reliability=(),
        confusion=None,
        classes=(),
        curve=(),
        risk_coverage=None,
        versions=(),
        watched=None,
        challenger=None,
        stop=None,
    )


def _source(sample: MeasuringSample) -> MeasuringSource:
    return MeasuringSource(
        len(sample), sample.drawn, sample.words, sample.every, sample.left_out_words, sample.left_out
    )


def _facts(project: Project, model: ModelVersion) -> dict[str, Any]:
    """What the files of a version say of it; empty when they are gone or damaged."""
    try:
        return load_card(project.folder / model.folder)
    except KnownError:
        return {}


def _story(project: Project, model: ModelVersion, facts: dict[str, Any]) -> str:
    if model.origin == "bundled":
        return tr("Came with the program")
    if model.origin == "imported":
        return tr("Opened from a file")
    start = began_from(project, facts.get("card", {}))
    if start in ("", "nothing"):
        return trn("{n} decision", "{n} decisions", model.trained_on)
    return trn(
        "{n} decision, starting from {start}", "{n} decisions, starting from {start}", model.trained_on, start=start
    )


def _uses(facts: dict[str, Any]) -> str:
    """Features and estimator in a few words; empty when the model does not say."""
    choice = facts.get("card", {}).get("choice", {})
    return str(sentence_of(choice.get("name", ""))) if isinstance(choice, dict) else ""


def _choice(facts: dict[str, Any]) -> str:
    """Which features and estimator, and on what evidence; empty when the model does not say."""
    card = facts.get("card", {})
    choice = card.get("choice", {})
    if isinstance(choice, dict) and choice.get("why"):
        return str(sentence_of(choice["why"]))
    if card.get("started_from", "nothing") != "nothing":
        return tr("Features and estimator are those of the model it started from.")
    return ""


def _macro_f1(project: Project, sample: MeasuringSample, own: Answers) -> Score | None:
    rng = np.random.default_rng([project.seed, 0x6D616331])
    several = project.task is Task.SEVERAL
    return macro_f1(sample.truth, own.predicted, sample.strata, len(project.labels), rng, several=several)


def _reliability(sample: MeasuringSample, own: Answers) -> list[ReliabilityBin]:
    bins = max(1, min(_MOST_BINS, len(sample) // _LEAST_IN_BIN))
    if sample.task is Task.SEVERAL:
        each = _each_finding(sample, own)
        right = each.said == each.truth
        return bins_of_equal_count(each.stated, right, each.weights, bins)
    return bins_of_equal_count(own.confidence, own.predicted == sample.truth, sample.strata.weights(), bins)


@dataclass(frozen=True, slots=True)
class _EachFinding:
    """Every finding of every check by itself, all (n · k,): there or not, said or not, and how sure it was stated."""

    truth: npt.NDArray[np.bool_]
    said: npt.NDArray[np.bool_]
    probabilities: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]

    @property
    def stated(self) -> npt.NDArray[np.float64]:
        """The probability of what was said; one half where the item could not be read."""
        filled = np.nan_to_num(self.probabilities, nan=0.5)
        return np.asarray(np.maximum(filled, 1 - filled), np.float64)


def _each_finding(sample: MeasuringSample, own: Answers) -> _EachFinding:
    findings = own.probabilities.shape[1]
    return _EachFinding(
        flags_of(sample.truth, findings).ravel(),
        flags_of(own.predicted, findings).ravel(),
        own.probabilities.ravel(),
        np.repeat(sample.strata.weights() / findings, findings),
    )


def _brier(sample: MeasuringSample, own: Answers) -> float | None:
    if sample.task is Task.SEVERAL:
        each = _each_finding(sample, own)
        both = np.stack([1 - each.probabilities, each.probabilities], axis=1)
        return brier(both, each.truth.astype(np.int64), each.weights)
    return brier(own.probabilities, sample.truth, sample.strata.weights())


def _calibration(
    model: ModelVersion, facts: dict[str, Any], sample: MeasuringSample, own: Answers | None
) -> Calibration:
    fitted_on = calibrated_by(model, facts)[1]
    words = calibration_words(model, facts, len(sample))
    bins = _reliability(sample, own) if own else []
    score = _brier(sample, own) if own else None
    return Calibration(fitted_on, NEEDED, expected_calibration_error(bins), score, words, error_by_chance(bins))


def _confusion(project: Project, sample: MeasuringSample, own: Answers) -> ConfusionTable:
    found = Confusion(sample.truth, own.predicted, len(project.labels))
    counts = found.counts()
    kept = [label.position for label in project.offered]
    cells: list[list[tuple[int, ...]]] = [[()] * len(project.labels) for _ in project.labels]
    for truth, predicted in zip(*np.nonzero(counts), strict=True):
        places = found.members(int(truth), int(predicted))
        cells[truth][predicted] = tuple(int(i) for i in sample.rows[places])
    return ConfusionTable(
        tuple(project.offered),
        counts[np.ix_(kept, kept)],
        found.unscored()[kept],
        tuple(tuple(cells[truth][said] for said in kept) for truth in kept),
    )


def _findings(project: Project, sample: MeasuringSample, own: Answers, facts: dict[str, Any]) -> FindingTable:
    is_there, is_said = (flags_of(codes, len(project.labels)) for codes in (sample.truth, own.predicted))
    not_learned = facts.get("card", {}).get("not_learned", [])
    rows = [
        FindingRow(
            label,
            found=int((is_there & is_said)[:, label.position].sum()),
            missed=int((is_there & ~is_said)[:, label.position].sum()),
            wrongly=int((~is_there & is_said)[:, label.position].sum()),
            rightly_not=int((~is_there & ~is_said)[:, label.position].sum()),
            is_learned=label.name not in not_learned,
        )
        for label in project.offered
    ]
    weights = sample.strata.weights()
    wrong = float(np.average((is_there != is_said).mean(axis=1), weights=weights))
    low, high = wilson_of_shares(np.array([wrong]), np.array([effective_size(weights)]))
    return FindingTable(tuple(rows), Score(wrong, float(low[0]), float(high[0])))


def _class_rows(project: Project, sample: MeasuringSample, own: Answers) -> tuple[ClassRow, ...]:
    measures = finding_measures if project.task is Task.SEVERAL else class_measures
    found = measures(sample.truth, own.predicted, sample.strata.weights(), len(project.labels))
    return tuple(
        ClassRow(label, m.checks, m.recall, m.precision, m.f1)
        for label, m in zip(project.labels, found, strict=True)
        if not label.retired
    )


def _found_least(classes: Sequence[ClassRow]) -> Label | None:
    """The class with the lowest recall; of equals, the one with more checks."""
    known = [(row.recall.share, -row.checks, row.label.position, row.label) for row in classes if row.recall]
    return min(known)[3] if known else None


def _risk_coverage(sample: MeasuringSample, own: Answers) -> RiskCoverage:
    return risk_coverage(own.confidence, own.predicted == sample.truth, sample.strata.weights())


def _curve(
    models: Sequence[ModelVersion], measured: dict[int, Measured], role: dict[int, Role]
) -> tuple[CurvePoint, ...]:
    found = []
    for model in sorted(models, key=lambda m: (m.trained_on, m.version)):
        accuracy = measured[model.version].accuracy if model.version in measured else None
        if accuracy:
            found.append(CurvePoint(model.version, role[model.version], model.trained_on, accuracy))
    return tuple(found)


def _row(
    project: Project,
    model: ModelVersion,
    role: Role,
    measured: dict[int, Measured],
    watched: Label | None,
) -> VersionRow:
    own = measured.get(model.version)
    return VersionRow(
        model.version,
        role,
        model.name,
        model.trained_on,
        model.trained_hash,
        model.made_utc,
        own.accuracy if own else None,
        _recall(own.sample, own.answers, watched) if own and watched else None,
        has_files(project, model),
        _caveat(project, model, card_of(project, model), own.sample) if own else "",
    )


def _recall(sample: MeasuringSample, own: Answers, label: Label) -> Estimate | None:
    if sample.task is Task.SEVERAL:
        is_label, is_said = (flags_of(codes, label.position + 1)[:, -1] for codes in (sample.truth, own.predicted))
    else:
        is_label, is_said = sample.truth == label.position, own.predicted == label.position
    return estimate(is_said[is_label], sample.strata.weights()[is_label])


def _judgement(project: Project, checks: MeasuringSample, newest: ModelVersion) -> Judgement | None:
    """The newest version against the one in use, on the checks that neither learned from elsewhere."""
    model = project.model
    if model is None:
        return None
    sample = checks.without(known_to(project, newest, model))
    new, old = (answers_of(project, version, sample) for version in (newest, model))
    began = str(card_of(project, newest).get("started_from", "")) if newest.origin == "trained" else ""
    anew = replaces_learned_elsewhere(began, project, model)
    return judge(sample, new, old, project.labels, old_version=model.version, began_anew=anew)


def _stop(project: Project, checks: MeasuringSample, models: Sequence[ModelVersion]) -> StopAdvice:
    """The advice, from versions that were all measured on the same checks."""
    sample = checks.without(known_to(project, *models))
    answers = ((model, answers_of(project, model, sample)) for model in models)
    found = [(model, said) for model, said in answers if said is not None]
    in_use = project.model.version if project.model else 0
    change, names = stability(project.store.models.all()), [label.name for label in project.labels]
    return stop_advice(sample, found, change, project.seed, in_use=in_use, names=names)


def _caveat(project: Project, model: ModelVersion, card: dict[str, Any], sample: MeasuringSample) -> str:
    """What its accuracy must be read with: the checks left out, or that nobody knows which it had learned from."""
    if read_known(project.folder / model.folder) is None:
        elsewhere = tr(LEARNED_ELSEWHERE) if learned_elsewhere(model, card) else ""
    else:
        elsewhere = sample.left_out_words
    return " ".join(filter(None, (elsewhere, sample.unmeasured_words)))


def _notice(newest: ModelVersion, in_use: ModelVersion, judgement: Judgement) -> ChallengerNotice:
    """Why the challenger waits, on today's checks; when these no longer speak against it, that is said first."""
    words = judgement.reason
    if judgement.is_promoted and judgement.comparison is not None:
        words = tr("With the checks made since then, nothing speaks against it any more. {why}", why=words)
    title = tr("v{version} was not put to use", version=newest.version)
    return ChallengerNotice(newest.version, in_use.version, title, words, judgement.worse_class)
