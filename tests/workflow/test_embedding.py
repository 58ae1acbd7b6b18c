"""Cached rows: which they are is in their name, files of another layout are made anew, and the oldest used ones go."""

import os
from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.learning.representations import REPRESENTATIONS
from hitl_desktop.workflow.embedding import embedded, pool_representation
from hitl_desktop.workflow.extraction import Features, features_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import FeatureRequest


@pytest.fixture
def request_of(image_project: Project) -> FeatureRequest:
    return image_project.feature_request()


def seen(request: FeatureRequest) -> Features:
    return features_of(request, no_progress, never_cancelled)


def filled_with(version: int) -> Extractor:
    """A model of meaning whose rows are other ones in every version."""
    row = np.eye(4, dtype=np.float32)[version]
    return Extractor(
        "meaning", version, "text", (("text-minilm", 4),), False, lambda texts: np.tile(row, (len(texts), 1))
    )


def test_rows_of_another_version_of_the_features_are_not_taken(
    text_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = REPRESENTATIONS["unit"].from_arrays({}, (("text-minilm", 4),))
    for version in (1, 2):
        monkeypatch.setitem(EXTRACTORS, "meaning", filled_with(version))
        request = replace(text_project.feature_request(), extractor=f"meaning-v{version}")
        rows = embedded(request.cache, seen(request), unit, no_progress, never_cancelled)
        assert (rows.argmax(axis=1) == version).all()


def test_a_stored_map_of_another_layout_is_made_anew(request_of: FeatureRequest) -> None:
    features, view = seen(request_of), request_of.extractor
    first = pool_representation(request_of.cache, features, view, 0).representation.digest()
    (stored,) = request_of.cache.glob("representation-*.npz")
    np.savez(stored, of_another_version=np.zeros(3))
    assert pool_representation(request_of.cache, features, view, 0).representation.digest() == first
    with np.load(stored) as anew:
        assert "of_another_version" not in anew.files


def test_rows_in_use_stay_however_long_ago_they_were_made(request_of: FeatureRequest) -> None:
    features, cache = seen(request_of), request_of.cache
    for seed in range(4):
        fitted = pool_representation(cache, features, request_of.extractor, seed).representation
        embedded(cache, features, fitted, no_progress, never_cancelled)
        if seed == 0:
            first, (folder,) = fitted, cache.glob("rows-*")
            (folder / "mark").touch()
        for at, path in enumerate(sorted(cache.glob("rows-*"), key=lambda p: p.stat().st_mtime_ns)):
            os.utime(path, (1000 + at, 1000 + at))
        embedded(cache, features, first, no_progress, never_cancelled)
        assert (folder / "mark").is_file(), "these rows were made anew"
        assert folder.stat().st_mtime > 2000
        assert len(list(cache.glob("rows-*"))) <= 3
