"""What a project needs is loaded beside the start page, and is all there is to load when one is opened."""

import subprocess
import sys
from pathlib import Path

LOADED = """
import sys, threading
from pathlib import Path
from hitl_desktop.gui.ahead import load_ahead
from hitl_desktop.gui.application import build_window
from PySide6.QtWidgets import QApplication

application = QApplication([])
window = build_window(application)
window.show()
application.processEvents()
assert "numpy" not in sys.modules
thread = load_ahead()
assert thread is not threading.current_thread()
thread.join(60)
there = set(sys.modules)
window.bridge.works_by_itself = False
assert window.bridge.open_project(Path(sys.argv[1]))
new = sorted(name for name in set(sys.modules) - there if name.startswith(("hitl_desktop", "numpy")))
print(len({name for name in there if name.startswith("hitl_desktop.")}), len(new))
window.close()
"""


def test_opening_a_project_has_little_left_to_load(text_project_folder: Path, own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(text_project_folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ahead, left = map(int, done.stdout.split())
    assert left < ahead / 10
