"""What the first project needs is loaded while a person looks at the start page and has not chosen one yet."""

import importlib
from threading import Thread
from typing import Final

_WANTED: Final = ("hitl_desktop.workflow.workspace", "hitl_desktop.gui.desk_view")
"""A third of a second of the processor, numpy and the pages' code with it."""


def load_ahead() -> Thread:
    """Load it in a thread: whoever opens a project meanwhile waits for what is left of it, and for nothing twice."""
    thread = Thread(target=_load, name="load-ahead")
    thread.start()
    return thread


def _load() -> None:
    for module in _WANTED:
        importlib.import_module(module)
