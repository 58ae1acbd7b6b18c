"""Exports of several findings per item: read back exactly, and as agreed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.exchange import EXPORTERS
from hitl_desktop.exchange.records import ExportRow
from tests.exchange.test_export import GOLDEN, READERS, characters, write

ASKED = ("=mass", "effusion", "nodule")
NAMES = st.text(characters, min_size=1, max_size=6).filter(lambda name: not set(name) & set(";|"))

DECIDED = ExportRow(
    id="ab" * 32, path="a.png", state="decided", verdict="corrected", reviewer="Ada", decided_at="2025-01-02T03:04:05Z",
    confidence=0.75, uncertainty=0.5, model_version=3, slot="explore", decisions=1,
    probabilities={"=mass": 0.75, "effusion": 0.875, "nodule": 0.125}, asked=ASKED, findings=("=mass",),
    predicted_findings=("=mass", "effusion"),
)  # fmt: skip
NOTHING_THERE = ExportRow(
    id="cd" * 32, path="b.png", state="decided", verdict="corrected", decisions=1, asked=ASKED, findings=()
)
TO_DO = ExportRow(id="ef" * 32, path="c.png", state="todo", asked=ASKED)


@st.composite
def exports(draw: st.DrawFn) -> list[ExportRow]:
    """Rows of one project: the same findings asked of every item."""
    asked = tuple(draw(st.lists(NAMES, unique=True, min_size=1, max_size=4)))
    some = st.sets(st.sampled_from(asked)).map(lambda chosen: tuple(name for name in asked if name in chosen))
    rows = []
    for number in range(draw(st.integers(0, 4))):
        predicted = draw(st.none() | some)
        rows.append(
            ExportRow(
                id=str(number),
                path="p",
                confidence=None if predicted is None else 0.5,
                probabilities={} if predicted is None else dict.fromkeys(asked, 0.5),
                asked=asked,
                findings=draw(st.none() | some),
                predicted_findings=predicted,
            )
        )
    return rows


@pytest.mark.parametrize("name", EXPORTERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(rows=exports())
def test_findings_are_read_back_exactly(name: str, tmp_path: Path, rows: list[ExportRow]) -> None:
    out = tmp_path / "out"
    assert write(name, rows, out) == len(rows)
    assert list(READERS[name](out)) == rows


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_file_of_findings_is_as_agreed(name: str, tmp_path: Path) -> None:
    write(name, [DECIDED, NOTHING_THERE, TO_DO], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == (GOLDEN / f"findings.{name}").read_bytes()
