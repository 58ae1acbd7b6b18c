"""`python -m tests.benchmarks.learning [NAME …] [--quick]`: how many labels the program needs, beside other libraries.

Every way to ask is replayed by the program's own simulation on the same splits, features and estimator; only who
chooses differs. Libraries get the same start and the same probabilities. Nothing is asserted; what a bar asks for and
whether it was reached is printed as it came out.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import starmap

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.learning.asking import ask
from hitl_desktop.learning.query_strategies import Query
from hitl_desktop.learning.simulation import SimulationResult, areas, labels_needed, run_simulation
from tests.benchmarks.learning_data import SHARED, Data, digits, images, texts
from tests.benchmarks.learning_libraries import askers, missing, plain

RANDOM, MARGIN, OURS = "random", "margin, random start", "the program's default"
ACCURACY, MACRO_F1 = "accuracy", "macro_f1"
QUICK_SEEDS = 2
HELD_BATCHES = 3
_BOOTSTRAP = 4000

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bar:
    """What has to be reached: words, and a function of the result that gives the value in words and yes or no."""

    words: str
    judge: Callable[[SimulationResult], tuple[str, bool]]


@dataclass(frozen=True)
class Task:
    """One data set: what is spent on it, how it is measured, and what has to be reached.

    `large` leaves out the slowest libraries; `target` is a quality of its own to count labels to.
    """

    load: Callable[[], Data]
    strategy: str
    batch: int
    budget: int
    seeds: int
    measure: str
    bars: tuple[Bar, ...]
    large: bool = False
    target: float | None = None


def main() -> int:
    """Run what was asked for; always 0, for nothing here judges the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.learning", description="Count labels.")
    parser.add_argument(
        "names", nargs="*", choices=[*TASKS, "ranking", []], help="which to run; all when none is named"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SEEDS} seeds: to see that the benchmark works")
    parser.add_argument("--seeds", type=int, help="so many seeds instead of each task's own number")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}", flush=True)
    if missing():
        print(f"Not installed, so not beside: {', '.join(missing())}.")
    for name in options.names or [*TASKS, "ranking"]:
        if name == "ranking":
            _print_ranking()
        elif name != "digits" and not SHARED.is_dir():
            print(f"\n### {name}\n\nThe shared data are not beside the project: not run.")
        else:
            _run(name, TASKS[name], QUICK_SEEDS if options.quick else options.seeds or TASKS[name].seeds)
    return 0


def _run(name: str, task: Task, seeds: int) -> None:
    data = task.load()
    start = time.process_time()
    result = run_simulation(
        data.X,
        data.y,
        data.blocks,
        budget=task.budget,
        batch=task.batch,
        strategies=(RANDOM,),
        seeds=seeds,
        progress=no_progress,
        cancelled=never_cancelled,
        groups=data.groups,
        askers={
            MARGIN: plain("margin"),
            OURS: lambda query, rng: ask(task.strategy, query, rng).utilities,
            **askers(task.large),
        },
    )
    full = result.full_accuracy if task.measure == ACCURACY else result.full_macro_f1
    print(f"\n### {name}\n")
    print(
        f"{len(data.y):,} items, {result.held_out:,} of them held out{' by group' if data.groups is not None else ''}; "
        f"features: {data.made_by}; default: TypiClust start, then {task.strategy}; batch {task.batch}, budget "
        f"{task.budget:,}; {seeds} seeds; full {_said(task.measure)} {_spread(full)}; "
        f"{time.process_time() - start:.0f} CPU-s\n"
    )
    _print_table(task, result, full)
    _print_bars(task, result)


def _print_table(task: Task, result: SimulationResult, full: list[float]) -> None:
    said = _said(task.measure)
    target = [] if task.target is None else [f"to {said} {task.target}"]
    heads = ["way to ask", f"labels to 90 % of full {said}", "to 95 %", *target, "area under the curve", "at the end"]
    print("| " + " | ".join(heads) + " |\n|---|" + "---:|" * (len(heads) - 1))
    for name, curves in result.strategies.items():
        values = getattr(curves, task.measure)
        bars = [[share * quality for quality in full] for share in (0.9, 0.95)]
        bars += [] if task.target is None else [[task.target] * len(full)]
        reached = [_reached(labels_needed(curves.labels, values, bar)) for bar in bars]
        print(f"| {' | '.join([name, *reached, _spread(areas(curves.labels, values)), _spread(values[-1])])} |")
    print(flush=True)


