"""Train the models in the box. Seeded: the same data and versions give the same bytes.

    python packaging/models/train.py            all that can be trained here
    python packaging/models/train.py digits     one of them
    python packaging/models/train.py --data ../shared/data waste
    python packaging/models/train.py --items-only        say anew which items they learned from, without training

Each model is written to resources/models/<name>/ with a card that says what it is for, what it was trained on, under
which licence, and how right it was on data that it had not seen. The model that is measured is the one that ships.
It is calibrated on cross-validation of its training part; its calibration is measured on the part held out.
"""

import argparse
import csv
import importlib.util
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupShuffleSplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hitl_desktop.assurance.calibration_error import (  # noqa: E402
    bins_of_equal_count,
    brier,
    expected_calibration_error,
)
from hitl_desktop.assurance.intervals import wilson  # noqa: E402
from hitl_desktop.domain.protocols import never_cancelled, no_progress  # noqa: E402
from hitl_desktop.domain.sentences import say  # noqa: E402
from hitl_desktop.exchange.digests import digest_of  # noqa: E402
from hitl_desktop.exchange.record_rows import guessed, layout_of  # noqa: E402
from hitl_desktop.exchange.row_parts import Composed, Layout  # noqa: E402
from hitl_desktop.exchange.table import read_table, sniff  # noqa: E402
from hitl_desktop.exchange.talk_rows import compose  # noqa: E402
from hitl_desktop.features import EXTRACTORS  # noqa: E402
from hitl_desktop.kinds import content_digest  # noqa: E402
from hitl_desktop.kinds.image import read_bytes, read_small  # noqa: E402
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle  # noqa: E402
from hitl_desktop.learning.calibration import fit_calibration  # noqa: E402
from hitl_desktop.learning.cross_validation import folds_for  # noqa: E402
from hitl_desktop.learning.estimators import ESTIMATORS, Lesson  # noqa: E402
from hitl_desktop.learning.learned_items import marks_of  # noqa: E402
from hitl_desktop.learning.metrics import accuracy, macro_f1  # noqa: E402
from hitl_desktop.learning.training import (  # noqa: E402
    FeatureSource,
    TrainingOptions,
    View,
    fit_representation,
    train_from_scratch,
)

SEED = 20261122
SIDE = EXTRACTORS["image-fused"].side
HELD_OUT = 0.2
MOST_CALIBRATING = 999
"""Rows that fit a calibration: below the number from which a curve with many steps would take over."""
IMAGE = (("image-fused",),)
TEXT = (("text-minilm", "text-ngrams"), ("text-ngrams",))
RECORD = (("record-fields",),)
TALK = (("talk-meaning", "talk-last", "talk-whole"), ("talk-last", "talk-whole"), ("talk-whole",))
"""The views to choose among, each a tuple of extractors seen together."""


@dataclass
class Data:
    """Decoded items, class names, and the group that must not be split between training and held-out part.

    `digests` are the SHA-256 of what the program would read: the bytes of a picture, the UTF-8 of a text.
    """

    items: list[Any]
    labels: list[str]
    groups: list[str]
    held_out: list[bool] | None = None
    digests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Model:
    """One model in the box: how to get its data, and what its card says."""

    title: str
    views: tuple[tuple[str, ...], ...]
    load: Callable[[Path], Data]
    data: str
    licence: str
    use: str
    limits: str


def sample_script(name: str) -> Any:
    path = ROOT / "packaging" / "samples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def digits(_: Path) -> Data:
    script = sample_script("make_digits")
    train, shown = script.split()
    order = [*train, *shown]
    held_out = [False] * len(train) + [True] * len(shown)
    pictures = [script.png(i) for i in order]
    labels, groups = [script.label(i) for i in order], [str(i) for i in order]
    return Data([small(png) for png in pictures], labels, groups, held_out, [content_digest(png) for png in pictures])


def phantoms(_: Path) -> Data:
    script = sample_script("make_phantoms")
    drawn = [(seed, label, False) for seed, label in script.training_set()]
    drawn += [(seed, label, True) for _number, seed, label in script.shown_set()]
    pictures = [script.png(script.generate(seed, label, script.SIDE)) for seed, label, _held in drawn]
    digests = [content_digest(png) for png in pictures]
    items = [small(png) for png in pictures]
    return Data(items, [d[1] for d in drawn], [str(d[0]) for d in drawn], [d[2] for d in drawn], digests)


