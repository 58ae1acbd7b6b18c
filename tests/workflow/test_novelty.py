"""New kinds in a project: found beside the window, kept, shown, filtered and routed by."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.item_filter import ItemFilter
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule
from hitl_desktop.domain.policy_conditions import ConfidenceAtLeast, UnlikeDecided
from hitl_desktop.gui.views.review.reasons import new_kind
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.finding import Finder, Wanted, question
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, MakeTable, Retrain

OTHERS = 12
"""So many messages are about nothing that was decided."""


@pytest.fixture
def messages(make_table: MakeTable, make_project: MakeProject, tmp_path: Path) -> Iterator[Project]:
    """160 messages of two kinds, most of them decided, and a few of another kind."""
    table = make_table(tmp_path / "messages.csv", rows=160)
    rng = np.random.default_rng(4)
    words = ["river", "mountain", "forest", "meadow", "cloud", "thunder", "rainbow", "valley"]
    lines = [f"x{n},{' '.join(rng.permutation(words)[:6])},bill" for n in range(OTHERS)]
    with table.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    make_project(tmp_path / "P.hitl", table, use_labels=LabelUse.TRUTH)
    project = Project.open(tmp_path / "P.hitl")
    session = ReviewSession(project, "Ada")
    for index in range(130):
        session.take(index)
        session.decide(Verdict.CORRECTED, project.store.items.get(index).truth_id)
    yield project
    project.close()


def test_new_kinds_are_known_after_a_training_and_after_reopening(messages: Project, retrain: Retrain) -> None:
    assert messages.pool.novel is None
    retrain(messages)
    novel = messages.pool.novel
    assert novel is not None
    strange = np.arange(160, 160 + OTHERS)
    assert novel[strange].mean() > 0.7
    assert novel[:160].mean() < 0.05
    folder = messages.folder
    messages.close()
    again = Project.open(folder)
    assert (again.pool.novel == novel).all()
    wanted = Wanted(ItemFilter(novel=True, everything=True))
    found = Finder().answer(question(again, wanted, np.empty(0, np.int64)))
    assert set(found.tolist()) == set(np.flatnonzero(novel).tolist())
    again.close()


def test_a_rule_keeps_them_with_a_person(messages: Project, retrain: Retrain) -> None:
    retrain(messages)
    rules = (Rule((UnlikeDecided(),), Route.REVIEW), Rule((ConfidenceAtLeast(0.0),), Route.ACCEPT))
    routing.set_policy(messages, RoutingPolicy(rules, Route.REVIEW))
    novel = messages.pool.novel
    assert novel is not None
    assert (messages.pool.routes.rule[novel] == 0).all()
    assert (messages.pool.routes.rule[~novel] == 1).all()
    assert not routing.gate(messages)[novel].any()


def test_it_is_said_where_a_strategy_asks_and_nowhere_else() -> None:
    from hitl_desktop.domain.decisions import Slot

    found = new_kind(Slot.UNCERTAIN, is_novel=True)
    assert found is not None
    assert (found.word, found.clause) == ("New kind", "unlike anything decided")
    assert new_kind(Slot.UNCERTAIN, is_novel=False) is None
    assert new_kind(Slot.EXPLORE, is_novel=True) is None, "what is drawn at random says nothing of the item"
