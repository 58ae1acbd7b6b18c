"""`python -m tests.benchmarks.label_problems [--seeds N]`: are wrong labels found? Precision at 100 and recall.

On pictures with near-duplicates under two classes, abstracts that occur under two, and questions of which 5 % got
another label by a seed. The features are those of the program, its limits and its way to choose what is told. Nothing
is asserted.
"""

import argparse
import csv
import time
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from hitl_desktop.learning.asking import embedding_of
from hitl_desktop.learning.estimators import ESTIMATORS, Lesson
from hitl_desktop.learning.heads.linear import MOST_FACTORED
from hitl_desktop.learning.label_problems import contradictions, out_of_sample, suspects
from hitl_desktop.learning.training import USUAL, FeatureSource, fit_representation, usual_settings
from hitl_desktop.workflow.label_problems import ALIKE, ALIKE_TEXTS
from tests.benchmarks.learning_data import SHARED, Data, images, texts

Ids = npt.NDArray[np.int64]
FLIPPED = 0.05


def main() -> int:
    """Run all three; always 0, for nothing here judges the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.label_problems", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="draws of flipped labels")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("The shared data are not beside the project: not run.")
        return 0
    _ultrasound()
    _abstracts()
    _questions(options.seeds)
    return 0


def _ultrasound() -> None:
    data, rows = images("breast_ultrasound_busi", False)(), _table("images/breast_ultrasound_busi/labels.csv")
    groups = np.array([int(row["near_duplicate_group"] or -1) for row in rows])
    seen, compared = _seen(data, "image")
    truth = _pairs(groups, data.y)
    found = contradictions(compared, data.y, alike=ALIKE["image"])
    _print_pairs("breast_ultrasound_busi", len(data.y), found.one, found.other, truth)
    _print_suspects("its near-duplicates under two classes", data.y, seen, {i for pair in truth for i in pair})


def _abstracts() -> None:
    data, rows = texts("medical_abstracts")(), _table("text/medical_abstracts/data.csv")
    same = np.unique([row["text"] for row in rows], return_inverse=True)[1]
    seen, compared = _seen(data, "text")
    truth = _pairs(same, data.y)
    found = contradictions(compared, data.y, alike=ALIKE_TEXTS)
    _print_pairs("medical_abstracts", len(data.y), found.one, found.other, truth)
    _print_suspects("its texts under two labels", data.y, seen, {i for pair in truth for i in pair})


def _questions(seeds: int) -> None:
    data = texts("banking77_intents")()
    seen, compared = _seen(data, "text")
    classes, count = len(np.unique(data.y)), len(data.y)
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        wrong = np.sort(rng.choice(count, round(FLIPPED * count), replace=False))
        labels = data.y.copy()
        labels[wrong] = (labels[wrong] + rng.integers(1, classes, len(wrong))) % classes
        _print_suspects(f"banking77, {len(wrong)} of {count} flipped, seed {seed}", labels, seen, set(wrong.tolist()))
        found = contradictions(compared, labels, alike=ALIKE_TEXTS)
        either = np.isin(found.one, wrong) | np.isin(found.other, wrong)
        flipped = np.union1d(found.one, found.other)
        share = np.isin(wrong, flipped).mean()
        print(
            f"  contradictions: {len(either)} pairs, {either.mean():.2f} with a flipped label, {share:.2f} of all those"
        )


def _seen(data: Data, kind: str) -> tuple[tuple[str, npt.NDArray[np.float32]], npt.NDArray[np.float32]]:
    """What models learn from, and what items are compared by: as the program chooses them."""
    name, representation = fit_representation(data.X, FeatureSource(kind, data.made_by, data.blocks), 0)
    rows = representation.transform(data.X)
    compared = np.asarray(embedding_of(rows, data.blocks), np.float32)
    learned = ("unit", compared) if len(data.y) > MOST_FACTORED else (name, rows)
    return learned, compared


def _print_pairs(name: str, count: int, one: Ids, other: Ids, truth: set[tuple[int, int]]) -> None:
    hits = [pair in truth for pair in zip(one.tolist(), other.tolist(), strict=True)]
    found = {i for pair, hit in zip(zip(one, other, strict=True), hits, strict=True) if hit for i in pair}
    items = {i for pair in truth for i in pair}
    print(f"\n{name}, {count} items, {len(truth)} known pairs of {len(items)} items under two classes")
    print(
        f"  contradictions: {len(hits)} pairs, precision {_share(hits)} (first 100: {_share(hits[:100])}), "
        f"recall of pairs {sum(hits) / len(truth):.2f}, of items {len(found & items) / len(items):.2f}"
    )


def _print_suspects(what: str, labels: Ids, seen: tuple[str, npt.NDArray[np.float32]], wrong: set[int]) -> None:
    name, rows = seen
    began = time.perf_counter()
    estimator = USUAL[name]
    chances, ids = out_of_sample(ESTIMATORS[estimator], Lesson(rows, labels), usual_settings(name, estimator))
    found = suspects(chances, labels, ids)
    hits = [row in wrong for row in found.rows.tolist()]
    print(
        f"  suspicious, {what}: {len(hits)} told, first 100: {_share(hits[:100])}, all told: {_share(hits)}, "
        f"recall {sum(hits) / len(wrong):.3f}; {time.perf_counter() - began:.0f} s",
        flush=True,
    )


def _share(hits: Iterable[bool]) -> str:
    every = list(hits)
    return f"{np.mean(every):.3f}" if every else "-"


def _pairs(groups: Ids, labels: Ids) -> set[tuple[int, int]]:
    """Pairs of places (the smaller first) of one group, −1 being none, with different labels."""
    found = set()
    for group in np.unique(groups[groups >= 0]):
        members = np.flatnonzero(groups == group).tolist()
        found |= {(a, b) for a in members for b in members if a < b and labels[a] != labels[b]}
    return found


def _table(path: str) -> list[dict[str, str]]:
    with (SHARED / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    raise SystemExit(main())
