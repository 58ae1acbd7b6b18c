"""What a certificate says, in sentences that the sheet, the print and the command line share."""

from collections.abc import Sequence

from hitl_desktop.assurance.certificate import allowed, spent
from hitl_desktop.domain.certificates import AuditRecord, Step
from hitl_desktop.domain.sentences import Figure, Sentence, Share, in_a_row, say, say_n

Fact = tuple[Sentence, Sentence]


def limit_figure(limit: float, others: Sequence[float] = ()) -> Figure:
    """A limit with the digits that it, and those beside it, have."""
    digits = max((len(f"{one:.6g}".partition(".")[2]) for one in (limit, *others)), default=2)
    return Figure(limit, min(max(digits, 2), 6))


def claim(record: AuditRecord, limit: float) -> Sentence:
    """The sentence that is promised."""
    part, whole = in_so_many(record.audit.alpha)
    return say(
        "At most {part} in {whole} answers at {limit} or above are wrong, with {sure} confidence.",
        part=part,
        whole=whole,
        limit=limit_figure(limit),
        sure=percent(1 - record.audit.delta),
    )


def in_so_many(alpha: float) -> tuple[int, int]:
    """A share as so many in 100, or in 1,000 and so on where it takes more."""
    for whole in (100, 1_000, 10_000):
        if abs(alpha * whole - round(alpha * whole)) < 1e-6:
            return round(alpha * whole), whole
    return max(1, int(alpha * 100_000)), 100_000


def percent(share: float) -> Share:
    """A share in percent, with a digit after the point only where it has one."""
    return Share(share, 0 if abs(share * 100 - round(share * 100)) < 1e-6 else 1)


def tested_at(record: AuditRecord) -> Share:
    """The part of the risk that an audit is tested at."""
    return Share(spent(record.audit.delta, record.audit.number), 2)


def evidence(step: Step) -> Sentence:
    """What the claim rests on."""
    return in_a_row(
        [
            say(
                "Of the {size} items at {limit} or above, {audited} were checked blind and at random.",
                size=step.size,
                limit=limit_figure(step.limit),
                audited=step.audited,
            ),
            how_wrong(step.wrong),
            say_n(
                "That rules out more than {n} wrong one ({share}).",
                "That rules out more than {n} wrong ones ({share}).",
                step.bound,
                share=Share(step.share, 2),
            ),
        ]
    )


def how_wrong(wrong: int) -> Sentence:
    """How many of the checked ones were wrong."""
    if not wrong:
        return say("None was wrong.")
    return say_n("{n} was wrong.", "{n} were wrong.", wrong)


def not_yet(more: tuple[int, int] | None) -> Sentence:
    """What would be needed after an audit that proved too little."""
    if more is None:
        return say("Not yet. The model errs too often for any number of checks.")
    audits, wrong = more
    if not wrong:
        return say_n(
            "Not yet. About {n} fresh check, if none is wrong.",
            "Not yet. About {n} fresh checks, if none is wrong.",
            audits,
        )
    return say_n(
        "Not yet. About {n} fresh check, if no more than {wrong} of those that count are wrong.",
        "Not yet. About {n} fresh checks, if no more than {wrong} of those that count are wrong.",
        audits,
        wrong=wrong,
    )


def facts(record: AuditRecord, step: Step | None = None) -> list[Fact]:
    """What is printed below: where each figure comes from. `step` is the limit that the claim is about, None for the
    loosest that was proved.
    """
    audit = record.audit
    found: list[Fact] = [
        (
            say("Model"),
            say("v{version} · {digest}", version=str(audit.model_version), digest=audit.model_hash[:8]),
        ),
        (
            say("Routing"),
            say("policy {version} · {digest}", version=str(audit.policy_version), digest=audit.gate_digest[:8]),
        ),
        (say("Audit"), in_a_row([_drawn(record), _answered(record)])),
        (
            say("Risk spent"),
            say(
                "{part} of {whole} (audit {n})",
                part=Share(spent(audit.delta, audit.number), 1),
                whole=percent(audit.delta),
                n=audit.number,
            ),
        ),
    ]
    if record.finished is not None:
        found.append(
            (say("Checked by"), say_n("{n} reviewer, blind", "{n} reviewers, blind", record.fact("reviewers")))
        )
    if step is None and record.walk is not None:
        step = record.walk.last
    if step is not None and step.size > step.audited:
        most = allowed(step.size, audit.alpha) - step.wrong
        unchecked = say_n(
            "{left} items, of which at most {n} is wrong",
            "{left} items, of which at most {n} are wrong",
            most,
            left=step.size - step.audited,
        )
        found.append((say("Not checked"), unchecked))
    if step is not None:
        found.append((say("Holds while"), say("model, rules and classes stay, and new items look like these")))
    return found


def _drawn(record: AuditRecord) -> Sentence:
    audit = record.audit
    return say(
        "{n} of {zone} drawn, from {limit} on, seed {seed}.",
        n=len(audit.drawn),
        zone=audit.zone,
        limit=limit_figure(audit.ladders[0].limits[-1]),
        seed=str(audit.seed),
    )


def _answered(record: AuditRecord) -> Sentence:
    missing = record.fact("unanswered")
    if record.finished is None:
        return say("Under way.")
    if not missing:
        return say("All answered.")
    return say_n("{n} was not answered and counts as wrong.", "{n} were not answered and count as wrong.", missing)
