"""`python -m tests.benchmarks.marks [SET …] [--seeds 5]`: do marks teach what should, and should not, count?

Should not: something that has nothing to do with the class is put into every item of one class that is decided, and of
the pool; in the items that are tested it goes with the other class. So whoever learned it is wrong. It is marked as not
counting in 0, 5, 10 or 20 of the 100 decided items, and the variants are those that the program makes.

Should count: what a person would mark is made up by a model that learned from all other items: in each decided item the
word that speaks most for its class. Tested on items as they are.
"""

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.evidence import Box, Span
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.kinds.image import read_bytes, read_small
from hitl_desktop.kinds.variants import (
    Region,
    picture_with,
    picture_without,
    text_alone,
    text_with,
    text_without,
)
from hitl_desktop.learning.explanations import pieces_of
from hitl_desktop.learning.training import FeatureSource, TrainingOptions, View, fit_representation, train_from_scratch
from hitl_desktop.workflow.requests import Decided, Marked
from hitl_desktop.workflow.variants import Recipe, placed, recipes_for
from tests.benchmarks.learning_data import SHARED

DECIDED: Final = 100
MARKED: Final = (0, 5, 10, 20)
TESTED: Final = 400
POOL: Final = 600
TOKEN: Final = "(ref zq7)"
TAG: Final = Region(0.80, 0.04, 0.96, 0.16)
_WHOLE: Final = 1000
_TEACHING: Final = 1000

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Set:
    """Two classes of a set: items (texts or small pictures) and 0 or 1 for each."""

    name: str
    extractor: str
    items: Sequence[Any]
    labels: Ids


def texts(folder: str, extractor: str = "text-ngrams") -> Set:
    """The two largest classes of a table of texts."""
    with (SHARED / "text" / folder / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names, y = np.unique([row["label"] for row in rows], return_inverse=True)
    two = np.argsort(-np.bincount(y, minlength=len(names)))[:2]
    kept = np.flatnonzero(np.isin(y, two))
    return Set(folder, extractor, [rows[i]["text"] for i in kept], (y[kept] == two[1]).astype(np.int64))


def pictures(folder: str, classes: tuple[str, str]) -> Set:
    """Two classes of a folder of images, as colour pictures."""
    root = SHARED / "images" / folder
    with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in classes]
    side = EXTRACTORS["image-fused"].side
    read = [read_small(read_bytes(root / row["file"]), row["file"], side) for row in rows]
    colour = [one if one.ndim == 3 else np.repeat(one[:, :, None], 3, axis=2) for one in read]
    return Set(folder, "image-fused", colour, np.array([classes.index(row["label"]) for row in rows]))


SETS: Final[dict[str, Callable[[], Set]]] = {
    "sms": lambda: texts("sms_spam"),
    "sms-meaning": lambda: texts("sms_spam", "text-minilm"),
    "tweets": lambda: texts("tweets_toxicity_davidson"),
    "medical": lambda: texts("medical_abstracts"),
    "waste": lambda: pictures("waste_trashnet", ("paper", "glass")),
    "chest": lambda: pictures("chest_xray_pneumoniamnist", ("normal", "pneumonia")),
}


def with_artefact(item: Any, rng: np.random.Generator) -> Any:
    """The item with something that has nothing to do with its class."""
    if isinstance(item, str):
        return text_with(item, TOKEN, float(rng.random()))
    found = item.copy()
    found[TAG.mask(item.shape[1], item.shape[0])] = (255, 220, 0)
    return found


def artefact(item: Any) -> tuple[Span | Box, tuple[int, int] | None]:
    """Where it is, marked as what should not count, and the size of the picture."""
    if isinstance(item, str):
        at = item.index(TOKEN)
        return Span(at, at + len(TOKEN), TOKEN, counts=False), None
    wide, high = (TAG.right - TAG.left) * _WHOLE, (TAG.bottom - TAG.top) * _WHOLE
    return Box(TAG.left * _WHOLE, TAG.top * _WHOLE, wide, high, counts=False), (_WHOLE, _WHOLE)


def made(recipe: Recipe, items: Sequence[Any]) -> Any:
    """A variant, as `workflow/variants.py` makes it."""
    own = items[recipe.donor]
    if isinstance(own, str):
        spans = [(mark.start, mark.end) for mark in recipe.marks if isinstance(mark, Span)]
        if recipe.how == "out":
            return text_without(own, spans)
        if recipe.how == "alone":
            return text_alone(own, spans)
        return text_with(items[recipe.host], text_alone(own, spans), sum(spans[0]) / 2 / max(1, len(own)))
    if recipe.how == "out":
        return picture_without(own, [TAG])
    return picture_with(items[recipe.host], own, TAG)


class Learner:
    """Trains on decided items with the variants of some marks."""

    def __init__(self, data: Set, decided: Sequence[Any], labels: Ids, pool: Sequence[Any], seed: int) -> None:
        self._extractor = EXTRACTORS[data.extractor]
        self._items, self._labels, self._seed = decided, labels, seed
        every = self._extractor.extract([*decided, *pool])
        self._source = FeatureSource(self._extractor.kind, self._extractor.key, self._extractor.blocks)
        self._name, self._map = fit_representation(every, self._source, seed)
        self._rows = self._map.transform(every[: len(decided)])

    def rows(self, items: Sequence[Any]) -> Any:
        """What the model sees of items."""
        return self._map.transform(self._extractor.extract(items))

    def fitted(self, marked: Sequence[Marked], estimator: str = "auto") -> Any:
        """A head; marks name items by their places."""
        recipes = recipes_for(marked, Decided(np.arange(len(self._labels)), self._labels))
        rows, variants = None, None
        if recipes:
            rows = self.rows([made(recipe, self._items) for recipe in recipes])
            variants = placed(recipes, np.arange(len(self._labels)))
        view = View(self._source, self._name, self._map, self._rows, None, rows)
        options = TrainingOptions(estimator, variants=variants)
        return train_from_scratch(
            [view], self._labels, {0: "no", 1: "yes"}, options=options, seed=self._seed, card={}
        ).head


