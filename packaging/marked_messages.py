"""The sentences that the code marks for translators, read from its syntax.

Babel's own reader of Python goes by names alone: a variable called `mark` or `say` makes it take the next string for a
sentence, be it a docstring.
"""

import ast
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

ONE: Final = frozenset({"tr", "mark", "say"})
PLURAL: Final = frozenset({"trn", "mark_n", "say_n"})
IN_CONTEXT: Final = "trc"
_FOR_TRANSLATORS: Final = "i18n:"


@dataclass(frozen=True, slots=True)
class Marked:
    """One marked message: `message` has one text, or the two forms of a plural."""

    line: int
    message: str | tuple[str, str]
    comment: str = ""
    context: str | None = None


def marked_in(path: Path) -> Iterator[Marked]:
    """The messages marked in a file, in its order. Raises ValueError for one that is put together at run time."""
    source = path.read_bytes()
    comments = _comments(source)
    found = []
    for statement in _statements(ast.parse(source)):
        for call in _calls(statement):
            message, context = _message(call, path)
            if message is not None:
                found.append(
                    Marked(call.lineno, message, _comment_for(statement.lineno, call.lineno, comments), context)
                )
    yield from sorted(found, key=lambda marked: marked.line)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls in a statement itself, not in the statements inside it."""
    left: list[ast.AST] = [statement]
    while left:
        node = left.pop()
        if isinstance(node, ast.Call):
            yield node
        left += [inner for inner in ast.iter_child_nodes(node) if not isinstance(inner, ast.stmt)]


def _message(call: ast.Call, path: Path) -> tuple[str | tuple[str, str] | None, str | None]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    first = [argument.value if isinstance(argument, ast.Constant) else argument for argument in call.args[:2]]
    if any(isinstance(argument, ast.JoinedStr) for argument in first) and name in {*ONE, *PLURAL, IN_CONTEXT}:
        raise ValueError(f"{path.name}, line {call.lineno}: a message is written out, with names for its values")
    match first:
        case [str(message), *_] if name in ONE:
            return message, None
        case [str(one), str(many)] if name in PLURAL:
            return (one, many), None
        case [str(context), str(message)] if name == IN_CONTEXT:
            return message, context
    return None, None


def _comments(source: bytes) -> dict[int, str]:
    """What comment lines say, by line."""
    found = tokenize.tokenize(BytesIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in found if token.type == tokenize.COMMENT}


def _comment_for(start: int, line: int, comments: dict[int, str]) -> str:
    """The last note to translators above a call: in its statement, or directly above the statement."""
    above = start
    while above - 1 in comments:
        above -= 1
    notes = [number for number in range(above, line + 1) if comments.get(number, "").startswith(_FOR_TRANSLATORS)]
    if not notes:
        return ""
    words = [comments[notes[-1]].removeprefix(_FOR_TRANSLATORS).strip()]
    following = notes[-1] + 1
    while following in comments:
        words.append(comments[following])
        following += 1
    return " ".join(words)
