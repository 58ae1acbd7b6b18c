"""Reading what an ONNX file is made of: the same as the `onnx` package finds, and safe on any bytes."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.features import onnx_file
from hitl_desktop.features.onnx_file import read_structure, refuse_unsafe
from tests.features import small_onnx as small


def saved(folder: Path, model: onnx.ModelProto) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def refusal(path: Path) -> str:
    """Why the file is refused; "" when it is not."""
    try:
        read_structure(path)
    except KnownError as error:
        return error.message
    return ""


def test_operators_are_found_in_loops_too(tmp_path: Path) -> None:
    found = read_structure(saved(tmp_path, small.endless_model()))
    assert found.operators == {("", name) for name in ("Flatten", "MatMul", "Loop", "Identity")}
    assert not found.has_external_data
    refuse_unsafe(found)


def test_operators_of_functions_are_found(tmp_path: Path) -> None:
    model = small.image_model(helper.make_node("Twice", ["product"], ["rows"], domain="own"))
    body = [helper.make_node("Add", ["x", "x"], ["y"]), helper.make_node("Spy", ["x"], ["z"], domain="elsewhere")]
    model.functions.append(helper.make_function("own", "Twice", ["x"], ["y"], body, [helper.make_opsetid("", 17)]))
    assert ("elsewhere", "Spy") in read_structure(saved(tmp_path, model)).operators


def test_operators_that_bring_their_own_code_are_refused(tmp_path: Path) -> None:
    model = small.image_model(helper.make_node("Special", ["product"], ["rows"], domain="ai.company"))
    with pytest.raises(KnownError, match=r"operators that do not come with onnxruntime: Special \(ai\.company\)"):
        refuse_unsafe(read_structure(saved(tmp_path, model)))


@pytest.mark.parametrize("location", ["numbers.bin", "../secret", "/etc/passwd"])
@pytest.mark.parametrize("in_attribute", [True, False])
def test_numbers_in_other_files_are_refused(tmp_path: Path, location: str, in_attribute: bool) -> None:
    tensor = onnx.TensorProto(name="other", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    if in_attribute:
        model = small.image_model(
            helper.make_node("Constant", [], ["other"], value=tensor),
            helper.make_node("Add", ["product", "other"], ["rows"]),
        )
    else:
        model = small.image_model(helper.make_node("Add", ["product", "other"], ["rows"]), extra=(tensor,))
    with pytest.raises(KnownError, match="numbers in other files"):
        refuse_unsafe(read_structure(saved(tmp_path, model)))


def test_every_cut_is_refused_or_harmless(tmp_path: Path) -> None:
    whole = small.endless_model().SerializeToString()
    path = tmp_path / "model.onnx"
    for end in range(0, len(whole), 11):
        path.write_bytes(whole[:end])
        assert refusal(path) == "" or "ONNX file" in refusal(path)


def test_other_bytes_never_do_more_than_raise(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    whole = small.endless_model().SerializeToString()
    path = tmp_path / "model.onnx"
    outcomes = set()
    for _ in range(200):
        data = bytearray(whole)
        for place in draw.integers(0, len(data), 3):
            data[place] = draw.integers(0, 256)
        path.write_bytes(bytes(data))
        outcomes.add(refusal(path))
    assert "" in outcomes
    assert len(outcomes) > 1


def test_graphs_within_graphs_without_end_are_refused(tmp_path: Path) -> None:
    inner = b""
    for _ in range(60):
        attribute = b"\x32" + _sized(inner)
        node = b"\x2a" + _sized(attribute)
        inner = b"\x0a" + _sized(node)
    (tmp_path / "model.onnx").write_bytes(b"\x3a" + _sized(inner))
    with pytest.raises(KnownError, match="not a whole ONNX file"):
        read_structure(tmp_path / "model.onnx")


def _sized(data: bytes) -> bytes:
    length, size = len(data), b""
    while length >= 0x80:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return size + bytes([length]) + data


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x08\x07", b"not a model at all"])
def test_what_is_no_model_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(data)
    with pytest.raises(KnownError, match="ONNX file"):
        read_structure(tmp_path / "model.onnx")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, small.image_model())
    monkeypatch.setattr(onnx_file, "MOST_BYTES", path.stat().st_size - 1)
    with pytest.raises(KnownError, match="too large"):
        read_structure(path)
    with pytest.raises(KnownError, match="cannot be read"):
        read_structure(tmp_path / "absent.onnx")
