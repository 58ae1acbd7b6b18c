"""The decision panel in a low window: the decision comes before what was just decided."""

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.panel import ReviewPanel


@pytest.mark.parametrize(("scale", "height", "rows"), [(1.0, 724, 3), (1.0, 500, 1), (1.0, 390, 0), (2.0, 648, 0)])
def test_large_text_leaves_the_decision_its_room(
    context: Context, qtbot: QtBot, scale: float, height: int, rows: int
) -> None:
    """In German at 200 % the button that confirms was cut through the middle by the last three decisions."""
    context.theme.set_scale(scale)
    panel = ReviewPanel(context)
    panel.set_labels([Label(number, f"class {number}", number) for number in range(4)])
    qtbot.addWidget(panel)
    panel.resize(context.theme.px(300), height)
    panel.show()
    recent = panel._recent
    assert sum(row.isVisible() for row in recent._rows) == rows
    assert recent.undo_button.isVisible(), "what can be undone stays"
    confirm = panel.confirm_button
    if rows == 3:
        assert panel.why.mapTo(panel, panel.why.rect().bottomLeft()).y() < recent.y(), "nothing is cut off"
    assert confirm.mapTo(panel, confirm.rect().bottomLeft()).y() < recent.y()
    context.theme.set_scale(1.0)
