"""Pictures of the model page in every state, with invented reports in a real window: to look at, not for the docs.

python -m tests.model_pictures FOLDER
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from hitl_desktop.workflow import samples
from hitl_desktop.workflow.model_report import ModelReport
from tests.gui.views import model_reports
from tests.screenshots import prepared

BANK = tuple(
    f"{what} {how}"
    for what in ("card", "transfer", "cash", "top up", "exchange", "refund", "identity")
    for how in (
        "arrival",
        "not working",
        "declined",
        "pending",
        "limits",
        "fee charged",
        "delivery estimate",
        "lost or stolen",
        "reverted",
        "by bank",
        "wrong amount",
    )
)


def reports() -> dict[str, ModelReport]:
    """The states worth looking at, by name."""
    two, few = np.array([[170, 4], [6, 20]]), model_reports.many_classes(6, 31)
    twelve = tuple(f"class number {i}" for i in range(12))
    return {
        "challenger": model_reports.report(),
        "two": model_reports.report(("ham", "spam"), two, versions=3, challenger=False),
        "few": model_reports.report(counts=few, versions=2, challenger=False, calibrated=False),
        "twelve": model_reports.report(twelve, model_reports.many_classes(12, 400), versions=12, challenger=False),
        "many": model_reports.report(BANK, model_reports.many_classes(77, 1000), versions=40),
        "unmeasured": model_reports.unmeasured(),
        "none": model_reports.without_model(),
    }


def take(folder: Path, out: Path, theme: str) -> None:
    """Write one picture per state and size in one theme; `folder` is any project with two versions."""
    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QApplication

    from hitl_desktop.gui.application import build_window
    from hitl_desktop.gui.screenshots import is_settled, settled_picture
    from hitl_desktop.gui.views.model_page import ModelPage

    application = QApplication.instance() or QApplication(["pictures"])
    assert isinstance(application, QApplication)
    window = build_window(application, theme)

    def picture(name: str) -> None:
        for _ in range(20):  # a new height climbs from layout to layout, one turn of the event loop each
            application.processEvents()
        settled_picture(window, lambda: is_settled(window), out / f"{name}_{theme}_{window.width()}.png")

    window.show()
    window.bridge.open_project(folder)
    window.show_page("model")
    page = window.desk.page("model")
    assert isinstance(page, ModelPage)
    picture("real")
    page.overview.versions.act_buttons(page.overview.versions.model().rowCount() - 1)[0].click()
    picture("compare")
    page.leave()
    page.overview.headline.card_button.click()
    picture("card")
    page.leave()
    for size in (QSize(960, 640), QSize(1280, 800), QSize(1920, 1080)):
        window.resize(size)
        for name, report in reports().items():
            page.overview.show_report(report, model_reports.THRESHOLD, model_reports.DECIDED)
            picture(name)
    window.resize(QSize(1280, 800))
    window.show_page("settings")
    picture("settings")
    window.close()
    window.deleteLater()
    application.processEvents()


def main() -> int:
    """Make a project of the messages and write the pictures; returns 0."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["HITL_DESKTOP_HOME"] = home
        folder = prepared(samples.sample_named("support_messages"), 120)
        for theme in ("light", "dark"):
            take(folder, out, theme)
    return 0


if __name__ == "__main__":
    sys.exit(main())