def share_right(head: Any, rows: Any, labels: Ids) -> float:
    """Accuracy."""
    return float((np.asarray(head.class_ids)[head.probabilities(rows).argmax(axis=1)] == labels).mean())


def split(data: Set, seed: int, decided: int) -> tuple[Ids, Ids, Ids]:
    """Items to decide, to test, and of the pool, both classes alike in each."""
    rng = np.random.default_rng(seed)
    parts: list[list[int]] = [[], [], []]
    for label in (0, 1):
        own = rng.permutation(np.flatnonzero(data.labels == label)).tolist()
        ends = decided // 2, decided // 2 + min(TESTED // 2, (len(own) - decided // 2) // 2), None
        for part, (first, end) in zip(parts, ((0, ends[0]), (ends[0], ends[1]), (ends[1], ends[2])), strict=True):
            part += own[first:end][: POOL // 2]
    return tuple(rng.permutation(part) for part in parts)  # type: ignore[return-value]


def should_not_count(data: Set, seed: int) -> dict[int, tuple[float, float]]:
    """By how many items are marked: accuracy where the artefact goes with the other class, and where there is none."""
    decided, tested, pool = split(data, seed, DECIDED)
    rng = np.random.default_rng([seed, 1])
    y = data.labels
    items = [with_artefact(data.items[i], rng) if y[i] else data.items[i] for i in decided]
    others = [with_artefact(data.items[i], rng) if y[i] else data.items[i] for i in pool]
    turned = [data.items[i] if y[i] else with_artefact(data.items[i], rng) for i in tested]
    learner = Learner(data, items, y[decided], others, seed)
    rows, plain = learner.rows(turned), learner.rows([data.items[i] for i in tested])
    marked = []
    for place in np.flatnonzero(y[decided] == 1)[: max(MARKED)].tolist():
        mark, size = artefact(items[place])
        marked.append(Marked(place, 1, (mark,), size))
    found = {}
    for count in MARKED:
        head = learner.fitted(marked[:count])
        found[count] = share_right(head, rows, y[tested]), share_right(head, plain, y[tested])
    return found


def should_count(data: Set, seed: int, decided_count: int) -> tuple[float, float]:
    """Accuracy without marks, and with the word that speaks most for its class marked in every decided text."""
    decided, tested, pool = split(data, seed, decided_count)
    y = data.labels
    items = [data.items[i] for i in decided]
    rest = np.setdiff1d(np.arange(len(y)), np.concatenate([decided, tested]))
    rest = np.random.default_rng(seed).permutation(rest)[:_TEACHING]
    teacher = Learner(data, [data.items[i] for i in rest], y[rest], [], seed)
    head = teacher.fitted([], "logistic_regression")
    marked = []
    for place, text in enumerate(items):
        pieces = pieces_of(text)[:60]
        if not pieces:
            continue
        words = teacher.rows([text[piece.word : piece.word_end] for piece in pieces])
        best = pieces[int(head.probabilities(words)[:, int(y[decided[place]])].argmax())]
        span = Span(best.word, best.word_end, text[best.word : best.word_end], counts=True)
        marked.append(Marked(place, int(y[decided[place]]), (span,)))
    learner = Learner(data, items, y[decided], [data.items[i] for i in pool], seed)
    rows = learner.rows([data.items[i] for i in tested])
    without, taught = (share_right(learner.fitted(marks), rows, y[tested]) for marks in ([], marked))
    return without, taught


def said(values: Sequence[float]) -> str:
    """Mean and spread over the seeds."""
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


def main() -> int:
    """Print the tables of the sets that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], default=list(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    wanted = parser.parse_args()
    print("| set | marked | right where the artefact goes with the other class | right without artefact | CPU s |")
    print("|---|---:|---:|---:|---:|")
    loaded = {name: SETS[name]() for name in wanted.sets}
    for name, data in loaded.items():
        start = time.process_time()
        runs = [should_not_count(data, seed) for seed in range(wanted.seeds)]
        spent = (time.process_time() - start) / wanted.seeds
        for count in MARKED:
            turned, plain = said([run[count][0] for run in runs]), said([run[count][1] for run in runs])
            print(f"| {name} | {count} | {turned} | {plain} | {spent:.0f} |", flush=True)
    print("\n| set | decided | no marks | a word in each that should count | gain, paired |\n|---|---:|---:|---:|---:|")
    for name, data in loaded.items():
        if data.extractor == "text-ngrams":
            for count in (20, 50):
                pairs = np.array([should_count(data, seed, count) for seed in range(wanted.seeds)])
                gain = said((pairs[:, 1] - pairs[:, 0]).tolist())
                columns = said(pairs[:, 0].tolist()), said(pairs[:, 1].tolist()), gain
                print(f"| {name} | {count} | {' | '.join(columns)} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
