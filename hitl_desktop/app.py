"""The composition root: the one place that joins the fronts, the workflows and the paths.

Before a window is painted, garbage is not looked for (`gui/application.run` begins with it again): among what has just
been loaded there is none, and looking through it ninety times takes a tenth of the start.
"""

import gc
import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

from hitl_desktop.cli import main as command_line
from hitl_desktop.cli.hooks import Hooks


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    multiprocessing.freeze_support()
    hooks = Hooks(
        open_window=_open_window,
        open_sample=_open_sample,
        screenshots=_screenshots,
        check_window=_check_window,
        write_report=_write_report,
    )
    return command_line.run(sys.argv[1:] if argv is None else argv, hooks)


def _open_window(project: Path | None, is_safe: bool) -> int:
    gc.disable()
    from hitl_desktop.gui.application import run

    return run(project=project, is_safe=is_safe)


def _open_sample(sample: str) -> int:
    gc.disable()
    from hitl_desktop.gui.application import run

    return run(sample=sample)


def _screenshots(project: Path, out: Path) -> list[Path]:
    from hitl_desktop.gui.screenshots import take_screenshots

    return take_screenshots(project, out)


def _write_report(project: Path, out: Path) -> list[Path]:
    from hitl_desktop.gui.report.headless import write_report_of

    return write_report_of(project, out)


def _check_window() -> None:
    from hitl_desktop.gui.screenshots import check_window

    check_window()