def _print_bars(task: Task, result: SimulationResult) -> None:
    for bar in task.bars:
        value, reached = bar.judge(result)
        print(f"- {bar.words}: {value}: {'reached' if reached else 'NOT reached'}.")
    print(f"- {_beside(task, result)}", flush=True)


def _beside(task: Task, result: SimulationResult) -> str:
    """The default beside the best of the libraries, by the area under the curve, seed by seed."""
    area = {name: np.asarray(areas(c.labels, getattr(c, task.measure))) for name, c in result.strategies.items()}
    others = [name for name in area if name not in (RANDOM, MARGIN, OURS)]
    if not others:
        return "No other library is installed to compare with."
    best = max(others, key=lambda name: float(area[name].mean()))
    lead = area[OURS] - area[best]
    error = float(lead.std(ddof=1) / np.sqrt(len(lead)))
    verdict = "level" if abs(lead.mean()) <= 2 * error else "better" if lead.mean() > 0 else "WORSE"
    return (
        f"Best library by area: {best} ({area[best].mean():.3f}); the default has {area[OURS].mean():.3f}: {verdict} "
        f"({lead.mean():+.3f} ± {error:.3f}, paired by seed, standard error)."
    )


def _said(measure: str) -> str:
    return measure.replace("macro_f1", "macro-F1")


def _spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f} ± {np.std(values):.3f}"


def _reached(found: Sequence[int | None]) -> str:
    labels = [value for value in found if value is not None]
    return f"{np.mean(labels):.0f} ± {np.std(labels):.0f} ({len(labels)}/{len(found)})" if labels else "never"


def _labels_to(share: float, measure: str, most: int) -> Bar:
    """At most `most` labels on average to a share of full quality, reached by every seed."""

    def judge(result: SimulationResult) -> tuple[str, bool]:
        full = result.full_accuracy if measure == ACCURACY else result.full_macro_f1
        return _within(result, measure, [share * quality for quality in full], most)

    return Bar(f"labels to {share:.0%} of full {_said(measure)}, at most {most}", judge)


def _labels_to_quality(quality: float, measure: str, most: int) -> Bar:
    def judge(result: SimulationResult) -> tuple[str, bool]:
        return _within(result, measure, [quality] * len(result.full_accuracy), most)

    return Bar(f"labels to {_said(measure)} {quality}, at most {most}", judge)


def _within(result: SimulationResult, measure: str, bars: list[float], most: int) -> tuple[str, bool]:
    curves = result.strategies[OURS]
    found = labels_needed(curves.labels, getattr(curves, measure), bars)
    labels = [value for value in found if value is not None]
    return _reached(found), len(labels) == len(found) and float(np.mean(labels)) <= most


def _area(least: float, measure: str) -> Bar:
    def judge(result: SimulationResult) -> tuple[str, bool]:
        curves = result.strategies[OURS]
        values = areas(curves.labels, getattr(curves, measure))
        return _spread(values), float(np.mean(values)) >= least

    return Bar(f"area under the curve of {_said(measure)}, at least {least}", judge)


