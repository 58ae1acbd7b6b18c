"""Make the sample "Card payments": 2,000 payments that nobody made, about 4 % of them fraud.

Run: python packaging/samples/make_payments.py
Writes resources/samples/payments.csv. The training script of the bundled model and the benchmark load this file by its
path and use `payments` with other seeds; customers, amounts and times are drawn anew for each seed, merchants stay.

Customers pay by habits of their own: how much, how often, at what hours, at which merchants. Fraud comes in four
patterns: a card is *tested* with small sums and then emptied within hours; an account is *taken over* (another country,
a new device, at night, far above what is usual); a customer is *talked into* paying (gift cards, fees: told by the
memo); a merchant *overcharges* in round sums. Some honest payments look like fraud (travel, large purchases), and the
labels are noisy, as people's are: one fraud in twenty was never found out, and some honest payments were disputed.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SEED = 20_261_101
TRAINING_SEED = 20_269_101
ROWS = 2000
CUSTOMERS = 260
FIRST, DAYS = datetime(2026, 8, 1), 92
COLUMNS = (
    *("payment", "time", "customer", "amount", "merchant", "category", "channel", "country", "device", "memo"),
    "label",
)
HONEST, FRAUD = "genuine", "fraud"
MISSED, DISPUTED = 0.05, 0.002
TABLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "payments.csv"

MERCHANTS: dict[str, tuple[tuple[str, ...], float, float]] = {
    # category: merchants, median amount, spread of the logarithm
    "groceries": (("Corner Market", "Fresh & Co", "Harvest Hall", "Daily Basket", "Green Pantry"), 31.0, 0.7),
    "restaurants": (("Noodle House", "Blue Plate", "La Piazza", "Coffee Yard", "Old Mill Inn"), 22.0, 0.6),
    "transport": (("City Transit", "Swift Cabs", "Rail Direct", "Park & Go"), 14.0, 0.8),
    "fuel": (("North Fuel", "Star Petrol", "Ring Road Fuel"), 52.0, 0.4),
    "online shop": (("Parcel Palace", "Bright Bazaar", "ShopNest", "Everything Mart", "Booklane"), 44.0, 0.9),
    "electronics": (("Volt World", "Gadget Dock", "Pixel Point"), 140.0, 1.0),
    "subscriptions": (("StreamBox", "TuneCloud", "NewsPass", "GymTime"), 12.0, 0.35),
    "travel": (("Sky Fares", "Stay Easy", "Coast Hotels"), 210.0, 0.8),
    "gift cards": (("Gift Corner", "CardKing"), 40.0, 0.6),
    "digital goods": (("GamePort", "App Harbor", "Token Vault"), 11.0, 0.8),
    "services": (("HandyFix", "Clean Team", "QuickRepair 24"), 85.0, 0.7),
}
OVERCHARGING = "QuickRepair 24"
HABITS = {"groceries": 6, "restaurants": 5, "transport": 4, "fuel": 2, "online shop": 4, "electronics": 1}
HABITS |= {"subscriptions": 2, "travel": 1, "gift cards": 0.5, "digital goods": 1.5, "services": 0.8}
HOME_COUNTRIES, HOME_SHARES = ("DE", "AT", "NL", "FR"), (0.7, 0.12, 0.1, 0.08)
FOREIGN = ("ES", "IT", "GB", "US", "TR", "BR", "NG", "VN", "RO")
HOUR_SHARES = np.array(
    [0.6, 0.3, 0.2, 0.1, 0.1, 0.2, 0.8, 2, 3.4, 3.6, 4, 4.8, 6, 5.4, 4.4, 4.4, 5.2, 6.6, 7, 6, 4.6, 3.4, 2.2, 1.2]
)
MEMOS = {
    "groceries": ("weekly shop", "milk, bread, fruit", "", "", ""),
    "restaurants": ("lunch with Ana", "dinner", "coffee and cake", "", "team lunch"),
    "transport": ("ticket to work", "cab home", "", "monthly pass"),
    "fuel": ("full tank", "", ""),
    "online shop": ("birthday present", "order {n}", "return and reorder {n}", "", "school books"),
    "electronics": ("new phone case", "laptop for studies", "order {n}", "headphones"),
    "subscriptions": ("monthly plan", "yearly plan", ""),
    "travel": ("holiday flights", "hotel for the weekend", "trip to see family"),
    "gift cards": ("gift for a friend", "birthday voucher", ""),
    "digital goods": ("game upgrade", "app renewal", "order {n}", ""),
    "services": ("repair of the washing machine", "window cleaning", "invoice {n}"),
}
SCAM_MEMOS = (
    "urgent release fee as agreed on the phone",
    "customs fee for parcel {n}, pay today",
    "verification payment, will be refunded",
    "vouchers for support agent, codes by phone",
    "safe account transfer, told by security desk",
)
ROUND_SUMS = (150.0, 200.0, 250.0, 300.0, 400.0, 500.0)


@dataclass
class Payment:
    """One payment before it has a number."""

    time: datetime
    customer: str
    amount: float
    merchant: str
    category: str
    channel: str
    country: str
    device: str
    memo: str
    fraud: bool = False


@dataclass(frozen=True)
class Customer:
    """Somebody's habits."""

    name: str
    factor: float
    country: str
    favourites: dict[str, str]
    shares: np.ndarray
    weight: float


