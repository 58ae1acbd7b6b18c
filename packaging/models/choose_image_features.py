"""What each part of the image features is worth: measured with groups kept together, alone and left out.

    python packaging/models/choose_image_features.py                   all sets, about a quarter of an hour
    python packaging/models/choose_image_features.py --data ../shared/data waste ultrasound

For each of five folds the representation is fitted on the training part without labels, and two heads learn from it:
the linear one and the kernel one. Printed per set and head: accuracy with its Wilson interval and macro-F1 with a
bootstrap interval over groups, both on every item once; then the mean accuracy with 10, 20 and 50 labels per class,
with 95 % of the spread of that mean over folds and seeds. Nothing that is fitted here is kept.
"""

import argparse
import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hitl_desktop.assurance.intervals import wilson  # noqa: E402
from hitl_desktop.features import EXTRACTORS  # noqa: E402
from hitl_desktop.kinds.image import read_bytes, read_small  # noqa: E402
from hitl_desktop.learning.heads import fit_head, fit_kernel_head  # noqa: E402
from hitl_desktop.learning.metrics import macro_f1  # noqa: E402
from hitl_desktop.learning.representations import REPRESENTATIONS  # noqa: E402

EXTRACTOR = EXTRACTORS["image-fused"]
FOLDS = 5
SEEDS = 5
FEW = (10, 20, 50)
RESAMPLES = 1000
MOST = 3000
"""Labels of one fit at most: more would only take longer."""


@dataclass(frozen=True)
class Set:
    """Where a set lies, how to list (file, class, group), how it is split, and the bars of the issue.

    `bars` are accuracy, macro-F1, then accuracy at 10, 20 and 50 labels per class; None where none was set.
    """

    folder: str
    rows: Callable[[Path], list[tuple[Path, str, str]]]
    by_position: bool
    bars: tuple[float | None, ...]


def chest(root: Path) -> list[tuple[Path, str, str]]:
    """Patients are not named: every picture is a group of its own."""
    return [(p, p.parent.name, p.name) for p in sorted(root.glob("*/*.png"))]


def waste(root: Path) -> list[tuple[Path, str, str]]:
    """Photos of one object follow one another: runs of ten for the bootstrap, in the order of their numbers."""
    named = [(p, int(re.sub(r"\D", "", p.stem))) for p in root.glob("*/*.jpg")]
    ordered = sorted(named, key=lambda pair: (pair[0].parent.name, pair[1]))
    return [(p, p.parent.name, f"{p.parent.name}{number // 10}") for p, number in ordered]


def ultrasound(root: Path) -> list[tuple[Path, str, str]]:
    """Near copies belong together."""
    with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(root / r["file"], r["label"], r["near_duplicate_group"] or r["file"]) for r in rows]


def cells(root: Path) -> list[tuple[Path, str, str]]:
    """Crops of one photo belong together."""
    return [(p, p.parent.name, p.stem.rpartition("_")[0]) for p in sorted((root / "crops").glob("*/*.jpg"))]


SETS = {
    "chest": Set("chest_xray_pneumoniamnist", chest, False, (0.865, 0.845, 0.82, 0.85, 0.88)),
    "waste": Set("waste_trashnet", waste, True, (0.77, 0.68, 0.47, 0.53, 0.63)),
    "ultrasound": Set("breast_ultrasound_busi", ultrasound, False, (0.74, 0.69, 0.48, 0.58, 0.65)),
    "cells": Set("blood_cells_bccd", cells, False, (0.99, None, None, None, None)),
}


def linear(X: Any, labels: Any) -> Any:
    return fit_head(X, labels, strength=30.0, seed=0)


def kernel(X: Any, labels: Any) -> Any:
    return fit_kernel_head(X, labels, gamma=0.5, ridge=0.1, seed=0)


HEADS: dict[str, Callable[[Any, Any], Any]] = {"linear": linear, "kernel": kernel}


@dataclass
class Data:
    """Feature rows (n, dims), class ids (n,), group ids (n,), and folds as (training rows, measuring rows)."""

    X: Any
    y: Any
    groups: Any
    folds: list[tuple[Any, Any]]


def load(chosen: Set, shared: Path) -> Data:
    rows = chosen.rows(shared / "images" / chosen.folder)
    if not rows:
        raise FileNotFoundError(shared / "images" / chosen.folder)
    pictures = [read_small(read_bytes(path), path.name, EXTRACTOR.side) for path, _, _ in rows]
    # As the cache keeps them.
    X = EXTRACTOR.extract(pictures).astype(EXTRACTOR.storage).astype(np.float32)
    y = np.unique([label for _, label, _ in rows], return_inverse=True)[1]
    groups = np.unique([group for _, _, group in rows], return_inverse=True)[1]
    return Data(X, y, groups, by_position(y) if chosen.by_position else by_group(y, groups))


def by_group(y: Any, groups: Any) -> list[tuple[Any, Any]]:
    return list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(y, y, groups))


