"""Numbers in cells."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.amounts import amount_of


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12.0),
        (" 12.50 ", 12.5),
        ("1,234", 1234.0),
        ("1,234,567.89", 1234567.89),
        ("12,5", 12.5),
        ("1.234,50", 1234.5),
        ("1.234.567,8", 1234567.8),
        ("€ 1 200", 1200.0),
        ("$3,000.00", 3000.0),
        ("1’000.5", 1000.5),
        ("-4", -4.0),
        ("−4", -4.0),
        ("+.5", 0.5),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("1,2345", 1.2345),
    ],
)
def test_a_number_is_read_as_people_write_it(cell: str, value: float) -> None:
    assert amount_of(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "n/a",
        "nan",
        "NaN",
        "inf",
        "-",
        ".",
        "12 pieces",
        "1,23,4",
        "1.2.3",
        "0x10",
        "1e999",
        "٣",
        "12%",
        "1-2",
        "e5",
        "+e1",
        ".e1",
    ],
)
def test_anything_else_is_no_number(cell: str) -> None:
    assert math.isnan(amount_of(cell))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_what_a_program_writes_is_read_back(value: float) -> None:
    assert amount_of(repr(value)) == value


@given(st.text())
def test_no_text_makes_trouble(cell: str) -> None:
    assert isinstance(amount_of(cell), float)
