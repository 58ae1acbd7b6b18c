"""Variants of decoded items: a marked part taken out, alone, or put into another item.

What should not count is taken out of its item and put into others, whose classes it must not change; what should count
is shown alone. Sources: Teso and Kersting, "Explanatory interactive machine learning" (AIES 2019: counterexamples);
Zaidan, Eisner and Piatko, "Using annotator rationales" (NAACL 2007); Schramowski et al., "Making deep neural networks
right for the right scientific reasons" (Nature Machine Intelligence 2020: regions filled).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Span = tuple[int, int]
Pixels = npt.NDArray[Any]
_AROUND: Final = 0.25
"""So much of its own size around a region says what it is filled with."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture in shares (0–1) of its width and height: `left`, `top`, `right`, `bottom`."""

    left: float
    top: float
    right: float
    bottom: float
    is_ellipse: bool = False

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The pixels (left, top, right, bottom) that it covers in a picture of this size: at least one."""
        left, right = _pixels(self.left, self.right, width)
        top, bottom = _pixels(self.top, self.bottom, height)
        return left, top, right, bottom

    def mask(self, width: int, height: int) -> npt.NDArray[np.bool_]:
        """(height, width): True for what it covers."""
        left, top, right, bottom = self.box(width, height)
        found = np.zeros((height, width), bool)
        if not self.is_ellipse:
            found[top:bottom, left:right] = True
            return found
        y, x = np.ogrid[top:bottom, left:right]
        across = (2 * (x + 0.5 - left) / (right - left) - 1) ** 2
        found[top:bottom, left:right] = across + (2 * (y + 0.5 - top) / (bottom - top) - 1) ** 2 <= 1
        return found


def text_without(text: str, spans: Sequence[Span]) -> str:
    """A text without some stretches of it, (first, end) in characters; a blank stays where each was."""
    kept, at = [], 0
    for first, end in sorted(spans):
        if first >= at:
            kept.append(text[at:first].rstrip(" "))
        at = max(at, end)
    return " ".join(part for part in (*kept, text[at:].lstrip(" ") if kept else text[at:]) if part)


def text_alone(text: str, spans: Sequence[Span]) -> str:
    """Some stretches of a text, in their order."""
    return " ".join(text[first:end] for first, end in sorted(spans))


def text_with(text: str, part: str, share: float) -> str:
    """A text with another's part in it, at the blank nearest to `share` (0–1) of its length."""
    wanted = round(share * len(text))
    before, after = text.rfind(" ", 0, wanted + 1), text.find(" ", wanted)
    places = [place for place in (before, after) if place >= 0]
    if share <= 0 or not text:
        return f"{part} {text}".rstrip(" ")
    if share >= 1 or not places:
        return f"{text} {part}"
    at = min(places, key=lambda place: abs(place - wanted))
    return f"{text[:at]} {part}{text[at:]}"


def picture_without(pixels: Pixels, regions: Sequence[Region]) -> Pixels:
    """A picture (h, w) or (h, w, 3) with regions filled by the mean of what is around each of them."""
    found, (height, width) = pixels.copy(), pixels.shape[:2]
    covered = np.logical_or.reduce([region.mask(width, height) for region in regions])
    for region in regions:
        left, top, right, bottom = region.box(width, height)
        wide, high = max(2, round(_AROUND * (right - left))), max(2, round(_AROUND * (bottom - top)))
        near = np.zeros((height, width), bool)
        near[max(0, top - high) : bottom + high, max(0, left - wide) : right + wide] = True
        near &= ~covered
        around = (
            pixels[near if near.any() else ~covered] if not covered.all() else pixels.reshape(-1, *pixels.shape[2:])
        )
        found[region.mask(width, height)] = np.round(around.mean(axis=0)).astype(pixels.dtype)
    return found


def picture_alone(pixels: Pixels, regions: Sequence[Region]) -> Pixels:
    """A picture with everything but the regions filled by the mean of the rest."""
    height, width = pixels.shape[:2]
    covered = np.logical_or.reduce([region.mask(width, height) for region in regions])
    found = pixels.copy()
    if not covered.all():
        found[~covered] = np.round(pixels[~covered].mean(axis=0)).astype(pixels.dtype)
    return found


def picture_with(pixels: Pixels, other: Pixels, region: Region) -> Pixels:
    """A picture with a region of another one in its place there; grey and colour as the picture is."""
    found, (height, width) = pixels.copy(), pixels.shape[:2]
    left, top, right, bottom = region.box(other.shape[1], other.shape[0])
    part = Image.fromarray(_in_bytes(_like(other, pixels))[top:bottom, left:right])
    left, top, right, bottom = region.box(width, height)
    scaled = np.asarray(part.resize((right - left, bottom - top), Image.Resampling.BILINEAR))
    if pixels.dtype != np.uint8:
        scaled = (scaled.astype(np.float64) * (float(pixels.max()) or 1.0) / 255).astype(pixels.dtype)
    inside = region.mask(width, height)[top:bottom, left:right]
    found[top:bottom, left:right][inside] = scaled[inside]
    return found


def _like(other: Pixels, pixels: Pixels) -> Pixels:
    """Another picture with as many channels as `pixels`."""
    if other.ndim == pixels.ndim:
        return other
    if other.ndim == 2:
        return np.repeat(other[:, :, None], 3, axis=2)
    grey: Pixels = np.round(other.mean(axis=2)).astype(other.dtype)
    return grey


def _in_bytes(pixels: Pixels) -> npt.NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    return np.round(255.0 * pixels.astype(np.float64) / (float(pixels.max()) or 1.0)).astype(np.uint8)


def _pixels(first: float, last: float, length: int) -> tuple[int, int]:
    low = min(max(0, round(first * length)), length - 1)
    return low, max(low + 1, min(length, round(last * length)))
