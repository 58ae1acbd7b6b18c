"""Parts that add up to the score, whatever the head; words and places that lose nothing on the way."""

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.learning.calibration import Isotonic, Platt, PlattEach, Temperature
from hitl_desktop.learning.explanations import (
    Contrast,
    decompose,
    feature_shares,
    nearest,
    patch_places,
    piece_amounts,
    pieces_of,
    score_of,
    shared_among_characters,
)
from hitl_desktop.learning.heads import Head, KernelHead, LinearHead, MlpHead, SeveralHead, TreesHead
from hitl_desktop.learning.heads.several import constant_part
from hitl_desktop.learning.representations import Mixed, ScaledBlocks, WeightedCounts
from hitl_desktop.learning.representations.representation import Representation

WIDTH = 12


def rows(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(40, WIDTH)).astype(np.float32)


def linear(rng: np.random.Generator) -> LinearHead:
    weights = rng.normal(size=(WIDTH, 3)).astype(np.float32)
    return LinearHead((4, 7, 9), weights, rng.normal(size=3).astype(np.float32))


def kernel(rng: np.random.Generator) -> KernelHead:
    coefficients = rng.normal(size=(40, 3)).astype(np.float32)
    return KernelHead((4, 7, 9), 0.2, rows(5), coefficients, rng.normal(size=3).astype(np.float32), WIDTH)


def sparse_kernel(rng: np.random.Generator) -> KernelHead:
    """On some of the columns only, as a kernel on counts is."""
    columns = np.array([1, 2, 3, 5, 8], np.int64)
    landmarks = sp.csr_matrix(np.abs(rows(5))[:, columns])
    coefficients = rng.normal(size=(40, 3)).astype(np.float32)
    return KernelHead((4, 7, 9), 0.2, landmarks, coefficients, np.zeros(3, np.float32), WIDTH, columns)


def network(rng: np.random.Generator) -> MlpHead:
    hidden, out = rng.normal(size=(WIDTH, 16)).astype(np.float32), rng.normal(size=(16, 3)).astype(np.float32)
    return MlpHead((4, 7, 9), hidden, rng.normal(size=16).astype(np.float32), out, np.ones(3, np.float32), 0.7)


@pytest.mark.parametrize("made", [linear, kernel, sparse_kernel, network])
@pytest.mark.parametrize("calibration", [None, Temperature(1.7)])
@pytest.mark.parametrize("sparse", [False, True])
def test_start_and_columns_add_up_to_the_score(made: object, calibration: object, sparse: bool) -> None:
    head: Head = made(np.random.default_rng(1))  # type: ignore[operator]
    for row in rows()[:5]:
        given = sp.csr_matrix(row[None]) if sparse else row[None]
        whole = decompose(head, calibration, given, Contrast(2, 0))  # type: ignore[arg-type]
        assert whole is not None
        expected = score_of(head, calibration, given, Contrast(2, 0))[0]  # type: ignore[arg-type]
        assert whole.score == pytest.approx(expected, abs=1e-4)
        assert whole.start + row @ whole.gradient + whole.rest == pytest.approx(whole.score, abs=1e-9)
        assert abs(whole.rest) < 1e-4
        assert whole.start == pytest.approx(score_of(head, calibration, given * 0, Contrast(2, 0))[0], abs=1e-4)  # type: ignore[arg-type]


def test_the_parts_of_a_linear_head_are_weights_times_values() -> None:
    head = linear(np.random.default_rng(1))
    whole = decompose(head, None, rows()[:1], Contrast(0, 1))
    assert whole is not None
    assert whole.is_exact
    assert whole.gradient == pytest.approx(head.weights[:, 0] - head.weights[:, 1], abs=1e-6)


def test_a_kernel_shares_by_the_average_gradient_of_the_way() -> None:
    head = kernel(np.random.default_rng(1))
    row = rows()[:1]
    whole = decompose(head, None, row, Contrast(0, 1))
    assert whole is not None
    steps = (np.arange(400) + 0.5) / 400
    tiny = 1e-3

    def score(x: np.ndarray) -> np.ndarray:
        return score_of(head, None, x.astype(np.float32), Contrast(0, 1))

    for column in (0, 5):
        aside = np.zeros(WIDTH)
        aside[column] = tiny
        way = steps[:, None] * row
        slope = (score(way + aside) - score(way - aside)).mean() / (2 * tiny)
        assert whole.gradient[column] == pytest.approx(slope, abs=1e-3)


def test_the_score_is_the_logarithm_of_the_odds_that_are_shown() -> None:
    head = LinearHead((0, 1), rows()[:WIDTH, :2], np.array([0.3, -0.2], np.float32))
    row = rows(9)[:1]
    for calibration in (None, Temperature(2.5), Platt(0.6, -0.4)):
        chances = head.probabilities(row) if calibration is None else calibration.apply(head.logits(row))
        for this in (0, 1):
            expected = float(np.log(chances[0, this] / chances[0, 1 - this]))
            found = score_of(head, calibration, row, Contrast(this, 1 - this))[0]
            assert found == pytest.approx(expected, abs=1e-4)
    assert score_of(head, Isotonic(np.array([0.5]), np.array([0.5])), row, Contrast(0, 1)) == score_of(
        head, None, row, Contrast(0, 1)
    )


def test_several_findings_are_explained_one_by_one() -> None:
    rng = np.random.default_rng(2)
    part = LinearHead((0, 1), rng.normal(size=(WIDTH, 2)).astype(np.float32), np.zeros(2, np.float32))
    head = SeveralHead((5, 6), (part, constant_part(1, 9)))
    calibration = PlattEach(np.array([2.0, 1.0]), np.array([0.5, 0.0]))
    row = rows()[:1]
    chances = calibration.apply(head.logits(row))[0]
    for place in (0, 1):
        whole = decompose(head, calibration, row, Contrast(place))
        assert whole is not None
        assert whole.score == pytest.approx(np.log(chances[place] / (1 - chances[place])), abs=1e-4)
        assert whole.start + row[0] @ whole.gradient == pytest.approx(whole.score, abs=1e-5)


