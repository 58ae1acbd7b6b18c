"""The ways to train a head: one literal table. Each turns transformed rows and class ids into a head of arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.language import mark
from hitl_desktop.learning.cross_validation import FOLDS, folds_for, spread
from hitl_desktop.learning.heads import (
    Head,
    Ids,
    KernelHead,
    LinearHead,
    MlpHead,
    TreesHead,
    fit_head,
    fit_kernel_head,
    needs_second_class,
)
from hitl_desktop.learning.heads.head import (
    occurring_columns,
    one_hot,
    softmax_rows,
    used_columns,
    without_advice,
)
from hitl_desktop.learning.heads.kernel import gram, held_out_scores, inverse_of, rounded, scale_of
from hitl_desktop.learning.heads.linear import in_few_columns, linear_head
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.scaling import best_scale

if TYPE_CHECKING:  # loaded where something is fitted: who scores or explains never needs it
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.neural_network import MLPClassifier

Settings: TypeAlias = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Estimator:
    """One way to train. `grid` holds the settings to choose among, the usual one first.

    `fit` trains a head. `sparse` says whether sparse rows work. `closed_form` gives the probabilities (n, k) of the
    rows in held-out folds, by heads that did not see them, in a faster way than a fit for each, where there is one.
    `folds` is how many a comparison makes: fewer where a fit is slow.
    """

    name: str
    title: str
    sparse: bool
    grid: tuple[Settings, ...]
    fit: Callable[[Lesson, Settings], Head]
    closed_form: Callable[[Lesson, Settings, Sequence[Ids]], FloatArray] | None = None
    folds: int = FOLDS

    def train(self, lesson: Lesson, settings: Settings) -> Head:
        """Fit a head. Raises KnownError for fewer than two classes, or sparse rows where they do not work."""
        refusal = needs_second_class(lesson.labels) or self.refusal(lesson.rows)
        if refusal:
            raise refusal
        _stop(lesson.cancelled)
        return self.fit(lesson, settings)

    def refusal(self, rows: Matrix) -> KnownError | None:
        """Why it cannot learn from such rows, or None."""
        if self.sparse or not sp.issparse(rows):
            return None
        return KnownError(
            say(
                "{estimator} cannot learn from word counts: it needs features that are all filled.",
                estimator=Sentence(self.title),
            ),
            say("Choose another way to train, or learn from the meaning of the texts."),
        )

    def cross_validated(self, lesson: Lesson, settings: Settings, folds: Sequence[Ids]) -> FloatArray:
        """Probabilities (n, k) of every row from heads fitted without its fold, columns by ascending class id."""
        if self.closed_form is not None:
            return self.closed_form(lesson, settings, folds)
        return _by_refitting(self.fit, lesson, settings, folds)


def _stop(cancelled: CancelCheck) -> None:
    if cancelled():
        raise Cancelled


def _by_refitting(
    fit: Callable[[Lesson, Settings], Head], lesson: Lesson, settings: Settings, folds: Sequence[Ids]
) -> FloatArray:
    """Held-out probabilities from one fit per fold; a training part of one class says that class."""
    class_ids = np.unique(lesson.labels)
    found = np.full((len(lesson.labels), len(class_ids)), 1 / len(class_ids), np.float32)
    for fold in folds:
        _stop(lesson.cancelled)
        part = lesson.part(np.setdiff1d(np.arange(len(lesson.labels)), fold))
        seen = np.unique(part.labels)
        if len(seen) > 1:
            head = fit(part, settings)
            found[fold] = spread(head.probabilities(lesson.rows[fold]), head.class_ids, class_ids)
        elif len(seen) == 1:
            found[fold] = spread(np.ones((len(fold), 1), np.float32), seen.tolist(), class_ids)
    return found


def _logistic(lesson: Lesson, settings: Settings) -> LinearHead:
    warm = lesson.warm if isinstance(lesson.warm, LinearHead) else None
    lesson = lesson.taught()
    return fit_head(
        lesson.rows,
        lesson.labels,
        strength=settings["C"],
        seed=lesson.seed,
        class_weight=lesson.class_weight,
        warm=warm,
        weights=lesson.weights,
    )


def _logistic_held_out(lesson: Lesson, settings: Settings, folds: Sequence[Ids]) -> FloatArray:
    """Held-out probabilities from a fit per fold, of rows with fewer columns that say the same."""
    few = in_few_columns(lesson.taught().rows)
    return _by_refitting(_logistic, replace(lesson.besides(few), warm=None), settings, folds)


def _kernel(lesson: Lesson, settings: Settings) -> KernelHead:
    lesson = lesson.taught()
    parts = None if lesson.groups is None else folds_for(lesson.labels, lesson.groups, seed=lesson.seed, folds=10)
    return fit_kernel_head(
        lesson.rows,
        lesson.labels,
        gamma=settings["gamma"],
        ridge=settings["ridge"],
        seed=lesson.seed,
        class_weight=lesson.class_weight,
        folds=parts,
        weights=lesson.weights,
    )


def _kernel_held_out(lesson: Lesson, settings: Settings, folds: Sequence[Ids]) -> FloatArray:
    """Held-out probabilities in closed form: one inverse serves all folds."""
    _stop(lesson.cancelled)
    if lesson.weak is not None or lesson.variants is not None:
        return _by_refitting(_kernel, lesson, settings, folds)
    ids = tuple(int(c) for c in np.unique(lesson.labels))
    columns = occurring_columns(lesson.rows)
    rows = rounded(lesson.rows if columns is None else lesson.rows[:, columns])
    weights = lesson.row_weights()
    weight = np.ones(len(lesson.labels)) if weights is None else weights
    inverse = inverse_of(gram(rows, settings["gamma"]), settings["ridge"] / weight)
    target = one_hot(lesson.labels, ids)
    scores = held_out_scores(inverse, target, inverse @ target, folds)
    scale = scale_of(scores, target, np.ones(len(scores)), folds)
    return softmax_rows((scores * scale).astype(np.float32))


def _scaled(lesson: Lesson, scores_of: Callable[[Lesson], Callable[[Matrix], FloatArray]], around: float) -> float:
    """The factor from scores to logits, from scores of held-out thirds; `around` where nothing could be held out."""
    folds = folds_for(lesson.labels, lesson.groups, seed=lesson.seed, folds=3)
    ids = np.unique(lesson.labels)
    scores, columns = [], []
    for fold in folds:
        _stop(lesson.cancelled)
        part = lesson.part(np.setdiff1d(np.arange(len(lesson.labels)), fold))
        known = fold[np.isin(lesson.labels[fold], part.labels)]
        if len(np.unique(part.labels)) < len(ids) or not len(known):
            continue
        scores.append(scores_of(part)(lesson.rows[known]))
        columns.append(np.searchsorted(ids, lesson.labels[known]))
    return best_scale(np.concatenate(scores), np.concatenate(columns), around=around) if scores else around


def _svm_raw(lesson: Lesson, strength: float) -> LinearHead:
    from sklearn.svm import LinearSVC

    lesson = lesson.taught()
    columns = used_columns(lesson.rows)
    rows = lesson.rows if columns is None else lesson.rows[:, columns]
    weight = None if lesson.class_weight == "none" else lesson.class_weight
    model = LinearSVC(C=strength, class_weight=weight, random_state=lesson.seed, max_iter=5000, dual="auto")
    with without_advice():
        model.fit(rows, lesson.labels, sample_weight=lesson.weights)
    return linear_head(tuple(int(c) for c in model.classes_), model.coef_, model.intercept_, columns)


def _svm(lesson: Lesson, settings: Settings) -> LinearHead:
    """One-against-the-rest margins, scaled on held-out thirds so that their softmax is calibrated."""
    scale = np.float32(_scaled(lesson, lambda part: _svm_raw(part, settings["C"]).logits, around=3.0))
    head = _svm_raw(lesson, settings["C"])
    return LinearHead(head.class_ids, head.weights * scale, head.bias * scale, head.columns)


_HIDDEN = 64
_EPOCHS = 200
_PATIENCE = 12


def _mlp(lesson: Lesson, settings: Settings) -> MlpHead:
    """One hidden layer of 64, Adam; stops when the loss of a held-out fifth has not fallen for twelve rounds."""
    from sklearn.neural_network import MLPClassifier

    lesson = lesson.taught()
    columns = used_columns(lesson.rows)
    rows = lesson.rows if columns is None else lesson.rows[:, columns]
    ids = tuple(int(c) for c in np.unique(lesson.labels))
    held = folds_for(lesson.labels, lesson.groups, seed=lesson.seed)[0]
    kept = np.setdiff1d(np.arange(len(lesson.labels)), held)
    if len(np.unique(lesson.labels[kept])) < len(ids):  # a class too rare to hold out: stop by the training loss
        held = kept = np.arange(len(lesson.labels))
    weights = lesson.part(kept).row_weights()
    rng = np.random.default_rng([lesson.seed, 0x6D6C70])
    model = MLPClassifier((_HIDDEN,), alpha=settings["alpha"], learning_rate_init=0.003, random_state=lesson.seed)
    best, best_loss, waited = None, np.inf, 0
    while best is None or (model.t_ < _EPOCHS * len(kept) and waited < _PATIENCE):
        _stop(lesson.cancelled)
        drawn = kept if weights is None else kept[rng.choice(len(kept), len(kept), p=weights / weights.sum())]
        with without_advice():
            model.partial_fit(rows[drawn], lesson.labels[drawn], classes=np.asarray(ids))
        head = _mlp_head(model, ids, columns)
        loss = _log_loss(head, lesson.rows[held], lesson.labels[held])
        if best is None or loss < best_loss - 1e-4:
            best, best_loss, waited = head, loss, 0
        else:
            waited += 1
    return best


def _mlp_head(model: "MLPClassifier", ids: tuple[int, ...], columns: npt.NDArray[np.int64] | None) -> MlpHead:
    """The two layers as arrays; for two classes scikit-learn has one output, the logit of the second."""
    (hidden, out), (hidden_bias, out_bias) = model.coefs_, model.intercepts_
    if out.shape[1] == 1:
        out, out_bias = np.hstack([-out, out]) / 2, np.concatenate([-out_bias, out_bias]) / 2
    first, first_bias, second, second_bias = (np.array(a, np.float32) for a in (hidden, hidden_bias, out, out_bias))
    return MlpHead(ids, first, first_bias, second, second_bias, columns=columns)


def _log_loss(head: Head, rows: Matrix, labels: Ids) -> float:
    of_truth = head.probabilities(rows)[np.arange(len(labels)), np.searchsorted(head.class_ids, labels)]
    return float(-np.log(np.maximum(of_truth, 1e-7)).mean())


_TREES = 50


def _boosting(lesson: Lesson, settings: Settings) -> TreesHead:
    """Histogram gradient boosting: 50 rounds, every split among a third of the columns."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    lesson = lesson.taught()
    ids = tuple(int(c) for c in np.unique(lesson.labels))
    weight = None if lesson.class_weight == "none" else lesson.class_weight
    model = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=0.15,
        max_leaf_nodes=int(settings["leaves"]),
        min_samples_leaf=max(1, min(20, len(lesson.labels) // (5 * len(ids)))),
        l2_regularization=1.0,
        max_features=0.3,
        max_bins=31,  # 255 steps took six times as long on 1,000 pictures, for the same accuracy within noise
        early_stopping=False,
        class_weight=weight,
        random_state=lesson.seed,
    )
    with without_advice():
        model.fit(np.asarray(lesson.rows, np.float32), lesson.labels, sample_weight=lesson.weights)
    return trees_head(model, ids, lesson.rows.shape[1])


def trees_head(model: "HistGradientBoostingClassifier", ids: tuple[int, ...], width: int) -> TreesHead:
    """The trees of scikit-learn's model as plain arrays; for two classes it has one tree a round, for the second."""
    feature, threshold, left, right, value, roots, tree_class = [], [], [], [], [], [], []
    at = 0
    for in_round in model._predictors:
        for column, tree in enumerate(in_round):
            nodes = tree.nodes
            leaf = nodes["is_leaf"].astype(bool)
            feature.append(np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)))
            threshold.append(np.where(leaf, 0.0, nodes["num_threshold"]))
            left.append(np.where(leaf, 0, nodes["left"].astype(np.int64) + at))
            right.append(np.where(leaf, 0, nodes["right"].astype(np.int64) + at))
            value.append(_node_values(nodes))
            roots.append(at)
            tree_class.append(column)
            at += len(nodes)
    start = np.asarray(model._baseline_prediction, np.float64).ravel()
    values, classes = np.concatenate(value), np.asarray(tree_class, np.int32)
    if len(start) == 1:  # one logit for the second class: the first stays at 0
        start, classes = np.array([0.0, start[0]]), classes + 1
    whole = (np.concatenate(a).astype(np.int32) for a in (feature, left, right))
    features, lefts, rights = whole
    return TreesHead(
        ids,
        features,
        np.concatenate(threshold).astype(np.float64),
        lefts,
        rights,
        values.astype(np.float64),
        np.asarray(roots, np.int32),
        classes.astype(np.int32),
        start,
        width,
    )


