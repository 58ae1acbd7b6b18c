"""The tasks a runner can run: one literal table. Each loads what it needs when it is first run, and nothing else.

So a worker that has just been started looks at a table in a tenth of a second, and only what fits a model loads
scikit-learn. Nothing of this is loaded in the window's process.
"""

from collections.abc import Callable
from typing import Any, Final

from hitl_desktop.domain.protocols import CancelCheck, Progress

Task = Callable[[Any, Progress, CancelCheck], object]


def _look() -> Task:
    from hitl_desktop.workflow.first_look import look_at_table

    return look_at_table


def _create_project() -> Task:
    from hitl_desktop.workflow.ingest import create_project

    return create_project


def _add() -> Task:
    from hitl_desktop.workflow.gathering import gather

    return gather


def _compare() -> Task:
    from hitl_desktop.workflow.comparing import compare_batch

    return compare_batch


def _score() -> Task:
    from hitl_desktop.workflow.scoring import score_pool

    return score_pool


def _ask() -> Task:
    from hitl_desktop.workflow.asking_pool import prepare_and_ask

    return prepare_and_ask


def _alike() -> Task:
    from hitl_desktop.workflow.alike import find_alike

    return find_alike


def _problems() -> Task:
    from hitl_desktop.workflow.label_problems import find_problems

    return find_problems


def _map() -> Task:
    from hitl_desktop.workflow.mapping import make_map

    return make_map


def _train() -> Task:
    from hitl_desktop.workflow.training import train_and_score

    return train_and_score


def _simulate() -> Task:
    from hitl_desktop.workflow.simulating import simulate

    return simulate


def _explain() -> Task:
    from hitl_desktop.workflow.explaining import explain

    return explain


def _mark_effect() -> Task:
    from hitl_desktop.workflow.mark_effect import effect_of_marks

    return effect_of_marks


def _export() -> Task:
    from hitl_desktop.workflow.exporting import export_project

    return export_project


def _add_backbone() -> Task:
    from hitl_desktop.workflow.backbones import add_own_backbone

    return add_own_backbone


def _save_model() -> Task:
    from hitl_desktop.workflow.model_files import save_model

    return save_model


def _open_model() -> Task:
    from hitl_desktop.workflow.model_files import open_model

    return open_model


def _read_answers() -> Task:
    from hitl_desktop.workflow.best_of import read_answers

    return read_answers


def _score_answers() -> Task:
    from hitl_desktop.workflow.best_of import score_answers

    return score_answers


def _deidentify() -> Task:
    from hitl_desktop.workflow.deidentifying import deidentify_project

    return deidentify_project


def _same_size() -> Task:
    from hitl_desktop.workflow.masking import find_same_size

    return find_same_size


def _pack() -> Task:
    from hitl_desktop.workflow.packing import pack

    return pack


def _receive() -> Task:
    from hitl_desktop.workflow.receiving import receive

    return receive


TASKS: Final[dict[str, Callable[[], Task]]] = {
    "look": _look,
    "create_project": _create_project,
    "add": _add,
    "compare": _compare,
    "score": _score,
    "ask": _ask,
    "alike": _alike,
    "problems": _problems,
    "map": _map,
    "train": _train,
    "simulate": _simulate,
    "explain": _explain,
    "mark_effect": _mark_effect,
    "export": _export,
    "add_backbone": _add_backbone,
    "save_model": _save_model,
    "open_model": _open_model,
    "read_answers": _read_answers,
    "score_answers": _score_answers,
    "deidentify": _deidentify,
    "same_size": _same_size,
    "pack": _pack,
    "receive": _receive,
}


def load(task: str) -> Task:
    """Import what a task needs, so that running it begins at once. Raises KeyError for one that does not exist."""
    return TASKS[task]()


def run_task(task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
    """Run one task by its name. Raises KeyError for one that does not exist."""
    return load(task)(arguments, progress, cancelled)
