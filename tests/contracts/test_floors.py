"""The floors of the house: who may import whom, and what each floor must live without."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hitl_desktop"
LONGEST_MODULE = 400
FORBIDDEN_NAMES = {"utils", "common", "helpers", "misc", "core", "manager"}
FLOORS_WITHOUT_QT = (
    "domain", "paths", "store", "learning", "assurance", "exchange", "kinds", "features", "workflow", "cli",
)  # fmt: skip

BLOCKER = """
import importlib, pkgutil, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError(f"{name} is blocked in this test")
        return None

sys.meta_path.insert(0, NoQt())
try:
    import PySide6
except ImportError:
    pass
else:
    sys.exit("the blocker does not block")
seen = 0
for floor in sys.argv[1:]:
    top = importlib.import_module("hitl_desktop." + floor)
    seen += 1
    for module in pkgutil.walk_packages(getattr(top, "__path__", []), top.__name__ + "."):
        importlib.import_module(module.name)
        seen += 1
print(seen)
"""


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 50
    return found


def test_every_import_contract_holds() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kept, 0 broken" in done.stdout


def test_everything_below_the_window_imports_without_qt() -> None:
    command = [sys.executable, "-c", BLOCKER, *FLOORS_WITHOUT_QT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > len(FLOORS_WITHOUT_QT) + 30


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_short_and_named_after_what_they_do(module: Path) -> None:
    lines = len(module.read_text("utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{module.name} has {lines} lines"
    assert not {module.stem, module.parent.name} & FORBIDDEN_NAMES
