"""The builder of the sentence embedder computes what plain numpy computes, and the file in the box is its work."""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

ROOT = Path(__file__).resolve().parents[2]
BOX = ROOT / "resources" / "models" / "minilm-l6-int8"
WIDTH, INNER, WORDS, PLACES = 24, 40, 50, 16


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_minilm", ROOT / "packaging/models/build_minilm.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name while the class is made.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
    return module


builder = load()
SHAPE = builder.Shape(layers=2, heads=3, width=WIDTH, epsilon=1e-12)


def small_model() -> dict[str, Any]:
    """Random weights under the names of the package, with two layers of 24 numbers."""
    draw = np.random.default_rng(7)
    sizes = {
        "embeddings.word_embeddings.weight": (WORDS, WIDTH),
        "embeddings.position_embeddings.weight": (PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    for number in range(SHAPE.layers):
        name = f"encoder.layer.{number}."
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            sizes |= {f"{name}{part}.weight": (WIDTH, WIDTH), f"{name}{part}.bias": (WIDTH,)}
        sizes |= {f"{name}intermediate.dense.weight": (INNER, WIDTH), f"{name}intermediate.dense.bias": (INNER,)}
        sizes |= {f"{name}output.dense.weight": (WIDTH, INNER), f"{name}output.dense.bias": (WIDTH,)}
    tensors = {name: draw.normal(0, 0.3, size).astype(np.float32) for name, size in sizes.items()}
    for name in ("embeddings", *(f"encoder.layer.{n}.{p}" for n in range(2) for p in ("attention.output", "output"))):
        tensors[f"{name}.LayerNorm.weight"] = draw.uniform(0.5, 1.5, WIDTH).astype(np.float32)
        tensors[f"{name}.LayerNorm.bias"] = draw.normal(0, 0.1, WIDTH).astype(np.float32)
    return tensors


TENSORS = small_model()


def session(linear: Any) -> onnxruntime.InferenceSession:
    model = builder.build(TENSORS, SHAPE, linear)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def rows(session: onnxruntime.InferenceSession, texts: list[list[int]], padded: int = 0) -> np.ndarray:
    length = max(padded, *(len(text) for text in texts))
    tokens, mask = np.zeros((2, len(texts), length), np.int64)
    for row, text in enumerate(texts):
        tokens[row, : len(text)], mask[row, : len(text)] = text, 1
    return session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]


TEXTS = [[1, 2, 3, 4, 5, 6, 7], [9, 8], [30, 31, 32, 49], [11]]


def references() -> np.ndarray:
    return np.stack([builder.reference(TENSORS, SHAPE, np.array(text)) for text in TEXTS])


def test_the_float_graph_is_the_plain_computation() -> None:
    np.testing.assert_allclose(rows(session(builder.FloatLinear()), TEXTS), references(), atol=1e-5)


def test_the_int8_graph_is_close_to_it() -> None:
    whole = rows(session(builder.Int8Linear()), TEXTS)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
    assert (whole * references()).sum(axis=1).min() > 0.995


def test_neither_company_nor_padding_changes_a_row() -> None:
    small = session(builder.Int8Linear())
    together = rows(small, TEXTS, padded=12)
    alone = np.concatenate([rows(small, [text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_pair_of_weights_can_overflow_16_bits() -> None:
    weight = np.random.default_rng(2).normal(0, 1, (64, 96)).astype(np.float32)
    weight[0] = 1.0  # every pair as large as it can be
    whole, scale = builder.int8_weights(weight)
    pairs = np.abs(whole[:, 0::2].astype(int)) + np.abs(whole[:, 1::2])
    assert pairs.max() <= 128
    assert 255 * 128 < 2**15
    assert (np.abs(whole * scale[:, None] - weight) <= scale[:, None] / 2 + 1e-6).all()


def test_a_row_of_zeros_has_weights_of_zero() -> None:
    whole, scale = builder.int8_weights(np.zeros((3, 8), np.float32))
    assert not whole.any()
    assert not scale.any()


def test_the_same_weights_give_the_same_bytes() -> None:
    first, second = (builder.build(TENSORS, SHAPE, builder.Int8Linear()) for _ in range(2))
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


def test_the_file_in_the_box_is_what_its_description_says() -> None:
    facts = json.loads((BOX / "backbone.json").read_text("utf-8"))
    for name, digest in facts["sha256"].items():
        assert hashlib.sha256((BOX / name).read_bytes()).hexdigest() == digest, name
    assert facts["provenance"]["package"] == builder.PACKAGE
    assert facts["provenance"]["version"] == builder.VERSION
    assert facts["quantisation"] == builder.QUANTISATION
    assert (facts["input"]["max_tokens"], facts["output"]["dims"]) == (builder.MAX_TOKENS, 384)
    for licence in ("LICENSE-MIT.txt", "LICENSE-APACHE-2.0.txt"):
        assert licence in "".join(facts["provenance"].values())
        assert (BOX / licence).stat().st_size > 1000
    assert (BOX / "model.onnx").stat().st_size < 25_000_000


def test_the_file_in_the_box_is_the_graph_of_this_builder() -> None:
    model = onnx.load(BOX / "model.onnx")
    assert {entry.domain for entry in model.opset_import} == {""}
    assert not any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer)
    six = builder.Shape(layers=6, heads=3, width=WIDTH, epsilon=1e-12)
    layers = {name: value for name, value in TENSORS.items() if not name.startswith("encoder.layer.1.")}
    for number in range(1, 6):
        layers |= {
            name.replace("layer.0.", f"layer.{number}."): value
            for name, value in TENSORS.items()
            if name.startswith("encoder.layer.0.")
        }
    same = builder.build(layers, six, builder.Int8Linear())
    assert [node.op_type for node in model.graph.node] == [node.op_type for node in same.graph.node]
    assert [list(node.input) for node in model.graph.node] == [list(node.input) for node in same.graph.node]
