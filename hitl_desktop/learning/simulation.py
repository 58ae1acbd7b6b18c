"""Simulation: a simulated reviewer answers with the hidden truth, and the learning curve is drawn.

It replays what the program does: the start strategy, the query strategy, rare classes and near copies as in `asking`,
and after every batch a training with the usual estimator. The checks that the program mixes in are left out: they
cost the same whichever strategy asks.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.findings import flags_of, most_doubtful, suggested_codes
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import listed, say
from hitl_desktop.language import tr
from hitl_desktop.learning.asking import ask, embedding_of
from hitl_desktop.learning.cross_validation import findings_f1, folds_for
from hitl_desktop.learning.estimators import ESTIMATORS, Estimator, Settings
from hitl_desktop.learning.heads import Head
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.metrics import accuracy, macro_f1
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.query_strategies.query import Findings
from hitl_desktop.learning.rankings import compared, for_answers
from hitl_desktop.learning.representations import REPRESENTATIONS, Blocks, Matrix, representation_for
from hitl_desktop.learning.several import for_findings
from hitl_desktop.learning.training import AUTOMATIC, CLASS_WEIGHT, USUAL, usual_settings

HELD_OUT_SHARE = 0.25
_FEWEST = 20

Ids = npt.NDArray[np.int64]
Asker = Callable[[Query, np.random.Generator], FloatArray]
"""One round of asking: utilities (n,) of the candidates."""


@dataclass
class Curves:
    """One strategy's learning curves: for every number of labels, one value per seed."""

    labels: list[int] = field(default_factory=list)
    accuracy: list[list[float]] = field(default_factory=list)
    macro_f1: list[list[float]] = field(default_factory=list)


@dataclass
class SimulationResult:
    """`strategies` by name; `full` is what all labels of the training part give, per seed."""

    strategies: dict[str, Curves]
    full_accuracy: list[float]
    full_macro_f1: list[float]
    held_out: int
    candidates: int


@dataclass(frozen=True, slots=True)
class Learner:
    """How the simulated program trains: an estimator with fixed settings and class weights."""

    estimator: Estimator
    settings: Settings
    class_weight: str = "none"

    def train(self, rows: Matrix, labels: Ids, seed: int) -> Head:
        """A head from rows (m, d) and class ids (m,) of at least two classes."""
        return self.estimator.train(Lesson(rows, labels, None, self.class_weight, seed), self.settings)


def usual_learner(representation: str, estimator: str = AUTOMATIC) -> Learner:
    """What the program trains on rows of a representation, before cross-validation has its say.

    `estimator` is a key of ESTIMATORS or "auto". Raises KeyError for another one.
    """
    key = USUAL[representation] if estimator == AUTOMATIC else estimator
    return Learner(ESTIMATORS[key], usual_settings(representation, key), CLASS_WEIGHT[representation])


def run_simulation(
    X: Matrix,
    truth: Ids,
    blocks: Blocks,
    *,
    budget: int,
    batch: int,
    strategies: tuple[str, ...],
    seeds: int,
    progress: Progress,
    cancelled: CancelCheck,
    start: str = "typiclust_start",
    learner: Learner | None = None,
    groups: Ids | None = None,
    askers: Mapping[str, Asker] | None = None,
    findings: int = 0,
    answers: tuple[int, ...] = (),
) -> SimulationResult:
    """Replay `strategies` on features (n, dims) with known class ids (n,), measured on a held-out quarter.

    Every seed splits anew, keeping items of one of `groups` (n,) on one side, and asks `batch` at a time up to
    `budget`; `start` is the strategy before there is a model. All strategies of one seed share split and
    representation. `learner` None is the usual one. `askers` are run beside the strategies, under names of their own:
    other ways to ask, to compare with. With `findings` (their number), `truth` holds codes of sets of findings:
    accuracy then asks for all findings of an item to be right. `answers` are the class ids of comparisons
    (`rankings.for_answers`), () elsewhere. Raises KnownError when there is too little truth, Cancelled.
    """
    _check(truth, budget, batch, strategies, seeds)
    ways = {name: _as_the_program(name, start, cold=not findings) for name in strategies} | dict(askers or {})
    points = [*range(batch, budget, batch), budget]
    curves = {name: Curves(points, [[] for _ in points], [[] for _ in points]) for name in ways}
    result = SimulationResult(curves, [], [], 0, 0)
    total = seeds * (1 + len(ways) * len(points))
    done = 0
    for seed in range(seeds):
        train, held = split(truth, groups, seed)
        _check_budget(budget, batch, len(train))
        name = representation_for(X, blocks)
        rep = REPRESENTATIONS[name].fit(X[train], blocks, np.random.default_rng(seed))
        rows = rep.transform(X[train])
        like = compared(rows) if answers else embedding_of(rows, blocks)
        part = _Part(rows, like, truth[train], rep.transform(X[held]), truth[held])
        usual = _asked_for(learner or usual_learner(name), findings, answers)
        replay = _Replay(part, usual, seed, findings, answers)
        full = replay.measured(replay.trained(np.arange(len(train))))
        result.full_accuracy.append(full[0])
        result.full_macro_f1.append(full[1])
        result.held_out, result.candidates = len(held), len(train)
        done += 1
        for way, asker in ways.items():
            title = tr(QUERY_STRATEGIES[way].title) if way in QUERY_STRATEGIES else way
            for at, (right, f1) in enumerate(replay.curve(asker, points)):
                if cancelled():
                    raise Cancelled
                curves[way].accuracy[at].append(right)
                curves[way].macro_f1[at].append(f1)
                done += 1
                progress(
                    done,
                    total,
                    tr("{strategy}, seed {seed} of {seeds}", strategy=title, seed=seed + 1, seeds=seeds),
                )
    return result


