"""The marks of items that a model learned from: found again elsewhere, kept in the bundle, refused when wrong."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.bundle_file import read_model_file, write_model_file
from hitl_desktop.learning.bundles import load_bundle, save_bundle
from hitl_desktop.learning.cards import bundled_models
from hitl_desktop.learning.learned_items import checked, joined, marks_of, places_of
from hitl_desktop.paths import resources
from tests.learning.test_training import dense_view, labelled, train

DIGESTS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(20)]


def test_items_are_found_again_in_any_order() -> None:
    marks = marks_of([DIGESTS[7], DIGESTS[3], DIGESTS[7]])
    assert len(marks) == 2
    assert places_of(DIGESTS, marks).tolist() == [3, 7]
    assert places_of(DIGESTS[::-1], joined(marks, marks_of(DIGESTS[:1]))).tolist() == [12, 16, 19]
    assert places_of([], marks).tolist() == []
    assert places_of(DIGESTS, marks_of([])).tolist() == []


def test_they_travel_with_the_model(tmp_path: Path) -> None:
    X, labels = labelled(40)
    bundle = train([dense_view(X)], labels).having_learned(marks_of(DIGESTS))
    save_bundle(bundle, tmp_path / "m")
    write_model_file(tmp_path / "m", tmp_path / "m.hitlmodel")
    found = read_model_file(tmp_path / "m.hitlmodel", tmp_path / "n")
    assert found.learned is not None
    assert places_of(DIGESTS, found.learned).tolist() == list(range(20))


def test_a_model_that_does_not_say_what_it_learned_from_stays_silent(tmp_path: Path) -> None:
    X, labels = labelled(40)
    bundle = replace(train([dense_view(X)], labels), learned=None).having_learned(marks_of(DIGESTS))
    save_bundle(bundle, tmp_path / "m")
    assert load_bundle(tmp_path / "m").learned is None


@pytest.mark.parametrize("wrong", [np.arange(4.0), np.array([3, 1], np.uint64), np.zeros((2, 2), np.uint64)])
def test_what_is_no_mark_is_refused(wrong: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no marks"):
        checked(wrong)
    X, labels = labelled(40)
    save_bundle(replace(train([dense_view(X)], labels), learned=wrong), tmp_path / "m")
    with pytest.raises(KnownError, match="damaged"):
        load_bundle(tmp_path / "m")


@pytest.mark.parametrize("name", sorted(bundled_models(resources())))
def test_every_model_in_the_box_says_what_it_learned_from(name: str) -> None:
    bundle = load_bundle(resources() / "models" / name)
    assert bundle.learned is not None
    assert 0.9 * bundle.card["trained_on"] <= len(bundle.learned) <= bundle.card["trained_on"]
