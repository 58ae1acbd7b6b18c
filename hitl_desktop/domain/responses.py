"""What a reviewer answers beyond the class: a ranking, ratings, the turn that decided, a reply.

A class says which answer is best, or what a conversation needs; the response says the rest. It travels with the
decision as evidence does: in the log, the second record, exports and drafts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_ANSWERS: Final = 9
"""One digit each."""
BEST_RATING: Final = 10
_NAMES: Final = ("ranking", "ratings", "sides", "turn", "reply")


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered; the parts that a kind of item does not ask for stay empty.

    `ranking` are the numbers (0-based, as stored) of an item's answers in groups, the best group first; answers of one
    group are equal. `ratings` are one rating per answer, from 1 on, 0 where none was given. `sides` are the
    numbers of the answers as they stood on screen, from the left or the top: they are shuffled. `turn` (0-based) is the
    turn of a conversation that decided; `reply` is what should have been said.
    Raises ValueError for what cannot be.
    """

    ranking: tuple[tuple[int, ...], ...] = ()
    ratings: tuple[int, ...] = ()
    sides: tuple[int, ...] = ()
    turn: int | None = None
    reply: str = ""

    def __post_init__(self) -> None:
        ranked = [answer for group in self.ranking for answer in group]
        if any(not group for group in self.ranking) or len(set(ranked)) < len(ranked):
            raise ValueError("A ranking names each answer once.")
        if any(not 0 <= answer < MOST_ANSWERS for answer in (*ranked, *self.sides)):
            raise ValueError(f"Answers are numbered from 0 to {MOST_ANSWERS - 1}.")
        if len(set(self.sides)) < len(self.sides):
            raise ValueError("Each answer stands in one place.")
        if any(not 0 <= rating <= BEST_RATING for rating in self.ratings) or len(self.ratings) > MOST_ANSWERS:
            raise ValueError(f"Ratings go from 0 to {BEST_RATING}.")
        if self.turn is not None and self.turn < 0:
            raise ValueError("Turns count from 0.")

    def __bool__(self) -> bool:
        return self != NO_RESPONSE

    def plain(self) -> dict[str, Any]:
        """As a plain mapping, without the parts that are empty."""
        found: dict[str, Any] = {
            "ranking": [list(group) for group in self.ranking],
            "ratings": list(self.ratings),
            "sides": list(self.sides),
            "reply": self.reply,
        }
        return {name: value for name, value in found.items() if value} | (
            {} if self.turn is None else {"turn": self.turn}
        )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Response":
        """The inverse of `plain`. Raises ValueError, KeyError or TypeError for anything else."""
        if not isinstance(values, Mapping) or set(values) - set(_NAMES):
            raise TypeError("That is no response.")
        turn, reply = values.get("turn"), values.get("reply", "")
        if not isinstance(reply, str):
            raise TypeError("A reply is a text.")
        return cls(
            tuple(_whole(group) for group in values.get("ranking", ())),
            _whole(values.get("ratings", ())),
            _whole(values.get("sides", ())),
            None if turn is None else _whole([turn])[0],
            reply,
        )


NO_RESPONSE: Final = Response()


def to_json(response: Response) -> str:
    """A response as one line of ASCII JSON."""
    return json.dumps(response.plain())


def from_json(text: str) -> Response:
    """The inverse of `to_json`. Raises ValueError, KeyError or TypeError for anything else."""
    try:
        values = json.loads(text)
    except RecursionError as error:
        raise ValueError("That is no response.") from error
    return Response.of(values)


def _whole(values: object) -> tuple[int, ...]:
    if not isinstance(values, list | tuple) or any(isinstance(v, bool) or not isinstance(v, int) for v in values):
        raise TypeError("These are no whole numbers.")
    return tuple(values)
