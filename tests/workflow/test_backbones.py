"""A user's own model in a project: added with its description, used like other features, refused with nothing left."""

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features.backbone import backbone_extractor
from hitl_desktop.features.backbone_process import Limits
from hitl_desktop.workflow.backbones import add_backbone, own_extractor
from hitl_desktop.workflow.extraction import count_missing, extract_missing, features_of
from hitl_desktop.workflow.learning_choices import BACKBONES
from hitl_desktop.workflow.project import Project
from tests.features import small_onnx as small


def leftovers(project: Path) -> list[str]:
    return sorted(path.name for path in (project / BACKBONES).iterdir())


def foreign_model() -> onnx.ModelProto:
    model = small.text_model()
    model.graph.node[0].domain = "elsewhere"
    return model


def given(folder: Path) -> Path:
    """A model under a name of its own, and its description under the same name."""
    small.write(folder, small.text_model(), small.text_card())
    (folder / "backbone.json").rename(folder / "words-small.json")
    return (folder / "model.onnx").rename(folder / "words-small.onnx")


def test_a_model_is_added_and_used_like_any_other(text_project: Project, tmp_path: Path) -> None:
    key = add_backbone(text_project.folder, given(tmp_path / "given"), "text", no_progress, never_cancelled)
    request = replace(text_project.feature_request(), extractor=f"{key}+text-ngrams-v1")
    found = features_of(request, no_progress, never_cancelled)
    assert found.blocks[0] == (key.removesuffix("-v1"), small.TEXT_DIMS)
    assert found.X.shape[0] == 40
    lengths = np.linalg.norm(found.X[:, : small.TEXT_DIMS].toarray(), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)
    assert count_missing(replace(request, extractor=key)) == 0


def test_adding_it_twice_keeps_one(text_project: Project, tmp_path: Path) -> None:
    model = given(tmp_path / "given")
    first, second = (add_backbone(text_project.folder, model, "text", no_progress, never_cancelled) for _ in range(2))
    assert leftovers(text_project.folder) == [first] == [second]


def test_a_changed_copy_is_refused_when_it_starts(text_project: Project, tmp_path: Path) -> None:
    key = add_backbone(text_project.folder, given(tmp_path / "given"), "text", no_progress, never_cancelled)
    with (text_project.folder / BACKBONES / key / "model.onnx").open("ab") as file:
        file.write(b"\0")
    request = replace(text_project.feature_request(), extractor=key)
    with pytest.raises(KnownError, match="its hash differs"):
        features_of(request, no_progress, never_cancelled)


def test_a_copy_that_came_with_a_project_is_checked_again_before_it_runs(text_project: Project, tmp_path: Path) -> None:
    """Whoever made the project may have put any file there, with hashes that fit."""
    small.write(tmp_path / "foreign", foreign_model(), small.text_card())
    key = backbone_extractor(tmp_path / "foreign").key
    (text_project.folder / BACKBONES).mkdir(exist_ok=True)
    (tmp_path / "foreign").rename(text_project.folder / BACKBONES / key)
    request = replace(text_project.feature_request(), extractor=key)
    with pytest.raises(KnownError, match="operators that do not come with onnxruntime"):
        features_of(request, no_progress, never_cancelled)


@pytest.mark.parametrize("key", ["own-../../elsewhere", "own-0123456789ab-v1/..", "own-0123456789AB-v1", "own-"])
def test_a_key_that_is_no_key_leads_nowhere(tmp_path: Path, key: str) -> None:
    folder = tmp_path / BACKBONES / key
    (tmp_path / BACKBONES / "own-0123456789ab-v1").mkdir(parents=True)
    (tmp_path / BACKBONES / "own-..").mkdir()
    folder.resolve().mkdir(parents=True, exist_ok=True)
    with pytest.raises(KnownError, match="is missing"):
        own_extractor(tmp_path, key)


def test_refused_models_leave_nothing(text_project: Project, tmp_path: Path) -> None:
    picture = small.write(tmp_path / "picture", small.image_model(), small.image_card()) / "model.onnx"
    bare = tmp_path / "bare.onnx"
    bare.write_bytes(small.image_model().SerializeToString())
    narrow = small.text_card(output={"name": "vectors", "dims": 5, "pooling": "mean"})
    wrong = small.write(tmp_path / "wrong", small.text_model(), narrow) / "model.onnx"
    for model, reason in (
        (picture, "does not read texts"),
        (bare, "backbone.json cannot be read"),
        (wrong, "should be 5"),
        (tmp_path / "absent.onnx", "absent.onnx cannot be read"),
    ):
        with pytest.raises(KnownError, match=reason):
            add_backbone(text_project.folder, model, "text", no_progress, never_cancelled)
        assert leftovers(text_project.folder) == []


def test_a_cancel_leaves_nothing(text_project: Project, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        add_backbone(text_project.folder, given(tmp_path / "given"), "text", no_progress, lambda: True)
    assert leftovers(text_project.folder) == []


def test_the_description_keeps_what_the_user_wrote_and_gains_the_hashes(text_project: Project, tmp_path: Path) -> None:
    key = add_backbone(text_project.folder, given(tmp_path / "given"), "text", no_progress, never_cancelled)
    facts = json.loads((text_project.folder / BACKBONES / key / "backbone.json").read_text("utf-8"))
    assert facts.pop("sha256").keys() == {"model.onnx", "tokenizer.json"}
    assert facts == small.text_card()


def test_it_runs_under_a_daemon_such_as_the_worker(text_project: Project, tmp_path: Path) -> None:
    """Of its own accord, multiprocessing lets a daemon have no children."""
    key = add_backbone(text_project.folder, given(tmp_path / "given"), "text", no_progress, never_cancelled)
    request = replace(text_project.feature_request(), extractor=key)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=extract_missing, args=(request, no_progress, never_cancelled), daemon=True)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert count_missing(request) == 0


def test_limits_are_the_callers(text_project: Project, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"within 0\.01 seconds"):
        add_backbone(
            text_project.folder,
            given(tmp_path / "given"),
            "text",
            no_progress,
            never_cancelled,
            Limits(opening=0.01),
        )
    assert leftovers(text_project.folder) == []