def payments(seed: int, rows: int = ROWS) -> list[dict[str, str]]:
    """The rows of a table of `rows` payments, in the order of time. The same seed gives the same rows."""
    rng = np.random.default_rng(seed)
    customers = [_customer(rng, place) for place in range(max(2, round(CUSTOMERS * rows / ROWS)))]
    weights = np.array([customer.weight for customer in customers])
    made: list[Payment] = []
    while len(made) < round(0.04 * rows):
        pattern = (_tested, _taken_over, _talked_into, _overcharged)[rng.choice(4, p=(0.25, 0.35, 0.2, 0.2))]
        made += pattern(rng, customers[int(rng.choice(len(customers), p=weights / weights.sum()))])
    while len(made) < rows:
        made.append(_honest(rng, customers[int(rng.choice(len(customers), p=weights / weights.sum()))]))
    made = sorted(made[:rows], key=lambda payment: payment.time)
    return [_row(rng, number, payment) for number, payment in enumerate(made, 1)]


def _customer(rng: np.random.Generator, place: int) -> Customer:
    favourites = {category: str(rng.choice(names)) for category, (names, _, _) in MERCHANTS.items()}
    shares = np.array([HABITS[category] for category in MERCHANTS]) * rng.gamma(2.0, 0.5, len(MERCHANTS))
    country = str(rng.choice(HOME_COUNTRIES, p=HOME_SHARES))
    name = f"C-{int(rng.integers(1000, 9999))}{place:03d}"
    return Customer(name, float(rng.lognormal(0, 0.45)), country, favourites, shares / shares.sum(), rng.gamma(2.0))


def _moment(rng: np.random.Generator, shares: np.ndarray = HOUR_SHARES) -> datetime:
    hour = int(rng.choice(24, p=shares / shares.sum()))
    minute = int(rng.integers(0, 60))
    return FIRST + timedelta(days=int(rng.integers(0, DAYS)), hours=hour, minutes=minute)


def _honest(rng: np.random.Generator, who: Customer) -> Payment:
    category = str(rng.choice(list(MERCHANTS), p=who.shares))
    names, median, spread = MERCHANTS[category]
    merchant = who.favourites[category] if rng.random() < 0.6 else str(rng.choice(names))
    amount = median * who.factor * float(rng.lognormal(0, spread))
    if rng.random() < 0.03:  # a large purchase, once in a while
        amount *= float(rng.uniform(3, 8))
    if rng.random() < 0.08:
        amount = float(max(5, round(amount / 10) * 10))
    remote = category in ("online shop", "subscriptions", "digital goods", "travel", "gift cards")
    away = rng.random() < 0.05
    country = str(rng.choice(FOREIGN)) if away else who.country
    channel = "online" if remote and rng.random() < 0.9 else str(rng.choice(("chip", "contactless"), p=(0.45, 0.55)))
    device = "new" if rng.random() < 0.05 else "known"
    return Payment(
        _moment(rng), who.name, amount, merchant, category, channel, country, device, _memo(rng, MEMOS[category])
    )


