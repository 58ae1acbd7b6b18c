"""The command `route`: the policy with its counts, another one looked at or put in force, and the one in force
written to a file.
"""

import argparse
from typing import Any, Final

from hitl_desktop.domain.policy import Route
from hitl_desktop.domain.policy_words import EVERYTHING_ELSE, when_words
from hitl_desktop.exchange.policy_file import read_policy_file, write_policy_file
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.routing import Preview
from hitl_desktop.workflow.targets import check_target

Answer = tuple[Any, str]
_DOES: Final = {
    Route.ACCEPT: "accept {n:,}",
    Route.REVIEW: "review {n:,}",
    Route.REMOVE: "remove {n:,}",
    Route.ESCALATE: "escalate {n:,}",
    Route.SECOND_READER: "give {n:,} to a second reader",
}


def route(project: Project, arguments: argparse.Namespace, reviewer: str) -> Answer:
    """Show, look at, or change the policy. Raises KnownError with the place for a file that does not fit."""
    told = ""
    policy = project.policy
    if arguments.write is not None:
        check_target(project, arguments.write)
    if arguments.policy is not None:
        policy = routing.checked(project, read_policy_file(arguments.policy))
    preview = routing.preview(project, policy)
    if arguments.policy is not None and not arguments.preview:
        changes = routing.set_policy(project, policy, by=reviewer, why=arguments.reason)
        told = f"Policy {project.policy.version} is in force." if changes.routing else "It is in force already."
    if arguments.take_back:
        routing.take_back(project, by=reviewer)
        preview = routing.preview(project, project.policy)
        told = f"Taken back: policy {project.policy.version} is in force."
    if arguments.write is not None:
        write_policy_file(arguments.write, project.policy.plain(routing.known_of(project, columns=False)))
        told = f"Policy {project.policy.version} written to {arguments.write}."
    answer = _plain(project, preview)
    answer["in_force"] = preview.policy.same_as(project.policy)
    return answer, "\n".join([*([told] if told else []), *_lines(project, preview)])


def _plain(project: Project, preview: Preview) -> dict[str, Any]:
    policy = preview.policy
    return {
        "policy": project.policy.version,
        "items": len(project.pool),
        "rules": [
            {
                "number": place + 1,
                "name": policy.rules[place].name if place < len(policy.rules) else "",
                "when": _when(project, preview, place),
                "then": policy.route_of(place).value,
                "items": count.items,
                "to_do": count.to_do,
                "fitting": count.fitting,
                "unclear": count.unclear,
                "watched": count.watched,
            }
            for place, count in enumerate(preview.counts)
        ],
        "routes": {one.value: {"items": preview.items[one], "to_do": preview.to_do[one]} for one in preview.items},
        "limit": preview.limit if preview.limit <= 1 else None,
        "daily_capacity": policy.daily_capacity,
        "audit_every": policy.audit_every,
        "oddities": [
            {"rule": odd.rule + 1, "sort": odd.sort.value, "words": odd.words.english(), "note": odd.is_note}
            for odd in preview.odd
        ],
    }


def _lines(project: Project, preview: Preview) -> list[str]:
    policy = preview.policy
    whens = [_when(project, preview, place) for place in range(len(preview.counts))]
    width = min(60, max(len(when) for when in whens))
    lines = []
    for place, count in enumerate(preview.counts):
        then = policy.route_of(place).value.replace("_", " ")
        lines.append(
            f"{place + 1:>3}  {whens[place]:{width}.{width}}  {then:13}  {count.items:>9,}  ({count.to_do:,} to do)"
        )
    verb = "In force:" if preview.policy.same_as(project.policy) else "Would"
    parts = [
        words.format(n=preview.items[one])
        for one, words in _DOES.items()
        if preview.items[one] or one in (Route.ACCEPT, Route.REVIEW)
    ]
    lines.append(f"{verb} {', '.join(parts)} of {len(project.pool):,}.")
    if policy.audit_every is not None:
        lines.append(
            f"1 in {policy.audit_every:,} automatic ones is drawn at random and stays for review: {preview.watched:,}."
        )
    if policy.daily_capacity is not None:
        lines.append(f"{policy.daily_capacity:,} items can be reviewed in a day.")
    lines += [("Note: " if odd.is_note else "Look at this: ") + odd.words.english() for odd in preview.odd]
    return lines


def _when(project: Project, preview: Preview, place: int) -> str:
    if place == len(preview.policy.rules):
        return EVERYTHING_ELSE.english()
    return when_words(preview.policy.rules[place], routing.known_of(project, columns=False)).english()