def messages(_: Path) -> Data:
    data = Data([], [], [], [])
    assert data.held_out is not None
    for name, held in (("training", False), ("shown", True)):
        with (ROOT / "packaging/samples/support_messages" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                data.items.append(row["text"])
                data.labels.append(row["label"])
                data.groups.append(f"{name}-{number}")
                data.held_out.append(held)
                data.digests.append(digest_of(row["text"]))
    return data


def payments(_: Path) -> Data:
    script = sample_script("make_payments")
    data = Data([], [], [], [])
    assert data.held_out is not None
    for seed, rows, held in ((script.TRAINING_SEED, 4 * script.ROWS, False), (script.SEED, script.ROWS, True)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "payments.csv"
            path.write_bytes(script.table(script.payments(seed, rows)))
            guess = sniff(path)
            typed = guessed(guess).columns
            contents = read_table(
                path,
                id_column=typed.identity,
                text_column=None,
                label_column=typed.label,
                progress=no_progress,
                cancelled=never_cancelled,
                guess=guess,
                kind="record",
                layout=layout_of(typed),
            )
        for item in contents.items:
            data.items.append(item.text)
            data.labels.append(str(item.label))
            data.groups.append(f"{held} {item.fields[str(typed.key)]}")
            data.held_out.append(held)
            data.digests.append(item.digest)
    return data


def chats(_: Path) -> Data:
    script = sample_script("make_chats")
    data = Data([], [], [], [])
    assert data.held_out is not None
    layout = Layout({"messages": ("messages",)})
    for held, part in ((False, script.training()), (True, script.chats(script.SEED, script.SHOWN))):
        for number, chat in enumerate(part):
            made = compose({"messages": json.dumps(chat["messages"])}, layout)
            assert isinstance(made, Composed)
            data.items.append(made.text)
            data.labels.append(chat["label"])
            data.groups.append(f"{held}-{number}")
            data.held_out.append(held)
            data.digests.append(digest_of(made.text))
    return data


def small(png: bytes) -> Any:
    return read_small(png, "picture.png", SIDE)


def image_folder(folder: str, group: Callable[[str], str]) -> Callable[[Path], Data]:
    def load(shared: Path) -> Data:
        root = shared / "images" / folder
        if not root.is_dir():
            raise FileNotFoundError(root)
        paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in (".png", ".jpg") and p.parent != root)
        items = [read_small(read_bytes(p), p.name, SIDE) for p in paths]
        labels = [p.relative_to(root).parts[0] for p in paths]
        digests = [content_digest(read_bytes(p)) for p in paths]
        return Data(items, labels, [f"{p.parent.name}/{group(p.stem)}" for p in paths], digests=digests)

    return load


def table(folder: str) -> Callable[[Path], Data]:
    def load(shared: Path) -> Data:
        with (shared / "text" / folder / "data.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        # Exact repeats stay on one side.
        texts = [r["text"] for r in rows]
        return Data(texts, [r["label"] for r in rows], texts, digests=[digest_of(text) for text in texts])

    return load


def run_of_ten(stem: str) -> str:
    """Photos of one object follow one another: keep runs of ten together."""
    number = re.search(r"(\d+)$", stem)
    return str(int(number.group(1)) // 10) if number else stem


RESEARCH = "Research and review only. Not a medical device."

MODELS: dict[str, Model] = {
    "digits": Model(
        "Handwritten digits",
        IMAGE,
        digits,
        "899 of the 1,797 digits that come with scikit-learn (Alpaydin and Kaynak 1998), enlarged to 64 by 64",
        "CC BY 4.0",
        "The sample in the box",
        "Digits as in the sample: centred, size-normalised, dark ground. Other handwriting will differ.",
    ),
    "support-messages": Model(
        "Support messages",
        TEXT,
        messages,
        "420 messages by another writer than those shown",
        "CC0 1.0: written for this program",
        "The sample in the box",
        "Trained on few, invented messages in English. A fifth of the shown ones have no single right class.",
    ),
    "card-payments": Model(
        "Card payments, fraud or genuine",
        RECORD,
        payments,
        "8,000 payments drawn by a program with another seed than those shown",
        "CC0 1.0: drawn by a program",
        "The sample in the box",
        "Invented customers and invented patterns of fraud: says nothing about real payments. Of other tables it knows "
        "only columns and values that have the same names.",
    ),
    "support-chats": Model(
        "Support chats",
        TALK,
        chats,
        "400 conversations put together by a program, from half of the sentences that the shown ones have",
        "CC0 1.0: written for this program",
        "The sample in the box",
        "Trained on made-up conversations in English with few sorts of sentences. Real ones will differ.",
    ),
    "chest-phantoms": Model(
        "Chest phantoms",
        IMAGE,
        phantoms,
        "720 synthetic radiographs drawn by a program with other seeds than those shown",
        "CC0 1.0: drawn by a program",
        "The sample in the box",
        "Drawings, not patients: says nothing about real radiographs. " + RESEARCH,
    ),
    "chest-xray": Model(
        "Chest X-ray, normal or pneumonia (28 pixels)",
        IMAGE,
        image_folder("chest_xray_pneumoniamnist", lambda stem: stem),
        "PneumoniaMNIST (Yang et al. 2023, doi:10.1038/s41597-022-01721-8; Kermany et al. 2018, Cell 172:1122)",
        "CC BY 4.0",
        "Children's chest radiographs reduced to 28 by 28 pixels",
        "Patients are not kept apart in the source, so the figure may be too good. " + RESEARCH,
    ),
    "blood-cells": Model(
        "Blood cells",
        IMAGE,
        image_folder("blood_cells_bccd/crops", lambda stem: stem.rpartition("_")[0]),
        "Crops of the BCCD blood smear photos (github.com/Shenggan/BCCD_Dataset), split by photo",
        "MIT, Copyright (c) 2017 shenggan",
        "Crops of single cells: red, white, platelets",
        "One stain, one microscope; an easy task. " + RESEARCH,
    ),
    "waste": Model(
        "Waste, six materials",
        IMAGE,
        image_folder("waste_trashnet", run_of_ten),
        "TrashNet (Yang and Thung 2016, github.com/garythung/trashnet), runs of ten photos kept together",
        "MIT, Copyright (c) 2017 Gary Thung",
        "Single objects on a white ground",
        "White ground and studio light throughout; trash is rare in the data.",
    ),
    "bank-intents": Model(
        "Bank questions, 77 intents",
        TEXT,
        table("banking77_intents"),
        "BANKING77 (Casanueva et al. 2020), training part",
        "CC BY 4.0",
        "Short questions of bank customers in English",
        "Some labels of the source are known to be wrong; one bank, one language.",
    ),
    "sms-spam": Model(
        "SMS, spam or ham",
        TEXT,
        table("sms_spam"),
        "SMS Spam Collection v.1 (Almeida, Gómez Hidalgo and Yamakami 2011)",
        "CC BY 4.0 as the UCI repository is said to state; its authors: free for all purposes",
        "Short messages in English",
        "Messages of about 2011 from the UK and Singapore: today's spam differs.",
    ),
}


def held_out_rows(data: Data) -> np.ndarray:
    """True where a row measures: given by the data, else a seeded fifth of the groups."""
    if data.held_out is not None:
        return np.asarray(data.held_out)
    splitter = GroupShuffleSplit(n_splits=1, test_size=HELD_OUT, random_state=SEED)
    _, test = next(splitter.split(data.labels, groups=data.groups))
    held = np.zeros(len(data.labels), bool)
    held[test] = True
    return held


def features(views: tuple[tuple[str, ...], ...], items: list[Any]) -> dict[str, Any]:
    """Rows of every extractor that occurs in the views."""
    return {name: EXTRACTORS[name].extract(items) for name in dict.fromkeys(n for view in views for n in view)}


def joined(view: tuple[str, ...], rows: dict[str, Any]) -> tuple[FeatureSource, Any]:
    """Several extractors side by side: their source and their rows, sparse when any of them is."""
    extractors = [EXTRACTORS[name] for name in view]
    blocks = tuple(block for extractor in extractors for block in extractor.blocks)
    source = FeatureSource(extractors[0].kind, "+".join(extractor.key for extractor in extractors), blocks)
    if len(view) == 1:
        return source, rows[view[0]]
    return source, sp.hstack([sp.csr_matrix(rows[name]) for name in view], format="csr", dtype=np.float32)


def seen(source: FeatureSource, X: Any) -> View:
    name, representation = fit_representation(X, source, SEED)
    return View(source, name, representation, representation.transform(X))


def calibrated_by_folds(bundle: ModelBundle, view: View, y: np.ndarray, groups: np.ndarray) -> ModelBundle:
    """The same model, set right on what heads trained like it say of rows they did not see."""
    choice = bundle.card["choice"]
    lesson = Lesson(view.rows, y, groups, choice["class_weight"], SEED)
    folds = folds_for(y, groups, seed=SEED)
    held_out = ESTIMATORS[choice["estimator"]].cross_validated(lesson, choice["settings"], folds)
    rows = np.sort(np.random.default_rng(SEED).permutation(len(y))[:MOST_CALIBRATING])
    columns = np.searchsorted(bundle.head.class_ids, y[rows])
    fitted = fit_calibration(np.log(np.maximum(held_out[rows], 1e-6)), columns)
    said = (
        say("not calibrated: too few items")
        if fitted is None
        else say("{how}, by cross-validation in training", how=fitted.in_words())
    )
    return replace(bundle, calibration=fitted, card={**bundle.card, "calibration": said.plain()})


def measured(probabilities: np.ndarray, truth: np.ndarray, classes: list[str]) -> dict[str, Any]:
    """What the held-out part says: shares with their 95 % intervals, recall per class, calibration."""
    predicted = probabilities.argmax(axis=1)
    hits = predicted == truth
    even = np.ones(len(truth))
    bins = bins_of_equal_count(probabilities.max(axis=1).astype(float), hits, even, 15)
    return {
        "held_out": len(truth),
        "right": int(hits.sum()),
        "accuracy": round(accuracy(truth, predicted), 4),
        "interval": [round(v, 4) for v in wilson(int(hits.sum()), len(truth))],
        "macro_f1": round(macro_f1(truth, predicted), 4),
        "calibration_error": round(expected_calibration_error(bins) or 0.0, 4),
        "brier": round(brier(probabilities.astype(float), truth, even) or 0.0, 4),
        "recall_per_class": {
            name: recall(hits[truth == place]) for place, name in enumerate(classes) if (truth == place).any()
        },
    }


def recall(hits: np.ndarray) -> dict[str, Any]:
    low, high = wilson(int(hits.sum()), len(hits))
    return {"right": int(hits.sum()), "of": len(hits), "interval": [round(low, 4), round(high, 4)]}


def learned_from(data: Data, rows: np.ndarray) -> Any:
    """The marks of the items it was trained on, so that they measure nothing where the same data is opened."""
    return marks_of(data.digests[row] for row in rows)


def mark(name: str, model: Model, shared: Path, out: Path) -> str:
    """Write into a model that is there which items it learned from; everything else in it stays."""
    data = model.load(shared)
    rows = np.flatnonzero(~held_out_rows(data))
    bundle = load_bundle(out / name)
    if bundle.card["trained_on"] != len(rows):
        raise SystemExit(f"{name} was trained on {bundle.card['trained_on']} items, and {len(rows)} are here")
    bundle = replace(bundle, learned=learned_from(data, rows))
    shutil.rmtree(out / name)
    save_bundle(bundle, out / name)
    return f"{name:18} {len(rows):6} trained  {len(bundle.learned):6} different items noted"


def train(name: str, model: Model, shared: Path, out: Path) -> str:
    began = time.process_time()
    data = model.load(shared)
    classes = sorted(set(data.labels))
    y = np.array([classes.index(label) for label in data.labels], np.int64)
    held = held_out_rows(data)
    rows = np.flatnonzero(~held)
    every = features(model.views, data.items)
    sources = [joined(view, every) for view in model.views]
    views = [seen(source, X[rows]) for source, X in sources]
    groups = np.unique(data.groups, return_inverse=True)[1][rows]
    card: dict[str, Any] = {
        "title": model.title,
        "for": model.use,
        "not_for": model.limits,
        "data": model.data,
        "licence": model.licence,
        "trained_on": len(rows),
        "seed": SEED,
        "script": f"packaging/models/train.py {name}",
    }
    names = dict(enumerate(classes))
    options = TrainingOptions()
    bundle = train_from_scratch(views, y[rows], names, options=options, groups=groups, seed=SEED, card=card)
    chosen = [view.source.extractor for view in views].index(bundle.extractor)
    before = bundle.probabilities(sources[chosen][1][held])
    bundle = calibrated_by_folds(bundle, views[chosen], y[rows], groups)
    metrics = measured(bundle.probabilities(sources[chosen][1][held]), y[held], classes)
    if model.views is RECORD:
        rarer = int(np.bincount(y).argmin())
        says = bundle.probabilities(sources[chosen][1][held])[:, rarer]
        metrics["average_precision"] = round(float(average_precision_score(y[held] == rarer, says)), 4)
    metrics["calibration_error_before"] = measured(before, y[held], classes)["calibration_error"]
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    card = {**bundle.card, "metrics": metrics}
    save_bundle(replace(bundle, card=card, learned=learned_from(data, rows)), folder)
    size = sum(f.stat().st_size for f in folder.iterdir()) / 1e6
    low, high = metrics["interval"]
    return (
        f"{name:18} {len(rows):6} trained {held.sum():5} held out"
        f"  accuracy {metrics['accuracy']:.4f} ({low:.3f}-{high:.3f})"
        f"  macro-F1 {metrics['macro_f1']:.4f}  calibration error {metrics['calibration_error_before']:.3f} before,"
        f" {metrics['calibration_error']:.3f} after  {size:.2f} MB  {time.process_time() - began:.0f} CPU-s"
        f"\n{'':18} {bundle.card['choice']['why']}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the models in the box.")
    parser.add_argument("names", nargs="*", choices=[*MODELS, []], help="which; all by default")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the shared data sets")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "models")
    parser.add_argument("--items-only", action="store_true", help="only note which items they learned from")
    arguments = parser.parse_args()
    work = mark if arguments.items_only else train
    for name in arguments.names or MODELS:
        try:
            print(work(name, MODELS[name], arguments.data, arguments.out), flush=True)
        except FileNotFoundError as error:
            print(f"{name:18} skipped: {error} is not there", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
