"""`python -m tests.benchmarks.starting [SET …] [--seeds N]`: a network that was trained elsewhere, and the first
decisions here: what becomes of it when one from scratch takes its place at once, and as the program does. Asserts
nothing.

The network learns from items of its own. A simulated person decides the closest calls of the model in use in batches of
20, every tenth drawn by chance as a check; a test half measures what is in use after each. That is done for the
classes as the network knows them, and for a person who calls two of them the other way round.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score

from hitl_desktop.assurance.paired import compare
from hitl_desktop.domain.sentences import say
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.starting import adapt, adapt_or_begin, reason_to_adapt
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    fit_representation,
    train_from_scratch,
)
from tests.benchmarks.learning_data import Data, digits, images, texts

SETS: Final[dict[str, Callable[[], Data]]] = {
    "digits": digits,
    "sms": texts("sms_spam"),
    "waste": images("waste_trashnet", grouped=False),
    "medical": texts("medical_abstracts"),
}
BATCH, CHECKS, MOST = 18, 2, 6000
STEPS: Final = (20, 40, 60, 80, 100, 140)
LEARNED = 600
SCRATCH, SHOWN, NOW, TRUSTING = (
    "from scratch at once, unless the checks say that it is worse (before)",
    "from scratch at once, once the checks show that it is better",
    "the program now: adapted, from 60 on the better of both, once shown",
    "the same, where cross-validation alone lets one from scratch in",
)
Ids = npt.NDArray[np.int64]
_TRAINING = TrainingOptions()


@dataclass(frozen=True)
class Pool:
    """One split: the network, how it and a start from scratch see the items, which may be asked, which measure."""

    start: ModelBundle
    own: View
    fresh: View
    free: Ids
    test: Ids


def main() -> int:
    """Print a table for each data set."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.starting")
    parser.add_argument("sets", nargs="*", default=["digits", "sms"], choices=list(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    for name in options.sets:
        data = SETS[name]()
        for case in ("as it was made for", "two classes exchanged"):
            _table(name, data, case, range(options.seeds))
    return 0


def _table(name: str, data: Data, case: str, seeds: Sequence[int]) -> None:
    measure = "macro-F1" if name == "sms" else "accuracy"
    truth = data.y if case.startswith("as") else np.where(data.y == 0, 1, np.where(data.y == 1, 0, data.y))
    found: dict[str, list[list[float]]] = {"the network as it is": []}
    for seed in seeds:
        pool = _pool(data, seed)
        alone = _measured(pool.start, pool.own, truth, pool.test, measure)
        found["the network as it is"].append([alone] * len(STEPS))
        for way in (SCRATCH, SHOWN, NOW, TRUSTING):
            found.setdefault(way, []).append(_replayed(pool, truth, way, seed, measure))
    print(f"\n{name}, {case}; {measure} after so many decisions, {len(seeds)} seeds\n")
    print(f"| | {' | '.join(map(str, STEPS))} |\n|---|{'---:|' * len(STEPS)}")
    for way, values in found.items():
        each = zip(np.mean(values, axis=0), np.std(values, axis=0, ddof=1), strict=True)
        print(f"| {way} | {' | '.join(f'{mean:.3f} ± {spread:.3f}' for mean, spread in each)} |", flush=True)


def _pool(data: Data, seed: int) -> Pool:
    order = np.random.default_rng([seed, 0x7374]).permutation(len(data.y))[:MOST]
    elsewhere, rest = order[:LEARNED], order[LEARNED:]
    test, free = np.array_split(rest, 2)
    kind = "image" if data.made_by in ("pixels", "image-fused") else "text"
    source = FeatureSource(kind, "benchmark", data.blocks)
    views = []
    for items in (elsewhere, free):
        name, fitted = fit_representation(data.X[items], source, seed)
        views.append(View(source, name, fitted, fitted.transform(data.X)))
    taught = _part(views[0], elsewhere)
    names = _names(data.y)
    start = train_from_scratch(
        [taught], data.y[elsewhere], names, options=TrainingOptions("mlp"), seed=seed, card={"started_from": "nothing"}
    )
    return Pool(start, views[0], views[1], free, test)


def _replayed(pool: Pool, truth: Ids, way: str, seed: int, measure: str) -> list[float]:
    """What the model in use is worth on the test half after each number of decisions."""
    rng = np.random.default_rng([seed, 0x61736B])
    in_use, seen = pool.start, pool.own
    asked, checks = np.empty(0, np.int64), np.empty(0, np.int64)
    found = []
    for _ in range(max(STEPS) // (BATCH + CHECKS)):
        left = np.setdiff1d(pool.free, np.concatenate([asked, checks]))
        drawn = rng.choice(left, CHECKS, replace=False)
        left = np.setdiff1d(left, drawn)
        close = QUERY_STRATEGIES["margin"].utilities(Query(in_use.head.probabilities(seen.rows[left])), rng)
        asked = np.concatenate([asked, left[np.argsort(-close)[:BATCH]]])
        checks = np.concatenate([checks, drawn])
        if len(np.unique(truth[asked])) > 1:
            new, sight = _trained(pool, asked, truth, way, seed)
            if _is_promoted(in_use, seen, new, sight, checks, truth, way):
                in_use, seen = new, sight
        if len(asked) + len(checks) in STEPS:
            found.append(_measured(in_use, seen, truth, pool.test, measure))
    return found


def _trained(pool: Pool, asked: Ids, truth: Ids, way: str, seed: int) -> tuple[ModelBundle, View]:
    """What a training comes to, and how it sees the items."""
    labels, names, nothing = truth[asked], _names(truth), np.zeros(len(asked), bool)
    own, fresh = _part(pool.own, asked), _part(pool.fresh, asked)
    if way in (SCRATCH, SHOWN):
        card = {"started_from": "nothing"}
        return train_from_scratch([fresh], labels, names, options=_TRAINING, seed=seed, card=card), pool.fresh
    if reason_to_adapt(pool.start, labels, nothing):
        return adapt(pool.start, own, labels, names, card={"started_from": "v1"}, why=say("-")), pool.own
    bundle = adapt_or_begin(
        pool.start,
        own,
        [fresh],
        labels,
        names,
        known=nothing,
        options=_TRAINING,
        groups=None,
        seed=seed,
        card={"started_from": "v1"},
    )
    return bundle, pool.fresh if bundle.card["started_from"] == "nothing" else pool.own


def _is_promoted(
    in_use: ModelBundle, seen: View, new: ModelBundle, sight: View, checks: Ids, truth: Ids, way: str
) -> bool:
    """The rule of `workflow.promotion`, or the one before for `SCRATCH` and `TRUSTING`."""
    old, said = (_said(model, view, checks) for model, view in ((in_use, seen), (new, sight)))
    found = compare(truth[checks], old, said, int(truth.max()) + 1)
    is_anew = new.card["started_from"] == "nothing" and seen.representation is not sight.representation
    return found.is_not_worse and (way in (SCRATCH, TRUSTING) or not is_anew or found.overall.is_shown_better)


def _said(model: ModelBundle, view: View, items: Ids) -> Ids:
    return np.asarray(model.head.class_ids)[model.head.logits(view.rows[items]).argmax(axis=1)]


def _measured(model: ModelBundle, view: View, truth: Ids, test: Ids, measure: str) -> float:
    said = _said(model, view, test)
    return float(
        f1_score(truth[test], said, average="macro") if measure != "accuracy" else np.mean(said == truth[test])
    )


def _part(view: View, items: Ids) -> View:
    rows: Matrix = view.rows[items]
    return View(view.source, view.representation_name, view.representation, rows)


def _names(truth: Ids) -> dict[int, str]:
    return {number: str(number) for number in range(int(truth.max()) + 1)}


if __name__ == "__main__":
    sys.exit(main())
