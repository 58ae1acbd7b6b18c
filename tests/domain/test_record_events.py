"""Canonical JSON (RFC 8785), and the hash of an event."""

import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.record_events import Fault, Part, RecordCheck, anchor_message, canonical, chained
from hitl_desktop.domain.sentences import say

# Appendix B of RFC 8785: the bits of a number, and how it is written.
NUMBERS = {
    0.0: "0",
    5e-324: "5e-324",
    -5e-324: "-5e-324",
    1.7976931348623157e308: "1.7976931348623157e+308",
    9007199254740992.0: "9007199254740992",
    295147905179352830000.0: "295147905179352830000",
    9.999999999999997e22: "9.999999999999997e+22",
    1e23: "1e+23",
    1.0000000000000001e23: "1.0000000000000001e+23",
    999999999999999700000.0: "999999999999999700000",
    999999999999999900000.0: "999999999999999900000",
    1e21: "1e+21",
    9.999999999999997e-7: "9.999999999999997e-7",
    0.000001: "0.000001",
    333333333.33333325: "333333333.33333325",
    -0.0000033333333333333333: "-0.0000033333333333333333",
    1424953923781206.2: "1424953923781206.2",
}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_numbers_are_written_as_the_standard_says(number: float) -> None:
    assert canonical({"n": number}) == f'{{"n":{NUMBERS[number]}}}'
    assert canonical([number]) == f"[{NUMBERS[number]}]"


def test_keys_are_sorted_by_their_utf_16_units() -> None:
    """The example of RFC 8785, 3.2.3."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    assert list(json.loads(canonical(dict.fromkeys(keys, 1)))) == [
        "\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33",
    ]  # fmt: skip
    assert canonical({"b": '\x0f\n"\\/\u20ac', "a": True}) == '{"a":true,"b":"\\u000f\\n\\"\\\\/\u20ac"}'


@given(VALUES)
def test_it_says_the_same_and_says_it_in_one_way(value: object) -> None:
    text = canonical(value)
    again = json.loads(text.encode("utf-8"), parse_int=float)  # as the standard has it: every number is a double
    assert again == value
    assert canonical(again) == text


def test_what_has_no_place_in_json_is_refused_and_half_characters_are_escaped() -> None:
    with pytest.raises(ValueError, match="no number"):
        canonical({"n": math.nan})
    assert canonical({"t": "\udcff"}) == '{"t":"\\udcff"}'


def test_an_event_is_hashed_with_the_one_before_it() -> None:
    expected = hashlib.sha256(b"hitl-record-v1\0" + bytes(32) + b"{}").digest()
    assert chained(bytes(32), "{}") == expected
    assert chained(expected, "{}") != expected


def test_a_check_is_told_as_json_in_english() -> None:
    fault = Fault(Part.ROWS, 7, "at 7", say("{thing} is missing.", thing="Row 3"))
    check = RecordCheck(40, "ab", "at 1", 12, 3, 2, 5, (fault,), 9, (say("Nothing is on record yet."),))
    assert check.plain() == {
        "intact": False,
        "events": 40,
        "head": "ab",
        "began": "at 1",
        "decisions": 12,
        "anchors": 3,
        "anchors_outside": 2,
        "events_after_the_last_anchor": 5,
        "faults": 9,
        "first_faults": [{"part": Part.ROWS.value, "event": 7, "at": "at 7", "what": "Row 3 is missing."}],
        "notes": ["Nothing is on record yet."],
    }
    assert RecordCheck(40, "ab", "at 1", 12, 3, 2, 5, (), 0).is_intact


def test_an_anchor_signs_the_project_the_event_and_the_time() -> None:
    message = anchor_message("p", 7, b"\x01" * 32, "now")
    assert message.endswith(b'{"at":"now","hash":"' + b"01" * 32 + b'","n":7,"project":"p"}')
    assert anchor_message("p", 8, b"\x01" * 32, "now") != message
