"""A model in use whose answers are made up, so that a test knows where it is right and how sure it is."""

import json
from collections.abc import Iterable

import numpy as np

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.labels import Task
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.scores import write_scores


def give_model(project: Project, *, wrong: Iterable[int] = (), seed: int = 5) -> np.ndarray:
    """Put a version to use that is right but on the items `wrong`; returns its confidence by item, 0.6 to 1."""
    version = project.store.models.next_version()
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.6, 0.999, len(project.pool)).astype(np.float32)
    columns = len(project.labels)
    said = np.zeros((len(project.pool), columns), np.float32)
    is_wrong = np.isin(np.arange(len(project.pool)), list(wrong))
    for item in project.store.items.many(range(len(project.pool))):
        row = said[item.index]
        if project.task is Task.SEVERAL:
            there = {project.label(one).position for one in item.truth_findings or ()}
            answer = np.array([place in there for place in range(columns)])
            answer[0] ^= is_wrong[item.index]
            row[:] = np.where(answer, confidence[item.index], 1 - confidence[item.index])
            continue
        assert item.truth_id is not None
        column = (project.label(item.truth_id).position + int(is_wrong[item.index])) % columns
        row[:] = (1 - confidence[item.index]) / (columns - 1)
        row[column] = confidence[item.index]
    model = ModelVersion(version, "trained", "", "2026-11-20T12:00:00.000+00:00", 40, 0)
    folder = project.folder / model.folder
    folder.mkdir(parents=True)
    names = [label.name for label in project.labels]
    card = {"format": 2, "kind": project.kind.name, "extractor": "none", "classes": names, "card": {}}
    (folder / "card.json").write_text(json.dumps(card | {"version": version}), "utf-8")
    write_scores(project.scores_file(version), said)
    with project.store.transaction():
        project.store.models.add(model)
        project.store.models.activate(version, "2026-11-20T12:00:00.000+00:00", "retraining")
    project.load_scores()
    return confidence


def answer(session: ReviewSession, *, skip: bool = False) -> int:
    """Answer the item on screen by its truth, or skip it; returns its index."""
    item = session.item
    assert item is not None
    if skip:
        session.decide(Verdict.SKIPPED)
    elif session.project.task is Task.SEVERAL:
        session.decide(Verdict.CORRECTED, findings=item.truth_findings or ())
    else:
        session.decide(Verdict.CORRECTED, item.truth_id)
    return item.index


def answer_audit(session: ReviewSession, *, skip: Iterable[int] = ()) -> list[int]:
    """Answer until the audit under way is complete; returns the items answered, in order."""
    skipped, answered = set(skip), []
    while session.project.store.audits.open():
        assert session.item is not None
        answered.append(answer(session, skip=session.item.index in skipped))
    return answered
