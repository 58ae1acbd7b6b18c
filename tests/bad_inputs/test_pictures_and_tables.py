"""Cases of the catalogue on pictures, DICOM and tables that have no test elsewhere."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hitl_desktop.domain.errors import KnownError, UnreadableItem
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.kinds.image import read_picture, read_small
from hitl_desktop.kinds.stacks import Stack, open_stack
from tests.dicom_files import PATIENT, write


def opened(path: Path) -> Stack:
    return open_stack((path,))


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def read(tmp_path: Path, data: bytes, name: str = "x.png") -> np.ndarray:
    (tmp_path / name).write_bytes(data)
    return np.asarray(read_picture(tmp_path / name).pixels)


def chunk(sort: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + sort + data + struct.pack(">I", zlib.crc32(sort + data))


@pytest.mark.parametrize(("width", "height"), [(0, 0), (2**31 - 1, 1), (2**31, 1), (65_000, 65_000)])
def test_i8_i9_i10_sizes_that_cannot_be(tmp_path: Path, width: int, height: int) -> None:
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    (tmp_path / "x.png").write_bytes(head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""))
    with pytest.raises(UnreadableItem):
        read_picture(tmp_path / "x.png")


def test_i11_a_picture_of_one_column(tmp_path: Path) -> None:
    assert read(tmp_path, png(np.full((30_000, 1), 7, np.uint8))).shape[:2] == (30_000, 1)


def test_i20_a_wrong_check_sum(tmp_path: Path) -> None:
    data = bytearray(png(np.arange(64, dtype=np.uint8).reshape(8, 8)))
    place = data.index(b"IDAT")
    data[place + 8] ^= 0xFF
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(UnreadableItem):
        read_picture(tmp_path / "x.png")


def test_i24_where_a_photograph_was_taken_is_no_part_of_an_item(tmp_path: Path) -> None:
    """Nothing of EXIF but the orientation is read: no export can hold it."""
    exif = Image.Exif()
    exif[0x010E] = "MERIDIAN patient"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(out, "JPEG", exif=exif)
    (tmp_path / "x.jpg").write_bytes(out.getvalue())
    assert b"MERIDIAN" in out.getvalue()
    picture = read_picture(tmp_path / "x.jpg")
    assert "MERIDIAN" not in repr(picture)


def test_i26_a_picture_that_is_an_archive_too(tmp_path: Path) -> None:
    both = io.BytesIO(png(np.full((6, 6), 9, np.uint8)))
    both.seek(0, io.SEEK_END)
    with zipfile.ZipFile(both, "a") as archive:
        archive.writestr("../../evil", "x")
    assert read(tmp_path, both.getvalue()).shape[:2] == (6, 6)
    assert not (tmp_path.parent.parent / "evil").exists()


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, -np.inf])
def test_i27_a_picture_of_one_value_or_of_none(tmp_path: Path, value: float) -> None:
    out = io.BytesIO()
    Image.fromarray(np.full((9, 9), value, np.float32)).save(out, "TIFF")
    assert np.isfinite(read_small(out.getvalue(), "x.tif", 8).astype(np.float64)).all()


def test_d2_a_file_cut_behind_its_preamble(tmp_path: Path) -> None:
    path = write(tmp_path / "x.dcm", np.zeros((4, 4), np.uint8))
    path.write_bytes(path.read_bytes()[:132])
    with pytest.raises(UnreadableItem):
        read_picture(path)


@pytest.mark.parametrize("head", [b"MZ" + bytes(126), b"\x7fELF" + bytes(124)])
def test_d9_a_program_in_the_preamble_is_never_looked_at(tmp_path: Path, head: bytes) -> None:
    path = write(tmp_path / "x.dcm", np.full((4, 4), 3, np.uint8))
    path.write_bytes(head + path.read_bytes()[128:])
    assert path.read_bytes()[128:132] == b"DICM"
    assert len(opened(path)) == 1


@pytest.mark.parametrize("charset", ["ISO 2022 IR 87", "nonsense", ["", "ISO 2022 IR 149"], "ISO_IR 192"])
def test_d12_character_sets_that_do_not_fit(tmp_path: Path, charset: object) -> None:
    path = write(tmp_path / "x.dcm", np.full((4, 4), 3, np.uint8))
    name = "\\".join(charset) if isinstance(charset, list) else str(charset)
    element = struct.pack("<HH2sH", 0x0008, 0x0005, b"CS", len(name) + len(name) % 2) + name.encode().ljust(
        len(name) + len(name) % 2
    )
    data = path.read_bytes().replace(PATIENT.encode(), b"\xff\xfe\x1b$B^broken"[: len(PATIENT)].ljust(len(PATIENT)))
    place = data.index(struct.pack("<HH", 0x0008, 0x0016))  # the first element behind the head
    path.write_bytes(data[:place] + element + data[place:])
    assert len(opened(path)) == 1


def table(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def rows(path: Path) -> list[str]:
    contents = read_table(
        path, id_column=None, text_column="text", label_column=None, progress=no_progress, cancelled=never_cancelled
    )
    return [item.text or "" for item in contents.items]


def test_t2_a_header_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(KnownError):
        sniff(table(tmp_path / "x.csv", "id,text,label\n"))


def test_t13_ten_thousand_columns(tmp_path: Path) -> None:
    names = ",".join(f"c{number}" for number in range(10_000))
    path = table(tmp_path / "x.csv", f"text,{names}\n" + "\n".join("a,b" + ",1" * 9_999 for _ in range(3)) + "\n")
    assert sniff(path).columns
    assert rows(path) == ["a"] or len(rows(path)) <= 3


def test_t23_json_nested_without_end(tmp_path: Path) -> None:
    deep = '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    path = table(tmp_path / "x.jsonl", deep + '{"text": "good"}\n')
    with suppress(KnownError):
        assert "good" in rows(path)


def test_t24_numbers_that_are_none(tmp_path: Path) -> None:
    path = table(tmp_path / "x.jsonl", '{"text": "a", "n": 1e400}\n{"text": "b", "n": ' + "9" * 5000 + "}\n")
    assert set(rows(path)) <= {"a", "b"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("x.yaml", "!!python/object/apply:os.mkdir ['{canary}']\n", id="T26-object"),
        pytest.param("x.csv", "a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n", id="T26-laughs"),
        pytest.param(
            "x.xml",
            '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>',
            id="T27-xxe",
        ),
    ],
)
def test_t26_t27_yaml_and_xml_are_no_tables(tmp_path: Path, canary: Path, name: str, content: str) -> None:
    """They are at most read as lines of text: nothing in them is resolved."""
    path = table(tmp_path / name, content.replace("{canary}", str(canary)))
    try:
        guess = sniff(path)
    except KnownError:
        return
    assert "root:" not in repr(guess)


def test_no_module_reads_yaml_or_xml() -> None:
    package = Path(__file__).resolve().parents[2] / "hitl_desktop"
    for file in package.rglob("*.py"):
        text = file.read_text("utf-8")
        assert "import yaml" not in text, file.name
        assert "import xml" not in text, file.name
        assert "from xml" not in text, file.name


def test_every_kind_refuses_an_empty_file_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    with pytest.raises(UnreadableItem, match="empty"):
        read_picture(tmp_path / "x.png")
