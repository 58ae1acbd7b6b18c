"""Make the pictures in docs/screenshots again: every page in both themes, on the samples.

    python -m tests.screenshots

The samples are reviewed a little by a simulated reviewer first, so that the pages have something to show; digits are
reviewed to the end, for the page "nothing is waiting".
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import cast

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow import samples
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Scored, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.settings import default_reviewer
from hitl_desktop.workflow.worker import InlineRunner

OUT = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
# Folder of the pictures, sample, decisions made beforehand (None: all), what to look at.
SETS = (("phantoms", "phantoms", 36, 2), ("messages", "support_messages", 57, 2), ("digits", "digits", None, 1))


def prepared(sample: samples.Sample, decisions: int | None) -> Path:
    """A project of the sample with some decisions and trainings."""
    folder = samples.project_folder(sample)
    data = samples.unpack(sample, samples.sample_data())
    runner = InlineRunner()
    runner.run("create_project", samples.new_project(sample, data, folder), no_progress, never_cancelled)
    project = Project.open(folder)
    scored = cast(Scored, runner.run("score", project.score_request(), no_progress, never_cancelled))
    project.take_scores(dict(scored.unreadable))
    session, retraining = ReviewSession(project, default_reviewer()), Retraining(project)
    made = 0
    while session.item is not None and (decisions is None or made < decisions):
        aside = {11: Verdict.UNSURE, 23: Verdict.FLAGGED, 31: Verdict.SKIPPED}.get(made)
        seconds = 3.0 + made % 5
        if aside:
            session.decide(aside, seconds=seconds)
        else:
            session.decide(Verdict.CORRECTED, session.item.truth_id, seconds=seconds)
        made += 1
        if retraining.is_due():
            snapshot = retraining.snapshot()
            trained = runner.run("train", retraining.request(snapshot), no_progress, never_cancelled)
            retraining.commit(snapshot, cast(Trained, trained))
            session.replan()
    project.close()
    return folder


def wizard(out: Path, theme: str) -> list[Path]:
    """The three steps of a new project over the digits, in one theme."""
    from PySide6.QtWidgets import QApplication

    from hitl_desktop.gui.application import build_window
    from hitl_desktop.gui.screenshots import SIZES, settled_picture
    from hitl_desktop.gui.views.new_project.page import NewProjectPage

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = build_window(application, theme)
    window.resize(SIZES[0])
    window.show()
    window.commands.begin(samples.unpack(samples.sample_named("digits"), samples.sample_data()))
    page = window.findChild(NewProjectPage)
    assert page is not None
    written = []
    for step, name in enumerate(("choose", "labels", "report")):
        is_ready = lambda step=step: page.step == step and page.footer.next_button.isEnabled() and window.media.is_idle  # noqa: E731
        written.append(settled_picture(window, is_ready, out / f"{name}_{theme}_1280.png"))
        if step < 2:
            page.go_on()
    window.close()
    return written


def main() -> int:
    """Write all pictures; returns 0."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["HITL_DESKTOP_HOME"] = home
        from hitl_desktop.gui.screenshots import SIZES, take_screenshots

        shutil.rmtree(OUT, ignore_errors=True)
        for name, sample_id, decisions, sizes in SETS:
            folder = prepared(samples.sample_named(sample_id), decisions)
            for path in take_screenshots(folder, OUT / name, sizes=SIZES[:sizes]):
                print(path.relative_to(OUT.parents[1]))
        (OUT / "wizard").mkdir()
        for theme in ("light", "dark"):
            for path in wizard(OUT / "wizard", theme):
                print(path.relative_to(OUT.parents[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
