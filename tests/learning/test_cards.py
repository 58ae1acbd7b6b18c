"""The card of a model, which may have come from somebody else, is read by the window too."""

from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.cards import CARD, FORMAT, load_card


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000, "\0", f'{{"format": {FORMAT + 1}}}'])
def test_a_card_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / CARD).write_text(content, "utf-8")
    with pytest.raises(KnownError):
        load_card(tmp_path)


def test_a_card_that_would_fill_the_memory_is_refused_and_not_read_to_its_end(tmp_path: Path) -> None:
    card = f'{{"format": {FORMAT}, "x": "'
    with (tmp_path / CARD).open("w", encoding="utf-8") as file:
        file.write(card)
        file.truncate(2**34)
    with pytest.raises(KnownError, match="cannot be read"):
        load_card(tmp_path)
