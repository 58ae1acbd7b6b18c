"""Best of n: scores of new answers by the reward model, in the worker; nothing of the project changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import hstack

from hitl_desktop.domain.answers import Comparison, of_text, to_text
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, Progress, stop_if
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.row_kinds import ROW_KINDS, Layout
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.language import tr
from hitl_desktop.learning.bundles import ModelBundle, load_bundle
from hitl_desktop.learning.heads import RankingHead
from hitl_desktop.workflow.extraction import extractor_of
from hitl_desktop.workflow.score_request import ScoreAnswersRequest
from hitl_desktop.workflow.views import parts_of

_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class ScoredAnswers:
    """Per comparison one score for each of its answers: only their differences mean something, as log odds."""

    scores: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """The comparisons that the rows of a table make: their names and their texts; so many rows were left out."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    left_out: int


def read_answers(table: Path, progress: Progress, cancelled: CancelCheck) -> ReadAnswers:
    """Read a table of new answers, up to nine to a row. Raises KnownError for one that holds none, Cancelled."""
    guess = sniff(table, stop_if(cancelled))
    layout = ROW_KINDS["preference"].guess(guess) or Layout()
    contents = read_table(
        table,
        id_column=guess.id_column,
        text_column=None,
        label_column=None,
        progress=progress,
        cancelled=cancelled,
        guess=guess,
        kind="preference",
        layout=Layout(layout.roles, {**layout.options, "answers": "9"}),
    )
    items = contents.items
    return ReadAnswers(tuple(item.path for item in items), tuple(item.text for item in items), len(contents.unreadable))


def score_answers(request: ScoreAnswersRequest, progress: Progress, cancelled: CancelCheck) -> ScoredAnswers:
    """Score the answers of every comparison of the request, each by itself.

    Raises KnownError for a model that scores no answers, Cancelled when stopped.
    """
    bundle = load_bundle(request.bundle)
    if not isinstance(bundle.head, RankingHead):
        raise KnownError(say("This model scores no answers."), say("Train on comparisons first."))
    comparisons = [of_text(text) for text in request.comparisons]
    singles = [to_text(Comparison(one.prompt, (answer,))) for one in comparisons for answer in one.answers]
    found: list[float] = []
    for start in range(0, len(singles), _AT_ONCE):
        if cancelled():
            raise Cancelled
        part = singles[start : start + _AT_ONCE]
        found += _scores(bundle, bundle.head, request.project, part).tolist()
        progress(len(found), len(singles), tr("Scoring"))
    ends = np.cumsum([len(one.answers) for one in comparisons]).tolist()
    starts = [0, *ends[:-1]]
    return ScoredAnswers(tuple(tuple(found[a:b]) for a, b in zip(starts, ends, strict=True)))


def _scores(bundle: ModelBundle, head: RankingHead, project: Path, singles: Sequence[str]) -> FloatArray:
    """One score per text with a single answer, which stands in the first place of its row: (n,)."""
    features = [extractor_of(key, project).extract(list(singles)) for key in parts_of(bundle.extractor)]
    rows = bundle.embed(hstack(features, format="csr", dtype=np.float32))
    return np.asarray(head.scores(rows)[:, 0], np.float32)
