"""The contract of every row of `EXTRACTORS`."""

import json
from typing import Any

import numpy as np
import pytest
from scipy.sparse import issparse

from hitl_desktop.domain import answers
from hitl_desktop.domain.answers import Answer, Comparison
from hitl_desktop.domain.conversations import Role, Said, to_text
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.kinds import KINDS


def pictures() -> list[Any]:
    draw = np.random.default_rng(3)
    return [
        draw.integers(0, 256, (40, 70, 3), dtype=np.uint8),
        draw.integers(0, 256, (128, 128), dtype=np.uint8),
        draw.integers(0, 60_000, (50, 30), dtype=np.uint16),
        np.zeros((1, 1), np.uint8),
        np.full((1, 1, 3), 255, np.uint8),
        np.full((9, 300), 65_535, np.uint16),
        np.tile(np.arange(96, dtype=np.uint8), (96, 1)),
    ]


def texts() -> list[Any]:
    return [
        "Where is my card?",
        "",
        "x",
        "?",
        "   \n\t ",
        "測試中文字",
        "🩻👩‍👩‍👧",
        "e\u0301 Straße İSTANBUL ΣΑΣ",
        "\ud800 alone",
        "nul\0byte",
        "long " * 3000,
        "y" * 20_000,
    ]


def talks() -> list[Any]:
    roles = (Role.CUSTOMER, Role.AGENT)
    several = [to_text(Said(roles[i % 2], text) for i, text in enumerate(texts()[at:])) for at in range(0, 10, 3)]
    return [*several, *(to_text([Said(role, "Hello there")]) for role in Role), to_text(())]


def comparisons() -> list[Any]:
    said = [text for text in texts() if text.strip()]
    return [answers.to_text(Comparison(said[at], tuple(map(Answer, said[at : at + 3])))) for at in range(0, 8, 2)]


def records() -> list[Any]:
    rows = [
        [["number", "amount", 12.5], ["text", "memo", "hello"]],
        [["number", "amount", -3.0], ["category", "shop", "a"]],
        [["category", "shop", "b \ud83e\ude7b"], ["text", "memo", "the\0same"]],
    ]
    return [json.dumps({"fields": row}) for row in rows]


SAMPLES = {
    "image": pictures,
    "text": texts,
    "conversation": talks,
    "preference": comparisons,
    "record": records,
}


def dense(rows: Any) -> np.ndarray:
    return rows.toarray() if issparse(rows) else rows


@pytest.fixture(params=list(EXTRACTORS))
def extractor(request: pytest.FixtureRequest) -> Extractor:
    return EXTRACTORS[request.param]


def test_the_tables_agree() -> None:
    assert [extractor.name for extractor in EXTRACTORS.values()] == list(EXTRACTORS)
    assert {extractor.kind for extractor in EXTRACTORS.values()} <= set(KINDS)
    for kind in KINDS.values():
        assert EXTRACTORS[kind.extractor].kind == kind.name


def test_shape_and_type_are_as_announced(extractor: Extractor) -> None:
    samples = SAMPLES[extractor.kind]()
    rows = extractor.extract(samples)
    assert rows.shape == (len(samples), extractor.dims)
    assert rows.dtype == np.float32
    assert issparse(rows) == extractor.sparse
    assert extractor.key == f"{extractor.name}-v{extractor.version}"


def test_every_number_is_finite(extractor: Extractor) -> None:
    rows = extractor.extract(SAMPLES[extractor.kind]())
    assert np.isfinite(rows.data if issparse(rows) else rows).all()


def test_the_same_items_give_the_same_rows(extractor: Extractor) -> None:
    samples = SAMPLES[extractor.kind]()
    first, second = extractor.extract(samples), extractor.extract(samples)
    np.testing.assert_array_equal(dense(first), dense(second))


def test_a_row_does_not_depend_on_order_or_company(extractor: Extractor) -> None:
    samples = SAMPLES[extractor.kind]()
    together = dense(extractor.extract(samples))
    order = np.random.default_rng(5).permutation(len(samples))
    np.testing.assert_allclose(dense(extractor.extract([samples[i] for i in order])), together[order], atol=1e-5)
    for at, sample in enumerate(samples):
        np.testing.assert_allclose(dense(extractor.extract([sample]))[0], together[at], atol=1e-5)


def test_no_items_give_no_rows(extractor: Extractor) -> None:
    rows = extractor.extract([])
    assert rows.shape == (0, extractor.dims)
    assert issparse(rows) == extractor.sparse


def test_different_items_give_different_rows(extractor: Extractor) -> None:
    samples = SAMPLES[extractor.kind]()
    rows = dense(extractor.extract(samples[:2]))
    assert np.abs(rows[0] - rows[1]).max() > 0
