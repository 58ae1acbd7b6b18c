"""What a project and its pages need is loaded beside the start page, a little in each turn."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import importlib, sys, threading, time
from pathlib import Path
from hitl_desktop.gui import ahead
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.views import VIEWS
from PySide6.QtWidgets import QApplication

application = QApplication([])
window = build_window(application)
window.show()
application.processEvents()
assert "numpy" not in sys.modules
loaded, load = [], importlib.import_module

def noted(name):
    before = len(sys.modules)
    module = load(name)
    loaded.append((name, threading.get_ident() == threading.main_thread().ident, len(sys.modules) - before))
    return module

importlib.import_module = noted
loading = ahead.LoadAhead(window)
loading.start()
until = time.monotonic() + 60
while not loading.is_done and time.monotonic() < until:
    application.processEvents()
importlib.import_module = load
print(*sorted(name for name, on_window, _ in loaded if not on_window))
print(max(more for name, on_window, more in loaded if on_window))
there = set(sys.modules)
window.bridge.works_by_itself = False
assert window.bridge.open_project(Path(sys.argv[1]))
print(len([name for name in set(sys.modules) - there if name.startswith("hitl_desktop.")]))
for page in VIEWS:
    window.show_page(page)
    application.processEvents()
print(*sorted(name for name in set(sys.modules) - there if name.startswith("hitl_desktop.gui.views.")))
window.close()
"""


def test_little_is_left_to_load_when_a_project_is_opened_and_its_pages_are_shown(
    text_project_folder: Path, own_home: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(text_project_folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    in_thread, most, left, pages = done.stdout.split("\n")[:4]
    assert in_thread == "numpy peewee", "of our own code nothing, which two threads could wait for in each other"
    assert int(most) < 50, "a turn loads a little"
    assert int(left) < 40, "of some three hundred"
    assert not [name for name in pages.split() if name.endswith("page")]
