"""Snapshots for the worker: everything that a training or a look for the next items needs, as plain values."""

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import fold
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.sentences import say, say_n
from hitl_desktop.domain.steering import SteeringPlan
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.learning_choices import AUTOMATIC, choices_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Asking, AskRequest, Decided, TrainRequest
from hitl_desktop.workflow.snapshot import Snapshot, per_class
from hitl_desktop.workflow.stakes import stakes_of
from hitl_desktop.workflow.steering import plan_in_force, rules_for, weights_for
from hitl_desktop.workflow.teaching_marks import marked_of

_FIRST = 200
"""So many items of the queue get their features first."""


def train_request(project: Project, snapshot: Snapshot, plan: SteeringPlan | None = None) -> TrainRequest:
    """What the worker needs to train. Whether it is possible is asked before: `Retraining.hindrance`.

    `plan` is to be tried before it is in force; None: the one in force.
    """
    plan = plan_in_force(project) if plan is None else plan
    choices = replace(choices_of(project.store), **plan.choices)
    training, checks = Decided(*snapshot.training), Decided(*snapshot.checks)
    mark = uuid.uuid4().hex
    start = _start(project) if choices.features == AUTOMATIC and choices.estimator == AUTOMATIC else None
    scores = project.folder / "scores" / f".training-{mark}.npy"
    return TrainRequest(
        features=project.feature_request(),
        features_choice=choices.features,
        estimator=choices.estimator,
        class_weight=choices.class_weight,
        group_column=choices.group_column,
        training=training,
        checks=checks,
        names={label.id: label.name for label in project.labels},
        label_ids=tuple(label.id for label in project.labels),
        start=None if start is None else project.folder / start.folder,
        warm=_last_trained(project),
        asking=_asking(project, scores.with_suffix(".npz")),
        bundle_out=project.folder / "models" / f".training-{mark}",
        scores_out=scores,
        card=_card(project, training.labels, start),
        seed=project.seed,
        weights=weights_for(project, plan, training.rows, training.labels),
        rules=rules_for(project, plan),
        undecided=_apart(project, snapshot.rows),
        regularisation=choices.regularisation,
        rankings=_rankings(project) if project.kind.compares else {},
        marked=tuple(marked_of(project, plan, training.rows)),
    )


def _apart(project: Project, decided: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """What nobody has decided and what will never measure, in pool order."""
    apart = np.zeros(len(project.pool), bool)
    apart[project.pool.undecided()] = True
    apart[project.measuring_items()] = False
    apart[decided] = False  # some may have been decided since the pool was copied
    return np.flatnonzero(apart)


def ask_request(project: Project, snapshot: Snapshot, queue: npt.NDArray[np.int64]) -> AskRequest:
    """What the worker needs to find out what to ask next. `queue` is the order of asking until then."""
    model = project.model if project.is_scored else None
    return AskRequest(
        features=project.feature_request(),
        features_choice=choices_of(project.store).features,
        bundle=None if model is None else project.folder / model.folder,
        scores=None if model is None else project.scores_file(model.version),
        training=Decided(*snapshot.training),
        label_ids=tuple(label.id for label in project.labels),
        asking=_asking(project, project.utilities_file()),
        first=tuple(int(i) for i in queue[:_FIRST]),
        seed=project.seed,
    )


def _asking(project: Project, out: Path) -> Asking:
    """Strategies choose among what is undecided and not of the reserve."""
    choices = choices_of(project.store)
    undecided = project.pool.undecided()
    candidates = undecided[~project.reserve.members[undecided]]
    is_cold = _start(project) is None
    return Asking(
        choices.strategy,
        choices.start,
        is_cold,
        candidates,
        project.retrain_every,
        out,
        several=project.task is Task.SEVERAL,
        columns_now=project.columns_now,
        stakes=stakes_of(project.store),
        folder=project.folder,
        compares=project.kind.compares,
    )


def _rankings(project: Project) -> dict[int, tuple[tuple[int, ...], ...]]:
    """The rankings of answers that stand, by item; items of which only the best is known are left out."""
    standings = fold(project.store.decisions.all())
    return {i: s.decision.response.ranking for i, s in standings.items() if s.decision and s.decision.response.ranking}


def _start(project: Project) -> ModelVersion | None:
    """The model trainings begin at: the last one of the box or a file that was put to use and is still there."""
    models = project.store.models.all()
    came = {m.version: m for m in models if m.origin != "trained" and (project.folder / m.folder).is_dir()}
    used = [came[a.version] for a in project.store.models.activations() if a.version in came]
    return used[-1] if used else None


def _last_trained(project: Project) -> Path | None:
    """The model trained last, whose choice of features and whose weights the next training begins at."""
    trained = [m for m in project.store.models.all() if m.origin == "trained"]
    folder = project.folder / trained[-1].folder if trained else None
    return folder if folder is not None and folder.is_dir() else None


def _card(project: Project, labels: npt.NDArray[np.int64], start: ModelVersion | None) -> dict[str, Any]:
    return {
        "title": say("{project}, trained here", project=project.name).plain(),
        "data": say_n("{n} decision made in this project", "{n} decisions made in this project", len(labels)).plain(),
        "decisions_per_class": {label.name: n for label, n in per_class(project, labels) if n},
        "started_from": start.name if start else "nothing",
        "made_utc": now_utc(),
    }
