"""Filling the cache of features: in which order, how it is stopped and gone on with, and what a slow model may do."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import issparse

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.workflow import extraction
from hitl_desktop.workflow.extraction import count_missing, extract_missing, extractor_of, features_of
from hitl_desktop.workflow.pictures import read_images, waited_for
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import FeatureRequest


class Recorder:
    """A dense text extractor of one column, the length of the text; it remembers what it was asked."""

    def __init__(self, per_part: int = 4) -> None:
        self.seen: list[str] = []
        self.per_part = per_part
        self.closed = 0
        self.table = Extractor(
            "recorder", 1, "text", (("length", 1),), False, self.rows, in_parts=self.parts, close=self.close
        )

    def rows(self, texts: Sequence[str]) -> Any:
        raise AssertionError("parts are asked for, so that a cancel is heard")

    def parts(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Any]]:
        backwards = range(len(texts))[::-1]
        for start in range(0, len(texts), self.per_part):
            places = list(backwards[start : start + self.per_part])
            self.seen += [texts[place] for place in places]
            yield places, np.array([[len(texts[place])] for place in places], np.float32)
            yield [], np.zeros((0, 1), np.float32)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(EXTRACTORS, "recorder", recorder.table)
    return recorder


@pytest.fixture
def request_of(text_project: Project, recorder: Recorder) -> FeatureRequest:
    return replace(text_project.feature_request(), extractor="recorder-v1")


def texts_of(project: Project) -> list[str]:
    return list(project.store.items.texts())


def test_rows_belong_to_their_items(text_project: Project, request_of: FeatureRequest, recorder: Recorder) -> None:
    found = features_of(request_of, no_progress, never_cancelled)
    assert found.X[:, 0].tolist() == [len(text) for text in texts_of(text_project)]
    assert found.rows == list(range(40))
    assert found.take([7, 3])[:, 0].tolist() == [len(texts_of(text_project)[i]) for i in (7, 3)]
    assert recorder.closed == 1
    features_of(request_of, no_progress, never_cancelled)
    assert len(recorder.seen) == 40, "the second time, all is in the cache"


def test_what_the_queue_needs_comes_first(
    text_project: Project, request_of: FeatureRequest, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "_TEXT_BATCH", 2)
    texts = texts_of(text_project)
    extract_missing(request_of, no_progress, never_cancelled, first=[30, 5, 30, 17, 2])
    asked = [texts.index(text) for text in recorder.seen]
    assert [set(asked[:2]), set(asked[2:4])] == [{30, 5}, {17, 2}]
    assert [set(asked[at : at + 2]) for at in (4, 6)] == [{0, 1}, {3, 4}]
    assert sorted(asked) == list(range(40))


def test_a_cancel_keeps_what_was_done_and_the_next_call_goes_on(request_of: FeatureRequest, recorder: Recorder) -> None:
    with pytest.raises(Cancelled):
        extract_missing(request_of, no_progress, lambda: len(recorder.seen) >= 12)
    assert (len(recorder.seen), count_missing(request_of), recorder.closed) == (12, 28, 1)
    told: list[tuple[int, int]] = []
    extract_missing(request_of, lambda *seen: told.append(seen[:2]), never_cancelled)
    assert (len(recorder.seen), count_missing(request_of)) == (40, 0)
    assert told[0] == (16, 40)
    assert told[-1] == (40, 40)


def test_a_model_that_fails_keeps_what_was_done(
    request_of: FeatureRequest, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(texts: Sequence[str]) -> Iterator[tuple[list[int], Any]]:
        yield [0, 1], np.ones((2, 1), np.float32)
        raise KnownError("The model was stopped.")

    monkeypatch.setitem(EXTRACTORS, "recorder", replace(recorder.table, in_parts=failing))
    with pytest.raises(KnownError, match="was stopped"):
        extract_missing(request_of, no_progress, never_cancelled)
    assert count_missing(request_of) == 38
    assert recorder.closed == 1


def test_long_texts_come_in_small_batches(
    text_project: Project, request_of: FeatureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "_TEXT_BATCH_CHARACTERS", 100)
    monkeypatch.setattr(extraction, "_TEXTS_AT_ONCE", 3)
    batches = list(extraction._batches_of_texts(text_project.store, list(range(39, -1, -1))))
    texts = texts_of(text_project)
    assert [index for indexes, _ in batches for index in indexes] == list(range(39, -1, -1))
    for indexes, given in batches:
        assert given == [texts[i] for i in indexes]
        assert sum(map(len, given[:-1])) <= 100
    assert len(batches) > 5


def test_joined_features_stand_side_by_side(text_project: Project, request_of: FeatureRequest) -> None:
    words = extractor_of("text-ngrams-v1")
    both = features_of(replace(request_of, extractor="recorder-v1+text-ngrams-v1"), no_progress, never_cancelled)
    texts = texts_of(text_project)
    assert issparse(both.X)
    assert both.blocks == (("length", 1), *words.blocks)
    assert both.X[:, 0].toarray()[:, 0].tolist() == [len(text) for text in texts]
    assert abs(both.X[:, 1:] - words.extract(texts)).nnz == 0


def test_unknown_features_are_refused() -> None:
    for key in ("text-ngrams-v99", "own-0123456789ab-v1"):
        with pytest.raises(KnownError, match=key):
            extractor_of(key)


def test_the_projects_own_model_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="own-0123456789ab-v1 is missing"):
        extractor_of("own-0123456789ab-v1", tmp_path)


def test_images_come_in_order_and_as_large_as_asked(image_folder: Path) -> None:
    paths = sorted(str(p.relative_to(image_folder)) for p in image_folder.rglob("*.png"))
    batches = list(read_images(image_folder, [(path,) for path in [*paths, "absent.png"]], 5))
    looked = [look for batch in batches for look in batch]
    assert [look.path for look in looked] == [*paths, "absent.png"]
    assert len(batches) > 2
    assert {min(look.pixels.shape[:2]) for look in looked[:-1]} == {5}
    assert looked[-1].why
    assert list(read_images(image_folder, [], 5)) == []


def test_a_changed_picture_is_left_out_with_the_reason(image_project: Project, tmp_path: Path) -> None:
    request = image_project.feature_request()
    assert request.root is not None
    moved = replace(request, root=Path(shutil.copytree(request.root, tmp_path / "copy")))
    for file in request.cache.rglob("*.bin"):
        file.unlink()
    paths = image_project.store.items.paths()
    with (tmp_path / "copy" / paths[3]).open("ab") as file:
        file.write(b"more")
    (tmp_path / "copy" / paths[5]).write_bytes(b"no picture")
    found = features_of(moved, no_progress, never_cancelled)
    assert list(found.unreadable) == [3, 5]
    assert "changed since the import" in str(found.unreadable[3])
    assert found.rows == [i for i in range(60) if i not in (3, 5)]
    assert len(found.X) == 58


def test_who_waits_for_a_picture_is_heard_and_may_stop() -> None:
    release, steps = threading.Event(), list[int]()

    def step() -> None:
        steps.append(1)
        if len(steps) == 3:
            release.set()

    def stop() -> None:
        raise Cancelled

    with ThreadPoolExecutor(1) as thread:
        assert waited_for(thread.submit(lambda: release.wait(30) and "read"), step) == "read"
        release.clear()
        with pytest.raises(Cancelled):
            waited_for(thread.submit(release.wait, 30), stop)
        release.set()
    assert len(steps) == 3
