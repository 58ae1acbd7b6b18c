"""`problems`: decided items that deserve another look, the strongest reasons first."""

import argparse
from typing import Any, cast

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.label_problems import LabelProblem, ProblemSort
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.problem_list import (
    is_out_of_date,
    keep_problems,
    kept_problems,
    labels_of,
    open_problems,
    uphold,
)
from hitl_desktop.workflow.problems_request import Problems, problems_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner

Answer = tuple[Any, str]


def problems(project: Project, arguments: argparse.Namespace, reviewer: str) -> Answer:
    """List the open problems, looking for them first where that is due; or say of one that its label is right.

    Raises KnownError when that item is in no open problem.
    """
    found = kept_problems(project)
    if found is None or arguments.look_again or is_out_of_date(project, found):
        request = problems_request(project)
        found = cast(Problems, InlineRunner().run("problems", request, no_progress, never_cancelled))
        keep_problems(project, found)
    if arguments.right:
        item = project.store.items.find(arguments.right)
        mine = next((p for p in open_problems(project, found) if item.index in p.items), None)
        if mine is None:
            raise KnownError(f"There is no open problem with {item.name}.", "List them first.")
        uphold(ReviewSession(project, reviewer), mine)
    still = open_problems(project, found)
    rows = [_row(project, problem) for problem in still[: max(0, arguments.limit)]]
    answer = {
        "labels": found.labels,
        "judged": found.judged,
        "agreed": found.right,
        "model": found.version or None,
        "counts": {sort.value: sum(p.sort is sort for p in still) for sort in ProblemSort},
        "problems": rows,
    }
    lines = [_line(row) for row in rows]
    return answer, "\n".join([*lines, f"{len(still):,} problems among {found.labels:,} labels."])


def _row(project: Project, problem: LabelProblem) -> dict[str, Any]:
    item = project.store.items.get(problem.index)
    other = None if problem.other is None else project.store.items.get(problem.other)
    return {
        "sort": problem.sort.value,
        "id": item.digest,
        "path": item.path,
        "decided": _said(project, problem.given),
        "likely": None if problem.likely is None else _said(project, problem.likely),
        "strength": problem.strength,
        "other": None if other is None else {"id": other.digest, "path": other.path},
        "copy": problem.named or None,
    }


def _said(project: Project, answer: int) -> Any:
    names = [label.name for label in labels_of(project, answer)]
    return names if project.task is Task.SEVERAL else names[0]


def _line(row: dict[str, Any]) -> str:
    beside = row["copy"] or (row["other"] or {}).get("path", "")
    return (
        f"{row['sort']:13}  {row['id'][:12]}  {row['strength']:5.1%}  {_plain(row['decided']):18.18} "
        f"→ {_plain(row['likely']):18.18}  {row['path']:24.24}  {beside}"
    ).rstrip()


def _plain(said: Any) -> str:
    return ", ".join(said) if isinstance(said, list) else str(said or "-")
