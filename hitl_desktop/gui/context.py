"""What every page is given: no page reaches for anything else."""

from dataclasses import dataclass

from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.keymaps import Keymap
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.workflow.settings import SettingsFile


@dataclass(frozen=True, slots=True)
class Context:
    """The theme, the bridge to the workflows, the settings, the decoded pictures, the keys in force, and what the lists
    of items show.
    """

    theme: Theme
    bridge: Bridge
    settings: SettingsFile
    media: Media
    keymap: Keymap
    browsing: Browsing
