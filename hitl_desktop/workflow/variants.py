"""From marks to rows that teach: variants of decided items, made once by the same extractors and kept in their cache.

A part that should not count is taken out of its item, whose class stays, and put into a few decided items of other
classes, whose classes stay too. A part that should count is shown alone, as a lighter example of its item's class.
Nothing here ever measures: items come from those that train, and `learning.lessons.Variants` keeps every variant on
the side of a fold that its items are on.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled, UnreadableItem
from hitl_desktop.domain.evidence import Area, Ellipse, Span, mark_to_plain
from hitl_desktop.domain.protocols import CancelCheck
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.kinds import KINDS
from hitl_desktop.kinds.reading import open_picture
from hitl_desktop.kinds.reading_process import Readers
from hitl_desktop.kinds.variants import (
    Region,
    picture_alone,
    picture_with,
    picture_without,
    text_alone,
    text_with,
    text_without,
)
from hitl_desktop.learning.lessons import Variants
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.extraction import extractor_of
from hitl_desktop.workflow.item_files import paths_of
from hitl_desktop.workflow.pictures import read_images
from hitl_desktop.workflow.requests import Decided, FeatureRequest, Marked
from hitl_desktop.workflow.views import parts_of

HOSTS: Final = 6
"""So many items of other classes get a part that should not count; fewer where there are many marks."""
FEWEST_HOSTS: Final = 2
MOST: Final = 600
"""Variants in one training, about; of more marks, those of the last items are used."""
ALONE: Final = 0.5
"""What a part that should count weighs, beside the whole item."""
_FORMAT: Final = 1
"""Part of what variants are kept under: goes up when the same marks come to make other variants."""
_AT_ONCE: Final = 64
_HASH: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One variant: what the marks of item `donor` make of item `host` (indexes), which is the donor itself where they
    are taken `out` or stand `alone`; `put in` is one mark in another item.
    """

    how: str
    host: int
    donor: int
    marks: tuple[Area, ...]
    size: tuple[int, int] | None
    weight: float

    def digest(self, digests: Mapping[int, str]) -> str:
        """What it is kept under: it follows from the contents of both items and from the marks."""
        said = [mark_to_plain(replace(mark, label_id=None)) for mark in self.marks]
        facts = [_FORMAT, self.how, digests[self.host], digests[self.donor], said, self.size]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode("ascii")).hexdigest()


