"""From a key press to the next picture painted in other annotation tools, on the pictures that ours is measured with.

Each runs in an environment of its own, which is not part of this project: make one, install the tool into it, and name
its interpreter (`python -m tests.benchmarks keys --peers /path/to/labelme/bin/python /path/to/anylabeling/bin/python`).
Their key only goes to the next picture: unlike ours it decides nothing, and makes nothing durable.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Figure, repeated

PEERS: Final = "HITL_BENCHMARK_PEERS"
"""The variable that hands the interpreters to the process of a benchmark, parted as in PATH."""
_PATIENCE: Final = 600
_SCRIPT: Final = r"""
import importlib, json, sys, time

folder, presses, size = sys.argv[1], int(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4]))


def labelme():
    from PyQt5 import QtCore, QtTest, QtWidgets
    application = QtWidgets.QApplication(["labelme"])
    import labelme as package
    from labelme.app import MainWindow
    window = MainWindow(file_or_dir=folder)
    return "labelme " + package.__version__, (QtCore, QtTest, QtWidgets), application, window, ["canvas", "_canvas"]


def anylabeling():
    for binding in ("PyQt6", "PyQt5"):
        try:
            parts = ("QtCore", "QtTest", "QtWidgets")
            QtCore, QtTest, QtWidgets = (importlib.import_module(f"{binding}.{part}") for part in parts)
            break
        except ImportError:
            continue
    application = QtWidgets.QApplication(["anylabeling"])
    from anylabeling import app_info, config
    from pathlib import Path
    config.current_config_file = str(Path.home() / "anylabeling.yaml")
    Path(config.current_config_file).write_text("language: en_US")
    for part, start in (("resources.resources", None), ("views.labeling.utils.theme", "init_theme")):
        try:
            module = importlib.import_module("anylabeling." + part)
            getattr(module, start)("light") if start else None
        except ImportError:
            pass
    from anylabeling.views.mainwindow import MainWindow
    window = MainWindow(application, config=config.get_config(config.current_config_file))
    inner = window.labeling_widget.view
    load = getattr(inner, "import_image_folder", None) or inner.import_dir_images
    load(folder)
    return f"{app_info.__appname__} {app_info.__version__}", (QtCore, QtTest, QtWidgets), application, window, inner


for tool in (labelme, anylabeling):
    try:
        importlib.import_module(tool.__name__)
    except ImportError:
        continue
    name, (QtCore, QtTest, QtWidgets), application, window, inner = tool()
    break
else:
    sys.exit("Neither labelme nor AnyLabeling is installed there.")

view = window if isinstance(inner, list) else inner
canvas = next(w for w in view.findChildren(QtWidgets.QWidget) if type(w).__name__ == "Canvas")
key = getattr(QtCore.Qt, "Key", QtCore.Qt).Key_D


class Watch(QtCore.QObject):
    painted = False

    def eventFilter(self, watched, event):
        kind = getattr(QtCore.QEvent, "Type", QtCore.QEvent).Paint
        if event.type() == kind:
            self.painted = True
        return False


watch = Watch()
canvas.installEventFilter(watch)
window.resize(*size)
window.show()
until = time.monotonic() + 3
while time.monotonic() < until:
    application.processEvents()
walls, cpus = [], []
for number in range(presses + 5):
    before = (getattr(view, "filename", None), getattr(view, "_image_path", None), canvas.pixmap.cacheKey())
    for _ in range(20):
        application.processEvents()
    watch.painted = False
    start, cpu = time.perf_counter(), time.thread_time()
    QtTest.QTest.keyClick(view, key)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        application.processEvents()
        if watch.painted and canvas.pixmap.cacheKey() != before[2]:
            break
    else:
        sys.exit(f"{name}: the key D brought no other picture.")
    if number >= 5:
        walls.append(time.perf_counter() - start)
        cpus.append(time.thread_time() - cpu)
print("RESULT" + json.dumps({"name": name, "walls": walls, "cpus": cpus}), flush=True)
import os
os._exit(0)
"""


def measure_peers(images: Path, presses: int, size: tuple[int, int], home: Path) -> list[Figure]:
    """The tools that were named, one after another; one that cannot be driven says why."""
    figures: list[Figure] = []
    for python in [p for p in os.environ.get(PEERS, "").split(os.pathsep) if p]:
        figures += _measured(python, images, presses, size, home)
    return figures


def _measured(python: str, images: Path, presses: int, size: tuple[int, int], home: Path) -> Sequence[Figure]:
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "QT_SCALE_FACTOR")}
    kept |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}  # what they keep of the user does not touch the user's
    command = [python, "-c", _SCRIPT, str(images), str(presses), *map(str, size)]
    try:
        ran = subprocess.run(command, env=kept, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [Figure(f"{python}: not measured", "–", None, "", str(error)[:200])]
    line = next((line for line in ran.stdout.splitlines() if line.startswith("RESULT")), "")
    if not line:
        said = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return [Figure(f"{python}: not measured", "–", None, "", said[:200])]
    found = json.loads(line.removeprefix("RESULT"))
    return [
        repeated(f"{found['name']}: key → next item painted", found["walls"], "ms", "nothing is decided or saved"),
        repeated("– CPU of its window’s thread", found["cpus"]),
    ]
