"""Decode pictures: upright, whole, and with the values they were stored with."""

import io
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.kinds import KINDS
from hitl_desktop.kinds.libraries import LIBRARIES
from hitl_desktop.kinds.plain_tiff import WHITE_IS_ZERO, plain_grey
from hitl_desktop.kinds.png_chunks import checked_png
from hitl_desktop.kinds.tiff_pages import Pages, pages_of

IMAGE_SUFFIXES: Final = KINDS["image"].suffixes
LIMIT_MEGAPIXELS: Final = 200
LIMIT_BYTES: Final = 2 * 1024**3
"""More than any picture within the pixel limit takes, so a huge file is refused without being read."""

FORMATS: Final = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_LONGEST: Final = 4
"""`read_small` lets the longer side be at most this many times `side`."""
_WINDOW_SAMPLE: Final = 1_000_000
_EXIF_ORIENTATION: Final = 0x0112

_OURS: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"GIF8", "GIF"),
)
_OTHERS: Final = (
    # i18n: ends the sentences "This is {what}." and "Says {ending}, but is {what}."
    (b"%PDF", say("a PDF document")),
    (b"PK\x03\x04", say("a ZIP archive")),
    (b"8BPS", say("a Photoshop file, which is not supported")),
    (b"\0\0\x01\0", say("an icon, which is not supported")),
    (b"<svg", say("an SVG drawing, which is not supported")),
    (b"<?xml", say("an XML document")),
    (b"<!doctype html", say("a web page")),
    (b"<html", say("a web page")),
)

Grey16 = npt.NDArray[np.uint16]
Pixels = npt.NDArray[np.uint8] | Grey16
Values = npt.NDArray[Any]

