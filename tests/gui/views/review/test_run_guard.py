"""When one key decides too often too fast."""

from hitl_desktop.gui.views.review.run_guard import RUN, RunGuard


def test_it_asks_at_the_twelfth_and_not_before() -> None:
    guard = RunGuard()
    assert [guard.decided("confirm", 0.3) for _ in range(RUN)] == [False] * (RUN - 1) + [True]
    assert guard.is_asking


def test_a_slow_decision_breaks_the_run() -> None:
    guard = RunGuard()
    for _ in range(RUN - 1):
        guard.decided("confirm", 0.3)
    assert not guard.decided("confirm", 1.0)
    assert guard.run == 0


def test_another_key_begins_another_run() -> None:
    guard = RunGuard()
    for _ in range(RUN - 1):
        guard.decided("confirm", 0.3)
    assert not guard.decided("skip", 0.3)
    assert guard.run == 1


def test_after_the_answer_it_counts_anew() -> None:
    guard = RunGuard()
    for _ in range(RUN):
        guard.decided("confirm", 0.3)
    guard.answered()
    assert not guard.is_asking
    assert not any(guard.decided("confirm", 0.3) for _ in range(RUN - 1))
