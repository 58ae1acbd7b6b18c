"""The samples in the box are what their catalogue says, and can be made again from their seeds."""

import csv
import importlib.util
import io
import json
import sys
import zipfile
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image, features

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
CATALOGUE = json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))
ENTRY = {entry["id"]: entry for entry in CATALOGUE}
PACKED_WITH = "1.2.13"
IMAGE_SAMPLES = [name for name in ENTRY if ENTRY[name]["kind"] == "image"]


def load(script: str) -> ModuleType:
    path = ROOT / "packaging" / "samples" / f"{script}.py"
    spec = importlib.util.spec_from_file_location(f"samples_{script}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name while the class is made.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
    return module


digits = load("make_digits")
phantoms = load("make_phantoms")
messages = load("make_messages")
chats = load("make_chats")
payments = load("make_payments")


def members(sample: str) -> dict[str, bytes]:
    with zipfile.ZipFile(SAMPLES / ENTRY[sample]["file"]) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".png")}


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image)


def remade(sample: str) -> dict[str, bytes]:
    """Three files of a sample, made anew from the seeds."""
    if sample == "digits":
        return {digits.member_name(i): digits.png(i) for i in digits.distinct_shown()[::400]}
    chosen = phantoms.shown_set()[::100]
    return {phantoms.member_name(n, c): phantoms.png(phantoms.generate(s, c, phantoms.SIDE)) for n, s, c in chosen}


def table() -> list[dict[str, str]]:
    with (SAMPLES / ENTRY["support_messages"]["file"]).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.mark.parametrize("sample", IMAGE_SAMPLES)
def test_archive_holds_what_the_catalogue_says(sample: str) -> None:
    entry, names = ENTRY[sample], list(members(sample))
    assert len(names) == entry["items"]
    assert {name.split("/")[0] for name in names} == {entry["root"]}
    assert {name.split("/")[1] for name in names} == set(entry["classes"])
    assert entry["sentence"].startswith(f"{len(names)} ")


def test_table_holds_what_the_catalogue_says() -> None:
    entry, rows = ENTRY["support_messages"], table()
    assert len(rows) == entry["items"]
    assert {row["label"] for row in rows} == set(entry["classes"])
    assert entry["sentence"].startswith(f"{len(rows)} texts, {len(entry['classes'])} classes")


def test_a_fifth_of_the_messages_is_ambiguous_and_the_second_class_does_not_ship() -> None:
    with messages.SOURCE.open(encoding="utf-8", newline="") as source:
        second = [bool(row["also"]) for row in csv.DictReader(source)]
    assert np.mean(second) == pytest.approx(0.2, abs=0.02)
    assert tuple(table()[0]) == messages.COLUMNS


def test_table_is_built_from_the_written_messages_byte_for_byte() -> None:
    shipped = (SAMPLES / ENTRY["support_messages"]["file"]).read_bytes()
    assert messages.table(messages.read_messages(messages.SOURCE)) == shipped


def test_dates_lie_in_autumn_and_ids_follow_them() -> None:
    rows = table()
    days = [date.fromisoformat(row["received"]) for row in rows]
    assert days == sorted(days)
    assert date(2026, 9, 1) <= days[0]
    assert days[-1] <= date(2026, 11, 30)
    assert [row["id"] for row in rows] == [f"MSG-{n:05d}" for n in range(1, len(rows) + 1)]


