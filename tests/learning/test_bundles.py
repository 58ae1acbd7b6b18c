"""Models on disk: the same again after loading, and nothing but numbers is ever loaded."""

import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.cards import bundled_models, load_card, matching_model
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    fit_representation,
    train_from,
    train_from_scratch,
)
from hitl_desktop.paths import resources

NAMES = {1: "cat", 2: "dog"}
SOURCE = FeatureSource("image", "image-texture-v1", (("a", 4), ("b", 8)))


def features(n: int = 40) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, 12)).astype(np.float32)


def trained(estimator: str = "logistic_regression") -> ModelBundle:
    X = features()
    labels = np.where(X[:, 0] > 0, 1, 2)
    name, representation = fit_representation(X, SOURCE, 0)
    view = View(SOURCE, name, representation, representation.transform(X))
    options = TrainingOptions(estimator)
    return train_from_scratch([view], labels, NAMES, options=options, seed=0, card={"title": "Test \u2713"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_bundle(trained(), tmp_path / "model")
    return tmp_path / "model"


def test_a_bundle_comes_back_with_the_same_answers(folder: Path, tmp_path: Path) -> None:
    loaded = load_bundle(folder)
    assert loaded.probabilities(features()) == pytest.approx(trained().probabilities(features()), abs=5e-3)
    assert (loaded.classes, loaded.head.class_ids, loaded.card["title"]) == (("cat", "dog"), (1, 2), "Test \u2713")
    save_bundle(loaded, tmp_path / "again")
    assert np.array_equal(load_bundle(tmp_path / "again").probabilities(features()), loaded.probabilities(features()))


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    assert save_bundle(trained(), tmp_path / "a") == save_bundle(trained(), tmp_path / "b")
    assert (tmp_path / "a" / "card.json").read_bytes() == (tmp_path / "b" / "card.json").read_bytes()


def test_adapting_keeps_the_representation_and_the_order_of_the_classes() -> None:
    start = trained()
    adapted = train_from(start, start.embed(features(4)), np.array([3, 3, 1, 1]), {**NAMES, 3: "bird"}, card={})
    assert adapted.representation is start.representation
    assert adapted.classes == ("cat", "dog", "bird")


def test_a_project_must_have_every_class_of_the_model() -> None:
    assert trained().with_class_ids({"dog": 7, "cat": 9, "bird": 1}).head.class_ids == (9, 7)
    with pytest.raises(KnownError, match="does not have: cat"):
        trained().with_class_ids({"dog": 1})


class Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._path,))


def resign(folder: Path) -> None:
    """Make the card agree with the arrays, as a forger would."""
    facts = json.loads((folder / "card.json").read_text("utf-8"))
    facts["arrays_sha256"] = hashlib.sha256((folder / "arrays.npz").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(facts), "utf-8")


def replace_array(folder: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / "arrays.npz") as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    assert f"{name}.npy" in entries
    entries[f"{name}.npy"] = content
    with zipfile.ZipFile(folder / "arrays.npz", "w") as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def object_array(folder: Path, canary: Path) -> None:
    replace_array(folder, "head.bias", npy(np.array([Canary(canary)], dtype=object)))


def a_pickle(folder: Path, canary: Path) -> None:
    (folder / "arrays.npz").write_bytes(pickle.dumps(Canary(canary)))


def a_pickle_among_the_arrays(folder: Path, canary: Path) -> None:
    replace_array(folder, "head.bias", pickle.dumps(Canary(canary)))


def nothing(folder: Path, canary: Path) -> None:
    (folder / "arrays.npz").write_bytes(b"")


def one_array_alone(folder: Path, canary: Path) -> None:
    (folder / "arrays.npz").write_bytes(npy(np.zeros(3)))


def truncated(folder: Path, canary: Path) -> None:
    data = (folder / "arrays.npz").read_bytes()
    (folder / "arrays.npz").write_bytes(data[: len(data) // 2])


def too_few_columns(folder: Path, canary: Path) -> None:
    replace_array(folder, "head.weights", npy(np.zeros((12, 1), np.float32)))


def not_finite(folder: Path, canary: Path) -> None:
    replace_array(folder, "head.bias", npy(np.array([np.nan, 0], np.float32)))


def one_class_twice(folder: Path, canary: Path) -> None:
    replace_array(folder, "head.class_ids", npy(np.array([1, 1])))


FORGERIES = [
    object_array, a_pickle, a_pickle_among_the_arrays, nothing, one_array_alone, truncated,
    too_few_columns, not_finite, one_class_twice,
]  # fmt: skip


def test_the_canary_sings_when_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Canary(tmp_path / "sang")))  # noqa: S301 - proves that the tests below can fail
    assert (tmp_path / "sang").exists()


@pytest.mark.parametrize("forge", FORGERIES)
@pytest.mark.parametrize("signed", [True, False])
def test_forged_or_broken_arrays_are_refused_and_run_no_code(
    folder: Path, tmp_path: Path, forge: Callable[[Path, Path], None], signed: bool
) -> None:
    forge(folder, tmp_path / "sang")
    if signed:
        resign(folder)
    with pytest.raises(KnownError, match="damaged") as refusal:
        load_bundle(folder)
    assert refusal.value.remedy
    assert not (tmp_path / "sang").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 1}, "another version"),
        ({"format": None}, "another version"),
        ({"arrays_sha256": "0" * 64}, "damaged"),
        ({"representation": "magic"}, "damaged"),
        ({"representation": []}, "damaged"),
        ({"blocks": [["a", 4]]}, "damaged"),
        ({"blocks": 7}, "damaged"),
        ({"classes": ["cat"]}, "damaged"),
        ({"classes": ["cat", "cat"]}, "damaged"),
        ({"head": "trees"}, "damaged"),
        ({"head": "pickle"}, "damaged"),
        ({"calibration": "platt"}, "damaged"),
        ({"card": 7}, "damaged"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(folder: Path, changes: dict[str, Any], words: str) -> None:
    facts = json.loads((folder / "card.json").read_text("utf-8"))
    (folder / "card.json").write_text(json.dumps(facts | changes), "utf-8")
    with pytest.raises(KnownError, match=words):
        load_bundle(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"7", b"null"])
def test_a_card_that_is_none_is_refused(folder: Path, content: bytes) -> None:
    (folder / "card.json").write_bytes(content)
    with pytest.raises(KnownError):
        load_card(folder)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        load_bundle(tmp_path / "absent")


@pytest.mark.parametrize("name", sorted(bundled_models(resources())))
def test_every_model_in_the_box_loads_and_says_what_it_is(name: str) -> None:
    bundle = load_bundle(resources() / "models" / name)
    assert len(bundle.classes) >= 2
    assert bundle.card
    assert matching_model(bundled_models(resources()), bundle.kind, list(bundle.classes)) == name
