"""Reading and scoring a table of texts, beside the bare reading of the file and scikit-learn's own vectorizers."""

import csv
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from tests.benchmarks.figures import Figure, ratio, spending
from tests.benchmarks.ingest import figures_of, ingest
from tests.benchmarks.synthetic import make_table

MODEL = "support-messages"
_SAMPLE = 10_000


def measure(folder: Path, quick: bool) -> list[Figure]:
    """100,000 texts of about 80 characters."""
    table = make_table(folder / "texts.csv", 5_000 if quick else 100_000)
    with spending() as bare, table.open(encoding="utf-8", newline="") as file:
        rows = [row["text"] for row in csv.DictReader(file)]
    sample = rows[:_SAMPLE]
    vectorizer = make_union(
        TfidfVectorizer(analyzer="word", ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    ).fit(sample)
    with spending() as learned:
        vectorizer.transform(sample)
    scaled = learned.cpu * len(rows) / len(sample)
    done = ingest(folder, table, "text", MODEL)
    beside = f"transform only, measured on {len(sample):,}, scaled to {len(rows):,}"
    return [
        *figures_of("texts", done, "bare csv reading", bare.cpu, bare.wall, MODEL),
        Figure("scikit-learn TF-IDF, words 1–2 and characters 2–5, CPU", scaled, None, "s", beside),
        ratio("CPU, import and score / scikit-learn TF-IDF", done.cpu, scaled, "one run, the base scaled"),
    ]