def _tested(rng: np.random.Generator, who: Customer) -> list[Payment]:
    """Small sums to see whether the card works, then as much as it gives, within hours."""
    at = _moment(rng)
    category = str(rng.choice(("digital goods", "online shop")))
    made = []
    for step in range(int(rng.integers(3, 6))):
        small = step < 2
        kind = category if small else str(rng.choice(("electronics", "gift cards", "online shop")))
        merchant = str(rng.choice(MERCHANTS[kind][0]))
        amount = float(rng.uniform(1, 6)) if small else float(rng.lognormal(np.log(190), 0.6))
        device = "new" if rng.random() < 0.6 else "known"
        memo = _memo(rng, ("", "order {n}", ""))
        made.append(Payment(at, who.name, amount, merchant, kind, "online", who.country, device, memo, True))
        at += timedelta(minutes=int(rng.integers(3, 90)))
    return made


def _taken_over(rng: np.random.Generator, who: Customer) -> list[Payment]:
    """Somebody else: from abroad, at night, on a device never seen, far above what is usual."""
    night = np.array([5, 6, 6, 6, 5, 4, 2] + [1] * 15 + [2, 4], float)
    category = str(rng.choice(("electronics", "travel", "online shop", "gift cards")))
    amount = MERCHANTS[category][1] * who.factor * float(rng.lognormal(1.0, 0.7))
    country = str(rng.choice(FOREIGN)) if rng.random() < 0.7 else who.country
    device = "new" if rng.random() < 0.75 else "known"
    memo = _memo(rng, ("", "order {n}", ""))
    merchant = str(rng.choice(MERCHANTS[category][0]))
    at = _moment(rng, night)
    return [Payment(at, who.name, amount, merchant, category, "online", country, device, memo, True)]


def _talked_into(rng: np.random.Generator, who: Customer) -> list[Payment]:
    """The customer pays, on the own device, what a caller asks for: mostly only the memo tells."""
    category = str(rng.choice(("gift cards", "services", "digital goods")))
    amount = float(rng.lognormal(np.log(160), 0.7))
    memo = _memo(rng, SCAM_MEMOS if rng.random() < 0.8 else MEMOS[category])
    merchant = str(rng.choice(MERCHANTS[category][0]))
    device = "known" if rng.random() < 0.9 else "new"
    return [Payment(_moment(rng), who.name, amount, merchant, category, "online", who.country, device, memo, True)]


def _overcharged(rng: np.random.Generator, who: Customer) -> list[Payment]:
    """One merchant, round sums, on the spot."""
    amount = float(rng.choice(ROUND_SUMS))
    memo = _memo(rng, ("emergency repair", "invoice {n}", "", "key service at night"))
    at = _moment(rng)
    return [Payment(at, who.name, amount, OVERCHARGING, "services", "chip", who.country, "known", memo, True)]


def _memo(rng: np.random.Generator, among: tuple[str, ...]) -> str:
    return str(rng.choice(np.array(among, object))).format(n=int(rng.integers(10_000, 99_999)))


def _row(rng: np.random.Generator, number: int, payment: Payment) -> dict[str, str]:
    said = payment.fraud
    if said and rng.random() < MISSED:
        said = False
    elif not said and rng.random() < DISPUTED:
        said = True
    amount = max(0.5, round(payment.amount, 2))
    values = (
        f"P-{number:05d}",
        payment.time.strftime("%Y-%m-%d %H:%M"),
        payment.customer,
        f"{amount:.2f}",
        payment.merchant,
        payment.category,
        payment.channel,
        payment.country,
        payment.device,
        payment.memo,
        FRAUD if said else HONEST,
    )
    return dict(zip(COLUMNS, values, strict=True))


def table(rows: list[dict[str, str]]) -> bytes:
    """The whole table as UTF-8 CSV with one header row and plain line ends."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")


def main() -> None:
    """Write the table and say what is in it."""
    rows = payments(SEED)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_bytes(table(rows))
    fraud = sum(row["label"] == FRAUD for row in rows)
    print(f"{TABLE.name}: {len(rows)} payments, {len({row['customer'] for row in rows})} customers, {fraud} fraud")


if __name__ == "__main__":
    main()
