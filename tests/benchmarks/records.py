"""`python -m tests.benchmarks.records [--seeds 10]`: records, beside a list by amount and a plain logistic regression.

Every seed draws 2,000 payments of other customers (packaging/samples/make_payments.py). Measured is the half whose
customers are in no training: by *amount* alone (largest first); by *logistic regression* on the raw numbers of the row
(amount, hour, weekday), trained on the other half; by the model *in the box*, which has seen none of them; and by the
program's own training on the other half (*1,000 decisions*). Nothing is asserted.

The five figures are those of a policy that accepts what the model is at least 90 % sure of and asks a person for the
rest; the person is right, takes 12 seconds, and costs 30 an hour. "Found" is the share of the money in fraud that is
among the first 50 of 1,000 records that somebody looks at, in that order.
"""

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
from scipy.stats import t
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler

from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.records import record_of
from hitl_desktop.exchange.record_rows import guessed, layout_of
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.features.record_fields import RECORD_FIELDS
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.learning.training import FeatureSource, TrainingOptions, View, fit_representation, train_from_scratch
from hitl_desktop.paths import resources

SURE, SECONDS, PER_HOUR, LOOKED_AT = 0.9, 12.0, 30.0, 50
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The records of one seed: their items, whether each is fraud, its amount, and a number per customer."""

    items: list[FoundItem]
    fraud: npt.NDArray[np.int64]
    amounts: Floats
    customers: npt.NDArray[np.int64]


def script() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "packaging" / "samples" / "make_payments.py"
    spec = importlib.util.spec_from_file_location("make_payments", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def drawn(makes: ModuleType, seed: int) -> Rows:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payments.csv"
        path.write_bytes(makes.table(makes.payments(seed)))
        guess = sniff(path)
        columns = guessed(guess).columns
        contents = read_table(
            path,
            id_column=columns.identity,
            text_column=None,
            label_column=columns.label,
            progress=no_progress,
            cancelled=never_cancelled,
            guess=guess,
            kind="record",
            layout=layout_of(columns),
        )
    items = contents.items
    fraud = np.array([item.label == makes.FRAUD for item in items], np.int64)
    amounts = np.array([float(item.fields["amount"]) for item in items])
    customers = np.unique([item.fields["customer"] for item in items], return_inverse=True)[1]
    return Rows(items, fraud, amounts, customers)


def raw_numbers(items: Sequence[FoundItem]) -> Floats:
    """What the row itself holds in numbers."""
    found = []
    for item in items:
        record = record_of(item.text)
        moment = next(f.moment for f in record.fields if f.moment is not None)
        found.append((float(item.fields["amount"]), moment.hour, moment.weekday()))
    return np.array(found, np.float64)


def measured(chances: Floats, rows: Rows, test: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Average precision, the five figures, and the money found; `chances` (n,) of fraud, of the tested rows."""
    fraud, amounts = rows.fraud[test], rows.amounts[test]
    sure = np.maximum(chances, 1 - chances) >= SURE
    right = (chances >= 0.5) == fraud
    asked = float((~sure).mean())
    wrong = max(int((~right).sum()), 1)
    first = np.argsort(-chances * amounts, kind="stable")[:LOOKED_AT]
    return {
        "average precision": float(average_precision_score(fraud, chances)),
        "accuracy": float(right.mean()),
        "intervention": asked,
        "mistakes caught": float((~right & ~sure).sum() / wrong),
        "minutes per 1,000": asked * 1000 * SECONDS / 60,
        "cost per 1,000": asked * 1000 * SECONDS / 3600 * PER_HOUR,
        "money found": float(amounts[first][fraud[first] == 1].sum() / amounts[fraud == 1].sum()),
    }


def by_amount(rows: Rows, test: npt.NDArray[np.bool_]) -> dict[str, float]:
    """A list by amount says nothing of how sure it is: it has an order only."""
    fraud, amounts = rows.fraud[test], rows.amounts[test]
    first = np.argsort(-amounts, kind="stable")[:LOOKED_AT]
    return {
        "average precision": float(average_precision_score(fraud, amounts)),
        "money found": float(amounts[first][fraud[first] == 1].sum() / amounts[fraud == 1].sum()),
    }


def plain(rows: Rows, test: npt.NDArray[np.bool_]) -> Floats:
    numbers = raw_numbers(rows.items)
    scaler = StandardScaler().fit(numbers[~test])
    model = LogisticRegression(max_iter=1000).fit(scaler.transform(numbers[~test]), rows.fraud[~test])
    return np.asarray(model.predict_proba(scaler.transform(numbers[test]))[:, 1])


def in_the_box(rows: Rows, test: npt.NDArray[np.bool_]) -> Floats:
    bundle = load_bundle(resources() / "models" / "card-payments")
    X = RECORD_FIELDS.extract([item.text for item, use in zip(rows.items, test, strict=True) if use])
    return np.asarray(bundle.probabilities(X)[:, list(bundle.classes).index("fraud")], np.float64)


def trained_here(rows: Rows, test: npt.NDArray[np.bool_]) -> Floats:
    X = RECORD_FIELDS.extract([item.text for item in rows.items])
    source = FeatureSource("record", RECORD_FIELDS.key, RECORD_FIELDS.blocks)
    name, representation = fit_representation(X, source, 0)
    view = View(source, name, representation, representation.transform(X[~test]))
    names = {0: "genuine", 1: "fraud"}
    options, groups = TrainingOptions(), rows.customers[~test]
    bundle = train_from_scratch([view], rows.fraud[~test], names, options=options, groups=groups, seed=0, card={})
    return np.asarray(bundle.probabilities(X[test])[:, 1], np.float64)


WAYS: dict[str, Callable[[Rows, npt.NDArray[np.bool_]], dict[str, float]]] = {
    "amount alone": by_amount,
    "logistic regression, raw numbers": lambda rows, test: measured(plain(rows, test), rows, test),
    "in the box, no decision": lambda rows, test: measured(in_the_box(rows, test), rows, test),
    "1,000 decisions here": lambda rows, test: measured(trained_here(rows, test), rows, test),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    makes = script()
    found: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
    for number in range(arguments.seeds):
        rows = drawn(makes, 1000 + number)
        rng = np.random.default_rng(number)
        test = (rng.random(rows.customers.max() + 1) < 0.5)[rows.customers]
        for name, way in WAYS.items():
            found[name].append(way(rows, test))
    print(f"{arguments.seeds} seeds, mean and 95 % interval of the mean (t)")
    for name, results in found.items():
        print(name)
        for figure in results[0]:
            values = np.array([result[figure] for result in results])
            half = float(t.ppf(0.975, len(values) - 1)) * values.std(ddof=1) / np.sqrt(len(values))
            print(f"  {figure:20} {values.mean():8.3f} ± {half:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
