"""What a report says, section by section, as plain values: everything in words already, charts named by a key."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.domain.certificates import Outcome
from hitl_desktop.domain.event_table import EventTable
from hitl_desktop.domain.policy_words import EVERYTHING_ELSE, ROUTE_NAMES, when_words
from hitl_desktop.gui.views.figures.cost_card import effect_words
from hitl_desktop.gui.views.figures.group_card import gap_words
from hitl_desktop.gui.views.figures.pace_words import pace_words
from hitl_desktop.gui.views.figures.tiles import ends_of, number_of
from hitl_desktop.gui.views.figures_in_words import duration
from hitl_desktop.gui.views.model_card_sheet import card_facts
from hitl_desktop.gui.views.preferences.preference_words import comparison_rows
from hitl_desktop.gui.views.reviewers import signature_words
from hitl_desktop.gui.widgets.moments import in_full
from hitl_desktop.kinds.contents import file_digest
from hitl_desktop.language import decimal, listed, number, percent, percent_range, tr, trn
from hitl_desktop.workflow import insight, routing
from hitl_desktop.workflow.certifying import Stage, state
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.figures.compute import Found
from hitl_desktop.workflow.figures.cost_values import Costs
from hitl_desktop.workflow.figures.definitions import DEFINITIONS
from hitl_desktop.workflow.figures.five import money
from hitl_desktop.workflow.figures.values import Figures, Work
from hitl_desktop.workflow.figures.watching import WATCHED
from hitl_desktop.workflow.preference_figures import preference_figures
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.signing import check_all
from hitl_desktop.workflow.snapshot import take_snapshot

JOURNAL: Final = "decisions.jsonl"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the words of its head, and rows of as many words; columns from `numbers_from` on hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, tables, and the keys of charts that stand below them."""

    title: str
    words: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def report_of(project: Project, found: Found) -> Report:
    """Everything about a project as it was when the figures were worked out."""
    figures = found.figures
    sections = [
        _five(figures),
        _trends(),
        _costs(figures.costs),
        _groups(figures),
        _people(figures),
        _classes(figures),
        *_comparisons(project),
        _watch(figures),
        _certificate(project),
        _signatures(project),
        _policy(project),
        _model(project),
        _trail(project, found.events),
    ]
    items = trn("{n} item", "{n} items", figures.ledger.items)
    subtitle = listed((tr("made on {when}", when=in_full(now_utc())), items, _asked(figures)))
    return Report(project.name, subtitle, tuple(sections))


def _asked(figures: Figures) -> str:
    """What the work was narrowed to; empty for all of it."""
    since = tr("work since {day}", day=figures.asked.since.isoformat()) if figures.asked.since else ""
    return listed((since, tr("work of {name}", name=figures.asked.reviewer) if figures.asked.reviewer else ""))


def _five(figures: Figures) -> Section:
    currency = figures.currency
    rows = []
    for figure in figures.five:
        definition = DEFINITIONS[figure.id]
        source = listed((figure.detail, figure.sample))
        value = number_of(figure, definition.unit, currency)
        rows.append((tr(definition.title), value, ends_of(figure, definition.unit) or "–", source))
    ledger = figures.ledger
    where = tr(
        "{decided} decided, {aside} set aside, {to_do} to do, {proposed} proposed, {automatic} automatic: {items} in "
        "all.",
        decided=number(ledger.decided),
        aside=number(ledger.set_aside),
        to_do=number(ledger.needs_review),
        proposed=number(ledger.proposed),
        automatic=number(ledger.automatic),
        items=number(ledger.items),
    )
    meanings = tuple(
        (tr(definition.title), tr(definition.meaning), tr(definition.formula)) for definition in DEFINITIONS.values()
    )
    head = (tr("Figure"), tr("Value"), tr("95 % interval"), tr("Where it comes from"))
    return Section(
        tr("Figures"),
        tuple(words for words in (where, pace_words(figures.pace)) if words),
        (Table(head, tuple(rows), 9), Table((tr("Figure"), tr("Meaning"), tr("Formula")), meanings, 9)),
    )


def _trends() -> Section:
    return Section(tr("Trends"), charts=("needs_you", "accuracy", "seconds", "override"))


