import csv
import io
import os
import struct
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds import KINDS, content_digest, image, tiff_pages
from hitl_desktop.kinds.image import IMAGE_SUFFIXES, read_picture, read_small, robust_window, to_display

ODD_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "odd_files"
CORNERS = np.array([[10, 80, 80], [150, 220, 220]], np.uint8)
"""Two rows, three columns, every corner of its own grey: shows how a picture was turned."""

# Where we decide otherwise than the list of the sample data, and why.
DEVIATIONS: dict[str, str] = {}


def encoded(pixels: Any, kind: str, mode: str | None = None, **options: Any) -> bytes:
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels, mode)
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def noise(height: int, width: int, colours: int = 3) -> np.ndarray:
    shape = (height, width, colours) if colours > 1 else (height, width)
    return np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8)


def read(tmp_path: Path, data: bytes, name: str = "item.png") -> image.Picture:
    path = tmp_path / name
    path.write_bytes(data)
    return read_picture(path)


def refusal(tmp_path: Path, data: bytes, name: str) -> str:
    with pytest.raises(UnreadableItem) as caught:
        read(tmp_path, data, name)
    return caught.value.message


UPRIGHT = {
    1: CORNERS,
    2: np.fliplr(CORNERS),
    3: np.rot90(CORNERS, 2),
    4: np.flipud(CORNERS),
    5: CORNERS.T,
    6: np.rot90(CORNERS, -1),
    7: np.rot90(CORNERS, 2).T,
    8: np.rot90(CORNERS, 1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_exif_orientation_is_undone(tmp_path: Path, kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read(tmp_path, encoded(CORNERS, kind, exif=exif))
    np.testing.assert_array_equal(picture.pixels, UPRIGHT[orientation])
    height, width = UPRIGHT[orientation].shape
    assert picture.original_size == (width, height)


def test_the_expected_pictures_agree_with_pillow() -> None:
    for orientation, expected in UPRIGHT.items():
        stored = Image.fromarray(CORNERS)
        exif = stored.getexif()
        exif[0x0112] = orientation
        stored.info["exif"] = exif.tobytes()
        np.testing.assert_array_equal(np.asarray(ImageOps.exif_transpose(stored)), expected)


@pytest.mark.parametrize("orientation", [0, 9, 300])
def test_an_orientation_that_does_not_exist_is_ignored(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(read(tmp_path, encoded(CORNERS, "PNG", exif=exif)).pixels, CORNERS)


def test_small_jpegs_are_upright_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = np.zeros((400, 800), np.uint8)
    picture[:200, :] = 255
    small = read_small(encoded(picture, "JPEG", exif=exif), "a.jpg", 64)
    assert small.shape == (128, 64)
    assert small[:, -8:].min() > 200
    assert small[:, :8].max() < 55


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_keeps_its_values(tmp_path: Path, kind: str) -> None:
    values = np.array([[0, 1, 255], [256, 4080, 65535]], np.uint16)
    picture = read(tmp_path, encoded(values, kind))
    assert picture.bits == 16
    assert picture.pixels.dtype == np.uint16
    np.testing.assert_array_equal(picture.pixels, values)


def tiff(values: np.ndarray, photometric: int, *, strips: int = 1) -> bytes:
    """A grey TIFF without compression, of any type, written by hand: Pillow writes none of the rare ones."""
    order = ">" if values.dtype.byteorder == ">" else "<"
    height, width = values.shape
    kind, rows = {"u": 1, "i": 2, "f": 3}[values.dtype.kind], -(-height // strips)
    parts = [values[at : at + rows].tobytes() for at in range(0, height, rows)]
    ends = np.cumsum([0, *(len(part) for part in parts)])
    body, tables = 8, 8 + int(ends[-1])
    offsets, counts = [body + int(at) for at in ends[:-1]], [len(part) for part in parts]
    many = len(parts) > 1
    entries = [
        (256, width), (257, height), (258, values.itemsize * 8), (259, 1), (262, photometric),
        (273, tables if many else offsets[0]), (277, 1), (278, rows),
        (279, tables + 4 * len(parts) if many else counts[0]), (339, kind),
    ]  # fmt: skip
    table = struct.pack(f"{order}{2 * len(parts)}I", *offsets, *counts) if many else b""
    directory = struct.pack(f"{order}H", len(entries))
    for tag, value in entries:
        directory += struct.pack(f"{order}HHII", tag, 4, len(parts) if many and tag in (273, 279) else 1, value)
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", tables + len(table))
    return start + b"".join(parts) + table + directory + bytes(4)


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<u8", "<i8", "<u4", "<i4", "<f4", "<u2", "<i2", ">u2"])
@pytest.mark.parametrize("strips", [1, 3])
def test_grey_tiffs_of_every_type_keep_their_values(tmp_path: Path, kind: str, strips: int) -> None:
    values = np.arange(48, dtype=kind).reshape(6, 8) * (values_step := 3 if kind[1] != "f" else 0.25)
    values = (values - (20 * values_step if kind[1] != "u" else 0)).astype(kind)
    if kind == "<u4":
        values[-1, -1] = 2**32 - 1
    picture = read(tmp_path, tiff(values, 1, strips=strips), "a.tif")
    np.testing.assert_array_equal(picture.pixels, values.astype(values.dtype.newbyteorder("=")))
    assert picture.notes == ()


@pytest.mark.parametrize("kind", ["<f8", "<f4", "<u2", "<i2", "<u4"])
def test_a_tiff_with_bright_low_values_is_turned_over_and_says_so(tmp_path: Path, kind: str) -> None:
    values = np.arange(64, dtype=kind).reshape(8, 8)
    picture = read(tmp_path, tiff(values, 0), "film.tif")
    steps = np.diff(picture.pixels.astype(np.float64).ravel())
    assert (steps == -1).all(), "the largest stored value is the darkest"
    assert [str(note) for note in picture.notes] == ["In this file low values are bright; they are turned over here."]
    small = to_display(read_small(tiff(values, 0), "film.tif", 8))
    assert int(small[0, 0]) > int(small[-1, -1]), "the model sees what people see"


@pytest.mark.parametrize("harm", [lambda d: d[:-30], lambda d: d[:100], lambda d: d[:8] + d[20:]])
def test_a_damaged_tiff_of_a_rare_type_is_refused(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UnreadableItem):
        read(tmp_path, harm(tiff(np.zeros((6, 8), "<f8"), 1)), "a.tif")


def test_16_bit_big_endian_keeps_its_values(tmp_path: Path) -> None:
    values = np.array([[0, 1, 255], [256, 4080, 65535]], np.uint16)
    swapped = Image.frombytes("I;16B", (3, 2), values.astype(">u2").tobytes())
    picture = read(tmp_path, encoded(swapped, "TIFF"), "big.tif")
    assert picture.pixels.dtype == np.dtype("uint16")
    np.testing.assert_array_equal(picture.pixels, values)


def test_32_bit_whole_numbers_are_kept_and_stretched_to_16_bits_when_small(tmp_path: Path) -> None:
    fits = np.array([[0, 70], [300, 65535]], np.int32)
    np.testing.assert_array_equal(read(tmp_path, encoded(fits, "TIFF"), "a.tif").pixels, fits)
    np.testing.assert_array_equal(read_small(encoded(fits, "TIFF"), "a.tif", 2), fits)
    wide = np.array([[-100, 0], [0, 100]], np.int32)
    found = read(tmp_path, encoded(wide, "TIFF"), "b.tif")
    assert found.bits == 32
    np.testing.assert_array_equal(found.pixels, wide)
    np.testing.assert_array_equal(read_small(encoded(wide, "TIFF"), "b.tif", 2), [[0, 32768], [32768, 65535]])


def test_float_grey_keeps_its_values_and_nan_counts_as_zero_when_small(tmp_path: Path) -> None:
    values = np.array([[-1.0, np.nan], [np.inf, 1.0]], np.float32)
    np.testing.assert_array_equal(read(tmp_path, encoded(values, "TIFF")).pixels, values)
    np.testing.assert_array_equal(read_small(encoded(values, "TIFF"), "a.tif", 2), [[0, 32768], [32768, 65535]])
    flat = np.full((2, 2), np.nan, np.float32)
    np.testing.assert_array_equal(read_small(encoded(flat, "TIFF"), "a.tif", 2), np.zeros((2, 2)))


def test_a_palette_becomes_its_colours(tmp_path: Path) -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putdata([0, 1])
    picture = read(tmp_path, encoded(palette, "PNG"))
    np.testing.assert_array_equal(picture.pixels, [[[255, 0, 0], [0, 0, 255]]])
    clear = read(tmp_path, encoded(palette, "PNG", transparency=0))
    np.testing.assert_array_equal(clear.pixels, [[[255, 255, 255], [0, 0, 255]]])


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    colour = np.array([[[0, 0, 0, 255], [0, 0, 0, 0], [255, 0, 0, 128]]], np.uint8)
    np.testing.assert_allclose(
        read(tmp_path, encoded(colour, "PNG")).pixels, [[[0, 0, 0], [255, 255, 255], [255, 127, 127]]], atol=1
    )
    grey = Image.merge("LA", (Image.new("L", (1, 1), 100), Image.new("L", (1, 1), 0)))
    np.testing.assert_array_equal(read(tmp_path, encoded(grey, "PNG")).pixels, [[255]])


def test_one_bit_pictures_are_black_and_white(tmp_path: Path) -> None:
    picture = read(tmp_path, encoded(Image.new("1", (3, 2), 1), "PNG"))
    np.testing.assert_array_equal(picture.pixels, np.full((2, 3), 255))


def test_cmyk_becomes_rgb_and_is_not_inverted(tmp_path: Path) -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    red, green, blue = read(tmp_path, encoded(cyan, "JPEG"), "a.jpg").pixels[8, 8]
    assert (red < 20, green > 235, blue > 235) == (True, True, True)


@pytest.mark.parametrize("kind", ["TIFF", "WEBP", "PNG"])
def test_only_the_first_frame_is_shown(tmp_path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("black", "white")]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    np.testing.assert_array_equal(read(tmp_path, data).pixels, np.zeros((8, 8, 3)))


def pages(*pictures: Any, small: Sequence[int] = ()) -> bytes:
    """A TIFF of several pages; those numbered in `small` say that they are reduced copies."""
    made = [Image.fromarray(values) for values in pictures]
    for number, picture in enumerate(made):
        picture.encoderinfo = {"tiffinfo": {254: 1}} if number in small else {}  # type: ignore[attr-defined]
    return encoded(made[0], "TIFF", save_all=True, append_images=made[1:])


def test_pages_of_one_size_and_kind_are_shown(tmp_path: Path) -> None:
    grey = [np.full((4, 6), value, np.uint16) for value in (100, 200, 300)]
    data = pages(
        grey[0],
        np.zeros((2, 3), np.uint16),
        grey[1],
        np.zeros((4, 6, 3), np.uint8),
        np.zeros((4, 6), np.uint16),
        grey[2],
        small=(1, 4),
    )
    picture = read(tmp_path, data, "cells.tif")
    assert picture.pages == (0, 2, 5)
    assert [str(note) for note in picture.notes] == ["1 page of another size or kind is left out."]
    for page, value in zip(picture.pages[1:], (200, 300), strict=True):
        np.testing.assert_array_equal(image.read_page(tmp_path / "cells.tif", page), np.full((4, 6), value))
    assert read(tmp_path, pages(grey[0]), "one.tif").pages == (0,)
    with pytest.raises(UnreadableItem, match="Page 9 of the file is damaged"):
        image.read_page(tmp_path / "cells.tif", 8)


def test_a_long_list_of_pages_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_pages, "_MOST", 3)
    picture = read(tmp_path, pages(*[np.zeros((2, 2), np.uint8)] * 5), "long.tif")
    assert picture.pages == (0, 1, 2)
    assert [str(note) for note in picture.notes] == ["Shows the first 3 pages."]


def test_more_pages_of_a_rare_type_are_told(tmp_path: Path) -> None:
    data = tiff(np.array([[1.5, 2.5]], "<f8"), 1)
    assert read(tmp_path, data, "a.tif").notes == ()
    entries = int.from_bytes(data[(first := int.from_bytes(data[4:8], "little")) : first + 2], "little")
    end = first + 2 + 12 * entries
    more = data[:end] + (8).to_bytes(4, "little") + data[end + 4 :]
    (note,) = read(tmp_path, more, "b.tif").notes
    assert "first page only" in str(note)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_file_is_never_shown_half(tmp_path: Path, kind: str, share: float) -> None:
    data = encoded(noise(200, 200), kind)
    part = data[: int(len(data) * share)]
    reason = "The file ends before the picture does. It is kept out, not shown half."
    assert refusal(tmp_path, part, "cut.png") == reason
    with pytest.raises(UnreadableItem, match="ends before"):
        read_small(part, "cut.png", 32)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_last_bytes_is_cut_even_when_scaled(progressive: bool) -> None:
    data = encoded(noise(400, 400), "JPEG", progressive=progressive)
    with pytest.raises(UnreadableItem, match="ends before"):
        read_small(data[:-40], "cut.jpg", 32)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.png", "The file is empty (0 bytes)."),
        (b"x", "a.png", "Says PNG, but is not a picture."),
        (b"hello, this is a note", "a.JPEG", "Says JPEG, but is not a picture."),
        (b"%PDF-1.7 and so on", "scan.png", "Says PNG, but is a PDF document."),
        (b"<!DOCTYPE html><html>", "a.jpg", "Says JPG, but is a web page."),
        (b"\0\0\0\x18ftypheic....", "a.jpg", "Says JPG, but is a HEIF or AVIF photo, which is not supported."),
        (b"hello", "notes", "This is not a picture."),
        (b"\x89PNG\r\n\x1a\n and then nonsense", "a.png", "The file is damaged: the picture in it cannot be read."),
    ],
)
def test_what_is_no_picture_says_why(tmp_path: Path, data: bytes, name: str, reason: str) -> None:
    assert refusal(tmp_path, data, name) == reason


def test_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    pixels = noise(4, 4)
    np.testing.assert_array_equal(read(tmp_path, encoded(pixels, "BMP"), "really_a_bmp.jpg").pixels, pixels)


def test_formats_outside_the_list_are_not_opened(tmp_path: Path) -> None:
    assert "icon" in refusal(tmp_path, b"\0\0\1\0 and so on", "a.png")
    assert refusal(tmp_path, encoded(noise(4, 4), "PPM"), "a.png") == "Says PNG, but is not a picture."


def test_too_many_pixels_are_refused_from_the_header(tmp_path: Path) -> None:
    header = bytearray(encoded(noise(1, 1), "BMP"))
    header[18:26] = (24_000).to_bytes(4, "little") + (18_000).to_bytes(4, "little")
    assert refusal(tmp_path, bytes(header), "a.bmp") == "24,000 × 18,000 pixels is over the limit of 200 megapixels."


def test_pictures_over_pillows_own_limit_load_without_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert read(tmp_path, encoded(noise(20, 20), "PNG")).pixels.shape == (20, 20, 3)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_settings_of_the_process_are_restored_when_threads_overlap() -> None:
    before = (Image.MAX_IMAGE_PIXELS, list(warnings.filters))
    data = encoded(noise(64, 64), "PNG")
    workers = [threading.Thread(target=lambda: [read_small(data, "a.png", 16) for _ in range(20)]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (Image.MAX_IMAGE_PIXELS, list(warnings.filters)) == before


def test_damaged_exif_is_ignored_without_a_warning(tmp_path: Path) -> None:
    data = encoded(noise(8, 8), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert read(tmp_path, data, "a.jpg").pixels.shape == (8, 8, 3)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableItem, match="not there"):
        read_picture(tmp_path / "gone.png")
    with pytest.raises(UnreadableItem, match="not a regular file"):
        read_picture(tmp_path)
    with pytest.raises(UnreadableItem, match="could not be read"):
        read_picture(tmp_path / "nul\0byte.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UnreadableItem, match="not a regular file"):
        read_picture(tmp_path / "pipe.png")


def test_no_permission_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    (tmp_path / "a.png").touch()
    with pytest.raises(UnreadableItem, match=r"^No permission to read this file\.$"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((300, 600), (64, 128)),
        ((64, 64), (64, 64)),
        ((10, 20), (10, 20)),
        ((1, 5000), (1, 256)),
        ((64, 1024), (16, 256)),
    ],
)
@pytest.mark.parametrize("colours", [1, 3])
def test_small_pictures_keep_their_shape(size: tuple[int, int], expected: tuple[int, int], colours: int) -> None:
    small = read_small(encoded(noise(*size, colours), "PNG"), "a.png", 64)
    assert small.shape[:2] == expected


def test_small_16_bit_pictures_keep_their_range() -> None:
    values = np.zeros((200, 200), np.uint16)
    values[:, 100:] = 40_000
    small = read_small(encoded(values, "PNG"), "a.png", 50)
    assert (small.dtype, small.shape, small[0, 0], small[0, -1]) == (np.uint16, (50, 50), 0, 40_000)


def test_the_window_ignores_a_few_extreme_values() -> None:
    values = np.tile(np.arange(1000, 2000, dtype=np.uint16), 10).reshape(100, 100)
    values[0, :20] = 65535
    low, high = robust_window(values)
    assert 1000 <= low <= 1020
    assert 1980 <= high <= 2000
    shown = to_display(values)
    assert (shown.dtype, shown[0, 0], shown.min()) == (np.uint8, 255, 0)


def test_a_given_window_is_used_and_8_bit_stays() -> None:
    values = np.array([[0, 100, 150, 200, 900]], np.uint16)
    np.testing.assert_array_equal(to_display(values, 100, 200), [[0, 0, 128, 255, 255]])
    plain = noise(3, 3)
    np.testing.assert_array_equal(to_display(plain, 100, 200), plain)
    np.testing.assert_array_equal(to_display(np.full((2, 2), 7, np.uint16)), np.zeros((2, 2)))


def test_digests_are_sha256_of_the_bytes() -> None:
    assert content_digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_table_of_kinds_names_itself() -> None:
    assert [kind.name for kind in KINDS.values()] == list(KINDS)
    assert KINDS["image"].suffixes == IMAGE_SUFFIXES
    assert (KINDS["image"].counted(1), KINDS["text"].counted(2019)) == ("1 image", "2,019 texts")


def _odd_images() -> list[Any]:
    if not ODD_FILES.is_dir():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"the sample data is not at {ODD_FILES}"))]
    with (ODD_FILES / "expectations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("images/")]
    return [pytest.param(row, id=f"{at}-{Path(row['file']).name[:30]}") for at, row in enumerate(rows)]


@pytest.mark.data
@pytest.mark.parametrize("row", _odd_images())
def test_odd_files_load_or_are_refused_as_expected(row: dict[str, str]) -> None:
    path = ODD_FILES / row["file"]
    try:
        pixels = read_picture(path).pixels
        assert pixels.size
        assert read_small(path.read_bytes(), path.name, 96).size
        outcome = "load"
    except UnreadableItem:
        outcome = "refuse"
    if path.name in DEVIATIONS:
        assert outcome == "refuse"
    else:
        assert any(allowed.startswith(outcome) for allowed in (row["expect"], row["also_acceptable"]))


@pytest.mark.data
@pytest.mark.skipif(not ODD_FILES.is_dir(), reason=f"the sample data is not at {ODD_FILES}")
def test_the_nine_landscapes_look_alike() -> None:
    pictures = [read_picture(ODD_FILES / "images" / f"Landscape_{number}.jpg").pixels for number in range(9)]
    for picture in pictures[1:]:
        assert picture.shape == pictures[0].shape
        assert np.abs(picture[::9, ::9].astype(int) - pictures[0][::9, ::9]).mean() < 12
