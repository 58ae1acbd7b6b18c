"""The commands that add items to a project: once, or whenever new files have come."""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.opening import opened
from hitl_desktop.cli.ranking import rank_if_possible
from hitl_desktop.cli.running import run_here
from hitl_desktop.cli.showing import printable
from hitl_desktop.cli.signing_in import profiles, sit_down
from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.batches import Batch
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow.adding import add_request, clear_staged, take, told
from hitl_desktop.workflow.arrivals import comparisons
from hitl_desktop.workflow.compare_request import compare_request
from hitl_desktop.workflow.drift import take_comparison
from hitl_desktop.workflow.folder_watch import QUIET_SECONDS, Ready, Watch, note_looked
from hitl_desktop.workflow.opening import open_here
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Gathered, Scored
from hitl_desktop.workflow.reviewers import Reviewers
from hitl_desktop.workflow.status import batch_answer

Answer = tuple[Any, str]
_SHORTEST = 1.0
_TOLD = 10
"""So many files or rows that were left out are told one by one."""


def add(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Add what is new in some folders, files or tables, or where the project's data lies."""
    with opened(arguments.project) as project:
        gathered, batch = _add(
            project, [source.absolute() for source in arguments.sources], arguments.reviewer, profiles()
        )
        answer = _answer(project, gathered, batch) | {
            "duplicates": [{"file": n.file, "same_as": n.same_as} for n in gathered.listed_duplicates],
            "unreadable": [{"file": n.file, "reason": n.why.english()} for n in gathered.listed_unreadable],
        }
    words = [told(gathered)]
    if batch is not None and answer["compared"]:
        words.append(answer["compared"]["words"])
    left_out = [(note.file, note.why.english()) for note in gathered.listed_unreadable]
    return answer, "\n".join([" ".join(filter(None, words)), *lines_of_left_out(left_out)])


def lines_of_left_out(left_out: Sequence[tuple[str, str]]) -> list[str]:
    """Files or rows that were left out, each with the reason why; of many the first ones."""
    lines = [f"{file}: {reason}" for file, reason in left_out]
    return lines if len(lines) <= _TOLD else [*lines[:_TOLD], f"{len(lines) - _TOLD:,} more; --json lists them all."]


def watch(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Add what comes to where the project's data lies, until it is stopped; or look once.

    Raises KnownError for a time between two looks that is too short.
    """
    if arguments.every < _SHORTEST:
        raise KnownError("The time between two looks is at least one second.")
    folder = arguments.project.absolute()
    reviewers = profiles()
    with closing(open_here(folder)) as project:  # what is wrong with it is told before the waiting begins
        sit_down(project, arguments.reviewer, reviewers)
    watching, batches = Watch(folder), list[dict[str, Any]]()
    quiet = min(QUIET_SECONDS, arguments.every)
    try:
        watching.look(quiet)
        while True:
            time.sleep(quiet if arguments.once else arguments.every)
            ready = watching.look(quiet)
            if ready.files:
                batches += _take_ready(folder, ready, arguments, reviewers)
            if arguments.once:
                break
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    added = sum(batch["items"] for batch in batches)
    return {"batches": batches}, f"{added:,} items added in {len(batches)} batches."


def _take_ready(
    folder: Path, ready: Ready, arguments: argparse.Namespace, reviewers: Reviewers
) -> list[dict[str, Any]]:
    with opened(folder) as project:
        gathered, batch = _add(project, ready.files, arguments.reviewer, reviewers)
        note_looked(project, ready)
        answers = [] if batch is None else [_answer(project, gathered, batch)]
    if not arguments.json:
        said = [told(gathered), *(answer["compared"]["words"] for answer in answers if answer["compared"])]
        print(printable(" ".join(said)), flush=True)
    return answers


def _add(project: Project, sources: Sequence[Path], by: str, reviewers: Reviewers) -> tuple[Gathered, Batch | None]:
    by = sit_down(project, by, reviewers)
    clear_staged(project.folder)
    request = add_request(project, sources)
    gathered = run_here("add", request, Gathered)
    _, batch = take(project, gathered, by)
    if batch is not None and batch.items:
        if project.model is not None:
            scored = run_here("score", project.score_request(), Scored)
            project.take_scores(dict(scored.unreadable), scored.checks)
        _compare(project, batch)
        rank_if_possible(project)
    return gathered, batch


def _compare(project: Project, batch: Batch) -> None:
    request = compare_request(project, batch)
    if request is not None:
        found = run_here("compare", request, BatchComparison)
        take_comparison(project, batch.number, found)


def _answer(project: Project, gathered: Gathered, batch: Batch | None) -> dict[str, Any]:
    if batch is not None:
        return batch_answer(project, batch, comparisons(project).get(batch.number))
    return {"number": None, "items": 0, **gathered.counts.plain(), "compared": None}
