"""The sentence embedder in the box: knows what texts mean, and gives the same text the same row in any company."""

import csv
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.features.backbone_card import read_card
from hitl_desktop.features.text_minilm import FINGERPRINT, FOLDER, TEXT_MINILM, BundledEncoder
from hitl_desktop.paths import resources
from tests.conftest import SHARED_DATA

BOX = resources() / "models" / FOLDER
ASKED = ["Where is my new card?", "My card has not arrived yet", "How do I change my PIN?", "I want another PIN code"]
GOLDEN = [-0.0091, -0.0436, -0.0076, -0.0032, 0.0505, -0.0409]
MIXED = [*ASKED, "", "x", "?", "ok " * 300, "The patient recovered. " * 20, "word", "two words", "y" * 9000]


def test_version_1_is_this_model_and_preprocessing() -> None:
    card = read_card(BOX)
    assert card.fingerprint(card.measured_digests()) == FINGERPRINT == TEXT_MINILM.fingerprint
    assert (TEXT_MINILM.key, TEXT_MINILM.dims) == ("text-minilm-v1", 384)
    assert FINGERPRINT[:16] in TEXT_MINILM.cache_name


def test_rows_have_length_one_and_tell_meaning() -> None:
    rows = TEXT_MINILM.extract(ASKED)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    near = rows @ rows.T
    assert min(near[0, 1], near[2, 3]) > max(near[0, 2], near[0, 3], near[1, 2], near[1, 3]) + 0.1


def test_numbers_stay_what_they_are() -> None:
    """Processors may differ in the last rounding; another model, tokenizer or pooling differs in every number."""
    row = TEXT_MINILM.extract(["Where is my new card?"])[0]
    np.testing.assert_allclose(row[:6], GOLDEN, atol=5e-3)


def test_company_does_not_change_a_row() -> None:
    together = TEXT_MINILM.extract(MIXED)
    order = np.random.default_rng(3).permutation(len(MIXED))
    turned = TEXT_MINILM.extract([MIXED[i] for i in order])
    alone = np.concatenate([TEXT_MINILM.extract([text]) for text in MIXED])
    np.testing.assert_allclose(turned, together[order], atol=1e-5)
    np.testing.assert_allclose(alone, together, atol=1e-5)


def test_only_the_beginning_of_a_long_text_counts() -> None:
    long = "An opening sentence about a broken card. " * 200
    rows = TEXT_MINILM.extract([long, long + "another ending", long + "z" * 2_000_000])
    np.testing.assert_array_equal(rows[1], rows[0])
    np.testing.assert_array_equal(rows[2], rows[0])


def test_parts_cover_every_text_once_and_shortly() -> None:
    parts = list(TEXT_MINILM.parts(MIXED * 3))
    places = [place for part, _ in parts for place in part]
    assert sorted(places) == list(range(3 * len(MIXED)))
    whole = np.concatenate([rows for _, rows in parts])[np.argsort(places)]
    np.testing.assert_array_equal(whole, TEXT_MINILM.extract(MIXED * 3))


def test_a_damaged_copy_is_refused(tmp_path: Path) -> None:
    for name in ("model.onnx", "tokenizer.json", "backbone.json"):
        (tmp_path / name).write_bytes((BOX / name).read_bytes() if name != "model.onnx" else b"other")
    with pytest.raises(KnownError, match="its hash differs"):
        BundledEncoder(tmp_path, FINGERPRINT).rows(["text"])
    with pytest.raises(KnownError, match="not the one this version needs"):
        BundledEncoder(BOX, "00" * 32).rows(["text"])
    with pytest.raises(KnownError, match=r"no backbone\.json"):
        BundledEncoder(tmp_path / "absent", FINGERPRINT).rows(["text"])


@pytest.mark.data
def test_few_labels_go_far_on_bank_questions() -> None:
    """Ten classes, three labelled questions each, nearest mean: most of the others are right."""
    path = SHARED_DATA / "text" / "banking77_intents" / "data.csv"
    if not path.is_file():
        pytest.skip(f"needs the shared data: {path.name} of banking77 is not there")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    classes = sorted({row["label"] for row in rows})[:10]
    texts = [[row["text"] for row in rows if row["label"] == name][:15] for name in classes]
    vectors = TEXT_MINILM.extract([text for group in texts for text in group]).reshape(10, 15, -1)
    means = vectors[:, :3].mean(axis=1)
    guesses = np.einsum("ijk,mk->ijm", vectors[:, 3:], means).argmax(axis=2)
    assert (guesses == np.arange(10)[:, None]).mean() > 0.85
