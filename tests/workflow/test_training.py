"""The task of training, without what comes before and after."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.workflow import training
from hitl_desktop.workflow.extraction import Features
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import TrainRequest
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.training import train_and_score


def request_after(project: Project, decisions: int) -> TrainRequest:
    session = ReviewSession(project, "ann")
    for _ in range(decisions):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retraining = Retraining(project)
    return retraining.request(retraining.snapshot())


def test_a_model_that_cannot_be_adapted_is_no_start(image_project: Project, tmp_path: Path) -> None:
    request = replace(request_after(image_project, 20), estimator="mlp", bundle_out=tmp_path / "whole")
    whole = train_and_score(request, no_progress, never_cancelled).bundle
    assert load_bundle(whole).head.kind == "mlp"
    card = {**request.card, "started_from": "v1"}
    again = replace(request, start=whole, estimator="logistic_regression", bundle_out=tmp_path / "again", card=card)
    found = load_bundle(train_and_score(again, no_progress, never_cancelled).bundle)
    assert found.head.kind == "linear"
    assert found.card["started_from"] == "nothing"


@pytest.mark.parametrize("blind", ["lengths-v1", "text-ngrams-v1"])
def test_all_views_learn_from_the_items_that_each_of_them_can_read(
    text_project: Project, monkeypatch: pytest.MonkeyPatch, blind: str
) -> None:
    def lengths(texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text), text.count(" ")] for text in texts], np.float32)

    monkeypatch.setitem(EXTRACTORS, "lengths", Extractor("lengths", 1, "text", (("lengths", 2),), False, lengths))
    monkeypatch.setattr(training, "_ready", lambda _: ["lengths-v1", "text-ngrams-v1"])
    request = request_after(text_project, 20)
    lost = int(request.training.rows[3])
    everything: Callable[..., Features] = training.features_of

    def some(asked: object, *others: object) -> Features:
        found = everything(asked, *others)
        if found.caches[0].extractor.key != blind:
            return found
        rows = [row for row in found.rows if row != lost]
        return replace(found, rows=rows, digests=[found.digests[found.rows.index(row)] for row in rows])

    monkeypatch.setattr(training, "features_of", some)
    trained = load_bundle(train_and_score(request, no_progress, never_cancelled).bundle)
    assert trained.card["choice"]["decisions"] == len(request.training.rows) - 1
