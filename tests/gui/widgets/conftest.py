"""One theme for all widget tests."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.theme import Theme


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme("light")
    theme.apply(qapp)
    yield theme
    theme.set_mode("light")
