"""`simulate`: replay hidden truth, and say in one table what asking well saves on the user's own data."""

import argparse
import json
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.cli.running import run_here
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Task
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES
from hitl_desktop.learning.simulation import Curves, SimulationResult, areas, labels_needed
from hitl_desktop.workflow.learning_choices import choices_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import SimulateRequest
from hitl_desktop.workflow.targets import check_target

Row = tuple[str, ...]

RANDOM: Final = "random"
_OF_SEVERAL: Final = "Accuracy: all findings of an item are right. Macro-F1: the mean over the findings."
_SHARES: Final = (0.8, 0.9, 0.95)
_POINTS: Final = 6
"""How many numbers of labels the table shows."""
_MEASURES: Final = (("accuracy", "accuracy", "full_accuracy"), ("macro-F1", "macro_f1", "full_macro_f1"))
"""What people read, and the fields of the curves and of the result."""


def simulate(project: Project, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Replay the hidden truth of a project and write the curves to a file; returns them, and the table.

    Asking at random is always run beside, for the table. Raises KnownError when the project holds no truth or the
    file cannot be written.
    """
    check_target(project, arguments.out)
    if not arguments.out.absolute().parent.is_dir():
        raise KnownError(f"There is no folder {arguments.out.absolute().parent}.", "Choose another place.")
    findings = len(project.labels) if project.task is Task.SEVERAL else 0
    truth = _codes(project) if findings else project.store.items.truth_ids()
    if (truth < 0).all():
        raise KnownError("This project holds no hidden labels.", "Make it with --use-labels truth.")
    asked = [name.strip() for name in arguments.strategy.split(",") if name.strip()]
    names = {name: project.strategy if name == "default" else name for name in asked}
    beside = (RANDOM,) if names and not arguments.json else ()
    choices = choices_of(project.store)
    request = SimulateRequest(
        project.feature_request(),
        truth,
        arguments.budget,
        arguments.batch,
        tuple(dict.fromkeys((*names.values(), *beside))),
        arguments.seeds,
        choices.features,
        choices.start,
        choices.group_column,
        findings,
        tuple(label.id for label in project.labels) if project.kind.compares else (),
    )
    result = run_here("simulate", request, SimulationResult)
    answer = _answer(result, names)
    with replacing(arguments.out, "utf-8") as stream:
        json.dump(answer, stream)
    said = in_words(result, names)
    return answer, f"{said}\n{_OF_SEVERAL}" if findings else said


def _codes(project: Project) -> npt.NDArray[np.int64]:
    """The hidden truth of several findings per item, as codes of sets; −1 where there is none."""
    found = np.full(len(project.pool), -1, np.int64)
    for index, findings in project.store.items.truth_findings():
        found[index] = project.code(findings)
    return found


def _answer(result: SimulationResult, names: dict[str, str]) -> dict[str, Any]:
    curves = {
        name: {
            "labels": result.strategies[real].labels,
            "accuracy": result.strategies[real].accuracy,
            "macro_f1": result.strategies[real].macro_f1,
        }
        for name, real in names.items()
    }
    return {"strategies": curves, "full": {"accuracy": result.full_accuracy, "macro_f1": result.full_macro_f1}}


def in_words(result: SimulationResult, names: dict[str, str]) -> str:
    """The table, asking at random first, and one sentence on what is saved. `names` are the keys by what was asked."""
    columns = [key for key in dict.fromkeys((RANDOM, *names.values())) if key in result.strategies]
    rows: list[Row] = [("", *(_heading(key, names) for key in columns))]
    for title, measure, full in _MEASURES:
        rows += _curve_rows(result, columns, title, measure, getattr(result, full))
    for title, measure, full in _MEASURES:
        rows += _summary_rows(result, columns, title, measure, getattr(result, full))
    seeds = len(result.full_accuracy)
    lines = [
        f"Measured on {result.held_out:,} held-out items, {seeds} {'seed' if seeds == 1 else 'seeds'}: "
        "mean ± standard deviation; in brackets how many seeds got there.",
        *_aligned(rows),
    ]
    others = [key for key in columns if key != RANDOM]
    if RANDOM in columns and others:
        lines += [saving(result, others[0], measure) for _, measure, _ in _MEASURES]
    return "\n".join(lines)


def saving(result: SimulationResult, key: str, measure: str = "accuracy") -> str:
    """One sentence: what a strategy saves against asking at random, at the highest bar of a measure that it reached."""
    title = QUERY_STRATEGIES[key].title
    name, full = next((name, getattr(result, of_all)) for name, of, of_all in _MEASURES if of == measure)
    seeds = len(full)
    for share in reversed(_SHARES):
        ours, by_chance = (_needed(result.strategies[who], share, full, measure) for who in (key, RANDOM))
        bar = f"{share:.0%} of full {name}"
        if len(ours) < seeds:
            continue
        mine = float(np.mean(ours))
        if not by_chance:
            most = result.strategies[RANDOM].labels[-1]
            return f"“{title}” reached {bar} with {mine:.0f} labels; asking at random never did within {most:,}."
        theirs = float(np.mean(by_chance))
        missing = "" if len(by_chance) == seeds else f" in the {len(by_chance)} of {seeds} seeds that got there"
        compared = f"“{title}” needed {mine:.0f} labels for {bar}, asking at random {theirs:.0f}{missing}"
        if mine < theirs:
            at_least = "at least " if missing else ""
            return f"{compared}: it saves {at_least}{1 - mine / theirs:.0%} of the decisions."
        return f"{compared}: it saves nothing here."
    return f"Within this budget “{title}” did not reach {_SHARES[0]:.0%} of full {name} for every seed."


def _needed(curves: Curves, share: float, full: list[float], measure: str = "accuracy") -> list[int]:
    """Labels to a share of full quality, of the seeds that got there."""
    found = labels_needed(curves.labels, getattr(curves, measure), [share * value for value in full])
    return [labels for labels in found if labels is not None]


def _heading(key: str, names: dict[str, str]) -> str:
    asked = [name for name, real in names.items() if real == key and name != key]
    title = QUERY_STRATEGIES[key].title
    return f"{title} ({asked[0]})" if asked else title


def _curve_rows(result: SimulationResult, columns: list[str], title: str, measure: str, full: list[float]) -> list[Row]:
    labels = result.strategies[columns[0]].labels
    shown = np.unique(np.linspace(0, len(labels) - 1, _POINTS).round().astype(int)).tolist()
    rows: list[Row] = [
        (
            f"{title} with {labels[at]:,} labels",
            *(_spread(getattr(result.strategies[key], measure)[at]) for key in columns),
        )
        for at in shown
    ]
    return [*rows, (f"{title} with all {result.candidates:,}", *(_spread(full) for _ in columns))]


def _summary_rows(
    result: SimulationResult, columns: list[str], title: str, measure: str, full: list[float]
) -> list[Row]:
    seeds = len(full)

    def labels_to(share: float, key: str) -> str:
        reached = _needed(result.strategies[key], share, full, measure)
        return f"{_spread(reached, '.0f')} ({len(reached)}/{seeds})" if reached else f"not reached (0/{seeds})"

    def area(key: str) -> str:
        curves = result.strategies[key]
        return _spread(areas(curves.labels, getattr(curves, measure)))

    rows: list[Row] = [
        (f"labels to {share:.0%} of full {title}", *(labels_to(share, key) for key in columns)) for share in _SHARES
    ]
    return [*rows, (f"area under the curve of {title}", *(area(key) for key in columns))]


def _spread(values: list[float] | list[int], form: str = ".3f") -> str:
    return f"{np.mean(values):{form}} ± {np.std(values):{form}}"


def _aligned(rows: list[Row]) -> list[str]:
    """The first column flush left, the others flush right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
