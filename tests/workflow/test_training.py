"""The task of training, without what comes before and after."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.workflow import training
from hitl_desktop.workflow.extraction import Features
from hitl_desktop.workflow.known_items import write_known
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse, TrainRequest
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.training import train_and_score
from tests.conftest import MakeImages, MakeProject


def request_after(project: Project, decisions: int) -> TrainRequest:
    session = ReviewSession(project, "ann")
    for _ in range(decisions):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retraining = Retraining(project)
    return retraining.request(retraining.snapshot())


def test_a_network_that_came_is_adapted_and_what_cannot_be_is_no_start(
    image_project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = replace(request_after(image_project, 20), estimator="mlp", bundle_out=tmp_path / "whole")
    whole = train_and_score(request, no_progress, never_cancelled).bundle
    card = {**request.card, "started_from": "v1"}
    found = []
    for name in ("adapted", "anew"):
        again = replace(request, start=whole, estimator="logistic_regression", bundle_out=tmp_path / name, card=card)
        found.append(load_bundle(train_and_score(again, no_progress, never_cancelled).bundle))
        monkeypatch.setattr(training, "can_be_adapted", lambda _: False)
    assert [(one.head.kind, one.card["started_from"]) for one in found] == [("mlp", "v1"), ("linear", "nothing")]
    words = [str(sentence_of(one.card["choice"]["why"])) for one in found]
    assert words[0].startswith("The model it began from, adapted. A start from scratch is compared from 60 decisions")
    assert words[1].startswith("From scratch, as the model that was in use cannot be adapted. ")


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


@pytest.mark.parametrize("fits", [True, False])
def test_from_sixty_decisions_on_a_model_that_does_not_fit_gives_way_to_a_start_from_scratch(
    tmp_path: Path, make_images: MakeImages, make_project: MakeProject, fits: bool
) -> None:
    make_project(tmp_path / "P.hitl", make_images(tmp_path / "d", each=40), use_labels=LabelUse.TRUTH)
    project = Project.open(tmp_path / "P.hitl")
    request = request_after(project, 80)
    project.close()
    truth = request.training.labels
    told = truth if fits else np.roll(truth, 1)  # labels of other items: what is learned from them is wrong here
    wrong = replace(request, training=replace(request.training, labels=told), bundle_out=tmp_path / "start")
    start = train_and_score(wrong, no_progress, never_cancelled).bundle
    found = []
    for known in (None, np.arange(120)):
        if known is not None:
            write_known(start, known)
        out = tmp_path / f"out{known is None}"
        again = replace(request, start=start, bundle_out=out, card={**request.card, "started_from": "v1"})
        found.append(load_bundle(train_and_score(again, no_progress, never_cancelled).bundle).card)
    assert (found[0]["started_from"] == "nothing") is not fits
    assert "5-fold cross-validation on 72 decisions" in str(sentence_of(found[0]["choice"]["why"]))
    assert found[1]["started_from"] == "v1", "items it knows by heart say nothing on which is better"
    assert "It had learned from 72 of the 72 items decided before" in str(sentence_of(found[1]["choice"]["why"]))
