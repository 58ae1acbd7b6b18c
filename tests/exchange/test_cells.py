import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.exchange.cells import neutralise, unneutralise, with_surrogates, without_surrogates


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+1", "'+1+1"),
        ("-5", "-5"),
        ("+3.25e-7", "+3.25e-7"),
        ("-0,5", "-0,5"),
        ("\t=1", "'\t=1"),
        ("'=1", "''=1"),
        ("＝1+1", "'＝1+1"),
        ("＠x", "'＠x"),
        ("\0=1", "'\0=1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("'-5", "''-5"),
        ("'tis", "'tis"),
        ("", ""),
    ],
)
def test_only_formulas_are_guarded(cell: str, safe: str) -> None:
    assert neutralise(cell) == safe
    assert unneutralise(safe) == cell


@given(st.text(st.sampled_from("'=+-@\t\r\n\0＝＋－＠ 1,."), max_size=8))
def test_guarding_can_always_be_undone(cell: str) -> None:
    assert unneutralise(neutralise(cell)) == cell


@given(st.text(st.sampled_from("\\ud80c\ud800\udcff"), max_size=12))
def test_surrogates_can_always_be_brought_back(cell: str) -> None:
    written = without_surrogates(cell)
    written.encode("utf-8")
    assert with_surrogates(written) == cell
