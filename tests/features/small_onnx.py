"""Small ONNX models for the tests: made here, a few hundred bytes each."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

SIDE = 8
IMAGE_DIMS = 4
TEXT_DIMS = 6
WORDS = ("[UNK]", "where", "is", "my", "card", "the", "patient", "ok", "a", "longer", "text", "still", "not", "here")


def image_card(**changes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "squares",
        "kind": "image",
        "input": {
            "name": "pixels",
            "height": SIDE,
            "width": SIDE,
            "colour": "RGB",
            "layout": "NCHW",
            "scale": 255,
            "mean": [0.5, 0.5, 0.5],
            "std": [0.25, 0.25, 0.25],
        },
        "output": {"name": "rows", "dims": IMAGE_DIMS},
        **changes,
    }


def text_card(**changes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "words",
        "kind": "text",
        "input": {"tokens": "tokens", "mask": "mask", "max_tokens": 16, "max_characters": 200},
        "output": {"name": "vectors", "dims": TEXT_DIMS, "pooling": "mean", "unit_length": True},
        **changes,
    }


def constant(name: str, value: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value), name)


def graph(
    nodes: list[onnx.NodeProto],
    constants: list[onnx.TensorProto],
    inputs: dict[str, tuple[int, list[Any]]],
    outputs: dict[str, tuple[int, list[Any]]],
    domains: tuple[str, ...] = (),
) -> onnx.ModelProto:
    whole = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, *form) for name, form in inputs.items()],
        [helper.make_tensor_value_info(name, *form) for name, form in outputs.items()],
        constants,
    )
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=9)


PIXELS = {"pixels": (TensorProto.FLOAT, ["n", 3, SIDE, SIDE])}
ROWS = {"rows": (TensorProto.FLOAT, ["n", IMAGE_DIMS])}
MATRIX = np.random.default_rng(4).normal(size=(3 * SIDE * SIDE, IMAGE_DIMS)).astype(np.float32) / 10


def image_model(*after: onnx.NodeProto, extra: tuple[onnx.TensorProto, ...] = (), **form: Any) -> onnx.ModelProto:
    """Flatten and multiply: "rows", or "product" if nodes come after that make "rows" of it."""
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["product" if after else "rows"]),
        *after,
    ]
    return graph(nodes, [constant("matrix", MATRIX), *extra], {**PIXELS, **form}, ROWS)


def endless_model() -> onnx.ModelProto:
    """A loop whose condition stays true, of steps that do nothing."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_on"], ["again"]),
            helper.make_node("Identity", ["carried"], ["carried_on"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", TensorProto.FLOAT, ["n", IMAGE_DIMS]),
        ],
        [
            helper.make_tensor_value_info("again", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried_on", TensorProto.FLOAT, ["n", IMAGE_DIMS]),
        ],
    )
    loop = helper.make_node("Loop", ["", "true", "product"], ["rows"], body=body)
    return image_model(loop, extra=(constant("true", np.array(True)),))


def greedy_model() -> onnx.ModelProto:
    """A few bytes that ask for 160 GB."""
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["huge"]),
        helper.make_node("ReduceSum", ["huge"], ["sum"], keepdims=0),
        helper.make_node("Add", ["product", "sum"], ["rows"]),
    ]
    return image_model(*nodes, extra=(constant("size", np.array([40_000, 1_000_000])),))


def text_model(output: str = "vectors") -> onnx.ModelProto:
    table = np.random.default_rng(5).normal(size=(len(WORDS), TEXT_DIMS)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "tokens"], ["picked"]),
        helper.make_node("Cast", ["mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["column"]),
        helper.make_node("Mul", ["picked", "column"], [output]),
    ]
    inputs = {name: (TensorProto.INT64, ["n", "length"]) for name in ("tokens", "mask")}
    outputs = {output: (TensorProto.FLOAT, ["n", "length", TEXT_DIMS])}
    return graph(nodes, [constant("table", table), constant("last", np.array([-1]))], inputs, outputs)


def text_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def write(folder: Path, model: onnx.ModelProto | bytes, card: dict[str, Any] | str) -> Path:
    """The files of a backbone; for texts with a tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    (folder / "backbone.json").write_text(card if isinstance(card, str) else json.dumps(card), "utf-8")
    if isinstance(card, dict) and card["kind"] == "text":
        text_tokenizer().save(str(folder / "tokenizer.json"))
    return folder