def recipes_for(marked: Sequence[Marked], training: Decided) -> list[Recipe]:
    """The variants that marks ask for, of items of `training` alone; which items are hosts follows from indexes, so
    that they stay as more is decided.
    """
    labels = dict(zip(training.rows.tolist(), training.labels.tolist(), strict=True))
    known = [one for one in marked if one.index in labels]
    marks = sum(len(one.marks) for one in known)
    hosts = min(HOSTS, max(FEWEST_HOSTS, MOST // max(1, marks) - 1))
    found: list[Recipe] = []
    for one in reversed(known):
        if len(found) >= MOST:
            break
        against = tuple(mark for mark in one.marks if not mark.counts)
        own = labels[one.index]
        speaks = tuple(mark for mark in one.marks if mark.counts and mark.label_id in (None, own))
        if against:
            found.append(Recipe("out", one.index, one.index, against, one.size, 1.0))
        if speaks:
            found.append(Recipe("alone", one.index, one.index, speaks, one.size, ALONE))
        for mark in against:
            others = training.rows[training.labels != (own if mark.label_id is None else mark.label_id)]
            for host in _drawn(others[others != one.index], one.index, hosts).tolist():
                found.append(Recipe("put in", host, one.index, (mark,), one.size, 1.0))
    return found


def _drawn(items: Ids, donor: int, count: int) -> Ids:
    """Some of the items (indexes), as good as by chance, and the same ones again as others join them."""
    mixed = items.astype(np.uint64) * _HASH ^ np.uint64((donor + 1) * int(_MIX) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX
    return items[np.argsort(mixed, kind="stable")[:count]]


@dataclass(frozen=True, slots=True)
class Made:
    """Variants whose features lie in every cache: their `digests`, and `places` without rows for the lesson."""

    digests: tuple[str, ...]
    places: Variants


def make_variants(
    request: FeatureRequest, views: Sequence[str], marked: Sequence[Marked], training: Decided, cancelled: CancelCheck
) -> Made | None:
    """Have the features of all variants made for the extractors of some views; None where there are no variants.

    `training` are the items that are learned from, in the order of the lesson, ascending. What cannot be made any more
    (a file is gone) is left out. Raises Cancelled; what was made stays in the caches.
    """
    recipes = recipes_for(marked, training)
    if not recipes:
        return None
    store = Store.reader(request.folder)
    try:
        contents = contents_of(store, recipes)
        named = {recipe.digest(contents): recipe for recipe in recipes}
        there = set(named)
        for key in dict.fromkeys(part for view in views for part in parts_of(view)):
            there &= _make(request, store, key, named, contents, cancelled)
    finally:
        store.close()
    kept = [(digest, recipe) for digest, recipe in named.items() if digest in there]
    if not kept:
        return None
    return Made(tuple(digest for digest, _ in kept), placed([recipe for _, recipe in kept], training.rows))


def placed(recipes: Sequence[Recipe], items: Ids) -> Variants:
    """Where the items of recipes stand among `items` (ascending) of a lesson, and what each weighs; without rows."""
    places = np.searchsorted(items, [[recipe.host, recipe.donor] for recipe in recipes])
    return Variants(None, places[:, 0], places[:, 1], np.array([recipe.weight for recipe in recipes]))


def contents_of(store: Store, recipes: Sequence[Recipe]) -> dict[int, str]:
    """The content digests of all items of some recipes, by index."""
    indexes = sorted({index for recipe in recipes for index in (recipe.host, recipe.donor)})
    return {item.index: item.digest for item in store.items.many(indexes)}


def builder(
    request: FeatureRequest, store: Store, recipes: Sequence[Recipe], contents: Mapping[int, str], side: int
) -> Callable[[Recipe], Any]:
    """What makes decoded variants: of each of these recipes a text or a picture, None where that cannot be done."""
    if KINDS[request.kind].from_rows:
        return _texts(store, recipes)
    return _pictures(request, store, recipes, contents, side)


def _make(
    request: FeatureRequest,
    store: Store,
    key: str,
    named: Mapping[str, Recipe],
    contents: Mapping[int, str],
    cancelled: CancelCheck,
) -> set[str]:
    """Make what one extractor lacks; returns those of the variants that its cache has then."""
    extractor = extractor_of(key, request.folder)
    cache = FeatureCache(request.cache, extractor)
    digests = list(named)
    try:
        missing = [digests[place] for place in cache.missing(digests)]
        if missing:
            recipes = [named[digest] for digest in missing]
            build = builder(request, store, recipes, contents, extractor.side)
            for at in range(0, len(missing), _AT_ONCE):
                if cancelled():
                    raise Cancelled
                made = [(missing[i], build(recipes[i])) for i in range(at, min(at + _AT_ONCE, len(missing)))]
                good = [(digest, item) for digest, item in made if item is not None]
                if good:
                    cache.append([digest for digest, _ in good], extractor.extract([item for _, item in good]))
        absent = {digests[place] for place in FeatureCache(request.cache, extractor).missing(digests)}
        return set(digests) - absent
    finally:
        extractor.close()


def _texts(store: Store, recipes: Sequence[Recipe]) -> Callable[[Recipe], Any]:
    indexes = sorted({index for recipe in recipes for index in (recipe.host, recipe.donor)})
    texts = dict(zip(indexes, store.items.texts_of(indexes), strict=True))

    def build(recipe: Recipe) -> str | None:
        own = texts[recipe.donor]
        spans = [(mark.start, mark.end) for mark in recipe.marks if isinstance(mark, Span)]
        if not spans or any(own[mark.start : mark.end] != mark.text for mark in recipe.marks if isinstance(mark, Span)):
            return None  # a mark of another text, or erased since
        if recipe.how == "out":
            return text_without(own, spans)
        if recipe.how == "alone":
            return text_alone(own, spans)
        middle = (spans[0][0] + spans[0][1]) / 2
        return text_with(texts[recipe.host], text_alone(own, spans), middle / max(1, len(own)))

    return build


def _pictures(
    request: FeatureRequest, store: Store, recipes: Sequence[Recipe], contents: Mapping[int, str], side: int
) -> Callable[[Recipe], Any]:
    indexes = sorted({index for recipe in recipes for index in (recipe.host, recipe.donor)})
    files = {item.index: paths_of(store, item) for item in store.items.many(indexes)}
    pixels: dict[int, Any] = {}
    if request.root is not None:
        found = (look for batch in read_images(request.root, [files[i] for i in indexes], side) for look in batch)
        pixels = {i: look.pixels for i, look in zip(indexes, found, strict=True) if look.digest == contents[i]}
    middle = {index: _middle(request, files[index]) for index in {recipe.donor for recipe in recipes} & set(pixels)}

    def build(recipe: Recipe) -> Any:
        if recipe.size is None or recipe.host not in pixels or recipe.donor not in pixels:
            return None
        regions = list(_regions(recipe, middle[recipe.donor]))
        if not regions:
            return None
        if recipe.how == "out":
            return picture_without(pixels[recipe.host], regions)
        if recipe.how == "alone":
            return picture_alone(pixels[recipe.host], regions)
        return picture_with(pixels[recipe.host], pixels[recipe.donor], regions[0])

    return build


def _regions(recipe: Recipe, frame: int) -> Iterator[Region]:
    """The marks of the frame that features are made of, in shares of the picture."""
    width, height = recipe.size or (1, 1)
    for mark in recipe.marks:
        if not isinstance(mark, Span) and mark.frame == frame:
            right, bottom = mark.x + mark.width, mark.y + mark.height
            yield Region(mark.x / width, mark.y / height, right / width, bottom / height, isinstance(mark, Ellipse))


def _middle(request: FeatureRequest, paths: tuple[str, ...]) -> int:
    """The frame of a stack that its features are made of; 0 of an ordinary picture."""
    if request.root is None:
        return 0
    try:
        with Readers() as readers:
            return open_picture([request.root / path for path in paths], readers)[1]
    except UnreadableItem:
        return 0
