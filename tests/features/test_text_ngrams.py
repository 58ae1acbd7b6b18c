import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from hitl_desktop.features import text_ngrams
from hitl_desktop.features.text_ngrams import COLUMNS, extract, word_columns

SENTENCES = ["The cat sat on the mat.", "the  CAT, the cat!", "naïve Straße 42 foo_bar", "a", "I am e-mail 3.5", ""]
GOLDEN = {"hello": 61100, "wörld": 70011, "hello wörld": 234268}
GOLDEN_CHARACTERS = [258151, 267902, 336940, 343829, 347947, 376573, 518159]


def counts(row: csr_matrix) -> list[float]:
    return sorted(row.data.tolist())


def words_block(text: str) -> dict[int, float]:
    row = extract([text])[:, :COLUMNS]
    return dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))


def plain_character_grams(text: str) -> Counter[str]:
    """The slow and obvious way."""
    found: Counter[str] = Counter()
    for stretch in text.lower().split():
        padded = f" {stretch} "
        for size in (2, 3, 4, 5):
            found.update(padded[at : at + size] for at in range(len(padded) - size + 1))
    return found


@pytest.mark.parametrize("text", [*SENTENCES, "測試 中文", "x" * 300, " spaced\tout\n"])
def test_counts_are_those_of_the_plain_way(text: str) -> None:
    characters = extract([text])[:, COLUMNS:]
    assert counts(characters) == sorted(plain_character_grams(text).values())
    names = re.findall(r"\w+", text.lower())
    pairs = list(pairwise(names))
    assert counts(extract([text])[:, :COLUMNS]) == sorted((Counter(names) + Counter(pairs)).values())


def test_word_columns_explain_the_words_block_exactly() -> None:
    for text in SENTENCES:
        expected = Counter(column for _, column in word_columns(text))
        assert words_block(text) == dict(expected)


def test_word_columns_are_words_then_pairs_in_order() -> None:
    names = [name for name, _ in word_columns("Hello, WORLD hello")]
    assert names == ["hello", "world", "hello", "hello world", "world hello"]


def test_the_same_word_has_the_same_column_everywhere() -> None:
    first = dict(word_columns("refund please"))
    second = dict(word_columns("can I have a Refund"))
    assert first["refund"] == second["refund"]
    assert first["refund"] != first["please"]


def test_columns_never_change() -> None:
    # Saved models refer to these numbers: a change needs a new version of the extractor.
    assert dict(word_columns("hello wörld")) == GOLDEN
    row = extract(["hi"])
    assert row.indices.tolist() == GOLDEN_CHARACTERS


def test_case_and_punctuation_do_not_change_the_words() -> None:
    assert words_block("Hello, World!") == words_block("hello world")


def test_pairs_do_not_reach_into_the_next_text() -> None:
    apart = extract(["one two", "three four"])
    names = {name for text in ("one two", "three four") for name, _ in word_columns(text)}
    assert apart[:, :COLUMNS].nnz == len(names) == 6


def test_words_in_many_scripts_are_found() -> None:
    text = "नमस्ते दुनिया, привет мир، مرحبا 世界。 e\u0301te\u0301"
    names = [name for name, _ in word_columns(text) if " " not in name]
    assert names == ["नमस्ते", "दुनिया", "привет", "мир", "مرحبا", "世界", "e\u0301te\u0301"]


def test_few_of_many_words_share_a_column() -> None:
    columns = {column for name, column in word_columns(" ".join(f"word{n}" for n in range(5000))) if " " not in name}
    # 5,000 balls in 2**18 bins meet about 48 times.
    assert 5000 - 90 < len(columns) <= 5000


def test_rows_are_sorted_and_without_duplicates() -> None:
    rows = extract(SENTENCES)
    rows.check_format(full_check=True)
    assert rows.has_canonical_format


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = extract(SENTENCES)
    monkeypatch.setattr(text_ngrams, "_CHUNK", 10)
    assert abs(extract(SENTENCES) - whole).nnz == 0


def test_a_text_of_a_megabyte_is_counted_whole() -> None:
    row = extract(["word " * 200_000])
    assert row[:, :COLUMNS].data.tolist() in ([200_000, 199_999], [199_999, 200_000])


def test_a_single_word_of_a_megabyte_is_one_word() -> None:
    row = extract(["z" * 1_000_000])[:, :COLUMNS]
    np.testing.assert_array_equal(row.data, [1])


@pytest.mark.parametrize("text", [*SENTENCES, "測試 中文", " spaced\tout\n", "İstanbul DİYARBAKIR", "a\r\n\u3000b 🩻!"])
def test_every_ngram_is_found_where_it_stands(text: str) -> None:
    where = text_ngrams.occurrences(text)
    counted = np.bincount(where.columns, where.shares, 2 * COLUMNS)
    assert counted == pytest.approx(extract([text]).toarray().ravel())
    assert all(0 <= start < end <= len(text) for start, end in zip(where.starts, where.ends, strict=True))


def test_an_ngram_stands_on_its_own_characters() -> None:
    text = "Pay the  BILL, please"
    where = text_ngrams.occurrences(text)
    columns = dict(word_columns("the bill"))
    spots = {
        name: [(int(a), int(b)) for c, a, b in zip(where.columns, where.starts, where.ends, strict=True) if c == column]
        for name, column in columns.items()
    }
    assert spots == {"the": [(4, 7)], "bill": [(9, 13)], "the bill": [(4, 7), (9, 13)]}
    stretches = {text[a:b] for c, a, b in zip(where.columns, where.starts, where.ends, strict=True) if c >= COLUMNS}
    assert {"LL,", "BILL,", "th", "the", "t"} <= stretches
    assert not any(" " in stretch for stretch in stretches)