def test_a_message_without_a_label_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shown.csv"
    path.write_text("text,label,also\nWhere is my parcel?,Delivery,\nHello,,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="record 3"):
        messages.read_messages(path)


@pytest.mark.parametrize("sample", IMAGE_SAMPLES)
def test_pixels_come_again_from_the_seeds(sample: str) -> None:
    shipped = members(sample)
    for name, png in remade(sample).items():
        assert np.array_equal(pixels(png), pixels(shipped[name])), name


@pytest.mark.parametrize("sample", IMAGE_SAMPLES)
def test_files_come_again_byte_for_byte(sample: str) -> None:
    if features.version("zlib") != PACKED_WITH:
        pytest.skip(f"Pillow packs with zlib {features.version('zlib')}, the samples were packed with {PACKED_WITH}")
    shipped = members(sample)
    for name, png in remade(sample).items():
        assert png == shipped[name], name


def test_archives_of_equal_members_are_equal(tmp_path: Path) -> None:
    for place, order in enumerate((["b.png", "a.png"], ["a.png", "b.png"])):
        phantoms.write_archive(tmp_path / f"p{place}.zip", {name: name.encode() for name in order})
        digits.write_archive(tmp_path / f"d{place}.zip", {name: name.encode() for name in order})
    assert (tmp_path / "p0.zip").read_bytes() == (tmp_path / "p1.zip").read_bytes()
    assert (tmp_path / "d0.zip").read_bytes() == (tmp_path / "d1.zip").read_bytes()


def test_no_digit_is_shown_twice_or_trained_on() -> None:
    train, shown = digits.split()
    assert (len(train), len(shown)) == (899, 898)
    assert set(train).isdisjoint(shown)
    assert len(set(members("digits").values())) == ENTRY["digits"]["items"]
    seen = {pixels(png).tobytes() for png in members("digits").values()}
    assert not any(digits.picture(int(index)).tobytes() in seen for index in train)


def test_digits_carry_no_metadata() -> None:
    with Image.open(io.BytesIO(next(iter(members("digits").values())))) as image:
        assert (image.mode, image.size, image.info) == ("L", (64, 64), {})


def test_every_phantom_is_16_bit_and_says_that_it_is_synthetic() -> None:
    for name, png in members("phantoms").items():
        assert Path(name).name.startswith("phantom_")
        with Image.open(io.BytesIO(png)) as image:
            assert image.mode == "I;16", name
            assert image.size == (phantoms.SIDE, phantoms.SIDE), name
            assert image.info["Comment"] == "Synthetic phantom, not a patient", name
            values = np.asarray(image)
        assert len(np.unique(values)) > 256, name
        assert values.min() >= 2_000, name
        assert 45_000 < values.max() < 61_000, name


def test_the_phantom_archive_explains_itself_and_stays_small() -> None:
    path = SAMPLES / ENTRY["phantoms"]["file"]
    with zipfile.ZipFile(path) as archive:
        assert "show no patient" in archive.read("phantoms/README.txt").decode()
    assert path.stat().st_size <= 14_000_000


def test_phantom_numbers_do_not_tell_the_class() -> None:
    labels = [label for _, _, label in phantoms.shown_set()]
    assert {label: labels.count(label) for label in labels} == dict.fromkeys(phantoms.LABELS, 80)
    assert len(set(labels[:20])) == len(phantoms.LABELS)


def test_phantoms_to_train_on_share_no_seed_with_the_shown_ones() -> None:
    shown = {seed for _, seed, _ in phantoms.shown_set()}
    training = [seed for seed, _ in phantoms.training_set()]
    assert shown.isdisjoint(training)
    assert len(set(training)) == len(training)


def test_the_class_adds_a_finding_and_leaves_the_body_alone() -> None:
    normal, nodule, effusion = (phantoms.paint(7, label, 128) for label in phantoms.LABELS)
    added = np.abs(nodule - normal) > 0.01
    assert 0 < added.sum() < 0.03 * added.size
    assert np.all(nodule - normal > -1e-9)
    assert (effusion - normal).max() > 0.1
    assert np.array_equal(effusion[:32], normal[:32])


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="fracture"):
        phantoms.generate(1, "fracture", 64)


def test_the_payments_are_made_again_from_their_seed_and_other_seeds_are_other_payments() -> None:
    rows = payments.payments(payments.SEED)
    assert payments.table(rows) == (SAMPLES / ENTRY["payments"]["file"]).read_bytes()
    assert len(rows) == ENTRY["payments"]["items"]
    fraud = [row for row in rows if row["label"] == payments.FRAUD]
    assert 0.03 < len(fraud) / len(rows) < 0.05
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    others = {row["customer"] for row in payments.payments(payments.TRAINING_SEED, 400)}
    assert len(others & {row["customer"] for row in rows}) < 3


def test_the_chats_are_made_again_from_their_seed_and_none_is_in_the_training() -> None:
    shipped = (SAMPLES / ENTRY["support_chats"]["file"]).read_bytes()
    assert chats.table() == shipped
    shown = [json.loads(line) for line in shipped.decode("utf-8").splitlines()]
    assert len(shown) == ENTRY["support_chats"]["items"]
    assert {chat["label"] for chat in shown} == set(ENTRY["support_chats"]["classes"])
    training = {json.dumps(chat["messages"]) for chat in chats.training()}
    assert len(training) == chats.TRAINING
    assert not any(json.dumps(chat["messages"]) in training for chat in shown)
