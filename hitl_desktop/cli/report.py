"""`report`: everything about a project in figures, as HTML and PDF, and the figures as CSV and JSON."""

import argparse
from typing import Any

from hitl_desktop.cli.hooks import Hooks


def report(arguments: argparse.Namespace, hooks: Hooks) -> tuple[Any, str]:
    """Write a report. Raises KnownError where it cannot be written."""
    files = [str(path) for path in hooks.write_report(arguments.project, arguments.out)]
    return {"files": files}, "\n".join(f"Written: {path}" for path in files)
