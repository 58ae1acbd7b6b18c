"""Retraining: when it is due, what it learns from, how it is measured, and which model is in use."""

import shutil
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Trained, TrainRequest
from hitl_desktop.workflow.scores import read_scores

_SCORES_KEPT = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The decided items at one moment: indexes and class ids (m,), which of them train, and which measure.

    Items of the reserve that were answered before their turn do neither: see `Reserve.measuring`.
    """

    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    trains: npt.NDArray[np.bool_]
    measures: npt.NDArray[np.bool_]
    after_decision: int

    @property
    def training(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and labels that may train."""
        return self.rows[self.trains], self.labels[self.trains]

    @property
    def checks(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and labels that were drawn at random, and measure."""
        return self.rows[self.measures], self.labels[self.measures]


class Retraining:
    """Prepares trainings, and puts their results to use. Lives on the project's thread."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._clear_leftovers()

    def decisions_since(self) -> int:
        """Decisions that may train and came since the last training, whether it was put to use, cancelled or failed."""
        store = self._project.store
        known = max((m.after_decision for m in store.models.all()), default=0)
        return store.decisions.training_since(max(known, int(store.fact("attempted_after", 0))))

    def has_news(self) -> bool:
        """True when there are decisions that may train and that the model in use does not know."""
        model = self._project.model
        return self._project.store.decisions.training_since(model.after_decision if model else 0) > 0

    def given_up(self, snapshot: Snapshot) -> Changes:
        """Note that a training was cancelled or failed: the next one waits for as many new decisions again."""
        with self._project.store.transaction():
            self._project.store.set_fact("attempted_after", snapshot.after_decision)
        return Changes(settings=True)

    def is_due(self) -> bool:
        """True when enough decisions have come since the last training, and two classes are among all of them."""
        return self.decisions_since() >= self._project.retrain_every and self.hindrance() is None

    def hindrance(self) -> KnownError | None:
        """Why training is not possible now, or None."""
        _, labels = self.snapshot().training
        distinct = set(labels.tolist())
        if not distinct:
            return KnownError("There are no decisions to learn from yet.", "Decide some items first.")
        if len(distinct) == 1:
            name = self._project.label(distinct.pop()).name
            return KnownError(
                f"All decisions so far say {name}. Training needs a second class.",
                "Decide items of another class first.",
            )
        return None

    def snapshot(self) -> Snapshot:
        """The decided items now."""
        project = self._project
        decided = project.store.decisions.decided()
        rows = np.array([row[0] for row in decided], np.int64)
        imported_check = np.array([row[2] == Slot.IMPORTED_CHECK for row in decided], bool)
        in_turn = np.zeros(len(project.pool), bool)
        in_turn[project.reserve.measuring(project.pool.states == TO_DO)] = True
        return Snapshot(
            rows,
            np.array([row[1] for row in decided], np.int64),
            ~imported_check & ~project.reserve.members[rows],
            imported_check | in_turn[rows],
            project.store.decisions.count(),
        )

    def request(self, snapshot: Snapshot) -> TrainRequest:
        """What the worker needs. Raises KnownError when there is nothing to learn from."""
        hindrance = self.hindrance()
        if hindrance:
            raise hindrance
        project = self._project
        rows, labels = snapshot.training
        mark = uuid.uuid4().hex
        start = self._start()
        return TrainRequest(
            features=project.feature_request(),
            rows=rows,
            labels=labels,
            names={label.id: label.name for label in project.labels},
            label_ids=tuple(label.id for label in project.labels),
            start=None if start is None else project.folder / start.folder,
            bundle_out=project.folder / "models" / f".training-{mark}",
            scores_out=project.folder / "scores" / f".training-{mark}.npy",
            card=self._card(rows, labels, start),
            seed=project.seed,
        )

    def commit(self, snapshot: Snapshot, trained: Trained) -> tuple[Changes, ModelVersion]:
        """Put a finished training to use: move its files into place, measure it, swap the predictions."""
        project = self._project
        store = project.store
        version = store.models.next_version()
        scores = read_scores(trained.scores)
        metrics = self._measure(snapshot, scores)
        model = ModelVersion(version, "trained", "", now_utc(), trained.rows, snapshot.after_decision, metrics)
        # A version that is not in the table is what a crash between these two steps left behind.
        shutil.rmtree(project.folder / model.folder, ignore_errors=True)
        trained.bundle.rename(project.folder / model.folder)
        trained.scores.replace(project.scores_file(version))
        with store.transaction():
            store.models.add(model)
            store.models.activate(version, now_utc(), "retraining")
        self._prune_scores()
        return replace(project.take_scores(dict(trained.unreadable)), model=True, told=in_use(model)), model

    def restore(self, version: int) -> Changes:
        """Put an earlier model back to use. Its predictions follow at once, or after scoring when they were pruned.

        Raises KnownError for a version that does not exist or whose files are gone.
        """
        project = self._project
        model = next((m for m in project.store.models.all() if m.version == version), None)
        if model is None or not (project.folder / model.folder).is_dir():
            raise KnownError(f"There is no model v{version} in this project.")
        with project.store.transaction():
            project.store.models.activate(version, now_utc(), "reviewer")
        project.load_scores()
        told = f"Model v{version} is in use again."
        return Changes(model=True, order=True, routing=True, told=told)

    def _start(self) -> ModelVersion | None:
        """The bundled model that trainings begin at, if the project has one."""
        return next((m for m in self._project.store.models.all() if m.origin == "bundled"), None)

    def _card(
        self, rows: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], start: ModelVersion | None
    ) -> dict[str, Any]:
        ids, counts = np.unique(labels, return_counts=True)
        return {
            "title": f"{self._project.name}, trained here",
            "data": f"{len(rows)} decisions made in this project",
            "decisions_per_class": {self._project.label(int(i)).name: int(n) for i, n in zip(ids, counts, strict=True)},
            "started_from": start.name if start else "nothing",
            "made_utc": now_utc(),
        }

    def _measure(self, snapshot: Snapshot, after: npt.NDArray[np.float32] | None) -> dict[str, Any]:
        """Right and wrong on the random checks, for this model and the one before: counts, so that all may recount."""
        rows, labels = snapshot.checks
        metrics: dict[str, Any] = {"checks": len(rows)}
        if not len(rows) or after is None:
            return metrics
        columns = np.array([label.id for label in self._project.labels])
        scored = np.isfinite(after[rows]).all(axis=1)  # a check that cannot be read any more counts as wrong
        right = int((scored & (columns[np.nan_to_num(after[rows]).argmax(axis=1)] == labels)).sum())
        low, high = wilson(right, len(rows))
        metrics |= {"right": right, "accuracy": right / len(rows), "interval": [low, high]}
        before = self._project.pool.predicted[rows]
        if self._project.model and (before >= 0).all():
            metrics["right_before"] = int((columns[before] == labels).sum())
            metrics["version_before"] = self._project.model.version
        return metrics

    def _prune_scores(self) -> None:
        """Keep the scores of the last few versions; older ones can be computed again."""
        models = self._project.store.models.all()
        for model in models[:-_SCORES_KEPT]:
            if model.origin != "bundled":
                self._project.scores_file(model.version).unlink(missing_ok=True)

    def _clear_leftovers(self) -> None:
        """Remove what a killed training left behind."""
        for path in (self._project.folder / "models").glob(".training-*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self._project.folder / "scores").glob(".training-*"):
            Path(path).unlink(missing_ok=True)


def in_use(model: ModelVersion) -> str:
    """One sentence about a model that has just been put to use, with the size of its sample."""
    metrics = model.metrics
    if not metrics.get("checks"):
        return f"Model v{model.version} is in use. There are no random checks yet to measure it with."
    before = f", before {metrics['right_before']}" if "right_before" in metrics else ""
    return (
        f"Model v{model.version} is in use: right on {metrics['right']} of {metrics['checks']} random checks{before}."
    )
