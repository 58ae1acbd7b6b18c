"""Small changes of a module: every place where one can be made, and the module with one of them made."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_SUMS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change: in which function and line, what was made of what, and the whole module with it."""

    function: str
    line: int
    change: str
    source: str


def mutants(source: str) -> list["Place"]:
    """Every place within functions where something can be changed. Annotations of variables in there are none: they are
    never evaluated.
    """
    return list(_places(ast.parse(source)))


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree by its number in a walk, and what may become of it."""

    number: int
    function: str
    line: int
    change: str
    make: Callable[[ast.AST], ast.AST | None]


def mutate(source: str, place: Place) -> Mutant:
    """The module with the change of one place made."""
    tree = ast.parse(source)
    node = list(ast.walk(tree))[place.number]
    replaced = place.make(node)
    if replaced is not None:
        tree = _Replace(node, replaced).visit(tree)
    return Mutant(place.function, place.line, place.change, ast.unparse(ast.fix_missing_locations(tree)))


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else super().visit(node)


def _places(tree: ast.Module) -> Iterator[Place]:
    inside: dict[ast.AST, str] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in ast.walk(statement):
                    inside[node] = function.name
    for assigned in [node for node in inside if isinstance(node, ast.AnnAssign)]:
        for node in ast.walk(assigned.annotation):
            inside.pop(node, None)
    for number, node in enumerate(ast.walk(tree)):
        if node in inside:
            for change, make in _changes(node):
                yield Place(number, inside[node], getattr(node, "lineno", 0), change, make)


def _changes(  # noqa: C901 - one kind of change after another
    node: ast.AST,
) -> Iterator[tuple[str, Callable[[ast.AST], ast.AST | None]]]:
    match node:
        case ast.Compare(ops=[only]) if type(only) in _COMPARISONS:
            other = _COMPARISONS[type(only)]
            yield f"{type(only).__name__} → {other.__name__}", lambda n: _set(n, ops=[other()])
        case ast.BinOp(op=only) if type(only) in _SUMS:
            sum_ = _SUMS[type(only)]
            yield f"{type(only).__name__} → {sum_.__name__}", lambda n: _set(n, op=sum_())
        case ast.BoolOp(op=ast.And()):
            yield "and → or", lambda n: _set(n, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield "or → and", lambda n: _set(n, op=ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield "not left out", lambda n: n.operand  # type: ignore[attr-defined]
        case ast.Constant(value=bool(value)):
            yield f"{value} → {not value}", lambda _: ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield f"{value} → {value + 1}", lambda _: ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield f"{value} → {2 * value + 1}", lambda _: ast.Constant(2 * value + 1)
        case ast.If() | ast.IfExp() | ast.While():
            yield "the other way", lambda n: _set(n, test=ast.UnaryOp(ast.Not(), n.test))  # type: ignore[attr-defined]
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield "returns None", lambda n: _set(n, value=ast.Constant(None))
        case ast.Assign() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield "left out", lambda n: ast.copy_location(ast.Pass(), n)


def _set(node: ast.AST, **changes: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in changes.items():
        setattr(made, name, value)
    return made