def _asked_for(learner: Learner, findings: int, answers: tuple[int, ...]) -> Learner:
    """The learner for several findings per item, or for comparisons of answers; the same for one class per item."""
    if findings:
        return replace(learner, estimator=for_findings(learner.estimator, range(findings)))
    if answers:
        return replace(learner, estimator=for_answers(learner.estimator, answers))
    return learner


def _as_the_program(strategy: str, start: str, *, cold: bool) -> Asker:
    return lambda query, rng: ask(strategy, query, rng, start=start, cold=cold).utilities


@dataclass(frozen=True, slots=True)
class _Part:
    """One split: transformed rows and class ids of the candidates and of the held-out items.

    `embedding` is what candidates are compared by.
    """

    X: Matrix
    embedding: Matrix
    y: Ids
    X_held: Matrix
    y_held: Ids


class _Replay:
    """One seed: a fixed split, a simulated reviewer, and a model that is trained anew after every batch."""

    def __init__(self, part: _Part, learner: Learner, seed: int, findings: int, answers: tuple[int, ...]) -> None:
        self._part, self._learner, self._seed, self._findings = part, learner, seed, findings
        self._ids = np.union1d(np.union1d(part.y, part.y_held), np.asarray(answers, np.int64))

    def curve(self, asker: Asker, points: list[int]) -> Iterator[tuple[float, float]]:
        """Accuracy and macro-F1 on the held-out part at every number of labels in `points`."""
        rng = np.random.default_rng([self._seed, 0x73696D])
        rows: Ids = np.empty(0, np.int64)
        head: Head | int | None = None
        for point in points:
            rows = np.concatenate([rows, self._asked(asker, rows, head, point - len(rows), rng)])
            head = self.trained(rows)
            yield self.measured(head)

    def trained(self, rows: Ids) -> Head | int:
        """The model after decisions on `rows` of the candidates; the class itself while there is only one."""
        labels = self._part.y[rows]
        seen = np.unique(labels)
        if len(seen) == 1:
            return int(seen[0])
        return self._learner.train(self._part.X[rows], labels, self._seed)

    def measured(self, head: Head | int) -> tuple[float, float]:
        """Accuracy and macro-F1 on the held-out part."""
        truth = self._part.y_held
        if isinstance(head, int):
            predicted = np.full(len(truth), head)
        elif self._findings:
            predicted = suggested_codes(head.probabilities(self._part.X_held))
        else:
            predicted = np.asarray(head.class_ids)[head.logits(self._part.X_held).argmax(axis=1)]
        if self._findings:
            f1 = findings_f1(flags_of(truth, self._findings), flags_of(predicted, self._findings))
            return accuracy(truth, predicted), f1
        return accuracy(truth, predicted), macro_f1(truth, predicted)

    def _asked(self, asker: Asker, rows: Ids, head: Head | int | None, count: int, rng: np.random.Generator) -> Ids:
        """The next `count` candidates: highest utility first, ties by chance."""
        left = np.setdiff1d(np.arange(len(self._part.y)), rows)
        findings = None
        if self._findings and head is not None and not isinstance(head, int):
            said = head.probabilities(self._part.X[left])
            findings = Findings(said, flags_of(self._part.y[rows], self._findings))
        query = Query(
            None if head is None or isinstance(head, int) else self._probabilities(head, left),
            self._part.embedding[left],
            self._part.embedding[rows],
            None if self._findings else self._part.y[rows],
            classes=self._findings or len(self._ids),
            batch=count,
            class_ids=None if self._findings else self._ids,
            findings=findings,
        )
        utilities = asker(query, rng)
        return left[np.lexsort((rng.random(len(left)), -utilities))[:count]]

    def _probabilities(self, head: Head, rows: Ids) -> FloatArray:
        """Probabilities of the candidates `rows` with a column for every class, as the program's scores have.

        Of several findings, those of the most doubtful one, as the program's strategies see it.
        """
        if self._findings:
            return most_doubtful(head.probabilities(self._part.X[rows]))
        found = np.zeros((len(rows), len(self._ids)), np.float32)
        found[:, np.searchsorted(self._ids, head.class_ids)] = head.probabilities(self._part.X[rows])
        return found