def _node_values(nodes: npt.NDArray[np.void]) -> FloatArray:
    """The values of the leaves; of every other node the mean of its leaves, by the rows of training they hold.

    No prediction reads those: they say what a score changes on its way (`explanations/column_amounts.py`).
    """
    values = np.where(nodes["is_leaf"], nodes["value"], 0.0).astype(np.float64)
    counts = nodes["count"].astype(np.float64)
    for at in range(len(nodes) - 1, -1, -1):  # children come after their parents
        if not nodes["is_leaf"][at]:
            left, right = int(nodes["left"][at]), int(nodes["right"][at])
            both = max(counts[left] + counts[right], 1.0)
            values[at] = (counts[left] * values[left] + counts[right] * values[right]) / both
    return np.asarray(values)


def _no_comparison(lesson: Lesson, settings: Settings) -> Head:  # noqa: ARG001 - the seam's shape
    """Scores of answers are learned from comparisons alone: see `rankings.for_answers`."""
    raise KnownError(say("Items are no comparisons of answers."), say("Choose another way to train."))


ESTIMATORS: Final[dict[str, Estimator]] = {
    "logistic_regression": Estimator(
        "logistic_regression",
        mark("Logistic regression"),
        sparse=True,
        grid=({"C": 10.0}, {"C": 3.0}, {"C": 30.0}, {"C": 100.0}),
        fit=_logistic,
        closed_form=_logistic_held_out,
    ),
    "linear_svm": Estimator(
        "linear_svm",
        mark("Linear support vector machine"),
        sparse=True,
        grid=({"C": 1.0}, {"C": 0.1}, {"C": 10.0}),
        fit=_svm,
    ),
    "rbf_kernel": Estimator(
        "rbf_kernel",
        mark("Kernel machine"),
        sparse=True,
        grid=tuple(
            {"gamma": g, "ridge": r}
            for g, r in ((0.5, 0.1), (0.5, 0.03), (1.0, 0.1), (1.0, 0.03), (0.25, 0.03), (0.25, 0.1))
        ),
        fit=_kernel,
        closed_form=_kernel_held_out,
    ),
    "mlp": Estimator(
        "mlp", mark("Small neural network"), sparse=True, grid=({"alpha": 1e-3}, {"alpha": 1e-1}), fit=_mlp
    ),
    "gradient_boosting": Estimator(
        "gradient_boosting",
        mark("Gradient boosting"),
        sparse=False,
        grid=({"leaves": 8.0}, {"leaves": 24.0}),
        fit=_boosting,
        folds=3,
    ),
    "bradley_terry": Estimator(
        "bradley_terry",
        mark("Bradley–Terry"),
        sparse=False,
        grid=({"C": 0.3}, {"C": 0.03}, {"C": 0.1}, {"C": 1.0}, {"C": 3.0}),
        fit=_no_comparison,
    ),
}
