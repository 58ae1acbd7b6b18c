"""Make the sample "Support chats": made-up conversations between customers and a chat program.

Run: python packaging/samples/make_chats.py
Writes resources/samples/support_chats.jsonl: an id, a day, a channel, the messages (role and content), and the outcome
as the label.
Every conversation is put together from parts by a seed. What it needs is mostly said late: it begins with a small
matter and turns into another, or the program fails and the customer asks for somebody else. One in twelve is truly
ambiguous: it says two things, and the outcome is that of the later one.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED = 20261101
TRAINING_SEED = 20261102
SHOWN, TRAINING = 300, 400
HEARD = 0.5
"""The share of the sentences of each sort that the training conversations have: the shown ones say more."""
OUTCOMES = ("Bot can close it", "Billing", "Technician", "Complaints")
SHARES = (0.4, 0.22, 0.22, 0.16)
AMBIGUOUS = 1 / 12
FIRST_DAY, DAYS = date(2026, 9, 1), 91
CHANNELS = ("Website", "App")
FILE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "support_chats.jsonl"

GREETINGS = ("Hi", "Hello", "Hey there", "Good morning", "Good evening", "Hi, quick question")
HELLO = (
    "Hello, I am the assistant of Nordlicht Broadband. What can I do for you?",
    "Welcome to Nordlicht Broadband. How can I help?",
    "Hi! I am a program, and I know our plans, bills and boxes. What is it about?",
)
PRODUCTS = ("router", "TV box", "modem", "repeater", "phone line", "app")
PLACES = ("kitchen", "office", "bedroom", "cellar", "flat", "shop")
MONTHS = ("January", "March", "May", "June", "August", "October")

SMALL = (  # what a program can close: question, answer, thanks
    ("How do I change my password?", "Open Settings, then Security, and choose Change password.",
     ("Found it, thanks!", "That worked, thank you.", "Perfect, done.")),
    ("When are you open on Saturdays?", "Our shops are open from 10 to 16 on Saturdays.",
     ("Great, thanks.", "Good to know, bye!", "Okay, I will come by then.")),
    ("I am moving next month, where do I enter my new address?", "Under My account, Addresses. It takes a minute.",
     ("Done, thank you!", "Easy. Thanks.", "Got it.")),
    ("How do I connect my new {product}?", "Plug it in, wait for the green light, then follow the app.",
     ("Green light is on. Thanks!", "It works now, thank you.", "That was quick, thanks.")),
    ("Where can I see how much data I have left?", "On the first page of the app, below your name.",
     ("I see it now.", "Ah, there. Thank you!", "Thanks, 12 GB left.")),
    ("Can I have my bill as a PDF?", "Yes: My account, Bills, Download. One file for each month.",
     ("Downloaded it, thanks.", "Wonderful, that is all I needed.", "Thank you!")),
    ("What is the name of my plan?", "You have Comfort 100, since {month}.",
     ("Thanks, just wanted to know.", "Okay, bye.", "Good, thank you.")),
    ("How do I name the wireless network in the {place}?", "Open the app, Network, and tap the name to change it.",
     ("It has a nice name now. Thanks.", "Done!", "Thank you, that was all.")),
)  # fmt: skip
BILLING = (
    "You have charged me twice for {month}, {sum} euros each time.",
    "I cancelled the TV part in {month} and I still pay {sum} euros for it.",
    "My bill is {sum} euros higher than what is in the contract.",
    "There is a fee of {sum} euros that nobody told me about. I want it back.",
    "The discount you promised me is not on the bill of {month}.",
    "My bank says you took {sum} euros, but I had paid by transfer already.",
    "I was promised a refund of {sum} euros in {month} and never got it.",
)
TECHNICIAN = (
    "The {product} in the {place} loses its connection every evening.",
    "The light on the {product} is red, and I have restarted it three times.",
    "Since the storm the line is dead. I measured it at the socket, nothing.",
    "The {product} gets hot and smells odd, so I have unplugged it.",
    "The speed in the {place} is 2 Mbit/s, by cable too. I pay for 100.",
    "After the update the {product} only shows a blue screen.",
    "The cable in the {place} was cut by builders, somebody has to come.",
)
COMPLAINTS = (
    "This is the fourth time I tell you this. I want to speak to a person.",
    "I have had it. If nobody calls me today I cancel everything.",
    "You are a machine and you do not understand a word. Give me a human.",
    "Two appointments, and nobody came. I took days off for nothing.",
    "Your colleague on the phone laughed at me. I want to complain.",
    "I will tell my lawyer and write about this everywhere.",
    "Nobody has answered my letters for six weeks. This is not how you treat people.",
)
STEPS = (
    "I see. Have you tried turning the {product} off and on?",
    "Thank you. Can you tell me the number on the bill?",
    "I am sorry to hear that. Which {product} is it about?",
    "I have found an article that may help: “First steps”.",
    "Could you say that in other words?",
)
REPLIES = (
    "Yes, of course I did.", "No, and that is not what I asked.", "It is all in my account.", "I do not have it here.",
    "Did that already.", "The article does not help.", "As I said.", "The number is 20{number}.",
)  # fmt: skip
ENDS = (
    "Let me look into that.", "I have noted it.", "One moment please.", "I will pass this on.",
    "Is there more I can do?",
)  # fmt: skip

Messages = list[dict[str, str]]


def training() -> list[dict[str, object]]:
    """The conversations that the model in the box learns from: none of those shown."""
    shown = frozenset(json.dumps(chat["messages"]) for chat in chats(SEED, SHOWN))
    return chats(TRAINING_SEED, TRAINING, HEARD, shown)


def chats(seed: int, count: int, heard: float = 1.0, others: frozenset[str] = frozenset()) -> list[dict[str, object]]:
    """Conversations as records, none twice and none of the `others`, in the order of their days; `heard` is the share
    of the sentences used.
    """
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, DAYS, count))
    seen = set(others)
    found: list[dict[str, object]] = []
    while len(found) < count:
        outcome = int(rng.choice(len(OUTCOMES), p=SHARES))
        messages = _chat(rng, outcome, heard)
        text = json.dumps(messages)
        if text in seen:
            continue
        seen.add(text)
        place = len(found)
        found.append(
            {
                "id": f"CHAT-{place + 1:04d}",
                "day": (FIRST_DAY + timedelta(days=int(days[place]))).isoformat(),
                "channel": str(rng.choice(CHANNELS)),
                "messages": messages,
                "label": OUTCOMES[outcome],
            }
        )
    return found


def _chat(rng: np.random.Generator, outcome: int, heard: float) -> Messages:
    """One conversation that comes to an outcome: a beginning, perhaps another matter before, the matter, an end."""
    fill = _filler(rng)
    small, billing, technician, complaints = (
        part[: round(heard * len(part))] for part in (SMALL, BILLING, TECHNICIAN, COMPLAINTS)
    )
    turns: Messages = [_agent(_one(rng, HELLO))] if rng.random() < 0.7 else []
    begins_small = outcome > 0 and rng.random() < 0.45
    greeting = f"{_one(rng, GREETINGS)}. " if rng.random() < 0.6 else ""
    if outcome == 0 and rng.random() < 2 * AMBIGUOUS:  # it begins with a fault that was none
        turns += [_customer(greeting + fill(_one(rng, technician + billing))), _agent(fill(_one(rng, STEPS)))]
        turns += [_customer("Oh, it was my mistake, all good."), _agent("Good to hear. Is there more I can do?")]
        greeting = ""
    if outcome == 0 or begins_small:
        question, answer, thanks = small[int(rng.integers(len(small)))]
        turns += [_customer(greeting + fill(question)), _agent(fill(answer))]
        greeting = ""
        if outcome == 0:
            turns += [_customer(_one(rng, thanks))]
            return turns + ([_agent("Have a good day!")] if rng.random() < 0.5 else [])
        turns += [_customer(_one(rng, ("Okay. But there is something else.", "Thanks. One more thing.", "Good. And:")))]
    if outcome in (1, 2):
        own, other = (billing, technician) if outcome == 1 else (technician, billing)
        if rng.random() < AMBIGUOUS:
            turns += [_customer(greeting + fill(_one(rng, other))), _agent(fill(_one(rng, STEPS)))]
            greeting = "But what matters more: "
        turns += [_customer(greeting + fill(_one(rng, own)))]
        turns += _trying(rng, fill, int(rng.integers(0, 3)))
        return [*turns, _agent(_one(rng, ENDS))]
    matter = _one(rng, billing + technician)
    turns += [_customer(greeting + fill(matter)), *_trying(rng, fill, int(rng.integers(1, 4)))]
    turns += [_customer(_one(rng, complaints))]
    return turns + ([_agent(_one(rng, ENDS))] if rng.random() < 0.6 else [])


def _trying(rng: np.random.Generator, fill: Callable[[str], str], times: int) -> Messages:
    """The program asks and the customer answers, so many times."""
    turns: Messages = []
    for _ in range(times):
        turns += [_agent(fill(_one(rng, STEPS))), _customer(fill(_one(rng, REPLIES)))]
    return turns


def _filler(rng: np.random.Generator) -> Callable[[str], str]:
    """Puts the details of one conversation into its sentences, the same ones throughout."""
    details = {
        "product": _one(rng, PRODUCTS),
        "place": _one(rng, PLACES),
        "month": _one(rng, MONTHS),
        "sum": str(int(rng.integers(5, 90))),
        "number": str(int(rng.integers(1000, 9999))),
    }
    return lambda sentence: sentence.format(**details)


def _one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _customer(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def _agent(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def table() -> bytes:
    """The sample as UTF-8 JSON lines."""
    lines = (json.dumps(chat, ensure_ascii=False) for chat in chats(SEED, SHOWN))
    return ("\n".join(lines) + "\n").encode("utf-8")


if __name__ == "__main__":
    FILE.write_bytes(table())
    print(f"{FILE.name}: {SHOWN} conversations")
