"""A project's policy: put in force, read from its own records, remembered per item, taken back."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.policy import AUTOMATIC_ROUTES, Route, RoutingPolicy, Rule, gate_digest
from hitl_desktop.domain.policy_checks import Sort
from hitl_desktop.domain.policy_conditions import (
    ColumnContains,
    ColumnEmpty,
    ColumnIs,
    ColumnIsNot,
    ColumnOver,
    Condition,
    ConfidenceAtLeast,
    Keywords,
    PredictedIs,
    ProbabilityAtLeast,
    Where,
)
from hitl_desktop.domain.policy_match import match
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.asking import change_policy, take_back_policy
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.scores import write_scores

AMOUNTS = ["50", "1,250.00", "", "n/a", "€ 9 000"]
KINDS = ["Letter", "call", "LETTER ", ""]
ROWS = 60


@pytest.fixture
def folder(tmp_path: Path, make_project: Callable[..., object]) -> Path:
    table = tmp_path / "claims.csv"
    lines = ["id,text,label,amount,kind"]
    for n in range(ROWS):
        text = f"claim {n} with an Injury" if n % 7 == 0 else f"claim number {n}"
        amount = AMOUNTS[n % len(AMOUNTS)]
        lines.append(f'c{n},{text},{("motor", "health")[n % 2]},"{amount}",{KINDS[n % len(KINDS)]}')
    table.write_text("\n".join(lines) + "\n", "utf-8")
    made = tmp_path / "Claims.hitl"
    make_project(made, table, use_labels=LabelUse.TRUTH, text_column="text")
    add_model(made, seed=3)
    return made


def add_model(folder: Path, seed: int) -> None:
    store = Store.open(folder)
    version = store.models.next_version()
    with store.transaction():
        store.models.add(ModelVersion(version, "trained", "", "2026-01-02", 0, 0))
        store.models.activate(version, "2026-01-02", "test")
    store.close()
    rows = np.random.default_rng(seed).dirichlet([0.4, 0.4], ROWS).astype(np.float32)
    write_scores(folder / "scores" / f"v{version}.npy", rows)


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    opened = Project.open(folder)
    yield opened
    opened.close()


LARGE = Rule((ColumnOver("amount", 1000.0),), Route.REVIEW)
INJURY = Rule((Keywords(("injury", "lawyer")),), Route.ESCALATE)
SURE = Rule((ConfidenceAtLeast(0.8),), Route.ACCEPT)
POLICY = RoutingPolicy((LARGE, INJURY, SURE))


def columns(project: Project) -> list[dict[str, str]]:
    return [dict(item.fields) for item in project.store.items.many(range(len(project.pool)))]


def test_a_project_starts_with_the_policy_of_its_threshold(project: Project) -> None:
    assert project.policy == RoutingPolicy((Rule((ConfidenceAtLeast(0.9),), Route.ACCEPT),))
    before = project.pool.ledger().proposed
    assert before == int((project.pool.confidence >= np.float32(0.9)).sum())
    assert project.set_threshold(0.6).routing
    assert (project.policy.version, project.pool.threshold) == (1, 0.6)
    assert project.pool.ledger().proposed > before
    assert project.set_threshold(0.6) is NOTHING


def test_rules_on_records_send_items_their_way(project: Project, folder: Path) -> None:
    routing.set_policy(project, POLICY, by="ann", why="Injuries need a person")
    for index, fields in enumerate(columns(project)):
        rule, route = int(project.routes.rule[index]), project.routes.route_of(index)
        if index % len(AMOUNTS) in (1, 4):
            assert (rule, route) == (0, Route.REVIEW), fields
        elif index % len(AMOUNTS) in (2, 3):
            assert (rule, route) == (0, Route.REVIEW), "no number there"
            assert project.routes.unclear[index]
        elif index % 7 == 0:
            assert (rule, route) == (1, Route.ESCALATE)
        else:
            is_sure = project.pool.confidence[index] >= np.float32(0.8)
            assert (rule, route) == ((2, Route.ACCEPT) if is_sure else (3, Route.REVIEW))
    assert project.pool.ledger().adds_up
    routed = project.routes.rule.copy()
    project.close()
    again = Project.open(folder)
    assert again.policy.same_as(POLICY)
    assert (again.routes.rule == routed).all()
    assert routing.remembered(folder, 1, 1) is not None
    again.close()


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (ColumnIs("kind", ("letter",)), lambda n: n % 4 in (0, 2)),
        (ColumnIsNot("kind", ("Letter",)), lambda n: n % 4 in (1, 3)),
        (ColumnContains("kind", ("ALL", "zzz")), lambda n: n % 4 == 1),
        (ColumnEmpty("kind"), lambda n: n % 4 == 3),
        (Keywords(("INJURY",)), lambda n: n % 7 == 0),
        (Keywords(("call", "injury"), Where.ANYWHERE), lambda n: n % 4 == 1 or n % 7 == 0),
        (Keywords(("kind",), Where.ANYWHERE), lambda _: False),
    ],
)
def test_a_condition_on_records_holds_where_it_says(
    project: Project, condition: Condition, holds: Callable[[int], bool]
) -> None:
    policy = RoutingPolicy((Rule((condition,), Route.ESCALATE),))
    routes = match(policy, project.pool.told(), routing.facts_of(project, policy))
    assert (routes.rule == 0).tolist() == [holds(n) for n in range(ROWS)]


def test_the_preview_beside_the_window_says_what_putting_it_in_force_does(project: Project) -> None:
    ReviewSession(project, "ann").decide(Verdict.CORRECTED, project.labels[0].id)
    asked = routing.question(project, POLICY)
    shown: list[routing.Preview] = []
    thread = threading.Thread(target=lambda: shown.append(routing.Previewer().answer(asked)))
    thread.start()
    thread.join()
    assert project.policy.version == 0, "nothing is changed by looking"
    routing.set_policy(project, POLICY)
    (preview,) = shown
    assert preview.items == {route: int((project.routes.route == n).sum()) for n, route in enumerate(Route)}
    assert preview.to_do == project.pool.to_do_by_route()
    assert sum(count.items for count in preview.counts) == ROWS
    assert [count.items for count in preview.counts] == np.bincount(project.routes.rule, minlength=4).tolist()
    assert sum(count.to_do for count in preview.counts) == ROWS - 1
    unclear = [odd for odd in preview.odd if odd.sort is Sort.UNCLEAR]
    assert [str(odd.words) for odd in unclear] == [
        "24 items have no number where rule 1 asks for one. They go to review."
    ]


def test_a_preview_goes_on_from_what_was_read_before(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = routing.Previewer().answer(routing.question(project, POLICY))
    monkeypatch.setattr(routing.Previewer, "reading", None)  # to read again would be an error
    second = routing.Previewer().answer(routing.question(project, POLICY, first.read))
    assert second.counts == first.counts
    stopped = routing.Previewer()
    stopped.stop()
    with pytest.raises(Cancelled):
        stopped.answer(routing.question(project, POLICY, first.read))


def test_what_was_read_is_kept_beside_the_scores_and_forgotten_with_its_policy(project: Project) -> None:
    routing.set_policy(project, POLICY)
    kept = sorted((project.folder / "scores" / "conditions").glob("*.npy"))
    assert len(kept) == 2
    routing.set_policy(project, RoutingPolicy((INJURY,)))
    assert len(list((project.folder / "scores" / "conditions").glob("*.npy"))) == 1


def test_another_model_is_routed_by_the_same_policy_and_both_are_remembered(folder: Path) -> None:
    opened = Project.open(folder)
    routing.set_policy(opened, POLICY)
    first = opened.routes.rule.copy()
    opened.close()
    add_model(folder, seed=11)
    opened = Project.open(folder)
    assert not np.array_equal(opened.routes.rule, first)
    np.testing.assert_array_equal(routing.remembered(folder, 1, 1), first)
    np.testing.assert_array_equal(routing.remembered(folder, 1, 2), opened.routes.rule)
    opened.close()


def test_a_decision_says_under_which_rule_it_was_made(project: Project) -> None:
    session = ReviewSession(project, "ann")
    change_policy(session, POLICY)
    item = session.current
    assert item is not None
    session.decide(Verdict.CORRECTED, project.labels[0].id)
    (decision,) = project.store.decisions.of_item(item)
    assert (decision.policy_version, decision.rule) == (1, int(project.routes.rule[item]) + 1)
    line = json.loads((project.folder / "decisions.jsonl").read_text().splitlines()[-1])
    assert (line["policy_version"], line["rule"]) == (1, decision.rule)


def test_changes_are_taken_back_one_by_one_as_new_versions(project: Project) -> None:
    session = ReviewSession(project, "ann")
    first = project.policy
    second = RoutingPolicy((SURE,))
    change_policy(session, POLICY)
    change_policy(session, second)
    for expected in (POLICY, first):
        take_back_policy(session)
        assert project.policy.same_as(expected)
    with pytest.raises(KnownError, match="No change of the policy is left"):
        take_back_policy(session)
    assert [(v.number, v.by, v.takes_back) for v in project.store.policies.all()] == [
        (1, "ann", None),
        (2, "ann", None),
        (3, "ann", 2),
        (4, "ann", 1),
    ]
    change_policy(session, second)
    take_back_policy(session)
    assert project.policy.same_as(first)


def test_escalated_items_wait_in_the_queue_and_automatic_ones_do_not(project: Project) -> None:
    session = ReviewSession(project, "ann")
    change_policy(session, RoutingPolicy((INJURY, Rule((), Route.REMOVE))))
    waiting = set(project.pool.needing_review().tolist())
    assert waiting == set(range(0, ROWS, 7))
    assert {project.pool.route(index) for index in waiting} == {Route.ESCALATE}
    assert waiting <= set(session.waiting().tolist())


def test_a_policy_that_speaks_of_what_there_is_not_is_refused_and_changes_nothing(project: Project) -> None:
    before = project.policy
    for conditions, said in (
        ((ColumnEmpty("kind"), ColumnOver("sum", 1.0)), "Rule 1, condition 2: There is no column named sum."),
        ((PredictedIs((99,)),), "Rule 1, condition 1: There is no class named #99."),
    ):
        with pytest.raises(KnownError) as refused:
            routing.set_policy(project, RoutingPolicy((Rule(conditions, Route.REVIEW),)))
        assert said in refused.value.message
    assert project.policy is before
    assert project.store.policies.all() == []


def test_the_gate_above_the_limit_is_what_is_automatic(project: Project) -> None:
    motor = project.label_named("motor").id
    rules = (INJURY, Rule((ProbabilityAtLeast(motor, 0.7),), Route.REMOVE), SURE)
    routing.set_policy(project, RoutingPolicy(rules, audit_every=5))
    gate = routing.gate(project)
    above = project.pool.confidence >= np.float32(0.7)
    np.testing.assert_array_equal(gate & above, project.routes.automatic)
    digest = gate_digest(project.policy)
    project.set_threshold(0.75)
    assert gate_digest(project.policy) == digest
    np.testing.assert_array_equal(routing.gate(project), gate)
    watched = project.routes.watched
    assert watched.any()
    assert not (watched & project.routes.automatic).any()
    assert set(AUTOMATIC_ROUTES) == {Route.ACCEPT, Route.REMOVE}


def test_a_merged_class_is_asked_by_the_class_it_counts_as(project: Project) -> None:
    session = ReviewSession(project, "ann")
    motor, health = (project.label_named(name).id for name in ("motor", "health"))
    session.change_classes(lambda classes: classes.add("other"))
    change_policy(session, RoutingPolicy((Rule((PredictedIs((motor,)),), Route.ESCALATE),)))
    few = int((project.routes.rule == 0).sum())
    session.change_classes(lambda classes: classes.merge(motor, health))
    assert few < int((project.routes.rule == 0).sum()) == int((project.pool.predicted >= 0).sum())
