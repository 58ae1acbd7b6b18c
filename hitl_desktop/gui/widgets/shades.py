"""Grounds between two tokens, and the ink that can be read on them."""

from typing import Final

from PySide6.QtGui import QColor

READABLE: Final = 4.5
"""The least contrast of text with its ground (WCAG 2, level AA)."""
_LINEAR_BELOW: Final = 0.04045


def mixed(ground: QColor, tint: QColor, share: float) -> QColor:
    """`ground` with `share` (0–1) of `tint` in it."""
    parts = zip(_parts(ground), _parts(tint), strict=True)
    return QColor(*(round(low + (high - low) * share) for low, high in parts))


def readable_mix(ground: QColor, tint: QColor, share: float, *inks: QColor) -> QColor:
    """`ground` with at least `share` of `tint`: so much more that one of the inks can be read on it.

    Halfway between a light and a dark colour neither ink stands out enough.
    """
    steps = range(round(100 * share), 101, 2)
    mixes = (mixed(ground, tint, step / 100) for step in steps)
    readable = (mix for mix in mixes if max(contrast(mix, ink) for ink in inks) >= READABLE)
    return next(readable, mixed(ground, tint, 1.0))


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, 1–21, as WCAG 2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: QColor, *inks: QColor) -> QColor:
    """The one of some inks that stands out most from a ground."""
    return max(inks, key=lambda ink: contrast(ground, ink))


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_BELOW else float(((part + 0.055) / 1.055) ** 2.4)
