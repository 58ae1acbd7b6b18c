"""One theme, decoded pictures of each test's own, and a way to wait for them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.decoded import Decoded
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme

Load = Callable[[str, Path], Decoded]


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme: its ground is black, which no picture of these tests is."""
    theme = Theme("dark")
    theme.apply(qapp)
    yield theme
    theme.set_mode("light")


@pytest.fixture
def media(qapp: QApplication) -> Iterator[Media]:
    """Decoded pictures; its threads are ended with the test."""
    media = Media()
    yield media
    media.close()
    shiboken6.delete(media)  # here: a decoding thread that collects it would take it from under its last events


@pytest.fixture
def load(media: Media, qtbot: QtBot) -> Load:
    """`load(digest, path)`: wait until a picture is decoded."""

    def wait(digest: str, path: Path) -> Decoded:
        media.request(digest, path)
        qtbot.waitUntil(lambda: media.decoded(digest) is not None, timeout=30_000)
        found = media.decoded(digest)
        assert found is not None
        return found

    return wait
