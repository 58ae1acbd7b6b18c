"""Every colour, size and distance of the window, by name. Painters and the style sheet read these, never literals."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

CLASS_SHAPES: Final[tuple[str, ...]] = (
    "circle",
    "square",
    "triangle_up",
    "diamond",
    "pentagon",
    "cross",
    "triangle_down",
    "hexagon",
    "half_disc",
    "bar",
    "ring",
    "star",
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as `#RRGGBB`. `*_soft` are tints behind text and icons of the same name.

    `border` is the width of the lines around controls and cards, in logical pixels.
    """

    name: str
    window: str
    surface: str
    sunken: str
    raised: str
    canvas: str
    line: str
    line_strong: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    danger: str
    danger_soft: str
    audit: str
    audit_soft: str
    classes: tuple[str, ...]
    is_dark: bool = False
    border: int = 1

    @property
    def focus(self) -> str:
        """The colour of the focus ring."""
        return self.accent

    @property
    def link(self) -> str:
        """The colour of links."""
        return self.accent

    @property
    def base(self) -> str:
        """The plain theme that this one is a form of, "light" or "dark": drawings are kept for those."""
        return "dark" if self.is_dark else "light"

    def class_colour(self, index: int) -> str:
        """The colour of the class with this index (from 0). The twelve colours repeat."""
        return self.classes[index % len(self.classes)]

    def colour(self, name: str) -> str:
        """The colour with this token name. Raises AttributeError for a name that does not exist."""
        return str(getattr(self, name))


LIGHT: Final = Tokens(
    name="light",
    window="#F4F5F7",
    surface="#FFFFFF",
    sunken="#E9EBEF",
    raised="#FFFFFF",
    canvas="#DFE1E5",
    line="#DCDFE5",
    line_strong="#7C838F",
    text="#171A20",
    text2="#454C59",
    text3="#5F6775",
    accent="#1B5FD1",
    accent_hover="#174FB0",
    on_accent="#FFFFFF",
    accent_soft="#E4EDFC",
    ok="#0F7043",
    ok_soft="#E2F3EA",
    warn="#8A5500",
    warn_soft="#FCF0D9",
    danger="#B4231C",
    danger_soft="#FCE8E6",
    audit="#6A3CBF",
    audit_soft="#EFE8FB",
    classes=(
        "#2637B7",
        "#BD740A",
        "#9664F0",
        "#75286F",
        "#11957C",
        "#3B5700",
        "#9C3347",
        "#8F6705",
        "#50606E",
        "#5D293D",
        "#1E76A7",
        "#A4744E",
    ),
)

DARK: Final = Tokens(
    name="dark",
    window="#161718",
    surface="#1D1F21",
    sunken="#111213",
    raised="#2A2D30",
    canvas="#000000",
    line="#33373B",
    line_strong="#7B828A",
    text="#ECEDEE",
    text2="#BCC0C6",
    text3="#979DA5",
    accent="#82B4FF",
    accent_hover="#A3C8FF",
    on_accent="#0A1A33",
    accent_soft="#1E2E47",
    ok="#5BC98C",
    ok_soft="#16301F",
    warn="#E9B24C",
    warn_soft="#382A10",
    danger="#FF8B80",
    danger_soft="#3F1C19",
    audit="#BDA3FF",
    audit_soft="#2B2342",
    classes=(
        "#91B7FE",
        "#E36A23",
        "#646CF4",
        "#AE5EA6",
        "#7FFBC0",
        "#CBF138",
        "#DD385D",
        "#CABA40",
        "#BBCDDD",
        "#AB8696",
        "#209CDE",
        "#CD9776",
    ),
    is_dark=True,
)

# High contrast: black on white or white on black, lines as strong as text and two pixels wide, no tints but that of
# what is selected.
CONTRAST_LIGHT: Final = replace(
    LIGHT,
    name="contrast_light",
    window="#FFFFFF",
    sunken="#FFFFFF",
    canvas="#FFFFFF",
    line="#000000",
    line_strong="#000000",
    text="#000000",
    text2="#000000",
    text3="#3D3D3D",
    accent="#0B3A91",
    accent_hover="#000000",
    accent_soft="#D9E6FF",
    ok="#00502B",
    ok_soft="#FFFFFF",
    warn="#5E3900",
    warn_soft="#FFFFFF",
    danger="#8A0F0A",
    danger_soft="#FFFFFF",
    audit="#47198F",
    audit_soft="#FFFFFF",
    border=2,
)
CONTRAST_DARK: Final = replace(
    DARK,
    name="contrast_dark",
    window="#000000",
    surface="#000000",
    sunken="#000000",
    raised="#000000",
    line="#FFFFFF",
    line_strong="#FFFFFF",
    text="#FFFFFF",
    text2="#FFFFFF",
    text3="#C6C6C6",
    accent="#9FC6FF",
    accent_hover="#FFFFFF",
    on_accent="#000000",
    accent_soft="#17366B",
    ok="#7FE8AE",
    ok_soft="#000000",
    warn="#FFCF70",
    warn_soft="#000000",
    danger="#FFABA3",
    danger_soft="#000000",
    audit="#D3C1FF",
    audit_soft="#000000",
    border=2,
)
THEMES: Final[dict[str, Tokens]] = {tokens.name: tokens for tokens in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)}

# Text and lines drawn over medical images, whatever the theme.
OVERLAY_TEXT: Final = "#D7DADD"
OVERLAY_TEXT2: Final = "#A9AFB6"
OVERLAY_OUTLINE: Final = "#000000"
MEASURE: Final = "#F2C94C"
OVERLAY_MARK: Final = "#FFD166"
"""Marks that speak for no class."""


@dataclass(frozen=True, slots=True)
class TypeStep:
    """One step of the type scale: size and line height in logical pixels, and the usual weight."""

    size: int
    line: int
    weight: int


REGULAR: Final = 400
MEDIUM: Final = 500
STRONG: Final = 600

TYPE: Final = MappingProxyType(
    {
        "caption": TypeStep(11, 16, REGULAR),
        "small": TypeStep(12, 16, REGULAR),
        "body": TypeStep(13, 20, REGULAR),
        "lead": TypeStep(15, 24, REGULAR),
        "read": TypeStep(18, 30, REGULAR),
        "title": TypeStep(18, 24, STRONG),
        "claim": TypeStep(20, 28, STRONG),
        "number": TypeStep(24, 32, STRONG),
    }
)

# Distances, in logical pixels: a grid of four.
SPACE_4: Final = 4
SPACE_8: Final = 8
SPACE_12: Final = 12
SPACE_16: Final = 16
SPACE_20: Final = 20
SPACE_24: Final = 24
SPACE_32: Final = 32
SPACE_40: Final = 40
SPACE_56: Final = 56

RADIUS_SMALL: Final = 4
RADIUS_CONTROL: Final = 6
RADIUS_CARD: Final = 8

CONTROL_SMALL: Final = 28
CONTROL_ACTION: Final = 30
CONTROL: Final = 32
CONTROL_CLASS: Final = 36
CONTROL_CONFIRM: Final = 48
ROW: Final = 33
ROW_DENSE: Final = 28

HEADER: Final = 44
FOOTER: Final = 32
RAIL: Final = 56
TOOL_ROW: Final = 36
NOTICE: Final = 36
QUEUE_STRIP: Final = 72
QUEUE_LIST: Final = 272
PANEL: Final = 300
PANEL_WIDE: Final = 344
PAGE_MAX: Final = 1560

FOCUS_WIDTH: Final = 2
FOCUS_GAP: Final = 2
NOTICE_MS: Final = 8000
