"""Every command of the menus: one literal table, in the order of the menu."""

from dataclasses import dataclass
from typing import Final

from hitl_desktop.language import mark


@dataclass(frozen=True, slots=True)
class Action:
    """One command. `id` names the method of `Commands` that does it, and its keys in the keymap.

    `needs_project` greys it out on the start page.
    """

    id: str
    text: str
    menu: str
    needs_project: bool = True
    separator_before: bool = False


ACTIONS: Final[tuple[Action, ...]] = (
    Action("new_project", "New project…", "Project", needs_project=False),
    Action("open_folder", "New from a folder of images…", "Project", needs_project=False),
    Action("open_table", "New from a table of texts…", "Project", needs_project=False),
    Action("open_project", "Open project…", "Project", needs_project=False),
    Action("export", "Export…", "Project", separator_before=True),
    Action("find_folder", "Find the images…", "Project"),
    Action("classes", mark("Classes…"), "Project"),
    Action("close_project", "Close project", "Project", separator_before=True),
    Action("quit", "Quit", "Project", needs_project=False),
    Action("undo", "Undo", "Review"),
    Action("redo", "Redo", "Review"),
    Action("go_to", "Go to item…", "Review", separator_before=True),
    Action("look_again", "Look again at what was set aside", "Review"),
    Action("train", "Train now", "Model", separator_before=False),
    Action("cancel_training", "Cancel training", "Model"),
    Action("queue", "Queue list", "View"),
    Action("panel", "Decision panel", "View"),
    Action("item_only", "Item only", "View"),
    Action("jump", "Go to…", "View", separator_before=True),
    Action("settings", "Settings", "View", needs_project=False),
    Action("keys", "Keys", "Help", needs_project=False),
    Action("about", "About", "Help", needs_project=False),
)
