"""`kpis`: the figures of a project, as sentences, as one JSON value, or as a table."""

import argparse
import csv
import io
from contextlib import closing
from datetime import date
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.preferences import lines_of
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.exchange.cells import neutralise, without_surrogates
from hitl_desktop.language import percent, percent_range
from hitl_desktop.workflow.figures import plain as contract
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import costs_of, figures_of
from hitl_desktop.workflow.figures.definitions import DEFINITIONS
from hitl_desktop.workflow.figures.five import hours, money
from hitl_desktop.workflow.figures.values import Figures, KeyFigure, WatchState
from hitl_desktop.workflow.figures.watching import log_alerts
from hitl_desktop.workflow.opening import open_here
from hitl_desktop.workflow.preference_figures import preference_figures
from hitl_desktop.workflow.snapshot import take_snapshot


def kpis(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Tell the figures. Raises KnownError for a day, a reviewer or a column that there is not."""
    with closing(open_here(arguments.project)) as project:
        found = figures_of(project, _asked(arguments)).figures
        if arguments.reviewer and arguments.reviewer not in {row.name for row in found.reviewers}:
            raise KnownError("This reviewer has decided nothing in that time.", "`history` names the reviewers.")
        if arguments.column and arguments.column not in found.columns:
            names = ", ".join(found.columns) or "none"
            raise KnownError(f"There are no groups by {arguments.column}.", f"Columns with 2 to 20 values: {names}.")
        currency = costs_of(project.store).currency
        compared = preference_figures(project, take_snapshot(project)) if project.kind.compares else None
    log_alerts(found.watch)
    answer = contract.plain(found)
    words = in_words(found, currency)
    if compared is not None:
        answer |= {"comparisons": compared.plain()}
        words += "\n" + "\n".join(lines_of(compared))
    if arguments.csv:
        return answer, table(found).rstrip("\r\n")
    return answer, words


def table(found: Figures) -> str:
    """The figures as CSV, safe to open in a spreadsheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(contract.HEADER)
    for row in contract.table(found):
        writer.writerow([without_surrogates(neutralise(cell)) for cell in row])
    return written.getvalue()


def in_words(found: Figures, currency: str) -> str:
    """One line for each of the five, the pace, and what is watched."""
    lines = [_line(figure, currency) for figure in found.five]
    if found.pace is not None:
        pace = found.pace
        lines.append(f"At {pace.seconds:.1f} s each, the {pace.left:,} left take {hours(pace.seconds_left)}.")
    if found.groups is not None:
        groups = found.groups
        low, high = groups.rows[groups.low].value, groups.rows[groups.high].value
        chance = " That may be chance." if groups.p >= 0.05 else ""
        lines.append(
            f"By {groups.column}: {low} is {100 * groups.gap:.1f} points below {high} (p = {groups.p:.2g}).{chance}"
        )
    signs = {WatchState.OK: "ok", WatchState.LOOK: "LOOK", WatchState.UNKNOWN: "-"}
    lines += [f"{signs[watch.state]:<5}{watch.id}: {watch.value_words} ({watch.limit_words})" for watch in found.watch]
    return "\n".join(lines)


def _asked(arguments: argparse.Namespace) -> Asked:
    if not arguments.since:
        return Asked(None, arguments.reviewer, arguments.column)
    try:
        return Asked(date.fromisoformat(arguments.since), arguments.reviewer, arguments.column)
    except ValueError as error:
        raise KnownError(f"{arguments.since} is no day.", "Write it as 2026-11-28.") from error


def _line(figure: KeyFigure, currency: str) -> str:
    definition = DEFINITIONS[figure.id]
    source = ", ".join(part for part in (figure.detail, figure.sample) if part)
    if figure.value is None:
        return f"{definition.title}: not known ({source})"
    if definition.unit == "share":
        value = percent(figure.value, 1)
        ends = "" if figure.low is None or figure.high is None else f", {percent_range(figure.low, figure.high, 1)}"
    elif definition.unit == "money":
        value, ends = money(figure.value, currency), ""
    else:
        value = f"{figure.value:.1f} s"
        ends = "" if figure.low is None or figure.high is None else f", {figure.low:.1f}–{figure.high:.1f} s"
    return f"{definition.title}: {value}{ends} ({source})"
