"""Label problems in words: their rows, what is claimed of each, and what may be answered."""

from typing import TYPE_CHECKING

from hitl_desktop.domain.label_problems import LabelProblem, ProblemSort
from hitl_desktop.language import listed, number, percent, tr, trc, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.problems_request import Problems
    from hitl_desktop.workflow.project import Project


def class_words(project: "Project", answer: int) -> str:
    """A class, or the findings of a set, as people read them."""
    from hitl_desktop.workflow.problem_list import labels_of

    return listed(label.name for label in labels_of(project, answer)) or trc("of findings", "none")


def name_of(project: "Project", index: int) -> str:
    """What people call an item."""
    return project.store.items.get(index).name


def row_words(project: "Project", problem: LabelProblem) -> tuple[str, str]:
    """The two lines of a row: the item, and what is odd about it."""
    given = class_words(project, problem.given)
    if problem.sort is ProblemSort.COPY:
        return name_of(project, problem.index), tr("{given} · its copy says otherwise", given=given)
    likely = class_words(project, problem.likely) if problem.likely is not None else ""
    if problem.other is not None:
        names = (name_of(project, index) for index in problem.items)
        return tr("{one} and {other}", **dict(zip(("one", "other"), names, strict=True))), tr(
            "{one} against {other}", one=given, other=likely
        )
    odd = tr("{given}, or rather {likely} · {sure}", given=given, likely=likely, sure=percent(problem.strength))
    return name_of(project, problem.index), odd


def claim(project: "Project", problem: LabelProblem, found: "Problems") -> str:
    """Why another look is asked for, in a sentence."""
    given = class_words(project, problem.given)
    if problem.sort is ProblemSort.COPY:
        return tr(
            "The data has the same content once more, as {copy}, under another class than {given}.",
            copy=problem.named,
            given=given,
        )
    likely = class_words(project, problem.likely) if problem.likely is not None else ""
    if problem.other is not None:
        alike = percent(problem.strength)
        return tr("These two are {alike} alike, and decided differently.", alike=alike)
    rate = percent(found.right / found.judged) if found.judged else ""
    return tr(
        "It is decided as {given}. A model that never saw this label says {likely}, {sure} sure. "
        "Such models agree with {rate} of all labels.",
        given=given,
        likely=likely,
        sure=percent(problem.strength),
        rate=rate,
    )


def summary(found: "Problems | None", problems: list[LabelProblem]) -> str:
    """How many problems there are, among how many labels."""
    if found is None:
        return tr("Nothing was looked for yet.")
    pairs = sum(problem.sort is not ProblemSort.SUSPICIOUS for problem in problems)
    suspicious = len(problems) - pairs
    among = trn("among {n} label", "among {n} labels", found.labels)
    return listed(
        (
            trn("{n} contradiction", "{n} contradictions", pairs),
            trn("{n} suspicious label", "{n} suspicious labels", suspicious),
            among,
        )
    )


def nothing(found: "Problems | None", needed: int) -> str:
    """Why the list is empty."""
    if found is None:
        return tr("Nothing was looked for yet.")
    if not found.labels:
        return tr("Nothing is decided yet, so no label can be wrong.")
    if not found.judged:
        return tr(
            "No near-identical items are decided differently. "
            "Suspicious labels are looked for from {needed} decisions in two classes on.",
            needed=number(needed),
        )
    return tr("No problem is open: all that was found is settled.") if found.problems else tr("No problem was found.")
