"""From the start of the process to the first paint of the start page, beside a bare window in the same run."""

import compileall
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import hitl_desktop
from tests.benchmarks.figures import Figure, ratio, repeated

STARTS = 9
HEAVY = ("numpy", "scipy", "sklearn", "PIL")
_REPORT = """
import json, resource, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
class _Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        usage = resource.getrusage(resource.RUSAGE_SELF)
        heavy = [name for name in HEAVY if name in sys.modules]
        print(json.dumps({"at": time.time(), "cpu": usage.ru_utime + usage.ru_stime, "heavy": heavy}), flush=True)
        import os
        os._exit(0)
"""
_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
"""
_OURS = """
import gc
gc.disable()  # as `hitl_desktop.app` does before it loads the window
from PySide6.QtWidgets import QApplication
from hitl_desktop.gui.application import build_window
application = QApplication([])
window = build_window(application)
"""
_SHOW = """
watch = _Painted()
window.installEventFilter(watch)
window.show()
application.exec()
"""


def measure(folder: Path, quick: bool) -> list[Figure]:
    """Start both windows in turn. The code is compiled first: else the compiler would be measured."""
    package = Path(hitl_desktop.__file__).resolve().parent
    compileall.compile_dir(package, quiet=1)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"HITL_DESKTOP_HOME": str(folder / "home"), "PYTHONPATH": str(package.parent)}
    kept: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    heavy: set[str] = set()
    starts = 3 if quick else STARTS
    for turn in range(starts + 1):
        for name, window in (("bare", _BARE), ("ours", _OURS)):
            wall, told = _start(f"HEAVY = {HEAVY!r}\n" + _REPORT + window + _SHOW, environment)
            if turn:  # the first one fills the disk cache
                kept[name].append((wall, told["cpu"]))
            if name == "ours":
                heavy |= set(told["heavy"])
    walls = {name: [wall for wall, _ in rows] for name, rows in kept.items()}
    cpus = {name: [cpu for _, cpu in rows] for name, rows in kept.items()}
    figures = [
        repeated("launch → first paint of the start page, wall", walls["ours"]),
        repeated("– CPU", cpus["ours"]),
        repeated("bare PySide6 window, wall", walls["bare"]),
        repeated("– CPU", cpus["bare"]),
    ]
    figures.append(ratio("CPU, launch / bare window", float(figures[1].value), float(figures[3].value), "medians"))
    loaded = ", ".join(sorted(heavy)) or "none"
    figures.append(Figure("heavy modules loaded at first paint", loaded, None, "", f"of {', '.join(HEAVY)}"))
    return figures


def _start(program: str, environment: dict[str, str]) -> tuple[float, dict[str, object]]:
    start = time.time()
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return told["at"] - start, told
