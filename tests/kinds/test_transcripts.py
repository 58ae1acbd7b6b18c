"""Conversations are recognised, whoever wrote them down, and nothing else is."""

import json

import pytest

from hitl_desktop.kinds.transcripts import in_turns, side_of, sides, turns_of

LINES = (
    "Agent: Good morning, how can I help?\nAnna Berg: My parcel is late.\n"
    "It should have come on Monday.\n\nAgent: I see.\n"
)
MESSAGES = [
    {"role": "user", "content": 'He said "no"\nand left 🩻'},
    {"role": "assistant", "content": "Grüße: \\ and 🩻"},
    {"role": "user", "content": ""},
]


def said(text: str) -> list[tuple[str, str]]:
    shown = in_turns(text, turns_of(text))
    found: dict[int, list[str]] = {}
    for line in shown.lines:
        if line.turn >= 0:
            found.setdefault(line.turn, []).append(line.text)
    return [(lines[0].split(" · ", 1)[1], "\n".join(lines[1:])) for lines in found.values()]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (LINES, ["Agent", "Anna Berg", "Agent"]),
        ("user: hi\nassistant: hello", ["user", "assistant"]),
        ("[10:02] Anna: hi\n[10:03] Ben: yes\n[10:04] Anna: ok", ["Anna", "Ben", "Anna"]),
        (
            "01/02/2024, 10:02 - Anna: hi\n01/02/2024, 10:03 - Ben: yes\n01/02/2024, 10:05 - Ben: ?",
            ["Anna", "Ben", "Ben"],
        ),
        ("Dr. Weiss\tSince when?\nPatient\tA week.\nDr. Weiss\tAny fever?", ["Dr. Weiss", "Patient", "Dr. Weiss"]),
        ("Q: Who?\nA: Me.", ["Q", "A"]),
        ("客服：您好\n王芳：退款\n客服：好的", ["客服", "王芳", "客服"]),
        ("סוכן: שלום\nלקוח: איפה החבילה?\nסוכן: בדרך", ["סוכן", "לקוח", "סוכן"]),
        ("Speaker 1: one\r\nSpeaker 2: two\r\n", ["Speaker 1", "Speaker 2"]),
    ],
)
def test_lines_with_names_are_turns(text: str, speakers: list[str]) -> None:
    assert [turn.speaker for turn in turns_of(text)] == speakers


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just a sentence.",
        "Name: Anna\nAge: 41\nCity: Graz\nPlan: family",
        "From: a@b.c\nTo: d@e.f\nSubject: hi\n\nText\n\nFrom: d@e.f\nTo: a@b.c\nSubject: re: hi",
        "see https://example.org: there\nand http://example.org\nso: it is",
        "The reason is simple: it broke. And the second: it burns.\nThe end: none.",
        "Note: one\nNote: two\nNote: three",
        "[1, 2, 3]",
        '[{"id": 1, "content": "a"}, {"id": 2, "content": "b"}]',
        '{"role": "user", "content": "alone"}',
        "[not json",
    ],
)
def test_other_texts_are_no_conversation(text: str) -> None:
    assert turns_of(text) == []


def test_what_is_said_belongs_to_its_turn() -> None:
    assert said("Call 17\n" + LINES) == [
        ("Agent", "Good morning, how can I help?"),
        ("Anna Berg", "My parcel is late.\nIt should have come on Monday."),
        ("Agent", "I see."),
    ]
    assert in_turns("Call 17\n" + LINES, turns_of("Call 17\n" + LINES)).lines[0].text == "Call 17"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(MESSAGES),
        json.dumps(MESSAGES, ensure_ascii=False, indent=2),
        json.dumps({"id": 7, "messages": MESSAGES}),
        "\n".join(json.dumps(message) for message in MESSAGES),
        json.dumps([{"content": m["content"], "role": m["role"]} for m in MESSAGES]),
        json.dumps([{"role": m["role"], "content": [{"type": "text", "text": m["content"]}]} for m in MESSAGES]),
        json.dumps([{"speaker": m["role"], "text": m["content"], "time": "10:02"} for m in MESSAGES]),
    ],
)
def test_json_conversations_are_read_without_their_escapes(text: str) -> None:
    assert said(text) == [(m["role"], m["content"]) for m in MESSAGES]


def test_marks_find_their_words_in_escaped_text() -> None:
    text = json.dumps(MESSAGES)
    shown = in_turns(text, turns_of(text))
    at = text.index("left")
    (span,) = shown.spans_on_screen((at, at + 4))
    screen = [c for c in shown.text for _ in range(2 if c > "\uffff" else 1)]
    assert "".join(screen[span[0] : span[1]]) == "left"
    assert shown.to_stored(span[0]) == at
    quote = shown.text.index('"no"')
    assert text[shown.to_stored(quote) :].startswith('\\"no')


def test_speakers_take_sides() -> None:
    turns = turns_of(LINES)
    found = sides(turns)
    assert [side_of(turn.speaker, found) for turn in turns] == [0, 1, 0]


def test_a_very_long_text_is_not_looked_through() -> None:
    assert turns_of("A: x\nB: y\n" * 100_000) == []
