"""What people read goes through the catalogues: an error is never raised with words that stand for themselves."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "hitl_desktop"
ERRORS = {"KnownError", "UnreadableItem", "ProjectRefused", "DataMoved"}
SHOWN = {"told"}


def bare(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and bool(node.value))


def offences(source: str) -> list[int]:
    """The lines on which an error, or what was `told`, is made of a bare string."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            is_error = isinstance(node.func, ast.Name) and node.func.id in ERRORS
            shown = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN]
            found += [node.lineno for value in (*(node.args if is_error else ()), *shown) if bare(value)]
    return found


def test_a_bare_string_is_found() -> None:
    source = (
        'raise KnownError("Full.", say("Free it."))\nChanges(told=f"{n}")\nKnownError(say("Full."))\nKnownError("")\n'
    )
    assert offences(source) == [1, 2]


@pytest.mark.parametrize(
    "module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)).replace("/", ".")
)
def test_errors_and_what_is_told_speak_through_the_catalogues(module: Path) -> None:
    if module.relative_to(PACKAGE).parts[0] != "cli":  # the command line is English
        assert offences(module.read_text("utf-8")) == []
