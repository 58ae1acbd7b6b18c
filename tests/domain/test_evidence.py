"""Marks: what they may be, and that JSON gives them back exactly."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.evidence import (
    NO_EVIDENCE,
    Arrow,
    Box,
    Ellipse,
    Evidence,
    Mark,
    Span,
    from_json,
    from_plain,
    mark_key,
    mark_to_plain,
    to_json,
    to_plain,
)

PLACE = st.floats(-1e6, 1e6)
LENGTH = st.floats(1e-3, 1e6)
FRAMES = st.integers(0, 5000)
LABELS = st.none() | st.integers(1, 99)
TEXTS = st.text(min_size=1, max_size=20) | st.just("l\udce9ger") | st.just("\0🙂")


COUNTS = st.sampled_from([None, True, False])


def span(start: int, text: str, label: int | None, counts: bool | None) -> Span:
    return Span(start, start + len(text), text, label, counts)


SHAPES: st.SearchStrategy[Mark] = st.one_of(
    st.builds(Box, PLACE, PLACE, LENGTH, LENGTH, FRAMES, LABELS, COUNTS),
    st.builds(Ellipse, PLACE, PLACE, LENGTH, LENGTH, FRAMES, LABELS, COUNTS),
    st.tuples(PLACE, PLACE, LENGTH, FRAMES, LABELS).map(lambda a: Arrow(a[0], a[1], a[0] + 1 + a[2], a[1], a[3], a[4])),
)
SPANS = st.builds(span, st.integers(0, 10**7), TEXTS, LABELS, COUNTS)
EVIDENCE = st.builds(Evidence, st.lists(SHAPES | SPANS, max_size=6).map(tuple), st.just(640), st.just(480)) | st.builds(
    Evidence, st.lists(SPANS, max_size=4).map(tuple)
)


@given(EVIDENCE)
def test_json_gives_evidence_back_exactly(evidence: Evidence) -> None:
    text = to_json(evidence)
    assert from_json(text) == evidence
    assert text.isascii()
    assert "\n" not in text


def test_json_reads_well_and_names_classes_for_those_without_the_ids() -> None:
    evidence = Evidence((Box(1, 2, 3, 4, label_id=7), Span(0, 2, "ab")), 10, 20)
    plain = to_plain(evidence, {7: "nodule"}.get)
    assert plain == {
        "size": [10, 20],
        "marks": [
            {"kind": "box", "x": 1, "y": 2, "width": 3, "height": 4, "frame": 0, "label": 7, "class": "nodule"},
            {"kind": "span", "start": 0, "end": 2, "text": "ab", "label": None, "class": None},
        ],
    }
    assert from_plain(plain) == evidence, "a name beside the id is no harm"


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": None},
        {"size": None, "marks": [{"kind": "blob", "label": None}]},
        {"size": None, "marks": [{"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1, "frame": 0}]},
        {
            "size": None,
            "marks": [{"kind": "box", "x": "0", "y": 0, "width": 1, "height": 1, "frame": 0, "label": None}],
        },
        {
            "size": None,
            "marks": [{"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1, "frame": 0.5, "label": None}],
        },
        {"size": None, "marks": [{"kind": "box", "x": 0, "y": 0, "width": 0, "height": 1, "frame": 0, "label": None}]},
        {"size": None, "marks": [{"kind": "span", "start": 0, "end": 3, "text": "ab", "label": None}]},
        {"size": None, "marks": [{"kind": "span", "start": 0, "end": True, "text": "a", "label": None}]},
        {"size": None, "marks": [{"kind": "span", "start": 0, "end": 1, "text": "a", "label": "cat"}]},
    ],
)
def test_what_is_no_evidence_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(json.dumps(wrong))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Box(0, 0, 0, 5),
        lambda: Ellipse(0, 0, 5, -1),
        lambda: Box(float("nan"), 0, 1, 1),
        lambda: Box(0, 0, 1, 1, frame=-1),
        lambda: Arrow(3, 3, 3, 3),
        lambda: Span(2, 2, ""),
        lambda: Span(-1, 1, "ab"),
    ],
)
def test_a_mark_that_marks_nothing_cannot_be_made(make: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()


def test_no_marks_are_no_evidence() -> None:
    assert not NO_EVIDENCE
    assert not Evidence((), 5, 5)
    assert Evidence((Span(0, 1, "a"),))


def test_a_mark_says_whether_what_it_covers_counts_and_an_arrow_covers_nothing() -> None:
    marks = (Box(1, 2, 3, 4), Ellipse(1, 2, 3, 4, counts=True), Arrow(0, 0, 1, 1), Span(0, 2, "ab", counts=False))
    evidence = Evidence(marks, 9, 9)
    assert evidence.teaching == (marks[1], marks[3])
    assert '"counts": false' in to_json(evidence)
    assert '"counts": null' not in to_json(evidence)
    assert "counts" not in to_plain(Evidence(marks[:1]))["marks"][0], "as older versions wrote it"
    for wrong in ({**to_plain(evidence)["marks"][3], "counts": 1}, {**to_plain(evidence)["marks"][2], "counts": True}):
        with pytest.raises(TypeError):
            from_plain({"size": None, "marks": [wrong]})


@given(SHAPES | SPANS, SHAPES | SPANS)
def test_a_mark_is_known_by_all_that_it_says(one: Mark, other: Mark) -> None:
    assert (mark_key("ab", one) == mark_key("ab", other)) == (mark_to_plain(one) == mark_to_plain(other))
    assert mark_key("ab", one) != mark_key("ac", one)
    assert re.fullmatch("[0-9a-f]{16}", mark_key("ab", one)), "as it stands in files"


@pytest.mark.parametrize("text", ["", "7", "[]", "[" * 100_000, '{"size":[1,2,3],"marks":[]}', '{"size":7,"marks":[]}'])
def test_what_is_no_evidence_at_all_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(text)


@pytest.mark.parametrize("size", [[1.5, 2], [2, "2"], [None, None], [True, 2]])
def test_the_size_of_an_image_is_two_whole_numbers(size: list[Any]) -> None:
    with pytest.raises(TypeError, match="two whole numbers"):
        from_plain({"size": size, "marks": []})


def test_a_coordinate_beyond_all_numbers_is_refused() -> None:
    box = {"kind": "box", "x": 10**400, "y": 0, "width": 1, "height": 1, "frame": 0, "label": None}
    with pytest.raises(ValueError, match="too large"):
        from_plain({"size": [10, 10], "marks": [box]})
