"""The commands of comparisons: their figures, and the best of several new answers."""

import argparse
import json
from typing import Any

from hitl_desktop.assurance.preferences import Share
from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.opening import opened
from hitl_desktop.cli.running import run_here
from hitl_desktop.domain.answers import of_text
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.workflow.best_of import ReadAnswers, ScoredAnswers
from hitl_desktop.workflow.preference_figures import PreferenceFigures, preference_figures
from hitl_desktop.workflow.repeats import choose_share
from hitl_desktop.workflow.score_request import score_answers_request
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.targets import check_target


def preferences(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Tell the figures of comparisons, and choose how many are asked again."""
    with opened(arguments.project) as project:
        if arguments.ask_again is not None and project.kind.compares:
            choose_share(project.store, arguments.ask_again / 100)
        found = preference_figures(project, take_snapshot(project))
    return found.plain(), "\n".join(lines_of(found))


def best_of(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Score new answers of a table, and tell the best of each row."""
    with opened(arguments.project) as project:
        if arguments.out is not None:
            check_target(project, arguments.out)
        given = run_here("read_answers", arguments.data, ReadAnswers)
        request = score_answers_request(project, given.texts)
    scores = run_here("score_answers", request, ScoredAnswers).scores
    rows = []
    for name, text, row in zip(given.names, given.texts, scores, strict=True):
        best = max(range(len(row)), key=row.__getitem__)
        texts = of_text(text).texts
        rows.append({"id": name, "best": best + 1, "scores": [round(s, 4) for s in row], "answer": texts[best]})
    if arguments.out is not None:
        with replacing(arguments.out, "ascii") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
    left = given.left_out
    words = [f"{row['id']}: answer {row['best']} of {len(of)}" for row, of in zip(rows, scores, strict=True)]
    return {"rows": rows, "left_out": left}, "\n".join([*words, f"{left} rows were left out."])


def lines_of(found: PreferenceFigures) -> list[str]:
    """The figures in words, a line each."""
    lines = []
    if found.right is not None:
        lines.append(f"Reward model v{found.version}: right on {_in_words(found.right)} random pairs, ties left out.")
    lines.append(f"First side better: {_in_words(found.first_side)}{_chance(found.first_side)}.")
    again = found.again
    lines.append(
        f"Same answer when asked again unsaid, sides exchanged: {_in_words(again.same)}; same side both times:"
        f" {again.kept_side}; not answered: {again.unanswered}. Asked again: {found.asked_again:.0%} of what is asked."
    )
    lines.append(f"Equal or bad: {found.ties} of {found.decided}.")
    lines += [
        f"{one.name}: beats an average source in {one.share:.0%} ({one.low:.0%} to {one.high:.0%}), "
        f"{one.wins} won, {one.losses} lost, {one.ties} even"
        for one in found.sources
    ]
    return lines


def _in_words(share: Share) -> str:
    interval = f" ({share.low:.0%} to {share.high:.0%})" if share.of else ""
    return f"{share.hits} of {share.of}{interval}"


def _chance(share: Share) -> str:
    return "" if share.chance is None else f", p = {share.chance:.3f}"
