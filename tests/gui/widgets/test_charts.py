"""The charts: round numbers on the axes, what they say in words, and what they say where one points."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.chart import Axes, Chart, ticks, ticks_within
from hitl_desktop.gui.widgets.learning_curve_plot import CurvePoint, LearningCurvePlot
from hitl_desktop.gui.widgets.reliability_plot import ReliabilityPlot, ReliabilityPoint
from hitl_desktop.gui.widgets.risk_coverage_plot import RiskCoveragePlot, RiskPoint

RELIABILITY = [ReliabilityPoint(0.46, 0.53, 0.31, 0.74, 9, 17), ReliabilityPoint(0.97, 0.98, 0.96, 0.99, 271, 277)]
CURVE = [
    CurvePoint(1480, 0.914, 0.886, 0.936, "v7", "in_use"),
    CurvePoint(520, 0.80, 0.76, 0.83, "v1"),
    CurvePoint(1640, 0.91, 0.88, 0.93, "v8", "challenger"),
]
RISK = [
    RiskPoint(0.5, 0.9, 0.05, 0.03, 0.08),
    RiskPoint(0.99, 0.2, 0.0, 0.0, 0.04),
    RiskPoint(0.93, 0.6, 0.01, 0.0, 0.03),
]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 100.0, [0, 50, 100]),
        (68.0, 93.0, [60, 70, 80, 90, 100]),
        (0.0, 3.4, [0, 1, 2, 3, 4]),
        (0.0, 0.03, [0, 0.01, 0.02, 0.03]),
        (400, 1640, [0, 500, 1000, 1500, 2000]),
    ],
)
def test_ticks_are_round_few_and_enclose_the_values(low: float, high: float, expected: list[float]) -> None:
    found = ticks(low, high)
    assert found == expected
    assert len(found) <= 5
    assert found[0] <= low <= high <= found[-1]


def test_ticks_of_a_single_value_still_make_an_axis() -> None:
    found = ticks(5.0, 5.0)
    assert found[0] <= 5.0 < found[-1]
    assert len({round(b - a, 12) for a, b in pairwise(found)}) == 1


def test_ticks_within_stay_inside_and_keep_the_last() -> None:
    assert ticks_within(50, 100) == [60, 80, 100]
    assert all(36 <= tick <= 100 for tick in ticks_within(36, 100))


def test_axes_put_values_at_the_edges() -> None:
    axes = Axes(QRectF(40, 10, 200, 100), (0, 50), (60, 100))
    assert axes.at(0, 60) == QPointF(40, 110)
    assert axes.at(50, 100) == QPointF(240, 10)


def test_reliability_says_its_numbers(theme: Theme, qtbot: QtBot) -> None:
    plot = ReliabilityPlot(theme)
    qtbot.addWidget(plot)
    plot.show_points(RELIABILITY)
    assert plot.accessibleDescription().startswith("Stated 46 %: 9 of 17 right (53 %, 31 %–74 %).")


def test_the_curve_names_the_one_in_use_and_the_challenger(theme: Theme, qtbot: QtBot) -> None:
    plot = LearningCurvePlot(theme)
    qtbot.addWidget(plot)
    plot.show_points(CURVE)
    spoken = plot.accessibleDescription()
    assert spoken.index("v1,") < spoken.index("v7 (in use)") < spoken.index("v8 (challenger)")
    assert "91.4 %, 88.6–93.6 %" in spoken


def test_the_line_in_force_is_the_loosest_point_that_is_not_below_it(theme: Theme, qtbot: QtBot) -> None:
    plot = RiskCoveragePlot(theme)
    qtbot.addWidget(plot)
    plot.show_points(RISK, 0.9)
    assert plot.in_force() is not None
    assert plot.in_force().threshold == 0.93
    plot.show_points(RISK, 0.995)
    assert plot.in_force() is None
    plot.show_points(RISK, None)
    assert plot.in_force() is None


@pytest.mark.parametrize("kind", ["reliability", "curve", "risk"])
def test_pointing_at_a_point_says_it_and_elsewhere_nothing(theme: Theme, qtbot: QtBot, kind: str) -> None:
    plot: Chart
    if kind == "reliability":
        plot = ReliabilityPlot(theme)
        plot.show_points(RELIABILITY)
    elif kind == "curve":
        plot = LearningCurvePlot(theme)
        plot.show_points(CURVE)
    else:
        plot = RiskCoveragePlot(theme)
        plot.show_points(RISK, 0.9)
    qtbot.addWidget(plot)
    plot.resize(320, 200)
    mark = plot.marks()[0]
    assert plot.told_at(mark.at + QPointF(2, -2)) == mark.text
    assert plot.rect().contains(mark.at.toPoint())
    assert plot.told_at(QPointF(mark.at.x(), -80)) == ""


@pytest.mark.parametrize("make", [ReliabilityPlot, LearningCurvePlot, RiskCoveragePlot])
def test_an_empty_chart_says_so(theme: Theme, qtbot: QtBot, make: type[Chart]) -> None:
    plot = make(theme)  # type: ignore[call-arg]
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    assert plot.accessibleDescription().startswith("No ")
    assert not plot.grab().isNull()


def test_one_version_alone_and_equal_ones_are_drawn(theme: Theme, qtbot: QtBot) -> None:
    plot = LearningCurvePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show_points([CurvePoint(0, 1.0, 1.0, 1.0, "v1", "in_use")])
    place = plot.marks()[0].at
    assert plot.rect().contains(place.toPoint())
    plot.grab()
