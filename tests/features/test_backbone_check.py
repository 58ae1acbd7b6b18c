"""The checks that run in the model's own process, run here: which model is refused, and why."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.features.backbone_card import read_card
from hitl_desktop.features.backbone_check import check_inputs, check_rows
from hitl_desktop.features.onnx_session import open_session
from hitl_desktop.features.picture_input import PictureEncoder
from hitl_desktop.features.text_encoder import TextEncoder
from tests.features import small_onnx as small

FLOAT = TensorProto.FLOAT


def check(folder: Path, model: onnx.ModelProto, card: dict[str, Any]) -> None:
    small.write(folder, model, card)
    told = read_card(folder)
    session = open_session(folder / "model.onnx", 1)
    check_inputs(told, session)
    if told.kind == "text":
        check_rows(told, TextEncoder(told, session, Tokenizer.from_file(str(folder / "tokenizer.json"))))
    else:
        check_rows(told, PictureEncoder(told, session))


def pictures(**changes: Any) -> dict[str, Any]:
    card = small.image_card()
    return card | {"input": card["input"] | changes}


def test_sound_models_pass(tmp_path: Path) -> None:
    check(tmp_path / "image", small.image_model(), small.image_card())
    check(tmp_path / "text", small.text_model(), small.text_card())


def test_other_inputs_are_refused_with_both_lists(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"takes pixels, backbone\.json names pixel_values"):
        check(tmp_path, small.image_model(), pictures(name="pixel_values"))


def test_another_output_is_refused_with_both_names(tmp_path: Path) -> None:
    card = small.image_card(output={"name": "embedding", "dims": small.IMAGE_DIMS})
    with pytest.raises(KnownError, match=r"gives rows, backbone\.json names embedding"):
        check(tmp_path, small.image_model(), card)


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ((TensorProto.FLOAT, ["n", 3, 16, 16]), "where 16 should be 8"),
        ((TensorProto.FLOAT, [4, 3, 8, 8]), "where 4 should be of any size"),
        ((TensorProto.FLOAT, ["n", 192]), "has 2 dimensions, and 4 are needed"),
    ],
)
def test_an_input_of_another_shape_is_refused(tmp_path: Path, form: Any, reason: str) -> None:
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"]),
        helper.make_node("ReduceMean", ["flat"], ["rows"], axes=[1]),
    ]
    model = small.graph(nodes, [], {"pixels": form}, {"rows": (FLOAT, ["n", 1])})
    with pytest.raises(KnownError, match=reason):
        check(tmp_path, model, small.image_card(output={"name": "rows", "dims": 1}))


def test_a_batch_of_one_is_enough_where_the_card_says_so(tmp_path: Path) -> None:
    model = small.image_model(pixels=(FLOAT, [1, 3, small.SIDE, small.SIDE]))
    check(tmp_path, model, pictures(batch=1))


def test_an_output_of_another_width_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="where 4 should be 5"):
        check(tmp_path, small.image_model(), small.image_card(output={"name": "rows", "dims": 5}))


def test_an_output_of_another_rank_is_refused(tmp_path: Path) -> None:
    card = small.text_card(output={"name": "vectors", "dims": small.TEXT_DIMS})
    with pytest.raises(KnownError, match="has 3 dimensions, and 2 are needed"):
        check(tmp_path, small.text_model(), card)


def test_an_output_of_another_type_is_refused(tmp_path: Path) -> None:
    cast = helper.make_node("Cast", ["product"], ["rows"], to=TensorProto.DOUBLE)
    model = small.image_model(cast)
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    with pytest.raises(KnownError, match=r"is tensor\(double\), and tensor\(float\) is needed"):
        check(tmp_path, model, small.image_card())


def test_a_width_that_only_running_shows_is_refused(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Concat", ["product", "product"], ["twice"], axis=1),
        helper.make_node("Compress", ["twice", "all"], ["rows"], axis=1),
    ]
    model = small.image_model(*nodes, extra=(small.constant("all", np.ones(8, bool)),))
    model.graph.output[0].type.tensor_type.shape.dim[1].ClearField("dim_value")
    with pytest.raises(KnownError, match=r"rows of the shape 5 × 8 for 5 items, and 5 × 4 is needed"):
        check(tmp_path, model, small.image_card())


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="not finite"):
        check(tmp_path, small.image_model(helper.make_node("Sqrt", ["product"], ["rows"])), small.image_card())


def centred_by_the_batch() -> onnx.ModelProto:
    nodes = [
        helper.make_node("ReduceMean", ["product"], ["mean"], axes=[0]),
        helper.make_node("Sub", ["product", "mean"], ["rows"]),
    ]
    return small.image_model(*nodes)


def test_rows_that_depend_on_the_company_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="other numbers when other items are in the batch") as refused:
        check(tmp_path, centred_by_the_batch(), small.image_card())
    assert '"batch": 1' in refused.value.remedy


def test_a_model_that_says_the_same_of_everything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="same numbers for different items"):
        check(tmp_path, centred_by_the_batch(), pictures(batch=1))


def test_the_order_of_colours_and_of_axes_is_the_models(tmp_path: Path) -> None:
    red = np.full((2, 2, 3), (255, 0, 0), np.uint8)
    last = {"pixels": (FLOAT, ["n", small.SIDE, small.SIDE, 3])}
    nodes = [helper.make_node("ReduceMean", ["pixels"], ["rows"], axes=[1, 2], keepdims=0)]
    model = small.graph(nodes, [], last, {"rows": (FLOAT, ["n", 3])})
    card = pictures(layout="NHWC", colour="BGR") | {"output": {"name": "rows", "dims": 3}}
    check(tmp_path, model, card)
    told = read_card(tmp_path)
    ((_, rows),) = PictureEncoder(told, open_session(tmp_path / "model.onnx", 1)).parts([red])
    np.testing.assert_allclose(rows, [[-2, -2, 2]], atol=1e-5)
