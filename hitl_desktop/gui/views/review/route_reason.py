"""What the routing policy says of an item that waits: escalated, for a second reader, sent by a rule, keeping watch."""

from typing import TYPE_CHECKING

from hitl_desktop.domain.decisions import MEASURING_SLOTS, Slot
from hitl_desktop.domain.policy import Route
from hitl_desktop.domain.second_reading import Stage
from hitl_desktop.gui.views.review.reasons import Reason
from hitl_desktop.language import listed, number, tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.project import Project


def escalated(project: "Project", index: int, slot: Slot) -> Reason | None:
    """The reason of an item that is on a route of its own, whatever the order of asking says; None for any other.

    Of random checks nothing is told.
    """
    route = project.pool.route(index)
    if slot in MEASURING_SLOTS or slot is Slot.SECOND or route not in (Route.ESCALATE, Route.SECOND_READER):
        return None
    by = _by_rule(project, index)
    if route is Route.ESCALATE:
        return Reason("arrow-up-right", tr("Escalated"), "warn", by)
    return Reason("users", tr("Second reader"), "audit", tr("{by}: somebody else reads it after you", by=by))


def two_differ(project: "Project", index: int) -> Reason | None:
    """What two readers said of an item, where they differ and nobody has settled it; None for any other."""
    from hitl_desktop.workflow.second_reading import readings

    reading = readings(project).get(index)
    if reading is None or reading.second is None or reading.stage is not Stage.DIFFERS:
        return None
    both = listed(
        tr("{reviewer}: {said}", reviewer=one.reviewer, said=project.answer_words(one.label_id, one.findings))
        for one in (reading.first, reading.second)
    )
    return Reason("users", tr("Two readers differ"), "warn", both)


def sent(project: "Project", index: int) -> Reason | None:
    """The reason of an item that the model is sure of and that is reviewed all the same; None where no rule says so."""
    routes = project.routes
    if routes.watched[index]:
        return Reason("shield-check", tr("Keeping watch"), "audit", tr("drawn at random from those that need nobody"))
    if routes.rule[index] < len(project.policy.rules) and project.pool.route(index) is Route.REVIEW:
        return Reason("route", tr("By a rule"), "accent", _by_rule(project, index))
    return None


def _by_rule(project: "Project", index: int) -> str:
    rule = int(project.routes.rule[index])
    if rule == len(project.policy.rules):
        return tr("as everything else is")
    name = project.policy.rules[rule].name
    return tr("by rule {n}, {name}", n=number(rule + 1), name=name) if name else tr("by rule {n}", n=number(rule + 1))
