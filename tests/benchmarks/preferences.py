"""`python -m tests.benchmarks.preferences [--quick]`: is the reward model any good, and are pairs asked well?

On the shared part of HH-RLHF (harmless-base), read by the program's own importer. Held-out accuracy on pairs of prompts
that were not trained on, over splits that keep prompts together, beside two baselines: the length of the answers, and
TF-IDF of words with a logistic regression. All choices, the strengths of both baselines too, are made on the training
part. Then the pairs asked by information gain, by closeness (p ≈ ½) and at random, from the same start. Nothing is
asserted; it is printed as it came out.
"""

import argparse
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import hstack
from scipy.stats import t as student
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.answers import Comparison, of_text
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.learning.cross_validation import folds_for
from hitl_desktop.learning.estimators import ESTIMATORS, Lesson
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.rankings import compared, for_answers
from hitl_desktop.learning.representations.answers import AnswerPlaces
from tests.benchmarks.learning_data import SHARED

PAIRS = SHARED / "preference" / "hh_rlhf_harmless" / "pairs.jsonl"
IDS = (1, 2, 3, 4)
VIEW = ("answers-minilm", "answers-words")
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
HELD_OUT = 0.25
FOLDS = 5
Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """The pairs: comparisons, class ids of the preferred answer (n,), prompts as groups (n,), features (n, dims)."""

    items: list[Comparison]
    labels: Ids
    groups: Ids
    features: Any
    blocks: tuple[tuple[str, int], ...]


def load() -> Pairs:
    """Read the shared pairs as the program does, and make their features."""
    guess = sniff(PAIRS)
    contents = read_table(
        PAIRS, id_column=guess.id_column, text_column=None, label_column=None, progress=no_progress,
        cancelled=never_cancelled, guess=guess, kind="preference",
    )  # fmt: skip
    print(f"{len(contents.items)} pairs, {len(contents.unreadable)} left out: "
          + ", ".join(sorted({note.reason for note in contents.unreadable})))  # fmt: skip
    texts = [item.text for item in contents.items]
    items = [of_text(text) for text in texts]
    labels = np.array([1 if item.label == "Answer 1" else 2 for item in contents.items], np.int64)
    groups = np.unique([item.prompt for item in items], return_inverse=True)[1]
    parts = [EXTRACTORS[name].extract(texts) for name in VIEW]
    blocks = tuple(block for name in VIEW for block in EXTRACTORS[name].blocks)
    return Pairs(items, labels, groups, hstack(parts, format="csr", dtype=np.float32), blocks)


def split(pairs: Pairs, seed: int) -> tuple[Ids, Ids]:
    """Training and held-out rows; a prompt is on one side."""
    rng = np.random.default_rng(seed)
    held = rng.permutation(np.unique(pairs.groups))[: round(HELD_OUT * len(np.unique(pairs.groups)))]
    is_held = np.isin(pairs.groups, held)
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)


def right_of_length(pairs: Pairs, train: Ids, held: Ids) -> npt.NDArray[np.bool_]:
    """Prefer the shorter or the longer answer, whichever was preferred more often in training."""
    longer = np.array([1 if len(item.texts[0]) >= len(item.texts[1]) else 2 for item in pairs.items])
    agrees = longer == pairs.labels
    return agrees[held] if agrees[train].mean() >= 0.5 else ~agrees[held]


def right_of_tfidf(pairs: Pairs, train: Ids, held: Ids) -> npt.NDArray[np.bool_]:
    """Logistic regression on the difference of the answers' TF-IDF of words and pairs of words."""
    seen = [text for row in train for text in pairs.items[row].texts]
    weights = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2).fit(seen)
    first, second = (weights.transform([item.texts[side] for item in pairs.items]) for side in (0, 1))
    rows, better = first - second, (pairs.labels == 1).astype(int)

    def fitted(at: Ids, strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, fit_intercept=False, max_iter=1000).fit(rows[at], better[at])

    def score(strength: float) -> float:
        right = 0
        for fold in folds_for(pairs.labels[train], pairs.groups[train], seed=0, folds=FOLDS):
            model = fitted(np.setdiff1d(train, train[fold]), strength)
            right += int((model.predict(rows[train[fold]]) == better[train[fold]]).sum())
        return right

    best = max(STRENGTHS, key=score)
    return np.asarray(fitted(train, best).predict(rows[held]) == better[held])


