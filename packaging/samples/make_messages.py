"""Make the sample "Support messages": the written messages with an id, a date, a channel and a plan.

Run: python packaging/samples/make_messages.py
Reads packaging/samples/support_messages/shown.csv (text, label, also) and writes
resources/samples/support_messages.csv. The column `also`, the second label of an ambiguous message, stays behind.
"""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED = 20260902
COLUMNS = ("id", "received", "channel", "plan", "text", "label")
FIRST_DAY, DAYS = date(2026, 9, 1), 91
CHANNELS, CHANNEL_SHARES = ("E-mail", "App", "Web form"), (0.45, 0.30, 0.25)
PLANS, PLAN_SHARES = ("Monthly", "Yearly", "Family", "—"), (0.45, 0.25, 0.18, 0.12)
SOURCE = Path(__file__).resolve().parent / "support_messages" / "shown.csv"
TABLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "support_messages.csv"


def read_messages(path: Path) -> list[tuple[str, str]]:
    """The written messages as (text, label), in the order of the file. Raises ValueError for an empty field."""
    with path.open(encoding="utf-8", newline="") as source:
        rows = [(row["text"].strip(), row["label"].strip()) for row in csv.DictReader(source)]
    for number, (text, label) in enumerate(rows, start=2):
        if not text or not label:
            raise ValueError(f"{path.name}, record {number}: a text or a label is missing.")
    return rows


def build_rows(messages: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The table's rows in `COLUMNS` order: messages shuffled by the seed, ids in that order, dates ascending.

    Channel and plan are drawn without regard to text and label, so they carry no hint of the class.
    """
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(messages))
    days = np.sort(rng.integers(0, DAYS, len(messages)))
    channels = rng.choice(CHANNELS, len(messages), p=CHANNEL_SHARES)
    plans = rng.choice(PLANS, len(messages), p=PLAN_SHARES)
    rows = []
    for place, source in enumerate(order):
        received = (FIRST_DAY + timedelta(days=int(days[place]))).isoformat()
        text, label = messages[source]
        rows.append((f"MSG-{place + 1:05d}", received, str(channels[place]), str(plans[place]), text, label))
    return rows


def table(messages: list[tuple[str, str]]) -> bytes:
    """The whole table as UTF-8 CSV with one header row and plain line ends."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(build_rows(messages))
    return buffer.getvalue().encode("utf-8")


def main() -> None:
    """Write the table and say how long it is."""
    messages = read_messages(SOURCE)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_bytes(table(messages))
    print(f"{TABLE.name}: {len(messages)} messages, {len({label for _, label in messages})} classes")


if __name__ == "__main__":
    main()
