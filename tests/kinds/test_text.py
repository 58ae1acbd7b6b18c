import pytest

from hitl_desktop.kinds.text import is_rtl, read_text_item


def test_what_cannot_be_seen_is_made_visible() -> None:
    assert read_text_item("a\0b\x1b[31m\x7f") == "a␀b␛[31m␡"
    assert read_text_item("a\ud800b") == "a\ufffdb"
    assert read_text_item("i\x92d b \x93better\x94, 5 \x80\x81") == "i’d b “better”, 5 €\ufffd"
    assert read_text_item("tab\tstays\r\nlines\rtoo\n") == "tab\tstays\nlines\ntoo\n"


@pytest.mark.parametrize("text", ["Grüße", "測試 🩻", "<b>not bold</b>", "e\u0301\u200d", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert read_text_item(text) == text


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [("שלום world", True), ("مرحبا", True), ("123 … שלום", True), ("hello שלום", False), ("123", False), ("", False)],
)
def test_direction_follows_the_first_strong_character(paragraph: str, expected: bool) -> None:
    assert is_rtl(paragraph) is expected
