"""The demonstration: the whole loop on a sample, by a simulated reviewer who knows the truth."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.ranking import rank
from hitl_desktop.cli.running import run_here
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.workflow import samples
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import ImportReport, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.status import status

REVIEWER = "simulated reviewer"


def run_headless(arguments: argparse.Namespace, hooks: Hooks) -> tuple[Any, str]:
    """Open a sample, score it, decide, retrain, measure on what nobody decided, and take pictures of the window."""
    sample = samples.sample_named(arguments.sample)
    out: Path = arguments.headless.absolute()
    folder = _free_folder(out, sample.title)
    data = samples.unpack(sample, out / "data")
    run_here("create_project", samples.new_project(sample, data, folder), ImportReport)
    project = Project.open(folder)
    try:
        answer = _work(project, arguments.decisions)
    finally:
        project.close()
    answer["database"] = str(folder / "project.sqlite3")
    answer["screenshots"] = [str(path) for path in hooks.screenshots(folder, out / "screenshots")]
    return answer, _in_words(sample.title, answer)


def _free_folder(out: Path, title: str) -> Path:
    number = 1
    while (folder := out / (f"{title}.hitl" if number == 1 else f"{title} {number}.hitl")).exists():
        number += 1
    return folder


def _work(project: Project, decisions: int) -> dict[str, Any]:
    retraining = Retraining(project)
    rank(project)
    session = ReviewSession(project, REVIEWER)
    before = project.pool.predicted.copy()
    made = changed = 0
    while made < decisions and session.item is not None and session.item.truth_id is not None:
        item = session.item
        suggested = session.shown.predicted if session.shown else None
        changed += suggested is not None and suggested.id != item.truth_id
        session.decide(Verdict.CORRECTED, item.truth_id)
        made += 1
        if retraining.is_due():
            _train(retraining)
            session.replan()
    rest = project.pool.undecided()
    truth = project.store.items.truth_ids()[rest]
    columns = np.array([label.id for label in project.labels])
    return {
        "items": len(project.pool),
        "decisions": made,
        "changed": changed,
        "left_to_the_model": len(rest),
        "right_before": int((columns[before[rest]] == truth).sum()),
        "right_after": int((columns[project.pool.predicted[rest]] == truth).sum()),
        "status": status(project),
    }


def _train(retraining: Retraining) -> None:
    snapshot = retraining.snapshot()
    retraining.commit(snapshot, run_here("train", retraining.request(snapshot), Trained))


def _in_words(title: str, answer: dict[str, Any]) -> str:
    rest = answer["left_to_the_model"]
    lines = [
        f"{title}: {answer['items']:,} items, a simulated reviewer made {answer['decisions']} decisions "
        f"and changed {answer['changed']} suggestions.",
        f"Model v{answer['status']['model']['version']} is in use, trained on "
        f"{answer['status']['model']['trained_on']} of them.",
        f"On the {rest:,} items nobody decided, the model was right on {answer['right_before']:,} before "
        f"and {answer['right_after']:,} after.",
        f"Database: {answer['database']}",
        *(f"Picture: {path}" for path in answer["screenshots"]),
    ]
    return "\n".join(lines)
