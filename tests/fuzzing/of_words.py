"""Marks, routing policies, sentences that are kept, and texts of conversations."""

import json
from typing import Any, Final

from hypothesis import strategies as st

from hitl_desktop.domain import evidence, responses
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule, policy_of
from hitl_desktop.domain.policy_checks import oddities
from hitl_desktop.domain.policy_conditions import (
    ColumnIs,
    ColumnOver,
    ConfidenceAtLeast,
    ExpectedLossAtLeast,
    Keywords,
    PredictedIs,
    ProbabilityAtLeast,
    UnlikeDecided,
    Where,
)
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.exchange.marks_coco import read_coco
from hitl_desktop.exchange.marks_csv import read_marks_csv
from hitl_desktop.exchange.policy_file import read_policy_file
from hitl_desktop.kinds.shown_text import in_parts, plain, raw
from hitl_desktop.kinds.text import is_rtl, read_text_item
from hitl_desktop.kinds.transcripts import in_turns, sides, turns_of
from tests.domain.policies import KNOWN
from tests.fuzzing import mutations as odd
from tests.fuzzing.room import Room, Seeds, Target, said

_MARKS: Final[tuple[Any, ...]] = (
    {"kind": "box", "x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0, "frame": 0, "label": 1},
    {"kind": "arrow", "x": 1.0, "y": 2.0, "tip_x": 3.0, "tip_y": 4.0, "frame": 1, "label": None},
    {"kind": "span", "start": 0, "end": 3, "text": "abc", "label": None},
)
_EVIDENCE: Final = tuple({"size": [30, 40], "marks": [mark]} for mark in _MARKS)
_COCO: Final = {
    "images": [{"id": 1, "file_name": "a.png", "width": 30, "height": 40, "hitl": {"item": "ab" * 32}}],
    "annotations": [
        {"id": n, "image_id": 1, "hitl": {**mark, "label": "cat", "order": n}} for n, mark in enumerate(_MARKS[:2])
    ],
}
_MARKS_CSV: Final = (
    b"\xef\xbb\xbfid,path,decided,reviewer,decided_at,image_width,image_height,kind,class,frame,x,y,width,height,tip_x,"
    b"tip_y,start,end,text\r\nabab,a.png,cat,ann,2026-01-01,30,40,box,cat,0,1.0,2.0,3.0,4.0,,,,,\r\n"
    b"cdcd,row 2,bill,ann,2026-01-01,,,span,bill,,,,,,,,3,6,abc\r\n"
)
_POLICY: Final = RoutingPolicy(
    (
        Rule((ConfidenceAtLeast(0.9), PredictedIs((7, 5))), Route.ACCEPT, "sure"),
        Rule((ProbabilityAtLeast(7, 0.8), ColumnIs("kind", ("Red", "blue"))), Route.REMOVE),
        Rule((ColumnOver("amount", 100.0), ExpectedLossAtLeast("amount", 5.0)), Route.ESCALATE),
        Rule((Keywords(("red", "blue"), Where.TEXT), UnlikeDecided()), Route.REVIEW, "odd ones"),
    ),
    daily_capacity=100,
    audit_every=50,
).plain(KNOWN)
_SENTENCES: Final[tuple[Any, ...]] = (
    {"say": "{a} of {b}", "values": {"a": {"figure": [1.5, 1, False]}, "b": {"share": [0.5, 1]}}},
    {
        "say": ["{n} item", "{n} items: {names}"],
        "n": 3,
        "values": {"names": {"list": ["a", {"say": "b"}], "between": ","}},
    },
    {"say": "x {p}", "values": {"p": {"start": {"say": "{q}", "values": {"q": 10**6}}}}},
)


def _evidence(data: bytes, _room: Room, _seeds: Seeds) -> None:
    found = evidence.from_json(data.decode("utf-8", "surrogatepass"))
    assert evidence.from_json(evidence.to_json(found)) == found


_RESPONSES: Final = (
    {"ranking": [[0], [1, 2]], "ratings": [5, 3, 1], "sides": [1, 0, 2]}, {"turn": 3, "reply": "Sorry."},
)  # fmt: skip


def _response(data: bytes, _room: Room, _seeds: Seeds) -> None:
    found = responses.from_json(data.decode("utf-8", "surrogatepass"))
    assert responses.from_json(responses.to_json(found)) == found


def _policy(data: bytes, room: Room, _seeds: Seeds) -> None:
    policy = policy_of(read_policy_file(room.put("policy.json", data)), KNOWN)
    assert policy_of(policy.plain(KNOWN), KNOWN).same_as(policy)
    oddities(policy)


def _sentence(kept: Any, _room: Room, _seeds: Seeds) -> None:
    for one in (sentence_of(kept), sentence_of(json.dumps(kept, default=str))):
        said(one)
        assert sentence_of(one.text()).english() == one.english()


_TALKS: Final = (
    "Anna: Hello\nBen: Hi there\nAnna: How are you?\n", "[10:02] Agent: Good morning\n[10:03] Customer: My card\n",
    '[{"role": "user", "content": "Hi \\u00e9\\n"}, {"role": "assistant", "content": "Hello"}]',
    '{"speaker": "A", "text": "one"}\n{"speaker": "B", "text": "two"}\n', "user\thello\nbot\thi\n", "x" * 12_000,
)  # fmt: skip


@st.composite
def _talks(draw: st.DrawFn, _seeds: Seeds) -> str:
    return draw(
        st.one_of(
            odd.texts, odd.bytes_like([t.encode() for t in _TALKS]).map(lambda b: b.decode("utf-8", "surrogateescape"))
        )
    )


def _talk(text: str, _room: Room, _seeds: Seeds) -> None:
    shown = read_text_item(text)
    shown.encode("utf-8", "surrogatepass")
    is_rtl(shown)
    turns = turns_of(text)
    assert all(0 <= turn.start <= turn.end <= len(text) for turn in turns)
    sides(turns)
    for view in (in_turns(text, turns) if turns else plain(text), raw(text)):
        for place in {0, len(text) // 2, len(text)}:
            assert 0 <= view.to_stored(view.to_screen(place)) <= len(text)
    list(in_parts(text))


ROWS: Final[dict[str, Target]] = {
    "marks csv": Target(
        lambda _: odd.bytes_like([_MARKS_CSV]), lambda d, room, _: list(read_marks_csv(room.put("m.csv", d)))
    ),
    "marks coco": Target(lambda _: odd.json_like([_COCO]), lambda d, room, _: read_coco(room.put("c.json", d))),
    "evidence": Target(lambda _: odd.json_like(_EVIDENCE), _evidence, (ValueError, KeyError, TypeError)),
    "response": Target(lambda _: odd.json_like(_RESPONSES), _response, (ValueError, KeyError, TypeError)),
    "policy": Target(lambda _: odd.json_like([_POLICY]), _policy),
    "sentence": Target(lambda _: odd.values_like(_SENTENCES), _sentence, ()),
    "talk": Target(_talks, _talk, ()),
}
