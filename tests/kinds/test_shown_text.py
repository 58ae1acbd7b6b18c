"""Lines on the screen, and which stored character stands where."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.kinds import shown_text
from hitl_desktop.kinds.shown_text import ShownLine, ShownText, in_parts, lines_of, plain, raw, units
from hitl_desktop.kinds.text import LONGEST_LINE, read_text_item

TEXTS = st.text(st.sampled_from("ab \t\r\n\0é測🩻\ud800ש"), max_size=40)


def utf16(text: str) -> list[str]:
    """A text as Qt counts it: characters beyond the first 65,536 stand there twice."""
    return [character for character in text for _ in range(2 if character > "\uffff" else 1)]


@given(TEXTS)
def test_the_lines_are_the_text_made_fit_to_be_seen(text: str) -> None:
    assert plain(text).text == read_text_item(text)


@given(TEXTS, st.sampled_from([plain, raw]))
def test_every_stored_character_is_found_on_the_screen_and_back(text: str, way: object) -> None:
    shown = way(text)  # type: ignore[operator]
    screen = utf16(shown.text)
    for place, character in enumerate(text):
        position = shown.to_screen(place)
        assert shown.to_stored(position) == place or character in "\r\n"
        if character.isalpha():
            assert screen[position] == character


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_a_stretch_covers_its_characters_line_by_line(text: str, one: int, other: int) -> None:
    first, end = sorted((min(one, len(text)), min(other, len(text))))
    shown = plain(text)
    screen = utf16(shown.text)
    covered = [c for a, b in shown.spans_on_screen((first, end)) for c in screen[a:b]]
    expected = utf16(read_text_item(text[first:end].replace("\r", "").replace("\n", "")))
    assert covered == expected


def test_long_lines_come_in_pieces_and_nothing_is_lost() -> None:
    line = "abc" * LONGEST_LINE
    lines = [shown.text for shown in plain(f"one\n\n{line}").lines]
    assert lines[:2] == ["one", ""]
    assert max(map(len, lines)) == LONGEST_LINE
    assert "".join(lines[2:]) == line
    assert [shown.text for shown in plain("").lines] == [""]


@given(st.text(st.sampled_from("ab\r\n🩻"), max_size=120), st.booleans())
def test_parts_make_the_lines_of_the_whole(text: str, is_raw: bool) -> None:
    whole = raw(text) if is_raw else plain(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shown_text, "_PART", 12)
        patch.setattr(shown_text, "LONGEST_LINE", 5)
        grown = ShownText([])
        for part in in_parts(text, is_raw=is_raw):
            grown.append(part)
        expected = ShownText([])
        expected.append(piece for line in whole.lines for piece in shown_text._pieces(line.text, line.start, -1))
    assert grown.lines == expected.lines
    assert (grown.starts, grown.length) == (expected.starts, expected.length)


def test_the_raw_view_shows_blanks_and_line_ends() -> None:
    assert raw("a b\tc\r\nd\re\n").text == "a·b␉c␍␊\nd␍\ne␊\n"


def test_a_heading_is_nothing_that_is_stored() -> None:
    first = [ShownLine("1 · Anna", 0, 0, True), *lines_of("Hello", 6, 0)]
    shown = ShownText([*first, ShownLine("2 · Ben", 12, 1, True), *lines_of("Hi", 17, 1)])
    assert shown.to_screen(6) == 9
    assert shown.to_stored(9) == 6
    assert shown.to_stored(2) == 0
    assert shown.spans_on_screen((6, 19)) == [(9, 14), (23, 25)]


def test_characters_may_stand_at_places_of_their_own() -> None:
    line = ShownLine('say "hi"', 3, places=[3, 4, 5, 6, 8, 9, 10, 12])
    assert line.column(8) == 4
    assert line.column(7) == 4
    assert [line.place(column) for column in (4, 8)] == [8, 13]


@pytest.mark.parametrize(("text", "expected"), [("", 0), ("aé測", 3), ("🩻a", 3)])
def test_units_are_those_of_qt(text: str, expected: int) -> None:
    assert units(text) == expected


@pytest.mark.parametrize("is_raw", [False, True])
def test_a_line_that_is_too_long_is_cut_between_words(is_raw: bool) -> None:
    text = " ".join(f"word{number}" for number in range(40_000))
    lines = [line for part in in_parts(text, is_raw=is_raw) for line in part]
    blank = "·" if is_raw else " "
    assert max(len(line.text) for line in lines) <= LONGEST_LINE
    assert all(line.text.endswith(blank) for line in lines[:-1])
    assert "".join(line.text for line in lines) == text.replace(" ", blank)
    assert [line.start for line in lines] == list(accumulate((len(line.text) for line in lines[:-1]), initial=0))


@pytest.mark.parametrize("letter", ["e\u0301", "👩\u200d👩\u200d👧"])
def test_a_line_without_blanks_is_not_cut_within_a_letter(letter: str) -> None:
    lines = lines_of(letter * 30_000)
    assert len(lines) > 3
    assert all(set(line.text.split(letter)) == {""} for line in lines)
