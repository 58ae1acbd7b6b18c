"""The style sheet: the template `style.qss` with the tokens put in."""

from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Final

from hitl_desktop.gui.theme import tokens as t
from hitl_desktop.gui.theme.fonts import FAMILY, FAMILY_ARABIC
from hitl_desktop.gui.theme.tokens import TYPE, Tokens

TEMPLATE: Final = Path(__file__).with_name("style.qss")
# Heights of controls in the template are heights without the two borders.
_HEIGHTS: Final = {
    "h_small": t.CONTROL_SMALL,
    "h_action": t.CONTROL_ACTION,
    "h_control": t.CONTROL,
    "h_class": t.CONTROL_CLASS,
    "h_row": t.ROW,
}
_FROM_THE_RIGHT: Final = """
QLineEdit, QAbstractSpinBox { font-family: "$arabic", "$family"; }
QAbstractSpinBox { qproperty-alignment: "AlignRight | AlignVCenter | AlignAbsolute"; }
"""
"""Where one reads from the right. A field sets its text by the measures of the first font, and pushes letters of
another upwards; and a figure, which runs to the right, would stand at the far end of its field."""


def style_sheet(tokens: Tokens, controls: Path, scale: float = 1.0, *, right_to_left: bool = False) -> str:
    """The style sheet for one theme.

    `controls` is the folder of the small drawings that a style sheet can only take from files; `scale` is the text
    size factor, which heights follow; `right_to_left`: the window is read from the right. Raises KeyError when the
    template names a token that does not exist.
    """
    values = {name: str(value) for name, value in asdict(tokens).items()}
    values |= {name: str(round(height * scale) - 2 * tokens.border) for name, height in _HEIGHTS.items()}
    values |= {f"size_{name}": str(round(step.size * scale)) for name, step in TYPE.items()}
    values["controls"] = controls.as_posix()
    values["theme"] = tokens.base
    values |= {"family": FAMILY, "arabic": FAMILY_ARABIC}
    # The part of a slider that lies to the left of its handle is not the one before it everywhere.
    values["before"] = "add-page" if right_to_left else "sub-page"
    template = TEMPLATE.read_text(encoding="utf-8") + (_FROM_THE_RIGHT if right_to_left else "")
    return Template(template).substitute(values)
