"""The valid project that inputs are made from: decided, routed, trained, small."""

from pathlib import Path

import numpy as np

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, LabelUse, NewProject
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner
from tests.fuzzing.room import Seeds


def make_seeds(folder: Path) -> Seeds:
    """Make them in `folder`: 24 messages of two classes, of which 16 are decided, one is taken back, and a model."""
    table, project_folder = folder / "messages.csv", folder / "P.hitl"
    rng = np.random.default_rng(7)
    words = {"bill": "invoice payment refund card", "login": "password account reset sign"}
    rows = ["id,text,label,amount"]
    for number in range(24):
        label = ("bill", "login")[number % 2]
        rows.append(f"m{number},{' '.join(rng.permutation(words[label].split()))} {number},{label},{number}.5")
    table.write_text("\n".join(rows) + "\n", "utf-8")
    runner = InlineRunner()
    request = NewProject(folder=project_folder, data=table, model=NO_MODEL, use_labels=LabelUse.TRUTH)
    runner.run("create_project", request, no_progress, never_cancelled)
    project = Project.open(project_folder)
    session = ReviewSession(project, "ann")
    for number in range(16):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id, note="a note" if number == 3 else "")
    session.undo()
    session.decide(Verdict.SKIPPED)
    retraining = Retraining(project)
    snapshot = retraining.snapshot()
    retraining.commit(snapshot, runner.run("train", retraining.request(snapshot), no_progress, never_cancelled))  # type: ignore[arg-type]
    project.close()
    return Seeds(project_folder, folder)
