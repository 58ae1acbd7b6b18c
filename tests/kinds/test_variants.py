"""Variants of items: the marked part goes, comes, or is alone, and nothing else changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.kinds.variants import (
    Region,
    picture_alone,
    picture_with,
    picture_without,
    text_alone,
    text_with,
    text_without,
)

WORDS = st.text(alphabet="ab é", max_size=30)


def test_words_are_taken_out_alone_or_put_in() -> None:
    text = "Please (ref zq7) send the invoice"
    span = (7, 16)
    assert text_without(text, [span]) == "Please send the invoice"
    assert text_without(text, [(0, 6), span]) == "send the invoice"
    assert text_alone(text, [span, (0, 6)]) == "Please (ref zq7)"
    assert text_with("Where is my parcel", "(ref zq7)", 0.3) == "Where (ref zq7) is my parcel"
    assert text_with("Where is my parcel", "(ref zq7)", 0.0) == "(ref zq7) Where is my parcel"
    assert text_with("Where", "(ref zq7)", 0.4) == "Where (ref zq7)"
    assert text_with("", "x", 0.5) == "x"


@given(WORDS, st.data())
def test_taking_out_leaves_the_other_letters_and_putting_in_adds_the_part(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(first, len(text)))
    assert text_without(text, [(first, end)]).replace(" ", "") == (text[:first] + text[end:]).replace(" ", "")
    found = text_with(text, "Q!", data.draw(st.floats(0, 1)))
    assert found.count("Q!") == 1
    assert found.replace("Q!", "").replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 3)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_region_is_filled_with_what_is_around_it(shape: tuple[int, ...], kind: type) -> None:
    picture = np.full(shape, 40, kind)
    picture[:, :15] = 10
    region = Region(0.7, 0.2, 0.9, 0.5, is_ellipse=True)
    mask = region.mask(30, 20)
    picture[mask] = 200
    found = picture_without(picture, [region])
    assert (found[mask] == 40).all()
    assert (found[~mask] == picture[~mask]).all()
    assert picture[mask].min() == 200, "the item itself is not touched"
    alone = picture_alone(picture, [region])
    assert (alone[mask] == 200).all()
    assert len(np.unique(alone[~mask])) == 1


def test_a_region_goes_into_its_place_in_a_picture_of_another_size_and_depth() -> None:
    region = Region(0.5, 0.0, 1.0, 0.5)
    colour = np.zeros((20, 20, 3), np.uint8)
    colour[:10, 10:] = (90, 120, 150)
    grey = np.full((40, 80), 7, np.uint8)
    found = picture_with(grey, colour, region)
    assert (found[:20, 40:] == 120).all()
    assert (found[20:] == 7).all()
    assert (found[:20, :40] == 7).all()
    deep = np.full((40, 80), 7000, np.uint16)
    assert picture_with(deep, colour, region).dtype == np.uint16
    assert picture_with(colour, deep, region).shape == colour.shape


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_region_covers_at_least_one_pixel_and_none_outside(a: float, b: float, c: float, d: float, e: bool) -> None:
    region = Region(min(a, b), min(c, d), max(a, b), max(c, d), e)
    left, top, right, bottom = region.box(7, 5)
    assert 0 <= left < right <= 7
    assert 0 <= top < bottom <= 5
    mask = region.mask(7, 5)
    assert mask.any()
    assert not mask[:top].any()
    assert not mask[:, right:].any()
