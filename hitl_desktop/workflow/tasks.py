"""The tasks a runner can run. Heavy imports happen here, in the worker, and never in the window's process."""

from collections.abc import Callable
from typing import Any, Final

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.workflow.alike import find_alike
from hitl_desktop.workflow.asking_pool import prepare_and_ask
from hitl_desktop.workflow.backbones import add_own_backbone
from hitl_desktop.workflow.best_of import read_answers, score_answers
from hitl_desktop.workflow.comparing import compare_batch
from hitl_desktop.workflow.deidentifying import deidentify_project
from hitl_desktop.workflow.explaining import explain
from hitl_desktop.workflow.exporting import export_project
from hitl_desktop.workflow.first_look import look_at_table
from hitl_desktop.workflow.gathering import gather
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.label_problems import find_problems
from hitl_desktop.workflow.mapping import make_map
from hitl_desktop.workflow.mark_effect import effect_of_marks
from hitl_desktop.workflow.masking import find_same_size
from hitl_desktop.workflow.model_files import open_model, save_model
from hitl_desktop.workflow.packing import pack
from hitl_desktop.workflow.receiving import receive
from hitl_desktop.workflow.scoring import score_pool
from hitl_desktop.workflow.simulating import simulate
from hitl_desktop.workflow.training import train_and_score

Task = Callable[[Any, Progress, CancelCheck], object]

TASKS: Final[dict[str, Task]] = {
    "look": look_at_table,
    "create_project": create_project,
    "add": gather,
    "compare": compare_batch,
    "score": score_pool,
    "ask": prepare_and_ask,
    "alike": find_alike,
    "problems": find_problems,
    "map": make_map,
    "train": train_and_score,
    "simulate": simulate,
    "explain": explain,
    "mark_effect": effect_of_marks,
    "export": export_project,
    "add_backbone": add_own_backbone,
    "save_model": save_model,
    "open_model": open_model,
    "read_answers": read_answers,
    "score_answers": score_answers,
    "deidentify": deidentify_project,
    "same_size": find_same_size,
    "pack": pack,
    "receive": receive,
}


def run_task(task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
    """Run one task by its name. Raises KeyError for one that does not exist."""
    return TASKS[task](arguments, progress, cancelled)
