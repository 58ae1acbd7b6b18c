"""Retraining: when it is due, what it learns from, how it is measured, and which model is in use."""

import shutil
from dataclasses import replace

import numpy as np

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.pool import DECIDED
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.domain.steering import SteeringPlan
from hitl_desktop.language import tr
from hitl_desktop.store.journal import make_folder_durable
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.auditing import end_for_version
from hitl_desktop.workflow.certifying import holding
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.finished import Ready, hindrance, made_ready, two_that_differ
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.promotion import Judgement, held_for_audit, held_for_certificate
from hitl_desktop.workflow.quick_paths import keep_quick_rows, quick_beside
from hitl_desktop.workflow.requests import Trained, TrainRequest
from hitl_desktop.workflow.scores import remove
from hitl_desktop.workflow.sitting import who_is_there
from hitl_desktop.workflow.snapshot import Snapshot, take_snapshot
from hitl_desktop.workflow.training_requests import train_request

_SCORES_KEPT = 3


class Retraining:
    """Prepares trainings, and puts their results to use. Lives on the project's thread."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._witness = np.empty(0, np.int64), np.empty(0, np.int64), project.columns_now
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

    def given_up(self, after_decision: int, error: Exception | None = None) -> Changes:
        """Put on record that a training of the decisions up to this one was cancelled, or failed with an `error`: the
        next one waits for as many new decisions again.
        """
        why = "cancelled" if error is None else "refused" if isinstance(error, KnownError) else type(error).__name__
        store = self._project.store
        with store.transaction():
            store.note(Happening.NOT_TRAINED, decisions=after_decision, why=why)
            store.set_fact("attempted_after", after_decision)
        return Changes(settings=True)

    def is_due(self) -> bool:
        """True when enough decisions have come since the last training, and two classes are among all of them."""
        return self.decisions_since() >= self._project.retrain_every and self.hindrance() is None

    def hindrance(self) -> KnownError | None:
        """Why training is not possible now, or None. Asked with every key, so as long as two items that train are still
        decided otherwise, nothing else is looked at.
        """
        if self._still_differ():
            return None
        pair = two_that_differ(self._project)
        if pair is None:
            snapshot = self.snapshot()
            if (why := hindrance(self._project, snapshot)) is not None:
                return why
            rows, labels = snapshot.training
            pair = rows[[0, int(np.flatnonzero(labels != labels[0])[0])]]
        self._witness = pair, self._project.pool.label_ids[pair].copy(), self._project.columns_now
        return None

    def _still_differ(self) -> bool:
        items, answers, columns = self._witness
        pool = self._project.pool
        is_there = len(items) > 0 and columns == self._project.columns_now
        return is_there and bool((pool.states[items] == DECIDED).all() and (pool.label_ids[items] == answers).all())

    def check_possible(self) -> None:
        """Raise KnownError where no training is possible now."""
        self._project.store.check_writable()
        if (why := self.hindrance()) is not None:
            raise why

    def snapshot(self) -> Snapshot:
        """The decided items now."""
        return take_snapshot(self._project)

    def request(self, snapshot: Snapshot, plan: SteeringPlan | None = None) -> TrainRequest:
        """What the worker needs; `plan` is to be tried before it is in force. Raises KnownError when there is nothing
        to learn from.
        """
        if (why := hindrance(self._project, snapshot)) is not None:
            raise why
        return train_request(self._project, snapshot, plan)

    def commit(self, snapshot: Snapshot, trained: Trained, ready: Ready | None = None) -> tuple[Changes, ModelVersion]:
        """Keep a finished training as a new version, and put it to use unless the checks say that it is worse.

        A version that is not put to use changes neither the predictions nor the order of asking. `ready` is what was
        worked out of it beside the window.
        """
        project = self._project
        store = project.store
        version = store.models.next_version()
        if ready is None or not ready.fits(project):
            ready = made_ready(project, snapshot, trained)
        judgement = self._held(ready.judgement)
        model = ModelVersion(
            version,
            "trained",
            "",
            now_utc(),
            ready.learned_from,
            snapshot.after_decision,
            ready.metrics,
            ready.training_hash,
            judgement.facts() | ready.changed,
        )
        # A version that is not in the table is what a crash between these two steps left behind.
        shutil.rmtree(project.folder / model.folder, ignore_errors=True)
        trained.bundle.rename(project.folder / model.folder)
        keep_quick_rows(quick_beside(trained.scores), project.scores_file(version), ready.items)
        trained.scores.replace(project.scores_file(version))
        trained.utilities.replace(project.utilities_file(version, trained.asked_by))
        make_folder_durable(trained.bundle.parent)  # its name, before the database says that it is there
        with store.transaction():
            store.models.add(model)
            if judgement.is_promoted:
                store.models.activate(version, now_utc(), "retraining", judgement.why)
        is_used = judgement.is_promoted
        changes = project.take_scores(dict(trained.unreadable), ready=ready.scores) if is_used else Changes()
        self._prune_scores()
        return replace(changes, model=True, told=told(model)), model

    def _held(self, judgement: Judgement) -> Judgement:
        """The comparison, unless another version would undo what people do, or did, for the certificate of this one."""
        if not judgement.is_promoted:
            return judgement
        if (under_way := self._project.store.audits.open()) is not None:
            return held_for_audit(judgement, under_way.audit.model_version)
        if (certified := holding(self._project)) is not None:
            return held_for_certificate(judgement, certified.audit.model_version)
        return judgement

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
            models.activate(version, now_utc(), who_is_there(project.store), why)
            end_for_version(project, version)
        project.load_scores()
        words = (
            tr("Model v{version} is in use again.", version=version)
            if was_in_use
            else tr("Model v{version} is in use.", version=version)
        )
        return Changes(model=True, order=True, routing=True, told=words)

    def _prune_scores(self) -> None:
        """Keep the scores of the last few versions and of the one in use; others can be computed again."""
        in_use = self._project.model
        for model in self._project.store.models.all()[:-_SCORES_KEPT]:
            if model.origin == "trained" and model != in_use:
                remove(*(self._project.folder / "scores").glob(f"v{model.version}.*"))

    def _clear_leftovers(self) -> None:
        """Remove what a killed training left behind."""
        for path in (self._project.folder / "models").glob(".training-*"):
            shutil.rmtree(path, ignore_errors=True)
        remove(*(self._project.folder / "scores").glob(".training-*"))


def told(model: ModelVersion) -> str:
    """What a training came to, in words."""
    why = sentence_of(model.verdict["reason"])
    if model.verdict["is_promoted"]:
        return tr("Model v{version} is in use. {why}", version=model.version, why=why)
    return tr("Model v{version} was not put to use. {why}", version=model.version, why=why)
