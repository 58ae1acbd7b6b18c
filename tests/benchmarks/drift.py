"""`python -m tests.benchmarks.drift [--seeds N]`: how often batches of the same kind give an alarm, and which shifts
are found, on the shared data; and the same for new kinds. Prints figures, asserts nothing.

A batch counts as different as in the program: at a chance below 1 % over both tests. Scores are those of a logistic
regression taught with 200 items apart from all others.
"""

import argparse
import csv
import io
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from PIL import Image, ImageEnhance, ImageFilter
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MaxAbsScaler

from hitl_desktop.assurance.drift import feature_shift, score_shifts
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.batch_comparison import BatchComparison, ClassScore
from hitl_desktop.domain.predictions import NOVEL_BELOW
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.kinds.image import read_small
from hitl_desktop.learning.novelty import novelty
from hitl_desktop.learning.representations import REPRESENTATIONS, representation_for
from hitl_desktop.workflow.comparing import gram_of
from tests.benchmarks.learning_data import SHARED

TAUGHT, BEFORE, BATCH = 200, 400, 60
POOL = 800
Rows = npt.NDArray[np.int64]
Change = Callable[[Image.Image], Image.Image]
CHANGES: dict[str, Change] = {
    "blurred (radius 1.5 of 256 pixels)": lambda p: p.filter(ImageFilter.GaussianBlur(1.5 * max(p.size) / 256)),
    "darker by a fifth": lambda p: ImageEnhance.Brightness(p).enhance(0.8),
}