_NAMES: Final = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"} | {
    ".bmp": "BMP",
    ".webp": "WEBP",
    ".gif": "GIF",
}
_TIFF_BITS: Final = 258
_TIFF_PHOTOMETRIC: Final = 262
_TIFF_SAMPLE_FORMAT: Final = 339
_NO_MEMORY: Final = say("There is not enough memory to open this picture.")
_NO_END: Final = say("The end of the file is missing; the picture in it is whole.")
_FIRST_ONLY: Final = say("Shows the first page only: further ones with such values cannot be read.")
_ONE_PAGE: Final = Pages()
_TURNED_OVER: Final = say("In this file low values are bright; they are turned over here.")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright.

    `pixels` is (h, w) for grey: whole numbers or floats of 8 to 64 bits, as the file has them, high values bright;
    and (h, w, 3) uint8 for RGB. `bits` is 8, 16, 32 or 64; `original_size` is (width, height) of the upright picture
    as the file has it. `notes` are sentences about what is not shown, or shown otherwise than the file says. `pages`
    are the places in its file of all pages like this one, this one in front (`read_page`).
    """

    pixels: Values
    bits: int
    original_size: tuple[int, int]
    notes: tuple[Sentence, ...] = ()
    pages: tuple[int, ...] = (0,)


def read_picture(path: Path) -> Picture:
    """Decode the file at full resolution: first frame, EXIF orientation applied, transparency on white.

    Grey keeps its values, whatever their type; 16-bit colour becomes 8-bit. Raises `UnreadableItem` with a plain
    reason for anything that is missing, cut off, damaged, too large, or no picture. A file that ends early is never
    shown half.
    """
    pixels, notes, pages = _decode(read_bytes(path), path.name, None)
    height, width = pixels.shape[:2]
    return Picture(pixels, pixels.dtype.itemsize * 8, (width, height), notes, pages)


def read_page(path: Path, page: int) -> Values:
    """Decode another page of a TIFF, counted from 0: upright values as in `Picture`. Raises `UnreadableItem`."""
    with LIBRARIES.quiet():
        try:
            with Image.open(path, formats=("TIFF",)) as image:
                image.seek(page)
                return _load(image).upright()
        except UnreadableItem:
            raise
        except MemoryError as error:
            raise UnreadableItem(_NO_MEMORY) from error
        # As in `_decode`: damaged pages raise errors of many types, and the others may be fine.
        except Exception as error:
            raise UnreadableItem(say("Page {n} of the file is damaged and cannot be read.", n=page + 1)) from error


def read_small(data: bytes, name: str, side: int) -> Pixels:
    """Decode the bytes of a file to a small picture, fast: for thumbnails and features.

    The aspect ratio stays. The shorter side comes out as `side` pixels, unless that would enlarge the picture or
    make the longer side more than 4 × `side`: then it is smaller. `name` is only for the reason given. JPEGs are
    scaled while they are decoded. (h, w) uint8 or uint16 grey, or (h, w, 3) uint8 RGB: 32-bit and float grey is
    stretched from its minimum and maximum to 16 bits, NaN and infinities counting as 0. Same errors as `read_picture`;
    a cut-off file is refused too.
    """
    return cast(Pixels, _decode(data, name, side)[0])


def read_bytes(path: Path) -> bytes:
    """The whole file. Devices and pipes are refused without being opened; raises `UnreadableItem`."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableItem(say("This is not a regular file, so it was not opened."))
        if status.st_size > LIMIT_BYTES:
            raise UnreadableItem(say("The file is over the limit of {size} GiB.", size=LIMIT_BYTES // 1024**3))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableItem(say("The file is not there.")) from error
    except PermissionError as error:
        raise UnreadableItem(say("No permission to read this file.")) from error
    except (OSError, ValueError) as error:
        raise UnreadableItem(say("The file could not be read: {why}.", why=str(error))) from error


def robust_window(pixels: Pixels) -> tuple[float, float]:
    """The 1st and 99th percentile of the grey values, at least 1 apart; of about a million pixels in large pictures."""
    flat = pixels.reshape(-1)
    low, high = np.percentile(flat[:: max(1, flat.size // _WINDOW_SAMPLE)], (1, 99))
    return float(low), float(max(high, low + 1))


def to_display(pixels: Pixels, low: float | None = None, high: float | None = None) -> npt.NDArray[np.uint8]:
    """8-bit pixels for the screen. 16-bit grey maps `low`–`high` (default: `robust_window`) to 0–255; 8-bit stays."""
    if pixels.dtype == np.uint8:
        return cast(npt.NDArray[np.uint8], pixels)
    if low is None or high is None:
        window = robust_window(pixels)
        low, high = window[0] if low is None else low, window[1] if high is None else high
    scale = np.float32(255.0 / max(high - low, 1e-9))
    shifted = (pixels.astype(np.float32) - np.float32(low)) * scale
    levels: npt.NDArray[np.uint8] = np.clip(shifted + np.float32(0.5), 0, 255).astype(np.uint8)
    return levels


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """A page as its file holds it: not turned upright yet, low values bright where `is_over`."""

    pixels: Values
    orientation: int
    is_over: bool
    notes: tuple[Sentence, ...] = ()
    pages: Pages = _ONE_PAGE

    def upright(self, side: int | None = None) -> Values:
        """High values bright, the first row on top; with a `side` small."""
        pixels = _turned_over(self.pixels) if self.is_over else self.pixels
        if side is not None:
            pixels = shrunk(_stretched(pixels), side)
        return np.ascontiguousarray(_turned(pixels, self.orientation))


def _decode(data: bytes, name: str, side: int | None) -> tuple[Values, tuple[Sentence, ...], tuple[int, ...]]:
    """The upright pixels, notes on them, and the pages like them; with a `side` small ones, and neither."""
    if not data:
        raise UnreadableItem(say("The file is empty (0 bytes)."))
    data, is_as_it_was = checked_png(data)
    with LIBRARIES.quiet():
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                loaded = _load(image, side)
                if side is None:
                    notes = tuple(_notes(image, name))  # of the first page: looking for others leaves it
                    pages = pages_of(image) if image.format == "TIFF" else _ONE_PAGE
                    loaded = replace(loaded, notes=notes, pages=pages)
        except UnreadableItem:
            raise
        except MemoryError as error:
            raise UnreadableItem(_NO_MEMORY) from error
        # Pillow's decoders meet damaged files with errors of many types; each of them concerns this file only.
        except Exception as error:
            plain = plain_grey(data, LIMIT_MEGAPIXELS * 1_000_000)
            if plain is None:
                raise UnreadableItem(_reason(error, data, name)) from error
            pixels, orientation, is_over, has_more = plain
            loaded = _Loaded(pixels, orientation, is_over, pages=Pages(left_out=_FIRST_ONLY if has_more else None))
    notes = (
        *loaded.notes,
        *(() if is_as_it_was else (_NO_END,)),
        *((_TURNED_OVER,) if loaded.is_over else ()),
        *(() if loaded.pages.left_out is None else (loaded.pages.left_out,)),
    )
    return loaded.upright(side), notes, loaded.pages.shown


def _load(image: Image.Image, side: int | None = None) -> _Loaded:
    """The page that an open file is at; with a `side` fast, for a small picture."""
    _refuse_size(image.size)
    if side is not None:
        image.draft(None, (side, side))
    image.load()
    return _Loaded(_pixels(image), _orientation(image), _is_turned_over(image))


def _notes(image: Image.Image, name: str) -> list[Sentence]:
    """What whoever looks at the picture should know of its file."""
    notes: list[Sentence] = []
    pictures = int(getattr(image, "n_frames", 1)) if image.format in ("GIF", "WEBP", "PNG") else 1
    if pictures > 1:
        notes.append(say("Shows the first of {n} pictures of an animation.", n=pictures))
    if image.has_transparency_data:
        notes.append(say("Transparent parts are shown on white."))
    suffix = Path(name).suffix.lower()
    if suffix in _NAMES and image.format in FORMATS and image.format != _NAMES[suffix]:
        notes.append(say("The file is named {suffix}, but holds a {format}.", suffix=suffix, format=image.format))
    return notes


def _refuse_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > LIMIT_MEGAPIXELS * 1_000_000:
        raise UnreadableItem(
            say(
                "{width} × {height} pixels is over the limit of {limit} megapixels.",
                width=width,
                height=height,
                limit=LIMIT_MEGAPIXELS,
            )
        )
    if width < 1 or height < 1:
        raise UnreadableItem(say("The picture has no pixels."))


def _reason(error: Exception, data: bytes, name: str) -> Sentence:
    """A plain sentence for what Pillow met."""
    if _cut_webp(data) or (isinstance(error, OSError) and "truncated" in str(error).lower()):
        return say("The file ends before the picture does. It is kept out, not shown half.")
    head = data[:32].lstrip().lower()
    if isinstance(error, UnidentifiedImageError) and format_of(data) is None:
        suffix = Path(name).suffix.lower()
        other = next((what for start, what in _OTHERS if head.startswith(start.lower())), say("not a picture"))
        what = say("a HEIF or AVIF photo, which is not supported") if data[4:8] == b"ftyp" else other
        if suffix in IMAGE_SUFFIXES:
            return say("Says {ending}, but is {what}.", ending=suffix[1:].upper(), what=what)
        return say("This is {what}.", what=what)
    return say("The file is damaged: the picture in it cannot be read.")


def format_of(data: bytes) -> str | None:
    """Pillow's name of the format of a file that starts so, by its first bytes; None for any other."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for start, name in _OURS if data.startswith(start)), None)


def _cut_webp(data: bytes) -> bool:
    """True for a WebP file that is shorter than its header says; its decoder only reports that it failed."""
    return format_of(data) == "WEBP" and len(data) < int.from_bytes(data[4:8], "little") + 8


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 when absent or unreadable. Read after `load`: TIFFs are turned there by Pillow."""
    try:
        value = image.getexif().get(_EXIF_ORIENTATION, 1)
    # A damaged EXIF block says nothing about the pixels, and raises whatever its parser stumbles on.
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turned(pixels: Values, orientation: int) -> Values:
    """Apply an EXIF orientation (1–8) to an array of rows."""
    flipped: dict[int, Any] = {
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.swapaxes(0, 1),
        6: pixels[::-1].swapaxes(0, 1),
        7: pixels[::-1, ::-1].swapaxes(0, 1),
        8: pixels[:, ::-1].swapaxes(0, 1),
    }
    turned: Values = flipped.get(orientation, pixels)
    return turned


def _pixels(image: Image.Image) -> Values:
    """The loaded frame as grey of any type or RGB in 8 bits, not yet turned."""
    mode = image.mode
    if mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if mode in ("I", "F"):
        return _with_their_sign(image, np.asarray(image))
    if image.has_transparency_data:
        return _on_white(image, grey=mode in ("1", "L", "LA", "La"))
    if mode in ("1", "L"):
        return np.asarray(image if mode == "L" else image.convert("L"))
    if mode in ("P", "PA", "RGB", "RGBX", "CMYK", "YCbCr", "HSV"):
        return np.asarray(image if mode == "RGB" else image.convert("RGB"))
    raise UnreadableItem(say("The colour model {mode} is not supported.", mode=mode))


def _with_their_sign(image: Image.Image, values: Values) -> Values:
    """32-bit values as the file means them: Pillow takes those of a TIFF without signs for ones with."""
    if image.format != "TIFF" or values.dtype != np.int32 or values.min(initial=0) >= 0:
        return values
    said = getattr(image, "tag_v2", {}).get(_TIFF_SAMPLE_FORMAT, (1,))
    is_unsigned = image.tag_v2.get(_TIFF_BITS) == (32,) and said in (1, (1,))  # type: ignore[attr-defined]
    return values.view(np.uint32) if is_unsigned else values


def _is_turned_over(image: Image.Image) -> bool:
    """True for a grey TIFF in which low values are bright and Pillow leaves them so: all but those of 8 bits."""
    if image.format != "TIFF" or not image.mode.startswith(("I", "F")):
        return False
    return bool(getattr(image, "tag_v2", {}).get(_TIFF_PHOTOMETRIC) == WHITE_IS_ZERO)


def _turned_over(values: Values) -> Values:
    """High values bright: counted from the top of what the type holds, and of floats from their largest value."""
    if values.dtype.kind == "f":
        numbers = values[np.isfinite(values)]
        turned: Values = (numbers.max() if numbers.size else values.dtype.type(0)) - values
        return turned
    inverted: Values = ~values  # of numbers with a sign the top and the bottom change places
    return inverted


def _on_white(image: Image.Image, grey: bool) -> Pixels:
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    white.alpha_composite(rgba)
    return np.asarray(white.convert("L" if grey else "RGB"))


def _stretched(values: Values) -> Pixels:
    """32-bit values as 16-bit: kept where they fit, else stretched from the minimum to the maximum."""
    if values.dtype.itemsize < 4:
        return values
    if values.dtype.kind in "iu" and values.min() >= 0 and values.max() <= 65535:
        return values.astype(np.uint16)
    numbers = np.where(np.isfinite(values), values, 0).astype(np.float64)
    low, high = float(numbers.min()), float(numbers.max())
    if high <= low:
        return np.zeros(values.shape, np.uint16)
    return np.round((numbers - low) * (65535.0 / (high - low))).astype(np.uint16)


def shrunk(pixels: Pixels, side: int) -> Pixels:
    """Shrink so that the shorter side is `side` and the longer at most `_LONGEST` times that; never enlarge."""
    height, width = pixels.shape[:2]
    scale = min(side / min(height, width), _LONGEST * side / max(height, width))
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if pixels.dtype == np.uint16:
        grey = Image.fromarray(pixels.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
        return np.round(np.asarray(grey)).astype(np.uint16)
    image = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image)
