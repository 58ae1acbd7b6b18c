"""The queue that follows decision by decision is the one that is looked up anew."""

import numpy as np

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession


def test_the_queue_follows_each_decision(text_project: Project) -> None:
    session = ReviewSession(text_project, "ann")
    shared = 0
    for turn in range(12):
        before = session.waiting()
        if turn == 3:
            session.go_to(int(before[5]))  # not the one in front
        if turn == 6:
            session.undo()
        elif turn == 8:
            session.step(2)
        else:
            session.decide(Verdict.SKIPPED)
        now = session.waiting()
        shared += np.shares_memory(before, now)
        session.queue._waiting = None
        assert now.tolist() == session.waiting().tolist(), f"turn {turn}"
    assert shared >= 6, "most decisions are about the item in front"