def right_of_ours(pairs: Pairs, train: Ids, held: Ids) -> npt.NDArray[np.bool_]:
    """The program's reward model: representation and strength from the training part."""
    representation = AnswerPlaces.fit(pairs.features[train], pairs.blocks, np.random.default_rng(0))
    rows = representation.transform(pairs.features)
    estimator = for_answers(ESTIMATORS["bradley_terry"], IDS)
    lesson = Lesson(rows[train], pairs.labels[train], pairs.groups[train])
    folds = folds_for(lesson.labels, lesson.groups, seed=0, folds=FOLDS)

    def loss(settings: Any) -> float:
        said = estimator.cross_validated(lesson, settings, folds)
        return float(-np.log(said[np.arange(len(said)), lesson.labels - 1]).mean())

    head = estimator.train(lesson, min(estimator.grid, key=loss))
    return np.asarray(head.logits(rows[held])[:, :2].argmax(axis=1) + 1 == pairs.labels[held])


def interval(values: Floats, test_share: float = HELD_OUT) -> tuple[float, float, float]:
    """Mean and 95 % interval over splits that overlap: the corrected t of Nadeau and Bengio, Machine Learning 2003."""
    n = len(values)
    error = np.sqrt((1 / n + test_share / (1 - test_share)) * values.var(ddof=1))
    half = float(student.ppf(0.975, n - 1) * error)
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


WAYS: dict[str, Callable[[Pairs, Ids, Ids], npt.NDArray[np.bool_]]] = {
    "length": right_of_length,
    "TF-IDF": right_of_tfidf,
    "reward model": right_of_ours,
}


def accuracy(pairs: Pairs, seeds: int) -> None:
    """Held-out accuracy of every way, and how much the reward model is ahead on the same splits."""
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for seed in range(seeds):
        train, held = split(pairs, seed)
        for name, way in WAYS.items():
            right = way(pairs, train, held)
            found[name].append(float(right.mean()))
            if seed == 0:
                low, high = wilson(int(right.sum()), len(right))
                print(f"  first split, {name}: {right.sum()} of {len(right)} held-out pairs ({low:.3f} to {high:.3f})")
    print(f"Held-out accuracy, mean of {seeds} splits with the corrected 95 % interval:")
    for name, values in found.items():
        mean, low, high = interval(np.array(values))
        print(f"  {name:14} {mean:.3f} ({low:.3f} to {high:.3f}), sd {np.std(values, ddof=1):.3f}")
    for name in ("length", "TF-IDF"):
        mean, low, high = interval(np.array(found["reward model"]) - np.array(found[name]))
        print(f"  ahead of {name}: {mean:+.3f} ({low:+.3f} to {high:+.3f})")


def asking(pairs: Pairs, seeds: int, budget: int, batch: int) -> None:
    """Area under the learning curve of each way to ask, and the difference from random on the same splits."""
    ways = ("random", "margin", "information_gain")
    areas: dict[str, list[float]] = {way: [] for way in ways}
    estimator = for_answers(ESTIMATORS["bradley_terry"], IDS)
    for seed in range(seeds):
        train, held = split(pairs, seed)
        representation = AnswerPlaces.fit(pairs.features[train], pairs.blocks, np.random.default_rng(seed))
        rows = representation.transform(pairs.features)
        difference = compared(rows)
        start = np.random.default_rng([seed, 1]).permutation(train)[:batch]
        for way in ways:
            asked, curve = start, []
            rng = np.random.default_rng([seed, 2])
            while True:
                head = estimator.train(Lesson(rows[asked], pairs.labels[asked]), {"C": 0.3})
                said = head.logits(rows[held])[:, :2].argmax(axis=1) + 1
                curve.append(float((said == pairs.labels[held]).mean()))
                if len(asked) >= budget:
                    break
                left = np.setdiff1d(train, asked)
                query = Query(
                    head.probabilities(rows[left]), difference[left], difference[asked], pairs.labels[asked],
                    classes=4, batch=batch, class_ids=np.array(IDS),
                )  # fmt: skip
                utilities = QUERY_STRATEGIES[way].utilities(query, rng)
                order = np.lexsort((rng.random(len(left)), -utilities))
                asked = np.concatenate([asked, left[order[:batch]]])
            areas[way].append(float(np.trapezoid(curve) / (len(curve) - 1)))
    print(f"Area under the learning curve to {budget} pairs, {batch} at a time, {seeds} seeds (95 % over seeds):")
    for way, values in areas.items():
        difference_ = np.array(values) - np.array(areas["random"])
        half = student.ppf(0.975, seeds - 1) * difference_.std(ddof=1) / np.sqrt(seeds)
        told = "" if way == "random" else f", {difference_.mean():+.4f} ± {half:.4f} against random"
        print(f"  {way:18} {np.mean(values):.4f} ± {np.std(values, ddof=1):.4f} sd{told}")


def main() -> None:
    """Both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three splits instead of ten")
    seeds = 3 if parser.parse_args().quick else 10
    print(platform.platform(), platform.python_version())
    pairs = load()
    accuracy(pairs, seeds)
    asking(pairs, seeds, budget=400, batch=40)


if __name__ == "__main__":
    main()
