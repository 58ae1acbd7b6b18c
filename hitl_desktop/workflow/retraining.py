"""Retraining: when it is due, what it learns from, how it is measured, and which model is in use."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.class_changes import folded
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import needs_difference, suggested_codes
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.domain.steering import SteeringPlan
from hitl_desktop.language import tr
from hitl_desktop.learning.cards import load_card
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.auditing import end_for_version
from hitl_desktop.workflow.check_scores import read_answers, write_check_scores
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.insight import replaces_learned_elsewhere
from hitl_desktop.workflow.known_items import read_known
from hitl_desktop.workflow.measuring import MeasuringSample, answers_of, known_to, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.promotion import Judgement, held_for_audit, judge
from hitl_desktop.workflow.quick_paths import keep_quick_rows, quick_beside
from hitl_desktop.workflow.requests import Trained, TrainRequest
from hitl_desktop.workflow.scores import read_scores
from hitl_desktop.workflow.snapshot import Snapshot, take_snapshot
from hitl_desktop.workflow.steering import Effect, difference_interval
from hitl_desktop.workflow.training_record import training_hash
from hitl_desktop.workflow.training_requests import train_request

_SCORES_KEPT = 3


class Retraining:
    """Prepares trainings, and puts their results to use. Lives on the project's thread."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._clear_leftovers()

    def decisions_since(self) -> int:
        """Decisions that may train and came since the last training, whether it was put to use, cancelled or failed."""
        store = self._project.store
        known = max((m.after_decision for m in store.models.all()), default=0)
        first = max(known, int(store.fact("attempted_after", 0)))
        return store.remembered("decisions since", first, lambda: store.decisions.training_since(first))

    def has_news(self) -> bool:
        """True when there are decisions that may train and that the model in use does not know."""
        model, store = self._project.model, self._project.store
        first = model.after_decision if model else 0
        return store.remembered("news since", first, lambda: store.decisions.training_since(first)) > 0

    def given_up(self, snapshot: Snapshot, error: Exception | None = None) -> Changes:
        """Put on record that a training was cancelled, or failed with an `error`: the next one waits for as many new
        decisions again.
        """
        why = "cancelled" if error is None else "refused" if isinstance(error, KnownError) else type(error).__name__
        store = self._project.store
        with store.transaction():
            store.note(Happening.NOT_TRAINED, decisions=snapshot.after_decision, why=why)
            store.set_fact("attempted_after", snapshot.after_decision)
        return Changes(settings=True)

    def is_due(self) -> bool:
        """True when enough decisions have come since the last training, and two classes are among all of them."""
        return self.decisions_since() >= self._project.retrain_every and self.hindrance() is None

    def hindrance(self) -> KnownError | None:
        """Why training is not possible now, or None."""
        _, labels = self.snapshot().training
        if self._project.task is Task.SEVERAL:
            return needs_difference(labels)
        distinct = set(labels.tolist())
        if not distinct:
            return KnownError(say("There are no decisions to learn from yet."), say("Decide some items first."))
        if len(distinct) == 1:
            name = self._project.label(distinct.pop()).name
            return KnownError(
                say("All decisions so far say {name}. Training needs a second class.", name=name),
                say("Decide items of another class first."),
            )
        return None

    def snapshot(self) -> Snapshot:
        """The decided items now."""
        return take_snapshot(self._project)

    def request(self, snapshot: Snapshot, plan: SteeringPlan | None = None) -> TrainRequest:
        """What the worker needs; `plan` is to be tried before it is in force. Raises KnownError when there is nothing
        to learn from.
        """
        hindrance = self.hindrance()
        if hindrance:
            raise hindrance
        return train_request(self._project, snapshot, plan)

    def commit(self, snapshot: Snapshot, trained: Trained) -> tuple[Changes, ModelVersion]:
        """Keep a finished training as a new version, and put it to use unless the checks say that it is worse.

        A version that is not put to use changes neither the predictions nor the order of asking.
        """
        project = self._project
        store = project.store
        version = store.models.next_version()
        scores = read_scores(trained.scores)
        if scores is not None:
            rows = project.measuring_items()
            rows = rows[rows < len(scores)]  # of items added since, it is asked when the pool is scored
            write_check_scores(trained.bundle, rows, scores[rows], several=project.task is Task.SEVERAL)
        own = _known_in(trained.bundle)
        known_before = np.union1d(known_to(project, project.model), own[own < len(project.pool)])
        judgement, metrics = self._compare(measuring_sample(project, snapshot).without(known_before), trained)
        under_way = store.audits.open()
        if under_way is not None and judgement.is_promoted:
            judgement = held_for_audit(judgement, under_way.audit.model_version)
        known = [(r, c) for r, c in zip(*snapshot.training, strict=True) if int(r) not in trained.unreadable]
        model = ModelVersion(
            version,
            "trained",
            "",
            now_utc(),
            len(known),
            snapshot.after_decision,
            metrics,
            self._hash(known),
            judgement.facts() | self._changed(scores),
        )
        # A version that is not in the table is what a crash between these two steps left behind.
        shutil.rmtree(project.folder / model.folder, ignore_errors=True)
        trained.bundle.rename(project.folder / model.folder)
        items = 0 if scores is None else len(scores)
        keep_quick_rows(quick_beside(trained.scores), project.scores_file(version), items)
        trained.scores.replace(project.scores_file(version))
        trained.utilities.replace(project.utilities_file(version, trained.asked_by))
        with store.transaction():
            store.models.add(model)
            if judgement.is_promoted:
                store.models.activate(version, now_utc(), "retraining", judgement.why)
        changes = project.take_scores(dict(trained.unreadable)) if judgement.is_promoted else Changes()
        self._prune_scores()
        return replace(changes, model=True, told=told(model)), model

    def effect(self, snapshot: Snapshot, trained: Trained) -> Effect:
        """What a training that is not kept yet does on the checks, beside the version in use."""
        project = self._project
        own = _known_in(trained.bundle)
        known = np.union1d(known_to(project, project.model), own[own < len(project.pool)])
        scores = read_scores(trained.scores)
        if scores is not None:
            rows = project.measuring_items()
            rows = rows[rows < len(scores)]
            write_check_scores(trained.bundle, rows, scores[rows], several=project.task is Task.SEVERAL)
        judgement, _ = self._compare(measuring_sample(project, snapshot).without(known), trained)
        pair = None if judgement.comparison is None else judgement.comparison.overall
        low, high = (0.0, 0.0) if pair is None else difference_interval(pair)
        version = project.model.version if project.model else None
        return Effect(pair, low, high, not judgement.is_promoted, judgement.why, version)

    def forget(self, trained: Trained) -> None:
        """Throw away a training that was only tried."""
        shutil.rmtree(trained.bundle, ignore_errors=True)
        for path in trained.scores.parent.glob(f"{trained.scores.stem}.*"):
            path.unlink(missing_ok=True)

    def put_to_use(self, version: int) -> Changes:
        """Put a version to use because a person wants it: one that was in use before, or one that was held back.

        The record says which. Its predictions follow at once, or after scoring when they are gone. Raises KnownError
        for a version that does not exist or whose files are gone.
        """
        project = self._project
        models = project.store.models
        model = next((m for m in models.all() if m.version == version), None)
        if model is None or not (project.folder / model.folder).is_dir():
            raise KnownError(say("There is no model v{version} in this project.", version=str(version)))
        was_in_use = any(activation.version == version for activation in models.activations())
        advice = say(
            "The reviewer chose it. The comparison said: {words}", words=sentence_of(model.verdict.get("reason", ""))
        )
        why = say("The reviewer went back to it.") if was_in_use else advice
        with project.store.transaction():
            models.activate(version, now_utc(), "reviewer", why)
            end_for_version(project, version)
        project.load_scores()
        words = (
            tr("Model v{version} is in use again.", version=version)
            if was_in_use
            else tr("Model v{version} is in use.", version=version)
        )
        return Changes(model=True, order=True, routing=True, told=words)

    def _compare(self, sample: MeasuringSample, trained: Trained) -> tuple[Judgement, dict[str, Any]]:
        """The comparison with the version in use, and the counts of both on the checks there are now."""
        project = self._project
        labels = project.labels
        new = read_answers(
            trained.bundle, trained.scores, sample.rows, project.columns_now, several=project.task is Task.SEVERAL
        )
        old = answers_of(project, project.model, sample) if project.model else None
        in_use = project.model.version if project.model else None
        metrics: dict[str, Any] = {"checks": len(sample)}
        if sample.left_out:
            metrics["left_out"] = sample.left_out
        accuracy = sample.accuracy(new) if new else None
        if accuracy:
            metrics |= {"right": accuracy.right, "accuracy": accuracy.share, "interval": [accuracy.low, accuracy.high]}
        before = sample.accuracy(old) if old else None
        if before:
            metrics |= {"right_before": before.right, "version_before": in_use}
        anew = project.model is not None and replaces_learned_elsewhere(
            str(load_card(trained.bundle)["card"].get("started_from", "")), project, project.model
        )
        return judge(sample, new, old, labels, old_version=in_use, began_anew=anew), metrics

    def _changed(self, scores: npt.NDArray[np.float32] | None) -> dict[str, int]:
        """How many suggestions of the pool differ from those of the version in use. Counted once: it reads them all."""
        project = self._project
        if scores is None or project.model is None or not project.is_scored:
            return {}
        before = project.pool.predicted[: len(scores)]
        is_several = project.task is Task.SEVERAL
        scores = folded(scores, project.columns_now, several=is_several)
        read = (before >= 0) & np.isfinite(scores).all(axis=1)
        now = suggested_codes(scores) if is_several else np.nan_to_num(scores).argmax(axis=1)
        changed = int((read & (now != before)).sum())
        return {"against": project.model.version, "suggestions": int(read.sum()), "changed": changed}

    def _hash(self, known: list[tuple[int, int]]) -> str:
        digests = self._project.store.items.digests_of([row for row, _ in known])
        return training_hash((digests[row], self._said(class_id)) for row, class_id in known)

    def _said(self, answer: int) -> str | list[str]:
        """The name of a class, or the names of the findings of a set."""
        project = self._project
        if project.task is Task.SEVERAL:
            return [label.name for label in project.findings_in(int(answer))]
        return project.label(int(answer)).name

    def _prune_scores(self) -> None:
        """Keep the scores of the last few versions and of the one in use; others can be computed again."""
        in_use = self._project.model
        for model in self._project.store.models.all()[:-_SCORES_KEPT]:
            if model.origin == "trained" and model != in_use:
                for path in (self._project.folder / "scores").glob(f"v{model.version}.*"):
                    path.unlink(missing_ok=True)

    def _clear_leftovers(self) -> None:
        """Remove what a killed training left behind."""
        for path in (self._project.folder / "models").glob(".training-*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self._project.folder / "scores").glob(".training-*"):
            Path(path).unlink(missing_ok=True)


def _known_in(folder: Path) -> npt.NDArray[np.int64]:
    """The items that a new version learned from before it came here, by the model it began from."""
    found = read_known(folder)
    return np.empty(0, np.int64) if found is None else found


def told(model: ModelVersion) -> str:
    """What a training came to, in words."""
    why = sentence_of(model.verdict["reason"])
    if model.verdict["is_promoted"]:
        return tr("Model v{version} is in use. {why}", version=model.version, why=why)
    return tr("Model v{version} was not put to use. {why}", version=model.version, why=why)
