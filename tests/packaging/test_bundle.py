"""The built executable starts anywhere and does the whole job once."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from hitl_desktop import __version__

BUNDLE = Path(__file__).resolve().parents[2] / "dist" / "hitl-desktop"
EXECUTABLE = BUNDLE / "hitl-desktop"

pytestmark = [
    pytest.mark.bundle,
    pytest.mark.skipif(not EXECUTABLE.exists(), reason="there is no dist/hitl-desktop: run `make bundle`"),
]


def start(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the executable without anything of this Python's environment."""
    kept = {"HOME", "LANG", "HITL_DESKTOP_HOME", "TMPDIR"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [EXECUTABLE, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_executable_passes_its_self_test(tmp_path: Path) -> None:
    done = start(tmp_path, "self-test", "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"]
    assert answer["version"] == __version__
    assert {"resources", "worker, project and scores", "meaning of texts", "window"} <= set(answer["checks"])


def test_the_executable_draws_and_writes_a_report(tmp_path: Path) -> None:
    """The library of the charts loads parts of Qt by name, which an executable may lack."""
    (tmp_path / "t.csv").write_text("id,text\n" + "\n".join(f"m{n},message {n}" for n in range(12)), "utf-8")
    made = start(tmp_path, "new", "P.hitl", "--data", "t.csv", "--labels", "a,b", "--model", "none", "--holdout", "3")
    assert made.returncode == 0, made.stderr
    done = start(tmp_path, "report", "P.hitl", "out")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")


def test_a_mistake_on_the_command_line_is_one_line_and_a_failure(tmp_path: Path) -> None:
    done = start(tmp_path, "status", "absent.hitl")

    assert done.returncode != 0
    assert "absent.hitl" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_program_does_not_use_is_left_out() -> None:
    names = {path.name for path in BUNDLE.rglob("*")}

    assert not {"libqgtk3.so", "libqpdf.so", "libQt6Quick.so.6", "libcairo.so.2", "tkinter", "psycopg"} & names


def test_the_licences_travel_along() -> None:
    inside = BUNDLE / "_internal"

    assert (inside / "THIRD_PARTY_NOTICES.md").is_file()
    assert (inside / "LICENSE").is_file()
    assert any((inside / "licences" / "numpy").iterdir())
    assert (inside / "resources" / "fonts" / "OFL-Inter.txt").is_file()
