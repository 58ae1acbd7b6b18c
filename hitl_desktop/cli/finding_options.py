"""The options of the filters. What they may be is written out: the window starts through the parser, and must not load
the pool's arithmetic for it. A test holds them to the domain.
"""

import argparse
from typing import Final

_DAY: Final = "YYYY-MM-DD"
STATES: Final = ("todo", "decided", "skipped", "unsure", "flagged", "automatic")
ROUTES: Final = ("needs_you", "proposed", "review", "accept", "remove", "escalate", "second_reader")
STEERED: Final = ("matters", "ignored", "ruled_otherwise")
ORDERS: Final = ("asking", "least_sure", "most_sure", "uncertain", "name", "last_decided")
VERDICTS: Final = ("confirmed", "corrected", "skipped", "unsure", "flagged", "retracted", "automatic", "repeated")
HISTORY_ORDERS: Final = ("time", "item", "decided", "reviewer", "model", "seconds")


def add_item_filters(parser: argparse.ArgumentParser) -> None:
    """The options that say which items are wanted, and in which order."""
    parser.add_argument("--state", metavar="S", choices=STATES, action="append", help="may be given again")
    parser.add_argument(
        "--route",
        choices=ROUTES,
        help="of those to do, by the policy",
    )
    parser.add_argument("--class", metavar="L", dest="classes", action="append", help="decided or suggested to be it")
    parser.add_argument("--least", metavar="C", type=float, default=0.0, help="lowest confidence, 0 to 1")
    parser.add_argument("--most", metavar="C", type=float, default=1.0, help="highest confidence, 0 to 1")
    parser.add_argument("--novel", action="store_true", help="unlike anything decided")
    parser.add_argument("--steered", choices=STEERED, help="counts more, is ignored, or a rule says otherwise")
    parser.add_argument("--by", metavar="R", default="", help="whose decision stands")
    noted = parser.add_mutually_exclusive_group()
    noted.add_argument("--noted", action="store_const", const=True, dest="has_note", help="with a note")
    noted.add_argument("--not-noted", action="store_const", const=False, dest="has_note", help="without a note")
    parser.add_argument("--words", metavar="W", default="", help="all in the text, name, id, note or fields")
    parser.add_argument("--order", choices=ORDERS, default=ORDERS[0])
    parser.add_argument("--all", action="store_true", help="all items, not only those that wait")


def add_history_options(parser: argparse.ArgumentParser) -> None:
    """The options of `history`."""
    parser.add_argument("--words", metavar="W", default="", help="all in the item's name or id, the note or the reason")
    parser.add_argument("--class", metavar="L", dest="label", help="decided, or suggested before")
    parser.add_argument("--by", metavar="R", default="", help="the reviewer")
    parser.add_argument("--said", choices=VERDICTS, action="append", help="what was said; may be given again")
    parser.add_argument("--since", metavar=_DAY, default="", help="from this day on, UTC")
    parser.add_argument("--until", metavar=_DAY, default="", help="to this day")
    parser.add_argument("--changed", action="store_true", help="changes of past decisions, with their reasons")
    parser.add_argument("--steered", choices=STEERED, help="of items that count more, are ignored, or ruled otherwise")
    parser.add_argument("--order", choices=HISTORY_ORDERS, default=HISTORY_ORDERS[0])
    parser.add_argument("--ascending", action="store_true", help="the oldest, or the smallest, first")
    parser.add_argument("--limit", metavar="N", type=int, default=20)
