"""The count is honest: each of the 176 cases is in the table once, and each test that it names exists."""

import ast
from pathlib import Path

import pytest

from tests.bad_inputs.catalogue import NOT_APPLICABLE, OPEN, TESTED

TESTS = Path(__file__).resolve().parents[1]
CASES = {"I": 28, "D": 17, "T": 27, "U": 15, "Z": 22, "S": 18, "M": 17, "A": 14, "E": 18}
ALL = [f"{letter}{number}" for letter, count in CASES.items() for number in range(1, count + 1)]


def test_every_case_is_in_the_table_once() -> None:
    assert len(ALL) == 176
    assert sorted([*TESTED, *NOT_APPLICABLE, *OPEN]) == sorted(ALL)


@pytest.mark.parametrize("case", TESTED)
def test_the_test_of_a_case_exists(case: str) -> None:
    file, _, function = TESTED[case].partition("::")
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_what_is_open_is_said() -> None:
    assert all(reason.endswith(".") for reason in (*NOT_APPLICABLE.values(), *OPEN.values()))
