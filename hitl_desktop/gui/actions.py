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
    Action("new_project", mark("New project…"), mark("Project"), needs_project=False),
    Action("open_folder", mark("New from a folder of images…"), mark("Project"), needs_project=False),
    Action("open_table", mark("New from a table of texts…"), mark("Project"), needs_project=False),
    Action("open_project", mark("Open project…"), mark("Project"), needs_project=False),
    Action("receive_project", mark("Open received project…"), mark("Project"), needs_project=False),
    Action("pack_project", mark("Pack project…"), mark("Project")),
    Action("restore_backup", mark("Restore backup…"), mark("Project"), needs_project=False),
    Action("add_items", mark("Add items…"), mark("Project"), separator_before=True),
    Action("export", mark("Export…"), mark("Project")),
    Action("masks", mark("Masks over writing in pictures…"), mark("Project")),
    Action("deidentify", mark("Copies without names…"), mark("Project")),
    Action("report", mark("Report…"), mark("Project")),
    Action("find_folder", mark("Find the images…"), mark("Project")),
    Action("classes", mark("Classes…"), mark("Project")),
    Action("close_project", mark("Close project"), mark("Project"), separator_before=True),
    Action("quit", mark("Quit"), mark("Project"), needs_project=False),
    Action("undo", mark("Undo"), mark("Review")),
    Action("redo", mark("Redo"), mark("Review")),
    Action("go_to", mark("Go to item…"), mark("Review"), separator_before=True),
    Action("matters", mark("This one matters"), mark("Review"), separator_before=True),
    Action("ignore_training", mark("Ignore for training"), mark("Review")),
    Action("look_again", mark("Look again at what was set aside"), mark("Review")),
    Action("read_second", mark("Read as second reader"), mark("Review")),
    Action("settle_readings", mark("Settle where two readers differ"), mark("Review")),
    Action("switch_reviewer", mark("Switch reviewer…"), mark("Reviewer")),
    Action("lock", mark("Lock now"), mark("Reviewer")),
    Action("signatures", mark("Signatures…"), mark("Reviewer"), separator_before=True),
    Action("verify", mark("Check the record…"), mark("Reviewer")),
    Action("train", mark("Train now"), mark("Model"), separator_before=False),
    Action("cancel_training", mark("Cancel training"), mark("Model")),
    Action("steer", mark("Steer…"), mark("Model")),
    Action("problems", mark("Label problems"), mark("Model")),
    Action("automatic", mark("Pause or resume automatic decisions"), mark("Model"), separator_before=True),
    Action("recall", mark("Recall automatic decisions…"), mark("Model")),
    Action("queue", mark("Queue list"), mark("View")),
    Action("panel", mark("Decision panel"), mark("View")),
    Action("item_only", mark("Item only"), mark("View")),
    Action("compare", mark("Compare side by side"), mark("View")),
    Action("clear_filter", mark("Clear the filter"), mark("View")),
    Action("jump", mark("Go to…"), mark("View"), separator_before=True),
    Action("settings", mark("Settings"), mark("View"), needs_project=False),
    Action("page_review", mark("Review"), mark("Pages")),
    Action("page_gallery", mark("Gallery"), mark("Pages")),
    Action("page_model", mark("Model"), mark("Pages")),
    Action("page_routing", mark("Routing"), mark("Pages")),
    Action("page_figures", mark("Figures"), mark("Pages")),
    Action("page_history", mark("History"), mark("Pages")),
    Action("page_map", mark("Map"), mark("Pages")),
    Action("page_settings", mark("Settings"), mark("Pages"), needs_project=False),
    Action("keys", mark("Keys"), mark("Help"), needs_project=False),
    Action("change_keys", mark("Change keys…"), mark("Help"), needs_project=False),
    Action("about", mark("About"), mark("Help"), needs_project=False),
)