def _costs(costs: Costs | None) -> Section:
    if costs is None:
        return Section(tr("Cost and return"), (tr("Nobody has said what an hour and a mistake cost."),))
    currency = costs.settings.currency
    named = (
        (tr("Everything by hand"), costs.by_hand),
        (tr("Everything automatic"), costs.automatic),
        (tr("With you, as now"), costs.now),
        (tr("With you, at least cost"), costs.best),
    )
    rows = tuple(
        (
            name,
            number(point.reviewed),
            money(point.review_cost, currency),
            tr("{n} ({low} to {high})", n=number(round(point.mistakes)), low=number(round(point.mistakes_low)),
               high=number(round(point.mistakes_high))),
            money(point.mistake_cost, currency),
            money(point.total, currency),
        )
        for name, point in named
    )  # fmt: skip
    head = (tr("Way of working"), tr("Reviewed"), tr("Reviewing"), tr("Expected mistakes"), tr("Mistakes"), tr("Total"))
    price = money(costs.settings.per_hour or 0.0, currency)
    words = [
        tr("{price} per hour of reviewing. At the limit in force: {effect}", price=price,
           effect=effect_words(costs.now, costs)),
        tr("Your own mistakes are not known, so none are counted.") if costs.own_error is None
        else tr("Your own mistakes: {share}.", share=percent(costs.own_error, 1)),
    ]  # fmt: skip
    return Section(tr("Cost and return"), tuple(words), (Table(head, rows),))


def _groups(figures: Figures) -> Section:
    groups = figures.groups
    if groups is None:
        return Section(tr("Groups"), (tr("There are no groups to compare."),))
    rows = tuple(
        (row.value, number(row.accuracy.right), number(row.accuracy.of), *_estimate(row.accuracy))
        for row in groups.rows
    )
    head = (groups.column, tr("Right"), tr("Checks"), tr("Accuracy"), tr("95 % interval"))
    tested = trn("{n} column was compared.", "{n} columns were compared.", groups.columns)
    return Section(tr("Groups"), (gap_words(groups), tested), (Table(head, rows),))


def _people(figures: Figures) -> Section:
    everybody = [(row.name, row.work) for row in figures.reviewers]
    if len(everybody) > 1:
        everybody.append((tr("Together"), figures.work))
    head = (tr("Reviewer"), tr("Decisions"), tr("Active time"), tr("Per decision"), tr("Suggestions changed"))
    return Section(tr("Reviewers"), (), (Table(head, tuple((name, *_work(work)) for name, work in everybody)),))


def _comparisons(project: Project) -> list[Section]:
    """What comparisons tell of the reviewers and the reward model; nothing for other kinds."""
    if not project.kind.compares:
        return []
    found = preference_figures(project, take_snapshot(project))
    head = (tr("Comparisons"), tr("Value"), tr("Where it comes from"))
    return [Section(tr("Comparisons"), (), (Table(head, tuple(comparison_rows(found)), 3),))]


def _work(work: Work) -> tuple[str, ...]:
    changed = "–"
    if work.seen:
        share = percent(work.changed / work.seen, 1)
        changed = tr("{changed} of {n}, {share}", changed=number(work.changed), n=number(work.seen), share=share)
    seconds = tr("{seconds} s", seconds=decimal(work.seconds.value, 1)) if work.seconds else "–"
    return number(work.decisions), duration(work.active_seconds), seconds, changed


def _classes(figures: Figures) -> Section:
    head = (tr("Class"), tr("Decided"), tr("Suggestions changed"), tr("Found"), tr("Rightly said"))
    rows = tuple(
        (
            row.label.name,
            number(row.decided),
            tr("{changed} of {n}", changed=number(row.changed), n=number(row.seen)) if row.seen else "–",
            _short(row.recall),
            _short(row.precision),
        )
        for row in figures.classes
    )
    words = (tr("Found and rightly said are measured on random checks."),)
    return Section(tr("Classes"), words, (Table(head, rows),))


def _watch(figures: Figures) -> Section:
    states = {"ok": tr("in its limits"), "look": tr("look at it"), "unknown": tr("cannot be told yet")}
    rows = tuple(
        (tr(WATCHED[watch.id]), states[watch.state.value], watch.value_words, watch.limit_words)
        for watch in figures.watch
    )
    return Section(tr("Watch list"), (), (Table((tr("Watched"), tr("State"), tr("Value"), tr("Limit")), rows, 9),))


