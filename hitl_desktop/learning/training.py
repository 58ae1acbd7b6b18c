"""Training: a pure function from transformed rows and decisions to a model bundle, with the evidence of its choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import flags_of, needs_difference
from hitl_desktop.domain.protocols import CancelCheck, never_cancelled
from hitl_desktop.domain.sentences import listed, say, say_n
from hitl_desktop.learning.adapting import adapted
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.calibration import NEEDED, Calibration, PlattEach, fit_calibration, fit_each
from hitl_desktop.learning.choosing import WEAK_SHARES, Candidate, Choice, choose, short_name
from hitl_desktop.learning.estimators import ESTIMATORS, Settings
from hitl_desktop.learning.heads import (
    Head,
    Ids,
    SeveralHead,
    needs_second_class,
)
from hitl_desktop.learning.learned_items import marks_of
from hitl_desktop.learning.lessons import Lesson, Variants, weak_of
from hitl_desktop.learning.rankings import for_answers
from hitl_desktop.learning.regularisation import held
from hitl_desktop.learning.representations import REPRESENTATIONS, Blocks, Matrix, Representation, representation_for
from hitl_desktop.learning.several import for_findings, not_learned
from hitl_desktop.learning.thresholds import Threshold, as_facts, choose_thresholds, in_words, shifts_of

AUTOMATIC: Final = "auto"

# Rows of every representation have length about 1, so one strength does for each.
FROM_SCRATCH: Final = {
    "scaled-blocks": 30.0,
    "weighted-counts": 10.0,
    "mixed": 10.0,
    "unit": 10.0,
    "record-columns": 3.0,
    "answers": 0.3,
}
"""scikit-learn's C of the logistic regression, before cross-validation has its say."""
KERNELS: Final = {
    "scaled-blocks": {"gamma": 0.5, "ridge": 0.03},
    "weighted-counts": {"gamma": 0.5, "ridge": 0.1},
    "mixed": {"gamma": 0.25, "ridge": 0.1},
    "unit": {"gamma": 0.25, "ridge": 0.1},
    "answers": {"gamma": 0.25, "ridge": 0.1},
    "record-columns": {"gamma": 0.25, "ridge": 0.1},
}
"""The width and the ridge of the kernel machine, likewise."""
ADAPTING: Final = dict.fromkeys(FROM_SCRATCH, 1.0)
"""How strongly a decision moves a model that was there before, until cross-validation has its say.

The closest calls among the first 60 decisions teach such a model nothing, and at 3 do more harm than at 1: to one that
fits (.5 to 1.3 points on messages and phantoms, against .2 to .4) and to one that calls two classes the other way
round (`packaging/models/choose_strengths.py`).
"""
CLASS_WEIGHT: Final = dict.fromkeys(FROM_SCRATCH, "balanced") | {"answers": "none", "record-columns": "none"}
"""The class weights that "auto" stands for. Without balance, few skewed labels of texts mostly say the common class.

Macro-F1 without and with, at C = 10 (one split, 2 to 3 draws): .46 and .66 on 400 tweets by words, .60 and .79 on 50
short messages by meaning. Accuracy is mostly level or better; on a class of 6 % by meaning it lost up to 2 points.
Records are asked for by what is at stake, probability times amount, and balance would spoil the probability.
"""
USUAL: Final = {
    "scaled-blocks": "rbf_kernel",
    "weighted-counts": "logistic_regression",
    "mixed": "logistic_regression",
    "unit": "logistic_regression",
    "record-columns": "logistic_regression",
    "answers": "bradley_terry",
}
"""The estimator that "auto" stands for before cross-validation has its say.

On pictures of waste the kernel machine was ahead at every number of labels (.56 and .53 at 60, .87 and .80 at 1,500);
on chest X-rays up to 1,000, and level at 1,575. On texts neither is ahead throughout.
"""
AUTOMATIC_ESTIMATORS: Final = ("logistic_regression", "rbf_kernel")
AUTOMATIC_OF_RECORDS: Final = ("logistic_regression", "gradient_boosting")
"""Of records the columns are few and mean something each, which suits trees; a kernel mixes all of them."""
_OF_THRESHOLDS: Final = ("thresholds", "thresholds_from", "said_from")
"""What a card says of findings that are said from another probability on than one half."""
_AMONG: Final[Mapping[str, tuple[str, ...]]] = {"record-columns": AUTOMATIC_OF_RECORDS, "answers": ("bradley_terry",)}