def by_position(y: Any) -> list[tuple[Any, Any]]:
    """Fifths of each class one after the other, as the part of this set that was held apart is its last fifth."""
    fold = np.empty(len(y), np.int64)
    for c in np.unique(y):
        mine = np.flatnonzero(y == c)
        fold[mine] = np.arange(len(mine)) * FOLDS // len(mine)
    return [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(FOLDS)]


def variants() -> dict[str, list[str]]:
    """All blocks, each alone, each left out."""
    names = [name for name, _ in EXTRACTOR.blocks]
    return (
        {"all": names}
        | {f"{name} alone": [name] for name in names}
        | {f"without {name}": [n for n in names if n != name] for name in names}
    )


def mapped(data: Data) -> list[dict[str, Any]]:
    """Per fold and block the rows of all items at mean square norm 1; fitted on the training part without labels."""
    found = []
    kind = REPRESENTATIONS["scaled-blocks"]
    for train, _ in data.folds:
        whole = kind.fit(data.X[train], EXTRACTOR.blocks, np.random.default_rng(0))
        rows = whole.transform(data.X) * np.sqrt(len(EXTRACTOR.blocks))
        widths = [block.components.shape[1] for block in whole.scaled]
        parts = np.split(rows, np.cumsum(widths)[:-1], axis=1)
        found.append(dict(zip((name for name, _ in EXTRACTOR.blocks), parts, strict=True)))
    return found


def few(y: Any, train: Any, each: int, seed: int) -> Any:
    rng = np.random.default_rng([seed, each])
    return np.concatenate([rng.permutation(train[y[train] == c])[:each] for c in np.unique(y)])


def limited(train: Any) -> Any:
    return train if len(train) <= MOST else np.sort(np.random.default_rng(0).permutation(train)[:MOST])


def answers(fit: Callable[[Any, Any], Any], X: Any, y: Any, train: Any, test: Any) -> Any:
    head = fit(X[train], y[train])
    return np.asarray(head.class_ids)[head.logits(X[test]).argmax(axis=1)]


def f1_interval(y: Any, predicted: Any, groups: Any) -> tuple[float, float]:
    """The middle 95 % of macro-F1 when whole groups are drawn again with replacement."""
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(groups == g) for g in range(groups.max() + 1)]
    scores = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        scores.append(macro_f1(y[rows], predicted[rows]))
    low, high = np.percentile(scores, (2.5, 97.5))
    return float(low), float(high)


def measured(data: Data, rows: Sequence[Any], fit: Callable[[Any, Any], Any]) -> tuple[list[float], str]:
    """The five figures that have bars, and the line that is printed."""
    predicted = np.empty_like(data.y)
    scarce: dict[int, list[float]] = {each: [] for each in FEW}
    for X, (train, test) in zip(rows, data.folds, strict=True):
        predicted[test] = answers(fit, X, data.y, limited(train), test)
        for each in FEW:
            for seed in range(SEEDS):
                guessed = answers(fit, X, data.y, few(data.y, train, each, seed), test)
                scarce[each].append(float((guessed == data.y[test]).mean()))
    right = int((predicted == data.y).sum())
    low, high = wilson(right, len(data.y))
    f1 = macro_f1(data.y, predicted)
    f1_low, f1_high = f1_interval(data.y, predicted, data.groups)
    means = [float(np.mean(scarce[each])) for each in FEW]
    spread = [1.96 * float(np.std(scarce[each], ddof=1)) / np.sqrt(len(scarce[each])) for each in FEW]
    line = f"{right / len(data.y):.3f} ({low:.3f}-{high:.3f})  {f1:.3f} ({f1_low:.3f}-{f1_high:.3f})"
    line += "".join(f"  {m:.3f} ±{s:.3f}" for m, s in zip(means, spread, strict=True))
    return [right / len(data.y), f1, *means], line


def table(name: str, shared: Path) -> Iterator[str]:
    chosen = SETS[name]
    data = load(chosen, shared)
    blocks = mapped(data)
    yield f"\n{name}: {len(data.y)} items, {data.groups.max() + 1} groups"
    yield f"{'features':22} {'head':7} {'accuracy':21} {'macro-F1':21} at 10         at 20         at 50 per class"
    best = [0.0] * 5
    for title, names in variants().items():
        rows = [np.concatenate([fold[n] for n in names], axis=1) / np.float32(np.sqrt(len(names))) for fold in blocks]
        for head, fit in HEADS.items():
            figures, line = measured(data, rows, fit)
            if title == "all":
                best = [max(pair) for pair in zip(best, figures, strict=True)]
            yield f"{title:22} {head:7} {line}"
    bars = [(b, f) for b, f in zip(chosen.bars, best, strict=True) if b is not None]
    said = ", ".join(f"{f:.3f} of {b:.3f}{'' if f >= b else ' NOT REACHED'}" for b, f in bars)
    yield f"bars, the better head with all blocks: {said}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what each part of the image features is worth.")
    parser.add_argument("names", nargs="*", choices=[*SETS, []], help="which sets; all by default")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the shared data sets")
    arguments = parser.parse_args()
    for name in arguments.names or SETS:
        try:
            for line in table(name, arguments.data):
                print(line, flush=True)
        except FileNotFoundError as error:
            print(f"{name:10} skipped: {error} is not there", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
