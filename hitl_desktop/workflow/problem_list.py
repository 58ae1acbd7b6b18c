"""The list of label problems of a project: kept beside the scores, shortened by what was settled, and settled."""

import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Final

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.label_problems import LabelProblem, ProblemSort, still_open
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.second_reading import Stage
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.deciding import decision_on, settled_answer
from hitl_desktop.workflow.problems_request import Problems
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.second_reading import readings
from hitl_desktop.workflow.seeing import seen_from_afar

_FILE: Final = "problems.json"


def keep_problems(project: Project, found: Problems) -> Changes:
    """Keep what a task has found; it can be looked for again at any time, so it lies beside the scores."""
    if project.store.is_writer:
        folder = project.folder / "scores"
        folder.mkdir(exist_ok=True)
        part = folder / f"{_FILE}.part"
        with part.open("w", encoding="utf-8") as file:
            json.dump({**asdict(found), "problems": [p.plain() for p in found.problems]}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / _FILE)
    return Changes(problems=True)


def kept_problems(project: Project) -> Problems | None:
    """What was found last; None before anything was looked for, or when the file is not whole."""
    try:
        plain = json.loads((project.folder / "scores" / _FILE).read_text("utf-8"))
        found = Problems(**{**plain, "problems": tuple(LabelProblem.of(row) for row in plain["problems"])})
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    last = len(project.pool)
    is_whole = all(0 <= index < last for problem in found.problems for index in problem.items)
    return found if is_whole else None


def open_problems(project: Project, found: Problems) -> list[LabelProblem]:
    """The problems found that nobody has settled since, in their order.

    Those of items that wait for a second reader are left out until then: they would tell the first answer.
    """
    indexes = sorted({index for problem in found.problems for index in problem.items})
    live = project.store.decisions.live_of_many(indexes)
    stands = {index: events[-1] for index, events in live.items()}

    def answer(index: int) -> int | None:
        event = stands.get(index)
        if event is None or not event.names_answer:
            return None
        if event.findings is not None:
            return project.code(event.findings)
        return None if event.label_id is None else project.label_now(event.label_id)

    waiting = {index for index, reading in readings(project).items() if reading.stage is Stage.WAITS}
    asked = [problem for problem in found.problems if not waiting.intersection(problem.items)]
    return still_open(asked, answer, lambda index: _is_upheld(stands.get(index)))


def is_out_of_date(project: Project, found: Problems | None) -> bool:
    """True when another model is in use since, or as many decisions were made as start a training."""
    if found is None:
        return True
    version = 0 if project.model is None else project.model.version
    return version != found.version or project.store.decisions.count() - found.after >= 2 * project.retrain_every


def labels_of(project: Project, answer: int) -> tuple[Label, ...]:
    """The class, or the findings, that a problem speaks of."""
    return project.findings_in(answer) if project.task is Task.SEVERAL else (project.label(answer),)


def settle(session: ReviewSession, problem: LabelProblem, answer: int) -> Changes:
    """Decide all items of a problem as `answer`: a class id, or the code of a set of findings.

    Each is an event of its own with the reason; an item that is decided so already is said to be right. One step.
    """
    return _decide(session, problem, dict.fromkeys(problem.items, answer))


def uphold(session: ReviewSession, problem: LabelProblem) -> Changes:
    """Say that all items of a problem are decided rightly: they are not asked about again. One step."""
    stands = _stands(session.project, problem)
    return _decide(session, problem, dict.fromkeys(stands, None))


def _decide(session: ReviewSession, problem: LabelProblem, answers: dict[int, int] | dict[int, None]) -> Changes:
    project = session.project
    stands = _stands(project, problem)
    batch = str(uuid.uuid4()) if len(answers) > 1 else ""
    events = [_event(session, problem, stands[index], answer, batch) for index, answer in answers.items()]
    return replace(session.decide_many(events), problems=True)


def _stands(project: Project, problem: LabelProblem) -> dict[int, Decision]:
    live = project.store.decisions.live_of_many(problem.items)
    if len(live) < len(problem.items):
        raise KnownError(say("This was taken back meanwhile."), say("Look for problems again."))
    return {index: live[index][-1] for index in problem.items}


def _event(session: ReviewSession, problem: LabelProblem, stands: Decision, answer: int | None, batch: str) -> Decision:
    project, index = session.project, stands.item_index
    label_id, findings = stands.label_id, stands.findings
    if answer is not None:
        label_id, findings = (
            (None, tuple(sorted(label.id for label in project.findings_in(answer))))
            if project.task is Task.SEVERAL
            else (answer, None)
        )
    is_same = (label_id, findings) == (stands.label_id, stands.findings)
    item, shown = project.store.items.get(index), project.suggestion(index)
    return decision_on(
        project,
        index,
        settled_answer(project, Verdict.CORRECTED, label_id, findings, shown),
        reviewer=session.reviewer,
        slot=Slot.CHOSEN,
        shown=shown,
        look=seen_from_afar(session, item, shown),
        note=stands.note,
        evidence=stands.evidence,
        response=stands.response if is_same else replace(stands.response, ranking=()),
        reason=_reason(project, problem, index, is_same=is_same),
        batch=batch,
    )


def _reason(project: Project, problem: LabelProblem, index: int, *, is_same: bool) -> str:
    """Why it was decided again, for the record: in English, as all that is stored."""
    if problem.sort is ProblemSort.CONTRADICTION:
        other = next(i for i in problem.items if i != index)
        why = f"near-identical to {project.store.items.get(other).name}, which was decided differently"
    elif problem.sort is ProblemSort.COPY:
        why = f"also in the data as {problem.named}, under another class"
    else:
        likely = _words(labels_of(project, problem.likely)) if problem.likely is not None else "something else"
        why = f"models that had not seen it said {likely}, {problem.strength:.0%} sure"
    return f"Label problem ({why}). {'The label is right.' if is_same else 'The label was wrong.'}"


def _words(labels: Sequence[Label]) -> str:
    return ", ".join(label.name for label in labels) or "none"


def _is_upheld(event: Decision | None) -> bool:
    """Somebody has looked at this answer again, and has said why it stands."""
    return event is not None and bool(event.reason)
