"""What each answer to a record is expected to cost, in words and money."""

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.records import Record
from hitl_desktop.domain.stakes import Stakes
from hitl_desktop.gui.widgets.shares import percent_of
from hitl_desktop.language import tr
from hitl_desktop.workflow.figures.five import money


def cost_words(stakes: Stakes, label: Label, chance: float, record: Record, costs: CostSettings) -> str:
    """Two lines: what is lost if the class is missed, and what to answer where a false alarm has a price.

    `chance` (0–1) is the model's of the class `label`, which is the one at stake.
    """
    found = record[stakes.column] if stakes.column is not None else None
    amount = found.number if found is not None else None
    expected = stakes.expected(chance, amount)
    currency = costs.currency
    first = tr(
        "Not {label}: {money} expected, {share} of {amount}",
        label=label.name,
        money=money(expected.without, currency),
        share=percent_of(chance),
        amount=money(stakes.if_missed(amount), currency),
    )
    if expected.saying is None or stakes.false_alarm is None:
        told = tr("What a false alarm of {label} costs is said under Figures, Costs.", label=label.name)
        return f"{first}\n{told}"
    second = tr(
        "{label}: {money} expected, {share} of {amount}",
        label=label.name,
        money=money(expected.saying, currency),
        share=percent_of(1 - chance),
        amount=money(stakes.false_alarm, currency),
    )
    cheapest = tr("Cheapest: {label}", label=label.name)
    if not expected.says_class:
        cheapest = tr("Cheapest: not {label}", label=label.name)
    return f"{first}\n{second}\n{cheapest}"
