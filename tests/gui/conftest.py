"""What every page of the window stands on: one theme, and settings, a bridge and decoded pictures of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import KEYMAPS
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.workflow.settings import SettingsFile


@pytest.fixture(autouse=True)
def _lent(lent_workers: None) -> None:
    """No window starts a process where one is idle."""


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme, on the application."""
    theme = Theme("light")
    theme.apply(qapp)
    yield theme
    theme.set_mode("light")


@pytest.fixture
def settings(tmp_path: Path) -> SettingsFile:
    """Empty settings in a folder of this test."""
    return SettingsFile(tmp_path / "settings")


@pytest.fixture
def bridge(qapp: QApplication, settings: SettingsFile) -> Iterator[Bridge]:
    """A bridge with no project open; closed, with its jobs and its worker, when the test ends."""
    bridge = Bridge(settings)
    yield bridge
    bridge.close()


@pytest.fixture
def media(qapp: QApplication) -> Iterator[Media]:
    """Decoded pictures; its threads are ended with the test."""
    media = Media()
    yield media
    media.close()
    media.setParent(qapp)  # a decoding thread that collects it would take it from under its last events
    media.deleteLater()


@pytest.fixture
def browsing(bridge: Bridge) -> Iterator[Browsing]:
    """What the lists of items show; its thread is ended with the test."""
    browsing = Browsing(bridge)
    yield browsing
    browsing.close()


@pytest.fixture
def context(theme: Theme, bridge: Bridge, settings: SettingsFile, media: Media, browsing: Browsing) -> Context:
    """What a page is given, with the general keys."""
    return Context(theme, bridge, settings, media, KEYMAPS["general"], browsing)