def test_trees_cannot_be_taken_apart() -> None:
    nothing = np.zeros(1, np.int32)
    head = TreesHead(
        (0, 1), nothing - 1, np.zeros(1), nothing, nothing, np.zeros(1), nothing, nothing, np.zeros(2), WIDTH
    )
    assert decompose(head, None, rows()[:1], Contrast(0, 1)) is None


def counts(n: int = 30) -> sp.csr_matrix:
    rng = np.random.default_rng(4)
    return sp.csr_matrix(rng.poisson(0.6, (n, WIDTH)).astype(np.float32))


@pytest.mark.parametrize("made", ["counts", "mixed", "blocks", "pictures"])
def test_what_the_columns_add_is_what_the_features_add(made: str) -> None:
    rng = np.random.default_rng(6)
    representation: Representation
    if made == "counts":
        features, blocks = counts(), (("words", 5), ("characters", WIDTH - 5))
        representation = WeightedCounts.fit(features, blocks, rng)
    elif made == "mixed":
        meaning = rng.normal(size=(30, 4)).astype(np.float32)
        features = sp.hstack([sp.csr_matrix(meaning), counts()], format="csr")
        blocks = (("minilm", 4), ("words", 5), ("characters", WIDTH - 5))
        representation = Mixed.fit(features, blocks, rng)
    else:
        picture = (("picture", 3072),) if made == "pictures" else ()
        wide = [rng.normal(size=(30, 20)), rng.normal(size=(30, 7))]
        if picture:
            wide.append(rng.integers(0, 255, (30, 3072)))
        features = np.hstack(wide).astype(np.float32)
        blocks = (("scattering", 20), ("texture", 7), *picture)
        representation = ScaledBlocks.fit(features, blocks, rng)
    row = representation.transform(features[:1])
    gradient = rng.normal(size=row.shape[1])
    shares = feature_shares(representation, features[:1], row, gradient)
    total = sum(values.sum() for values in shares.amounts.values())
    assert total == pytest.approx(np.asarray(row @ gradient).ravel()[0], abs=1e-3)
    for name, slope in shares.slopes.items():
        if name != "picture":
            part = features[0, :20] if name == "scattering" else features[0, 20:27]
            assert shares.amounts[name] == pytest.approx(slope * (part - shares.usual[name]), abs=1e-5)


def test_patch_amounts_lie_where_the_patches_are() -> None:
    """Half of the picture is flat: its patches add the same everywhere, those of the other half do not."""
    rng = np.random.default_rng(7)
    pictures = rng.integers(0, 255, (40, 32, 32, 3))
    pictures[0, :, 16:] = 120
    features = pictures.reshape(40, -1).astype(np.float32)
    representation = ScaledBlocks.fit(features, (("picture", 3072),), rng)
    row = representation.transform(features[:1])
    shares = feature_shares(representation, features[:1], row, rng.normal(size=row.shape[1]))
    assert representation.dictionary is not None
    places = patch_places(representation.dictionary, features[0], shares)
    assert places.shape == (32, 32)
    assert places.sum() == pytest.approx(shares.amounts["picture"].sum(), abs=1e-6)
    assert places[6:10, 22:26].std() == pytest.approx(0, abs=1e-9)
    assert places[6:10, 6:10].std() > 1e-4


def test_nothing_is_lost_between_stretches_and_characters() -> None:
    amounts = np.array([1.0, -2.0, 0.5])
    found = shared_among_characters(6, np.array([0, 1, 5]), np.array([2, 5, 6]), amounts)
    assert found == pytest.approx([0.5, 0.0, -0.5, -0.5, -0.5, 0.5])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, (world)!", ["Hello", "world"]),
        ("14.90 e-mail", ["14.90", "e-mail"]),
        ("🎉 ok", ["🎉", "ok"]),
        ("हिन्दी है", ["हिन्दी", "है"]),
        ("שלום, עולם", ["שלום", "עולם"]),
        ("退款 please", ["退款", "please"]),
        ("我要退款謝謝", ["我要", "退款", "謝謝"]),
        ("abc退款", ["abc", "退款"]),
        ("x" * 70, ["x" * 30, "x" * 30, "x" * 10]),
        ("one/two/" + "three/" * 6, ["one", "two", *["three"] * 6]),
        ("", []),
    ],
)
def test_pieces_are_the_words_as_people_see_them(text: str, expected: list[str]) -> None:
    assert [text[piece.word : piece.word_end] for piece in pieces_of(text)] == expected


def test_every_character_that_is_no_blank_belongs_to_a_piece() -> None:
    text = "«Well», she said… 退款請在3天內，OK?  https://example.org/a/very/long/path?with=query&and=more  \n end"
    pieces = pieces_of(text)
    characters = np.arange(len(text), dtype=float)
    inside = sum(place for place, character in enumerate(text) if not character.isspace())
    assert piece_amounts(pieces, characters).sum() == pytest.approx(inside)


def test_the_nearest_rows_come_first() -> None:
    found = rows()
    for given, among in ((found[3:4], found), (sp.csr_matrix(found[3:4]), sp.csr_matrix(found))):
        order = nearest(given, among, 3)
        distances = np.square(found - found[3]).sum(axis=1)
        assert order.tolist() == np.argsort(distances)[:3].tolist()
    assert nearest(found[:1], np.zeros((0, WIDTH), np.float32), 3).tolist() == []