def _beside_random(share: float, measure: str, most: float) -> Bar:
    """At most a part of the labels that asking at random needs; a seed of random that never gets there counts as the
    whole budget, which is in random's favour.
    """

    def judge(result: SimulationResult) -> tuple[str, bool]:
        full = result.full_accuracy if measure == ACCURACY else result.full_macro_f1
        means: dict[str, FloatArray] = {}
        for name in (RANDOM, OURS):
            curves = result.strategies[name]
            found = labels_needed(curves.labels, getattr(curves, measure), [share * quality for quality in full])
            means[name] = np.array([curves.labels[-1] if value is None else value for value in found], np.float64)
            if name == OURS and None in found:
                return _reached(found), False
        part = float(means[OURS].mean() / means[RANDOM].mean())
        low, high = _interval(means[OURS], means[RANDOM])
        said = f"{means[OURS].mean():.0f} of {means[RANDOM].mean():.0f} labels, {part:.0%} ({low:.0%} to {high:.0%})"
        return said, part <= most

    return Bar(f"labels to {share:.0%} of full {_said(measure)}, at most {most:.0%} of random's", judge)


def _interval(ours: FloatArray, by_chance: FloatArray) -> tuple[float, float]:
    """95 % bootstrap interval of a ratio of means over seeds, drawn in pairs."""
    drawn = np.random.default_rng(0).integers(len(ours), size=(_BOOTSTRAP, len(ours)))
    ratios = ours[drawn].mean(axis=1) / by_chance[drawn].mean(axis=1)
    low, high = np.percentile(ratios, (2.5, 97.5))
    return float(low), float(high)


def _held(quality: float, labels: int, measure: str) -> Bar:
    """Mean quality at a number of labels and at the batches after it."""

    def judge(result: SimulationResult) -> tuple[str, bool]:
        curves = result.strategies[OURS]
        at = curves.labels.index(labels)
        means = [float(np.mean(values)) for values in getattr(curves, measure)[at : at + HELD_BATCHES]]
        said = ", ".join(starmap("{} labels {:.3f}".format, zip(curves.labels[at:], means, strict=False)))
        return said, min(means) >= quality

    return Bar(f"{_said(measure)} at least {quality} with {labels} labels, held for {HELD_BATCHES} batches", judge)


TASKS = {
    "digits": Task(
        digits, "cluster_margin", 10, 300, 10, ACCURACY, (_labels_to(0.95, ACCURACY, 76), _area(0.931, ACCURACY))
    ),
    "sms": Task(texts("sms_spam"), "cluster_margin", 10, 150, 10, MACRO_F1, (_labels_to(0.95, MACRO_F1, 45),)),
    "banking": Task(
        texts("banking77_intents"),
        "cluster_margin",
        77,
        1155,
        5,
        ACCURACY,
        (_labels_to_quality(0.884, ACCURACY, 869),),
        large=True,
        target=0.884,
    ),
    "waste": Task(
        images("waste_trashnet", grouped=True),
        "cluster_margin",
        20,
        800,
        20,
        ACCURACY,
        (_beside_random(0.9, ACCURACY, 0.65),),
    ),
    "chest": Task(
        images("chest_xray_pneumoniamnist", grouped=False),
        "cluster_margin",
        10,
        150,
        10,
        ACCURACY,
        (_held(0.86, 100, ACCURACY),),
    ),
}


def _print_ranking() -> None:
    """CPU seconds to rank 50,000 candidates of 384 dimensions and 10 classes for a batch of 50, the best of three."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(50_000, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = rng.normal(0, 8, (384, 10)).astype(np.float32)
    labels = rng.integers(0, 10, 200)

    def probabilities() -> np.ndarray:
        logits = rows @ weights
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    query = Query(probabilities(), rows, rows[:200], labels, classes=10, batch=50)
    ways = {
        f"{name}: ask": (lambda name=name: ask(name, query, rng, cold=False)) for name in ("margin", "cluster_margin")
    }
    ways |= {"margin, chosen only": lambda: plain("margin")(query, rng), "scores of 10 classes": probabilities}
    ways |= {
        name: (lambda way=way: way(query, rng)) for name, way in askers(large=False).items() if "BADGE" not in name
    }
    print("\n### ranking\n\n50,000 × 384, 10 classes, batch 50; bar: margin and cluster-margin at most .05 CPU-s\n")
    print("| way to ask | CPU-s |\n|---|---:|")
    for name, way in ways.items():
        print(f"| {name} | {min(_cpu(way) for _ in range(3)):.3f} |", flush=True)


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