@dataclass(frozen=True, slots=True)
class FeatureSource:
    """What the rows of a feature matrix are: the kind of item, the extractor's key and its blocks."""

    kind: str
    extractor: str
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at the decided items: `rows` (m, d) are their features, transformed by `representation`;
    `weak` (w, d) are those of items that rules guess the class of, `variants` (v, d) what marks make of items."""

    source: FeatureSource
    representation_name: str
    representation: Representation
    rows: Matrix
    weak: Matrix | None = None
    variants: Matrix | None = None


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """`estimator`: "auto" or a key of ESTIMATORS; `class_weight`: "auto", "none" or "balanced"; `regularisation`:
    "auto" or a key of `regularisation.FREEDOM`.

    `findings` are label ids in class order where the labels to learn from are codes of sets of findings, () where
    they are class ids. `weights` (m,) says how much each decision counts, None: all the same; `weak_labels` (w,) are
    class ids that rules guess. `answers` are the class ids of answers, then of equal and bad, where items are
    comparisons; `ranks` (m, answers) are their rankings, None without any. `variants` say what a view's are made of,
    as `Variants` without rows.
    """

    estimator: str = AUTOMATIC
    class_weight: str = AUTOMATIC
    findings: tuple[int, ...] = ()
    weights: npt.NDArray[np.float64] | None = None
    weak_labels: Ids | None = None
    answers: tuple[int, ...] = ()
    ranks: npt.NDArray[np.int8] | None = None
    regularisation: str = AUTOMATIC
    variants: Variants | None = None

    def lesson(self, view: View, labels: Ids, groups: Ids | None, class_weight: str, seed: int,
               cancelled: CancelCheck = never_cancelled) -> Lesson:  # fmt: skip
        """What is learned from decisions (m,) as `view` shows them, and from what rules say beside them."""
        weak = weak_of(view.weak, self.weak_labels, labels, WEAK_SHARES[0])
        made = None if self.variants is None else replace(self.variants, rows=view.variants)
        beside = self.weights, weak, self.ranks, made
        return Lesson(view.rows, labels, groups, class_weight, seed, None, cancelled, *beside)


def fit_representation(X: Matrix, source: FeatureSource, seed: int) -> tuple[str, Any]:
    """Fit the representation that suits features (n, dims) on unlabelled rows; returns (its name, itself)."""
    name = representation_for(X, source.blocks)
    return name, REPRESENTATIONS[name].fit(X, source.blocks, np.random.default_rng(seed))


def train_from_scratch(
    views: Sequence[View],
    labels: Ids,
    names: Mapping[int, str],
    *,
    options: TrainingOptions,
    groups: Ids | None = None,
    seed: int,
    card: Mapping[str, Any],
    warm: ModelBundle | None = None,
    cancelled: CancelCheck = never_cancelled,
) -> ModelBundle:
    """Choose a view, an estimator and its strength for the decisions, and fit it on all of them.

    `views`, the usual one first, hold the decided items in one order; `labels` (m,) are their class ids, `names` the
    class names by id, `groups` (m,) which items belong together. `warm` is the model before: its choice stays unless
    another is clearly better, and its head is where the solver begins. `card["choice"]` of the result says what was
    compared, and why. With `options.findings`, every finding is learned by itself from the same rows; those that all
    decisions say the same of are in `card["not_learned"]`. Raises KnownError for fewer than two classes or an
    estimator that cannot use these features; Cancelled.
    """
    if options.findings:
        refusal = needs_difference(labels)
        same = not_learned(labels, len(options.findings))
        card = {**card, "not_learned": [names[options.findings[place]] for place in same]}
    else:
        refusal = needs_second_class(labels, names.get(int(labels[0])) if len(labels) else None)
    if refusal:
        raise refusal
    choice = choose_from_scratch(views, labels, groups, options, seed, warm, cancelled)
    return train_choice(choice, views, names, warm=warm, card=card)


def choose_from_scratch(
    views: Sequence[View],
    labels: Ids,
    groups: Ids | None,
    options: TrainingOptions,
    seed: int,
    warm: ModelBundle | None,
    cancelled: CancelCheck,
) -> Choice:
    """The choice of `train_from_scratch`, without the fit. Raises KnownError and Cancelled like it."""
    candidates = _candidates(views, labels, groups, options, seed, cancelled)
    before = dict(warm.card.get("choice", {})) if warm is not None else {}
    return choose(candidates, before, seed=seed)


def train_choice(
    choice: Choice,
    views: Sequence[View],
    names: Mapping[int, str],
    *,
    warm: ModelBundle | None,
    card: Mapping[str, Any],
) -> ModelBundle:
    """The model that a choice among `views` comes to, fitted on all of its lesson. It says that it learned nothing yet
    elsewhere.
    """
    view = views[choice.candidate.view]
    lesson = replace(choice.candidate.lesson, warm=_warm_head(warm, view))
    head = choice.candidate.estimator.train(lesson, choice.candidate.settings)
    if isinstance(head, SeveralHead):
        head, card = _with_thresholds(head, choice, names, card)
    return ModelBundle(
        view.source.kind,
        view.source.extractor,
        tuple(view.source.blocks),
        view.representation_name,
        view.representation,
        head,
        tuple(names[i] for i in head.class_ids),
        {**card, "choice": evidence(choice)},
        learned=marks_of(()),
    )


def _candidates(
    views: Sequence[View], labels: Ids, groups: Ids | None, options: TrainingOptions, seed: int, cancelled: CancelCheck
) -> list[Candidate]:
    """Every view with every estimator in question, the usual ones first."""
    found = []
    for number, view in enumerate(views):
        name = view.representation_name
        weight = CLASS_WEIGHT[name] if options.class_weight == AUTOMATIC else options.class_weight
        lesson = options.lesson(view, labels, groups, weight, seed, cancelled)
        for key in _estimators_of(name, options):
            estimator, findings = ESTIMATORS[key], options.findings
            estimator, usual = held(estimator, usual_settings(name, key), options.regularisation)
            if findings:
                estimator = for_findings(estimator, findings)
            elif options.answers:
                estimator = for_answers(estimator, options.answers)
            found.append(Candidate(number, view.source.extractor, estimator, lesson, usual, len(findings)))
    able = [c for c in found if c.estimator.refusal(c.lesson.rows) is None]
    if not able:
        refusal = found[0].estimator.refusal(found[0].lesson.rows) if found else None
        raise refusal or KnownError(say("There are no features to learn from."))
    return able


def usual_settings(representation: str, estimator: str) -> Settings:
    """The settings of an estimator on rows of a representation, before cross-validation has its say."""
    if estimator == "logistic_regression":
        return {"C": FROM_SCRATCH[representation]}
    return KERNELS[representation] if estimator == "rbf_kernel" else ESTIMATORS[estimator].grid[0]


def _estimators_of(representation: str, options: TrainingOptions) -> list[str]:
    """The estimators in question, the usual one first."""
    wanted = options.estimator
    if wanted != AUTOMATIC:
        if wanted not in ESTIMATORS:
            raise KnownError(
                say("There is no way to train named {name}.", name=wanted),
                say("Use one of: {names}.", names=listed(ESTIMATORS)),
            )
        return [wanted]
    usual = USUAL[representation]
    among = _AMONG.get(representation, AUTOMATIC_ESTIMATORS)
    return [usual, *(key for key in among if key != usual)]


def _warm_head(warm: ModelBundle | None, view: View) -> Head | None:
    """The head to begin at: that of a model that looks at the same rows."""
    if warm is None or warm.extractor != view.source.extractor or warm.representation_name != view.representation_name:
        return None
    return warm.head if warm.representation.digest() == view.representation.digest() else None


def _with_thresholds(
    head: SeveralHead, choice: Choice, names: Mapping[int, str], card: Mapping[str, Any]
) -> tuple[SeveralHead, dict[str, Any]]:
    """The head with its findings said from where they are best said, and the card that says so."""
    finding_names = [names[i] for i in head.class_ids]
    found: list[Threshold | None] = [None] * len(finding_names)
    if choice.held_out is not None and choice.judged is not None:
        flags = flags_of(choice.candidate.lesson.labels[choice.judged], len(finding_names))
        found = choose_thresholds(choice.held_out, flags, seed=choice.candidate.lesson.seed)
    facts, judged = as_facts(found, finding_names), 0 if choice.judged is None else len(choice.judged)
    said = {
        "thresholds": facts,
        "thresholds_from": judged,
        "said_from": in_words(facts, len(finding_names), judged).plain(),
    }
    return (replace(head, shifts=shifts_of(found)) if facts else head), {**card, **said}


def evidence(choice: Choice) -> dict[str, Any]:
    """What the card says of a choice."""
    return {
        "name": short_name(choice.candidate).plain(),
        "features": choice.candidate.extractor,
        "estimator": choice.candidate.estimator.name,
        "settings": dict(choice.candidate.settings),
        "class_weight": choice.candidate.lesson.class_weight,
        "decisions": len(choice.candidate.lesson.labels),
        "folds": choice.folds,
        "grouped": choice.candidate.lesson.groups is not None,
        "scores": [dict(score) for score in choice.scores],
        "why": choice.why.plain(),
        **choice.candidate.lesson.beside(),
    }


def train_from(
    start: ModelBundle,
    rows: Matrix,
    labels: Ids,
    names: Mapping[int, str],
    *,
    card: Mapping[str, Any],
    strength: float | None = None,
    weights: npt.NDArray[np.float64] | None = None,
    findings: tuple[int, ...] = (),
) -> ModelBundle:
    """Adapt a model to decisions: transformed rows (m, d), class ids, weights (m,). `strength` None is the usual one.

    With `findings` the labels are codes of sets of them, and what the card says of thresholds is taken over with them.
    Its calibration stays as long as no class comes in. Raises KnownError without decisions, and for a model that can
    only be trained as a whole.
    """
    if not len(labels):
        raise KnownError(say("There are no decisions to learn from yet."), say("Decide some items first."))
    strong = ADAPTING[start.representation_name] if strength is None else strength
    head = adapted(start.head, rows, labels, strength=strong, weights=weights, findings=findings)
    if isinstance(head, SeveralHead) and head.shifts is not None:
        card = {**{name: start.card[name] for name in _OF_THRESHOLDS if name in start.card}, **card}
    bundle = start.replaced(head, [names[i] for i in head.class_ids], card)
    return replace(bundle, calibration=start.calibration) if head.class_ids == start.head.class_ids else bundle


def calibrated(bundle: ModelBundle, rows: Matrix, labels: Ids) -> ModelBundle:
    """The same model with its probabilities set right on audit labels: transformed rows (n, d), class ids (n,).

    Below `NEEDED` labels the model stays as it is, and its card says so. Only items drawn by chance may be passed in.
    Of a model for several findings, the labels are codes of sets, and each finding is set right by itself.
    """
    if isinstance(bundle.head, SeveralHead):
        fitted_each = fit_each(bundle.head.logits(rows), flags_of(labels, len(bundle.classes))) if len(labels) else None
        return _calibrated(_at_half_where_calibrated(bundle, fitted_each), fitted_each, len(labels))
    ids = list(bundle.head.class_ids)
    columns = np.array([ids.index(i) if i in ids else -1 for i in labels.tolist()], np.int64)
    fitted = fit_calibration(bundle.head.logits(rows), columns) if len(columns) else None
    return _calibrated(bundle, fitted, len(columns))


def _at_half_where_calibrated(bundle: ModelBundle, fitted: PlattEach | None) -> ModelBundle:
    """The same model, its card no longer naming thresholds of findings whose probability the checks have set right."""
    before = bundle.card.get("thresholds", {})
    if fitted is None or not before:
        return bundle
    right = {name for name, is_set in zip(bundle.classes, fitted.changes(), strict=True) if is_set}
    facts = {name: fact for name, fact in before.items() if name not in right}
    said = in_words(facts, len(bundle.classes), int(bundle.card.get("thresholds_from", 0)))
    return replace(bundle, card={**bundle.card, "thresholds": facts, "said_from": said.plain()})


def _calibrated(bundle: ModelBundle, fitted: Calibration | None, checks: int) -> ModelBundle:
    if fitted is None:
        if bundle.calibration is None:
            said = say("Not yet: {checks} of {needed} checks", checks=checks, needed=NEEDED)
        else:
            said = say(
                "Kept from the model it began from. For its own it has {checks} of {needed} checks",
                checks=checks,
                needed=NEEDED,
            )
        return replace(bundle, card={**bundle.card, "calibration": said.plain()})
    said = say_n("{how}, fitted on {n} check", "{how}, fitted on {n} checks", checks, how=fitted.in_words())
    card = {**bundle.card, "calibration": said.plain(), "calibration_checks": checks}
    return replace(bundle, calibration=fitted, card=card)