def main() -> int:
    """Print a table for each data set."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.drift")
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    warnings.simplefilter("ignore", ConvergenceWarning)  # a model that is good enough to have scores is enough
    texts("sms_spam", "tweets_toxicity_davidson", seeds)
    for name in ("waste_trashnet", "chest_xray_pneumoniamnist"):
        pictures(name, seeds)
    return 0


def pictures(name: str, seeds: int) -> None:
    """Pictures of one set, changed pictures, and another mix of classes."""
    root = SHARED / "images" / name
    rng = np.random.default_rng(0)
    with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = rng.permutation(len(rows))[:POOL]
    paths = [root / rows[i]["file"] for i in chosen]
    y = np.unique([rows[i]["label"] for i in chosen], return_inverse=True)[1]
    extractor = EXTRACTORS["image-fused"]
    X = features(extractor, paths, lambda picture: picture)
    changed = {word: features(extractor, paths[-120:], change) for word, change in CHANGES.items()}
    report(name, X, y, extractor.blocks, changed, seeds)


def texts(name: str, other: str, seeds: int) -> None:
    """Texts of one source, texts of another, and another mix of classes."""
    extractor = EXTRACTORS["text-ngrams"]
    said, labels = table(name)
    chosen = np.random.default_rng(0).permutation(len(said))[:POOL]
    X = extractor.extract([said[i] for i in chosen])
    y = np.unique([labels[i] for i in chosen], return_inverse=True)[1]
    others = table(other)[0]
    report(name, X, y, extractor.blocks, {f"texts of {other}": extractor.extract(others[:150])}, seeds)


def table(name: str) -> tuple[list[str], list[str]]:
    """The texts and labels of a shared table."""
    with (SHARED / "text" / name / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def features(extractor: Extractor, paths: Sequence[Path], change: Change) -> Any:
    """Features of pictures, changed at their full size. All go the same way, saved anew without loss."""
    small = []
    for path in paths:
        picture = Image.open(path)
        kept = io.BytesIO()
        change(picture if picture.mode in ("L", "RGB") else picture.convert("RGB")).save(kept, "PNG", compress_level=1)
        small.append(read_small(kept.getvalue(), path.name, extractor.side))
    return extractor.extract(small)


def report(name: str, X: Any, y: Rows, blocks: Any, changed: dict[str, Any], seeds: int) -> None:
    """Alarms of batches of the same kind, of shifted ones, and flags of new kinds."""
    print(f"\n### {name}: {X.shape[0]} items, batches of {BATCH} beside {BEFORE}, {seeds} seeds\n", flush=True)
    print("| batch | alarms | by features | by scores |\n|---|---|---|---|")
    line("the same kind", [compare(X, y, blocks, None, None, seed) for seed in range(seeds)])
    few = max(10, seeds // 4)
    for word, other in changed.items():
        line(word, [compare(X, y, blocks, other, None, seed) for seed in range(few)])
    rare = int(np.bincount(y).argmin())
    for share in (0.3, 0.6):
        words = f"a rare class has {share:.0%} in place of {np.mean(y == rare):.0%}"
        line(words, [compare(X, y, blocks, None, (rare, share), seed) for seed in range(few)])
    new_kinds(X, y, blocks, few)


def compare(
    X: Any, y: Rows, blocks: Any, other: Any, mix: tuple[int, float] | None, seed: int
) -> tuple[bool, bool, bool]:
    """One batch: does it differ, and by which test?"""
    rng = np.random.default_rng(seed)
    order = rng.permutation(X.shape[0])
    taught, before, batch = np.split(order[: TAUGHT + BEFORE + BATCH], [TAUGHT, TAUGHT + BEFORE])
    if mix is not None:
        batch = mixed(order[TAUGHT + BEFORE :], y, *mix, rng)
    new = X[batch] if other is None else other[rng.permutation(other.shape[0])[:BATCH]]
    both = sp.vstack([X[before], new], format="csr") if sp.issparse(X) else np.concatenate([X[before], new])
    is_new = np.arange(both.shape[0]) >= len(before)
    shift = feature_shift(gram_of(both, blocks), is_new, rng)
    scale = MaxAbsScaler().fit(X[taught])
    model = LogisticRegression(C=0.05, max_iter=30, tol=1e-2).fit(scale.transform(X[taught]), y[taught])
    scores = model.predict_proba(scale.transform(both))
    shifts = score_shifts(scores[~is_new], scores[is_new], complementary=True)
    told = tuple(ClassScore(s.column, s.distance, s.p, s.before, s.now) for s in shifts)
    found = BatchComparison(0, int(is_new.sum()), len(before), shift.auc, shift.p, told)
    p_scores = found.p_scores
    return found.differs, shift.p < 0.005, p_scores is not None and p_scores < 0.005


def mixed(rest: Rows, y: Rows, rare: int, share: float, rng: np.random.Generator) -> Rows:
    """A batch in which one class has another share; drawn with repeats where there are too few."""
    count = round(share * BATCH)
    mine, others = rest[y[rest] == rare], rest[y[rest] != rare]
    return np.concatenate([rng.choice(mine, count, len(mine) < count), rng.choice(others, BATCH - count, False)])


def new_kinds(X: Any, y: Rows, blocks: Any, seeds: int) -> None:
    """Flags where nothing is new, and where nothing of one class was decided."""
    name = representation_for(X[:1], blocks)
    fitted = REPRESENTATIONS[name].fit(X, blocks, np.random.default_rng(0))
    rows = fitted.transform(X)
    none, missing, others = [], [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        decided = rng.permutation(len(y))[:300]
        found = novelty(rows, decided, rng)
        assert found is not None
        is_open = ~np.isin(np.arange(len(y)), decided)
        none.append(float((found[is_open] < NOVEL_BELOW).mean()))
        hidden = seed % int(y.max() + 1)
        known = decided[y[decided] != hidden]
        found = novelty(rows, known, rng)
        if found is not None:
            missing.append(float((found[is_open & (y == hidden)] < NOVEL_BELOW).mean()))
            others.append(float((found[is_open & (y != hidden)] < NOVEL_BELOW).mean()))
    print(
        f"\nNew kinds, 300 decided: {np.mean(none):.2%} flagged where nothing is new; with one class never decided "
        f"{np.mean(missing):.1%} of that class and {np.mean(others):.2%} of the others.",
        flush=True,
    )


def line(words: str, found: Sequence[tuple[bool, bool, bool]]) -> None:
    """One row of the table: shares with the interval of the first."""
    counts = np.sum(found, axis=0)
    low, high = wilson(int(counts[0]), len(found))
    shares = " | ".join(f"{count / len(found):.1%}" for count in counts[1:])
    print(f"| {words} | {counts[0] / len(found):.1%} ({low:.1%}–{high:.1%}) | {shares} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
