"""The window's process opens projects, shows figures and asks for trainings without loading what trains."""

import subprocess
import sys
from pathlib import Path

CHECK = """
import sys
from pathlib import Path
from hitl_desktop.workflow.reporting import model_report
from hitl_desktop.workflow.settings import SettingsFile
from hitl_desktop.workflow.training_requests import ask_request
from hitl_desktop.workflow.workspace import Workspace
import hitl_desktop.gui.main_window

workspace = Workspace(SettingsFile(Path(sys.argv[2])))
desk = workspace.open(Path(sys.argv[1]))
model_report(desk.project, desk.retraining.snapshot())
ask_request(desk.project, desk.retraining.snapshot(), desk.session.waiting())
workspace.close()
print(*sorted({"sklearn", "scipy", "onnxruntime", "tokenizers"} & set(sys.modules)))
"""


def test_the_window_never_loads_the_learner(image_project_folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(image_project_folder), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


START = """
import sys
from hitl_desktop.gui.application import build_window
parts = {"workflow.requests", "domain.steering", "domain.policy_conditions", "domain.evidence", "domain.items"}
print(*sorted(parts & {name.removeprefix("hitl_desktop.") for name in sys.modules}))
"""


def test_the_start_page_needs_nothing_of_a_project() -> None:
    """Each of these takes milliseconds before the first paint, for a page that shows names of samples."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
