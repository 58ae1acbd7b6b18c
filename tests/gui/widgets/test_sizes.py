"""Sizes as people read them: no binary prefixes, and no digits beyond what can be told apart."""

import pytest

from hitl_desktop.gui.widgets.sizes import size_in_words


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 bytes"), (999, "999 bytes"), (7_570_000, "7.6 MB"), (3 * 1024**3, "3.2 GB")]
)
def test_a_size_in_words(octets: int, said: str) -> None:
    assert size_in_words(octets) == said
