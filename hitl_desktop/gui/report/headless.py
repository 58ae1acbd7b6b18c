"""A report without a window: for the command line."""

import os
from contextlib import closing
from pathlib import Path

from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.record_events import Happening
from hitl_desktop.gui.report.content import report_of
from hitl_desktop.gui.report.drawings import drawings_of
from hitl_desktop.gui.report.files import check_places, write_report
from hitl_desktop.gui.theme import Theme
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import figures_of
from hitl_desktop.workflow.opening import open_here


def write_report_of(project: Path, out: Path) -> list[Path]:
    """Work out the figures of a project and write its report; returns the files. Raises KnownError, ProjectRefused."""
    existing = QApplication.instance()
    if existing is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = existing or QApplication(["hitl-desktop"])
    with closing(open_here(project)) as opened:
        check_places(opened, out)
        found = figures_of(opened, Asked())
        drawings = drawings_of(found.figures, opened.pool.threshold)
        theme = Theme("light")
        files = write_report(report_of(opened, found), found.figures, drawings, theme.fonts, out)
        opened.store.note(Happening.REPORTED)
    theme.deleteLater()
    application.processEvents()
    return files
