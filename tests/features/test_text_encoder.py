"""How texts are put together for one run, and what becomes of the model's answer."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.features import text_encoder
from hitl_desktop.features.backbone_card import read_card
from hitl_desktop.features.text_encoder import TextEncoder
from tests.features import small_onnx as small


class Session:
    """Answers with the token numbers themselves, as vectors of two; remembers the shapes of its runs."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.inputs: dict[str, Any] = {}

    def run(self, names: list[str], inputs: dict[str, Any]) -> list[Any]:
        self.inputs = inputs
        self.shapes.append(inputs["tokens"].shape)
        return [np.stack([inputs["tokens"], inputs["tokens"] ** 2], axis=2).astype(np.float32)]


def encoder(folder: Path, session: Session, pooling: str = "mean", unit: bool = False, **form: Any) -> TextEncoder:
    card = small.text_card(output={"name": "vectors", "dims": 2, "pooling": pooling, "unit_length": unit})
    card["input"] |= form
    small.write(folder, b"", card)
    return TextEncoder(read_card(folder), session, small.text_tokenizer())


WHERE, IS, MY, CARD = 1, 2, 3, 4


def test_only_texts_of_the_same_length_run_together(tmp_path: Path) -> None:
    session = Session()
    rows = encoder(tmp_path, session).rows(["where is", "card", "my card", "", "is"])
    assert sorted(session.shapes) == [(2, 1), (2, 2)], "and a text without a token needs no run"
    assert rows[:, 0].tolist() == [(WHERE + IS) / 2, CARD, (MY + CARD) / 2, 0, IS]


def test_nothing_is_hidden_or_padded(tmp_path: Path) -> None:
    session = Session()
    encoder(tmp_path, session, types="types").rows(["where is my"])
    assert session.inputs["tokens"].tolist() == [[WHERE, IS, MY]]
    assert session.inputs["mask"].tolist() == [[1, 1, 1]]
    assert session.inputs["types"].tolist() == [[0, 0, 0]]


@pytest.mark.parametrize(
    ("pooling", "unit", "row"),
    [("mean", False, [1.5, 2.5]), ("first", False, [1, 1]), ("first", True, [0.5**0.5, 0.5**0.5])],
)
def test_tokens_become_one_row(tmp_path: Path, pooling: str, unit: bool, row: list[float]) -> None:
    rows = encoder(tmp_path, Session(), pooling, unit).rows(["where is"])
    np.testing.assert_allclose(rows, [row], atol=1e-6)


def test_texts_are_cut_by_tokens_and_by_characters(tmp_path: Path) -> None:
    session = Session()
    encoder(tmp_path / "a", session, max_tokens=3).rows(["is " * 50])
    encoder(tmp_path / "b", session, max_characters=16).rows(["is my is my is my is my"])
    assert session.shapes == [(1, 3), (1, 6)]


def test_half_a_character_pair_is_read_as_unknown(tmp_path: Path) -> None:
    session = Session()
    encoder(tmp_path, session).rows(["\ud800 card"])
    assert session.inputs["tokens"].tolist() == [[0, CARD]]


def test_no_run_is_larger_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    monkeypatch.setattr(text_encoder, "_TOKENS_PER_RUN", 6)
    encoder(tmp_path / "tokens", session).rows(["where is"] * 7)
    assert session.shapes == [(3, 2), (3, 2), (1, 2)]
    session.shapes.clear()
    encoder(tmp_path / "batch", session, batch=2).rows(["where is"] * 5)
    assert session.shapes == [(2, 2), (2, 2), (1, 2)]


def test_windows_do_not_show_in_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["where is my card", "card", "is my", "", "my card is"] * 4
    whole = encoder(tmp_path, Session()).rows(texts)
    monkeypatch.setattr(text_encoder, "_WINDOW_CHARACTERS", 20)
    monkeypatch.setattr(text_encoder, "_WINDOW_TEXTS", 3)
    session = Session()
    np.testing.assert_array_equal(encoder(tmp_path, session).rows(texts), whole)
    assert len(session.shapes) > 8
    assert encoder(tmp_path, session).rows([]).shape == (0, 2)
