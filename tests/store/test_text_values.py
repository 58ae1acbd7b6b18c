"""What goes into a column comes out of it."""

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.evidence import Box, Evidence
from hitl_desktop.store.text_values import (
    evidence_from_sql,
    evidence_to_sql,
    from_sql,
    ids_from_sql,
    ids_to_sql,
    opening_from_sql,
    to_sql,
)

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


@given(ANY)
def test_text_of_any_characters_comes_back(text: str) -> None:
    kept = to_sql(text)
    assert from_sql(kept) == text
    assert isinstance(kept, bytes) == any("\ud800" <= c <= "\udfff" for c in text)


@given(ANY, st.integers(0, 60))
def test_the_beginning_of_bytes_is_a_beginning_of_the_text(text: str, length: int) -> None:
    assert opening_from_sql(text) == text
    opening = opening_from_sql(text.encode("utf-8", "surrogatepass")[:length])
    assert text.startswith(opening)
    assert len(opening.encode("utf-8", "surrogatepass")) > min(length, len(text.encode("utf-8", "surrogatepass"))) - 4


def test_bytes_that_are_no_text_at_all_are_shown_somehow() -> None:
    assert "\ufffd" in opening_from_sql(b"a\xff\xfe\xfd\xfc\xfbb")


@given(st.none() | st.sets(st.integers(1, 99)))
def test_sets_of_classes_come_back_in_order(ids: set[int] | None) -> None:
    assert ids_from_sql(ids_to_sql(ids)) == (None if ids is None else tuple(sorted(ids)))


def test_marks_come_back() -> None:
    marks = Evidence((Box(1, 2, 3, 4, label_id=2),), 30, 40)
    assert evidence_from_sql(evidence_to_sql(marks)) == marks
    assert evidence_from_sql(evidence_to_sql(None)) is None


def test_only_a_character_that_was_cut_is_left_out() -> None:
    assert opening_from_sql(b"ab\xff\xff\xff") == "ab"
    assert opening_from_sql(b"ab\xff\xff\xff\xff") == "ab" + 4 * "\ufffd"
    assert opening_from_sql(b"") == ""
