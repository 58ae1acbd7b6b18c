"""Filters and orders in words: the tables of the boxes, and the chips that say what is asked for."""

from dataclasses import dataclass, replace
from typing import Final

from hitl_desktop.domain.item_filter import ItemFilter, RouteFacet, SortOrder
from hitl_desktop.domain.items import SET_ASIDE, ItemState
from hitl_desktop.domain.steering import SteeredFacet
from hitl_desktop.language import mark, percent, tr
from hitl_desktop.workflow.finding import Wanted
from hitl_desktop.workflow.project import Project

STATES: Final[dict[ItemState, tuple[str, str, str]]] = {
    ItemState.TO_DO: (mark("To do"), "circle", "text2"),
    ItemState.DECIDED: (mark("Decided"), "check", "ok"),
    ItemState.SKIPPED: (mark("Skipped"), "skip-forward", "text2"),
    ItemState.UNSURE: (mark("Unsure"), "circle-help", "text2"),
    ItemState.FLAGGED: (mark("Flagged"), "flag", "warn"),
    ItemState.AUTOMATIC: (mark("Automatic"), "shield-check", "ok"),
}
"""The words, the icon and its colour."""
ROUTES: Final[dict[RouteFacet, tuple[str, str, str]]] = {
    RouteFacet.NEEDS_YOU: (mark("Needs you"), "scan-eye", "text2"),
    RouteFacet.PROPOSED: (mark("Proposed"), "route", "text2"),
    RouteFacet.REVIEW: (mark("To review"), "scan-eye", "text2"),
    RouteFacet.ACCEPT: (mark("To accept"), "check", "ok"),
    RouteFacet.REMOVE: (mark("To remove"), "ban", "danger"),
    RouteFacet.ESCALATE: (mark("Escalated"), "arrow-up-right", "warn"),
    RouteFacet.SECOND_READER: (mark("For a second reader"), "users", "audit"),
}
ORDERS: Final[dict[SortOrder, str]] = {
    SortOrder.ASKING: mark("Order of asking"),
    SortOrder.LEAST_SURE: mark("Least sure first"),
    SortOrder.MOST_SURE: mark("Most sure first"),
    SortOrder.UNCERTAIN: mark("Most uncertain first"),
    SortOrder.NAME: mark("By name"),
    SortOrder.LAST_DECIDED: mark("Last decided first"),
}
STEERED: Final[dict[SteeredFacet, tuple[str, str, str]]] = {
    SteeredFacet.MATTERS: (mark("Matters"), "target", "accent"),
    SteeredFacet.IGNORED: (mark("Ignored for training"), "ban", "text2"),
    SteeredFacet.RULED_OTHERWISE: (mark("A rule says otherwise"), "git-compare-arrows", "warn"),
}
NOTES: Final[dict[bool | None, str]] = {
    None: mark("With a note or without"),
    True: mark("With a note"),
    False: mark("Without a note"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """One entry of the short list above the queue: a name and what it asks for."""

    name: str
    title: str
    filter: ItemFilter


PRESETS: Final[tuple[Preset, ...]] = (
    Preset("queue", mark("Queue"), ItemFilter(routes=frozenset({RouteFacet.NEEDS_YOU}))),
    Preset("decided", mark("Decided"), ItemFilter(states=frozenset({ItemState.DECIDED}))),
    Preset("aside", mark("Set aside"), ItemFilter(states=frozenset(SET_ASIDE))),
    Preset("proposed", mark("Proposed"), ItemFilter(routes=frozenset({RouteFacet.PROPOSED}))),
    Preset("automatic", mark("Automatic"), ItemFilter(states=frozenset({ItemState.AUTOMATIC}))),
    Preset("all", mark("All items"), ItemFilter(everything=True)),
)


def preset_of(wanted: Wanted) -> str | None:
    """The name of the preset that asks for these states and routes; None when none does, or other items are picked."""
    if wanted.picked is not None:
        return None
    asked = (wanted.filter.states, wanted.filter.routes)
    fits = [preset for preset in PRESETS if (preset.filter.states, preset.filter.routes) == asked]
    if any(asked) or not fits:
        return fits[0].name if fits else None
    return "all" if wanted.filter.everything or not wanted.filter.is_empty else "queue"


@dataclass(frozen=True, slots=True)
class ChipWords:
    """One chip: its words, and what is wanted without it."""

    text: str
    without: Wanted


def with_preset(wanted: Wanted, name: str) -> Wanted:
    """What is wanted with the states and routes of a preset; the queue alone is asked for by asking for nothing."""
    preset = next(preset for preset in PRESETS if preset.name == name).filter
    bare = replace(wanted, picked=None, filter=replace(wanted.filter, states=frozenset(), routes=frozenset()))
    if name == "queue" and bare.filter.is_empty:
        return bare.asking(everything=False)
    return bare.asking(states=preset.states, routes=preset.routes, everything=preset.everything)


def chips_of(wanted: Wanted, title: str, project: Project) -> list[ChipWords]:
    """What is asked for, one chip for each thing. Searched words are not among them: they stand in their field."""
    asked = wanted.filter
    chips = []
    if wanted.picked is not None:
        chips.append(ChipWords(title or tr("Chosen items"), replace(wanted, picked=None)))
    chips += [
        ChipWords(tr(word), wanted.asking(states=asked.states - {state}))
        for state, (word, _, _) in STATES.items()
        if state in asked.states
    ]
    chips += [
        ChipWords(tr(word), wanted.asking(routes=asked.routes - {route}))
        for route, (word, _, _) in ROUTES.items()
        if route in asked.routes
    ]
    chips += [
        ChipWords(label.name, wanted.asking(classes=asked.classes - {label.id}))
        for label in project.labels
        if label.id in asked.classes
    ]
    return [*chips, *_other_chips(wanted)]


def _other_chips(wanted: Wanted) -> list[ChipWords]:
    asked, chips = wanted.filter, []
    if asked.bounds_confidence:
        chips.append(ChipWords(_confidence(asked), wanted.asking(least=0.0, most=1.0)))
    if asked.novel:
        chips.append(ChipWords(tr("New kind"), wanted.asking(novel=False)))
    chips += [
        ChipWords(tr(word), wanted.asking(steered=asked.steered - {facet}))
        for facet, (word, _, _) in STEERED.items()
        if facet in asked.steered
    ]
    if asked.reviewer:
        chips.append(ChipWords(tr("Decided by {name}", name=asked.reviewer), wanted.asking(reviewer="")))
    if asked.has_note is not None:
        chips.append(ChipWords(tr(NOTES[asked.has_note]), wanted.asking(has_note=None)))
    return chips


def _confidence(asked: ItemFilter) -> str:
    if asked.most >= 1.0:
        return tr("Confidence from {least}", least=percent(asked.least))
    if asked.least <= 0.0:
        return tr("Confidence to {most}", most=percent(asked.most))
    return tr("Confidence {least} to {most}", least=percent(asked.least), most=percent(asked.most))