def _certificate(project: Project) -> Section:
    """The claim, if one holds now, and how far its proof reached; else what stands in its way."""
    found = state(project)
    title = tr("Certificate")
    if found.record is None:
        return Section(title, (tr("There is no certificate: nothing is promised about automatic decisions."),))
    audit, walk = found.record.audit, found.walk
    words = {
        Stage.AUDITING: tr("An audit is under way. Nothing is promised until all of it is answered."),
        Stage.NOT_YET: tr("The last audit proved nothing: nothing is promised about automatic decisions."),
        Stage.SUSPENDED: tr("The certificate does not hold now: {why}", why=str(found.why)),
        Stage.VALID: tr(
            "At most {alpha} of the automatic decisions are wrong, with {confidence} confidence.",
            alpha=percent(audit.alpha, 1),
            confidence=percent(1 - audit.delta),
        ),
    }.get(found.stage, "")
    drawn = trn("{n} item was drawn for the audit", "{n} items were drawn for the audit", len(audit.drawn))
    facts = tr("{drawn}, begun on {when}, for model v{version}.", drawn=drawn, when=in_full(audit.begun_utc),
               version=audit.model_version)  # fmt: skip
    outcomes = {
        Outcome.SKIPPED: tr("too few checks"),
        Outcome.PROVED: tr("proved"),
        Outcome.STOPPED: tr("not proved"),
    }
    rows = tuple(
        (_limit(step.limit), number(step.size), number(step.audited), number(step.wrong), percent(step.share, 2),
         outcomes[step.outcome])
        for step in (walk.steps if walk else ())
    )  # fmt: skip
    head = (tr("Confidence at least"), tr("Items"), tr("Checked"), tr("Wrong"), tr("At most wrong"), tr("Result"))
    return Section(title, (words, facts), (Table(head, rows),) if rows else ())


def _limit(limit: float) -> str:
    return decimal(limit, 3)


def _signatures(project: Project) -> Section:
    """Who signed what, and whether it still holds."""
    found = check_all(project.store)
    if not found:
        return Section(tr("Signatures"), (tr("Nobody has signed this project, its certificates or its files."),))
    rows = []
    for checked in found:
        signed, now = checked.signed, signature_words.holds(checked)[0]
        if signed is None:
            rows.append(("–", "–", "–", "–", now))
            continue
        who, said = signature_words.signer(signed), signature_words.meaning(signed)
        rows.append((who, said, signature_words.subject(signed), in_full(signed.at_utc), now))
    head = (tr("Who"), tr("Says"), tr("Of what"), tr("When"), tr("Now"))
    return Section(tr("Signatures"), (), (Table(head, tuple(rows), 9),))


def _policy(project: Project) -> Section:
    """The rules in their order, and how many items each takes."""
    policy, known = project.policy, routing.known_of(project, columns=False)
    taken = np.bincount(project.routes.rule, minlength=len(policy.rules) + 1)
    rows = [
        (str(when_words(rule, known)), tr(ROUTE_NAMES[rule.route]), number(int(taken[place])))
        for place, rule in enumerate(policy.rules)
    ]
    rows.append((str(EVERYTHING_ELSE), tr(ROUTE_NAMES[policy.otherwise]), number(int(taken[-1]))))
    words = (tr("Policy {version}. The first rule that matches an item says where it goes.", version=policy.version),)
    return Section(tr("Routing policy"), words, (Table((tr("When"), tr("Then"), tr("Items")), tuple(rows), 2),))


def _model(project: Project) -> Section:
    model = project.model
    if model is None:
        return Section(tr("Model"), (tr("There is no model yet."),))
    card = insight.card_of(project, model)
    start = insight.began_from(project, card)
    facts = card_facts(card, tr("nothing") if start == "nothing" else start, model.trained_hash)
    rows = tuple((name, value) for name, value in facts if value)
    words = (tr("v{version}, {title}", version=model.version, title=insight.title_of(project, model)),)
    return Section(tr("Model"), words, (Table((tr("Model card"), ""), rows, 9),))


def _trail(project: Project, events: EventTable) -> Section:
    """How many events the record has, and the fingerprint of the file that holds them all."""
    words = [trn("{n} event is on record; none was ever changed.", "{n} events are on record; none was ever changed.",
                 len(events))]  # fmt: skip
    if len(events):
        first, last = (date.fromtimestamp(int(events.at[place])).isoformat() for place in (0, -1))
        words.append(tr("The first is of {first}, the last of {last}.", first=first, last=last))
    journal = project.folder / JOURNAL
    rows = [(tr("Events"), number(len(events)))]
    if journal.is_file():
        rows += [(tr("File"), JOURNAL), (tr("SHA-256"), file_digest(journal))]
    return Section(tr("Audit trail"), tuple(words), (Table((tr("Record"), ""), tuple(rows), 9),))


def _estimate(found: Estimate) -> tuple[str, str]:
    return percent(found.share, 1), percent_range(found.low, found.high, 1)


def _short(found: Estimate | None) -> str:
    if found is None:
        return "–"
    share, ends = _estimate(found)
    return tr("{share} ({interval})", share=share, interval=ends)
