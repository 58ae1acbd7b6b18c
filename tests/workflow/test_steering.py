"""Steering a project: plans and examples on record, what trainings make of them, and the effect beforehand."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.assurance.paired import Pair
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy_conditions import ColumnEmpty, ColumnIs, ColumnOver, ColumnUnder, Keywords, Where
from hitl_desktop.domain.protocols import CancelCheck, Progress, never_cancelled, no_progress
from hitl_desktop.domain.steering import IGNORED, MATTERS, USUAL, ClassRule, SteeringPlan
from hitl_desktop.store.rebuilding import rebuild
from hitl_desktop.store.store import DATABASE
from hitl_desktop.workflow import rule_figures, steering
from hitl_desktop.workflow.backing_up import first_backup
from hitl_desktop.workflow.guessing import guessed_by, votes
from hitl_desktop.workflow.learning_choices import choices_of
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.opening import open_to_work
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse, TrainRequest
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.training import train_and_score
from hitl_desktop.workflow.training_beside import WorkBeside
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeProject


def decide(project: Project, count: int) -> ReviewSession:
    project.set_threshold(1.0)
    session = ReviewSession(project, "ann")
    for _ in range(count):
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    return session


def test_plans_are_applied_taken_back_and_on_record(text_project: Project) -> None:
    project = text_project
    first, second = (label.id for label in project.labels[:2])
    plan = steering.plan_in_force(project)
    assert steering.apply(project, "ann", plan) is NOTHING
    assert steering.take_back(project, "ann") is NOTHING
    ruled = type(plan)(
        {first: 2.0}, (ClassRule.of_phrase("invoice", second),), {**plan.choices, "estimator": "rbf_kernel"}
    )
    assert steering.apply(project, "ann", ruled).settings
    assert steering.plan_in_force(project).plain() == ruled.plain()
    assert choices_of(project.store).estimator == "rbf_kernel"
    steering.weigh(project, "bob", 3, MATTERS)
    assert project.store.steering.examples() == {3: MATTERS}

    assert steering.take_back(project, "ann").items == {3}
    assert project.store.steering.examples() == {}
    assert steering.take_back(project, "ann").settings
    assert steering.plan_in_force(project).plain() == plan.plain()
    assert choices_of(project.store).estimator == "auto"
    assert steering.take_back(project, "ann") is NOTHING
    said = [str(event.said) for event in project.store.steering.all()]
    assert said[1] == "“invoice” speaks for " + project.label(second).name + ", and 2 more changes."
    assert len(said) == 5, "nothing is ever removed from the record"
    with pytest.raises(KnownError, match="no estimator"):
        steering.apply(project, "ann", type(plan)({}, (), {**plan.choices, "estimator": "oracle"}))
    assert len(project.store.steering.all()) == 5


def test_regularisation_is_tried_by_a_plan_and_an_older_plan_means_automatic(text_project: Project) -> None:
    project = text_project
    decide(project, 12)
    retraining = Retraining(project)
    plan = steering.plan_in_force(project)
    held = replace(plan, choices={**plan.choices, "regularisation": "stronger"})
    assert retraining.request(retraining.snapshot()).regularisation == "auto"
    assert retraining.request(retraining.snapshot(), held).regularisation == "stronger"
    steering.apply(project, "ann", held)
    assert retraining.request(retraining.snapshot()).regularisation == "stronger"
    older = {name: value for name, value in plan.choices.items() if name != "regularisation"}
    steering.apply(project, "ann", replace(plan, choices=older))
    assert choices_of(project.store).regularisation == "auto"
    with pytest.raises(KnownError, match="no regularisation"):
        steering.apply(project, "ann", replace(plan, choices={**plan.choices, "regularisation": "endless"}))


def test_examples_are_ignored_or_count_more_and_quick_answers_know(text_project: Project) -> None:
    session = decide(text_project, 12)
    retraining = Retraining(text_project)
    before = retraining.snapshot().training[0]
    out, more = (int(i) for i in before[:2])
    steering.weigh(text_project, "ann", out, IGNORED)
    steering.weigh(text_project, "ann", more, MATTERS)
    snapshot = retraining.snapshot()
    assert set(before.tolist()) - set(snapshot.training[0].tolist()) == {out}
    request = retraining.request(snapshot)
    assert request.weights[request.training.rows == more].tolist() == [MATTERS]
    assert set(request.weights.tolist()) == {USUAL, MATTERS}
    assert not set(request.undecided.tolist()) & set(text_project.measuring_items().tolist())
    steering.weigh(text_project, "ann", more, MATTERS)
    assert text_project.store.steering.examples() == {out: IGNORED}, "once more the same takes it back"
    assert session.current is not None


def test_rules_cover_vote_and_are_measured_on_the_checks(text_project: Project) -> None:
    project = text_project
    texts = {i: project.store.items.text(i) for i in range(len(project.pool))}
    word = next(w for w in texts[0].split() if len(w) > 3)
    first, second = (label.id for label in project.labels[:2])
    made = [ClassRule.of_phrase(p, c) for p, c in ((word.upper(), first), (word, second), ("not in any text", first))]
    rules = tuple(rule.key for rule in made)
    plan = SteeringPlan({}, tuple(made), {})
    decide(project, 30)
    found = rule_figures.answer(rule_figures.ask(project, plan), Looking())
    standing = [i for i, text in texts.items() if word.casefold() in text.casefold()]
    own = found[rules[1]]
    assert own.items == own.conflicts == len(standing) > 0
    checks, labels = Retraining(project).snapshot().checks
    met = np.isin(checks, standing)
    assert (own.checks, own.right) == (int(met.sum()), int((labels[met] == second).sum()))
    assert found[rules[2]].items == 0
    everything = np.arange(len(project.pool))
    assert len(guessed_by(project.folder, rules, everything, 0).rows) == 0, "where rules differ, none speaks"
    alone = guessed_by(project.folder, rules[1:2], everything, 0)
    assert alone.rows.tolist() == standing
    assert set(alone.labels.tolist()) == {second}


def test_votes_where_rules_agree() -> None:
    a, b, c = (ClassRule.of_phrase(phrase, 1).conditions for phrase in "abc")
    standing = {
        a: np.array([True, True, False]),
        b: np.array([True, False, False]),
        c: np.array([False, True, False]),
    }
    assert votes(((a, 1), (b, 1), (c, 2)), standing).tolist() == [1, -1, -1]


def test_rules_ask_columns_and_numbers_together(make_project: MakeProject, tmp_path: Path) -> None:
    rows = [(f"note {n}", ("600", "500", "1,200.50", "much", "")[n % 5], ("PT", "pt ", "ES")[n % 3]) for n in range(60)]
    lines = ["text,amount,country,label", *(f'{t},"{a}",{c},{"ab"[n % 2]}' for n, (t, a, c) in enumerate(rows))]
    data = tmp_path / "claims.csv"
    data.write_text("\n".join(lines), "utf-8")
    make_project(tmp_path / "p.hitl", data, use_labels=LabelUse.TRUTH, text_column="text")
    project = Project.open(tmp_path / "p.hitl")
    try:
        label = project.labels[0].id
        asked = (ColumnOver("amount", 500.0), ColumnIs("country", ("pt",)))
        few = (Keywords(("note 1",), Where.TEXT), ColumnUnder("amount", 600.0))
        rules = (ClassRule(asked, label), ClassRule(few, label), ClassRule((ColumnEmpty("amount"),), label))
        plan = replace(steering.plan_in_force(project), rules=rules)
        held = guessed_by(project.folder, [rules[0].key], np.arange(60), 0).rows.tolist()
        want = [n for n, (_, a, c) in enumerate(rows) if a in ("600", "1,200.50") and c.strip().lower() == "pt"]
        assert held == want, "a cell that is no number holds nothing"
        found = rule_figures.answer(rule_figures.ask(project, plan), Looking())
        wanted = [len(want), sum("note 1" in t and a == "500" for t, a, _ in rows), sum(not a for _, a, _ in rows)]
        assert [found[rule.key].items for rule in rules] == wanted
        steering.apply(project, "ann", plan)
        assert steering.plan_in_force(project).rules == rules
        said = str(project.store.steering.all()[-1].said)
        assert said == f"“amount over 500 and country is pt” speaks for {project.labels[0].name}, and 2 more changes."
    finally:
        project.close()


def test_the_effect_is_seen_before_it_is_applied(text_project: Project) -> None:
    project = text_project
    decide(project, 25)
    retraining = Retraining(project)
    first = retraining.snapshot()
    retraining.commit(first, train_and_score(retraining.request(first), no_progress, never_cancelled))
    label = project.labels[0]
    word = next(w for w in project.store.items.text(0).split() if len(w) > 3)
    plan = type(steering.plan_in_force(project))({label.id: 2.0}, (ClassRule.of_phrase(word, label.id),), {})
    asked: list[TrainRequest] = []

    class Asked(InlineRunner):
        def run(self, task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
            assert isinstance(arguments, TrainRequest)
            asked.append(arguments)
            return super().run(task, arguments, progress, cancelled)

    beside = WorkBeside(project)
    with ThreadPoolExecutor(1) as thread:
        tried = thread.submit(beside.train, Asked(), no_progress, never_cancelled, plan).result()
    assert [request.rules for request in asked] == [(ClassRule.of_phrase(word, label.id).key,)]
    effect, trained = tried.effect(), tried.trained
    assert effect.pair is not None
    assert effect.version_before == 1
    assert effect.low <= (effect.pair.new_right - effect.pair.old_right) / effect.pair.checks <= effect.high
    assert project.model.version == 1, "nothing is put to use by trying it"
    assert steering.plan_in_force(project).class_weights == {}
    retraining.forget(trained)
    assert not trained.bundle.exists()
    assert not list((project.folder / "scores").glob(".training-*"))


def test_the_interval_of_a_difference_is_wide_for_few_checks_and_holds_the_difference() -> None:
    few, many = (steering.difference_interval(Pair(n, n // 2, n // 2 + n // 10, n // 5, n // 10)) for n in (20, 2000))
    assert few[0] < 0.1 < few[1]
    assert many[0] < 0.1 < many[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 5
    low, high = steering.difference_interval(Pair(10, 10, 10, 0, 0))
    assert low < 0 < high


def test_a_project_made_anew_is_steered_as_it_was(text_project_folder: Path, tmp_path: Path) -> None:
    first_backup(text_project_folder)  # nothing is steered in it
    with closing(Project.open(text_project_folder)) as project:
        first, second = (label.id for label in project.labels[:2])
        choices = {**steering.plan_in_force(project).choices, "estimator": "mlp", "features": "meaning"}
        plan = SteeringPlan({first: 4.0}, (ClassRule.of_phrase("invoice", second),), choices)
        steering.apply(project, "ann", plan)
        steering.weigh(project, "bob", 3, IGNORED)
    (text_project_folder / DATABASE).unlink()
    rebuild(text_project_folder, tmp_path / "Anew.hitl")
    with closing(open_to_work(tmp_path / "Anew.hitl")) as project:
        assert steering.plan_in_force(project).plain() == plan.plain()
        assert choices_of(project.store).estimator == "mlp"
        assert project.store.steering.examples() == {3: IGNORED}
        steering.apply(project, "ann", SteeringPlan({}, (), {**choices, "estimator": "auto"}))
    with closing(open_to_work(tmp_path / "Anew.hitl")) as project:
        assert choices_of(project.store).estimator == "auto", "followed once"
