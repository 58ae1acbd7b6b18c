"""The style sheet: the template `style.qss` with the tokens put in."""

from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Final

from hitl_desktop.gui.theme import tokens as t
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


def style_sheet(tokens: Tokens, controls: Path, scale: float = 1.0) -> str:
    """The style sheet for one theme.

    `controls` is the folder of the small drawings that a style sheet can only take from files; `scale` is the text
    size factor, which heights follow. Raises KeyError when the template names a token that does not exist.
    """
    values = {name: str(value) for name, value in asdict(tokens).items()}
    values |= {name: str(round(height * scale) - 2 * tokens.border) for name, height in _HEIGHTS.items()}
    values |= {f"size_{name}": str(round(step.size * scale)) for name, step in TYPE.items()}
    values["controls"] = controls.as_posix()
    values["theme"] = tokens.base
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values)
