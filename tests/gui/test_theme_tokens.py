"""The contrasts that LOOK promises, recomputed by WCAG 2.x."""

import pytest

from hitl_desktop.gui.theme.tokens import CLASS_SHAPES, CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Tokens
from hitl_desktop.gui.theme.tokens import THEMES as ALL

THEMES = pytest.mark.parametrize("tokens", list(ALL.values()), ids=lambda tokens: tokens.name)
GROUNDS = ("window", "surface", "sunken", "raised")
TEXT_COLOURS = ("text", "text2", "text3", "accent", "ok", "warn", "danger", "audit")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_21_for_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@THEMES
@pytest.mark.parametrize("colour", TEXT_COLOURS)
def test_text_reaches_4_5_on_every_ground(tokens: Tokens, colour: str) -> None:
    assert min(contrast(tokens.colour(colour), tokens.colour(ground)) for ground in GROUNDS) >= 4.5


@THEMES
def test_lines_of_controls_reach_3_on_every_ground(tokens: Tokens) -> None:
    assert min(contrast(tokens.line_strong, tokens.colour(ground)) for ground in GROUNDS) >= 3


@THEMES
def test_text_on_the_accent_reaches_4_5(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.5


@THEMES
@pytest.mark.parametrize("colour", ["accent", "ok", "warn", "danger", "audit"])
def test_tinted_text_reaches_4_5_on_its_tint(tokens: Tokens, colour: str) -> None:
    assert contrast(tokens.colour(colour), tokens.colour(f"{colour}_soft")) >= 4.5


@pytest.mark.parametrize(
    ("tokens", "least"), [(LIGHT, 14.6), (DARK, 11.7), (CONTRAST_LIGHT, 14.6), (CONTRAST_DARK, 11.7)]
)
def test_text_is_strong_on_every_tint(tokens: Tokens, least: float) -> None:
    tints = ("accent_soft", "ok_soft", "warn_soft", "danger_soft", "audit_soft")
    assert min(contrast(tokens.text, tokens.colour(tint)) for tint in tints) >= least - 0.05


@THEMES
def test_classes_reach_3_on_every_ground(tokens: Tokens) -> None:
    for colour in tokens.classes:
        assert min(contrast(colour, tokens.colour(ground)) for ground in GROUNDS) >= 3


@THEMES
def test_there_are_twelve_different_classes(tokens: Tokens) -> None:
    assert len(set(tokens.classes)) == len(set(CLASS_SHAPES)) == 12
    assert tokens.class_colour(12) == tokens.class_colour(0)


@pytest.mark.parametrize("tokens", [CONTRAST_LIGHT, CONTRAST_DARK], ids=lambda tokens: tokens.name)
def test_high_contrast_reaches_7_for_all_text_and_draws_lines_like_text(tokens: Tokens) -> None:
    for colour in TEXT_COLOURS:
        assert min(contrast(tokens.colour(colour), tokens.colour(ground)) for ground in GROUNDS) >= 7
    assert tokens.line == tokens.line_strong == tokens.text
    assert tokens.border == 2
