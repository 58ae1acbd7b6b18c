"""Where two texts differ: to the letter, and for the eye, which is never slow."""

import time

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.word_diff import MOST_EXACT, MOST_WORDS, Spans, differences, different_words


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_only_what_the_other_lacks_is_marked() -> None:
    left = "Two weeks are hard. Start with a short, friendly talk, and note the times."
    right = "Two weeks are hard. Report it right away, and note the times."
    found = differences(left, right)
    assert marked(left, found[0]) == ["Start with a short, friendly talk"]
    assert marked(right, found[1]) == ["Report it right away"]
    assert differences(left, left) == ((), ())
    assert differences("quite another thing", "nothing like that") == ((), ())


@given(st.text(max_size=60), st.text(max_size=60))
def test_stretches_lie_in_the_text_and_do_not_overlap(left: str, right: str) -> None:
    for text, spans in zip((left, right), differences(left, right), strict=True):
        ends = [0, *(end for _, end in spans)]
        assert all(before <= start < end <= len(text) for before, (start, end) in zip(ends, spans, strict=False))


def test_answers_are_compared_word_by_word_up_to_so_many_and_by_sentences_beyond() -> None:
    words = [f"word{n}" for n in range(MOST_WORDS)]
    changed = [*words[:300], "other", *words[301:]]
    left, right = " ".join(words), " ".join(changed)
    found = differences(left, right)
    assert (marked(left, found[0]), marked(right, found[1])) == (["word300"], ["other"])
    left, right = f"{' '.join(words)}. The end.", f"{' '.join(changed)}. The end."
    assert marked(left, differences(left, right)[0]) == [f"{' '.join(words)}."]


def test_long_answers_take_no_time() -> None:
    left = " ".join(f"word{n % 97}" for n in range(40_000))
    began = time.process_time()
    differences(left, left[::-1])
    assert time.process_time() - began < 2


def test_different_words_are_told_on_both_sides() -> None:
    one, other = "I lost my card, please help", "I lost my new phone; please help!"
    left, right = different_words(one, other)
    assert [one[a:b] for a, b in left] == ["card,"]
    assert [other[a:b] for a, b in right] == ["new phone;", "!"]
    assert different_words("Same  Words", "same words") == ((), ())
    assert different_words("a " * (MOST_EXACT + 1), "b") == ((), ())


@given(st.text(alphabet="ab, ", max_size=30), st.text(alphabet="ab, ", max_size=30))
def test_what_is_not_different_is_the_same(one: str, other: str) -> None:
    left, right = different_words(one, other)

    def rest(text: str, spans: Spans) -> list[str]:
        kept = list(text)
        for first, end in spans:
            kept[first:end] = " " * (end - first)
        return "".join(kept).replace(",", " , ").split()

    assert rest(one, left) == rest(other, right)