def labels_needed(labels: list[int], curve: list[list[float]], bars: list[float], *, held: int = 1) -> list[int | None]:
    """For each seed the fewest labels from which the curve stays at its bar for `held` points; None if never.

    `curve` holds one value per seed at each of `labels`; `bars` one per seed. A bar reached at the end of the curve
    counts when it holds to the end.
    """
    above = np.asarray(curve) >= np.asarray(bars)
    found: list[int | None] = []
    for seed in range(above.shape[1]):
        holds = [bool(above[at : at + held, seed].all()) for at in range(len(labels))]
        found.append(labels[holds.index(True)] if any(holds) else None)
    return found


def areas(labels: list[int], curve: list[list[float]]) -> list[float]:
    """The area under each seed's curve, divided by the span of the labels: its mean height."""
    values = np.asarray(curve)
    if len(labels) < 2:
        return [float(v) for v in values[0]]
    return [float(a) for a in np.trapezoid(values, labels, axis=0) / (labels[-1] - labels[0])]


def split(truth: Ids, groups: Ids | None, seed: int) -> tuple[Ids, Ids]:
    """A seeded split into candidates and a held-out quarter: by group, or by class where every class has two items."""
    rows = np.arange(len(truth))
    if groups is not None:
        held = folds_for(truth, groups, seed=seed, folds=round(1 / HELD_OUT_SHARE))[0]
        return np.setdiff1d(rows, held), held
    from sklearn.model_selection import train_test_split

    counts = np.unique(truth, return_counts=True)[1]
    held_out = math.ceil(len(truth) * HELD_OUT_SHARE)
    room = min(held_out, len(truth) - held_out)
    by_class = truth if counts.min() >= 2 and room >= len(counts) else None
    train, held = train_test_split(rows, test_size=held_out, random_state=seed, stratify=by_class)
    return np.sort(train), np.sort(held)


_USE = say("Use default or: {names}.", names=listed(QUERY_STRATEGIES))


def _check(truth: Ids, budget: int, batch: int, strategies: tuple[str, ...], seeds: int) -> None:
    if not strategies:
        raise KnownError(say("No strategy is named."), _USE)
    unknown = [name for name in strategies if name not in QUERY_STRATEGIES]
    if unknown:
        raise KnownError(say("There is no strategy named {names}.", names=listed(unknown)), _USE)
    if len(truth) < _FEWEST or len(np.unique(truth)) < 2:
        raise KnownError(
            say("A simulation needs at least {n} items of two classes whose class is known.", n=_FEWEST),
            say("Make the project with the labels as hidden truth."),
        )
    if batch < 1 or seeds < 1:
        raise KnownError(say("Batch and seeds must be at least 1."))
    _check_budget(budget, batch, len(truth) - math.ceil(len(truth) * HELD_OUT_SHARE))


def _check_budget(budget: int, batch: int, candidates: int) -> None:
    if not batch <= budget <= candidates:
        raise KnownError(
            say(
                "The budget must be at least one batch ({batch}) and at most {candidates}, the items not held out.",
                batch=str(batch),
                candidates=str(candidates),
            )
        )
