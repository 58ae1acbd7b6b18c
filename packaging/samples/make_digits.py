"""Make the sample "Handwritten digits": half of scikit-learn's digits as pictures in one archive.

Run: python packaging/samples/make_digits.py
Writes resources/samples/digits.zip. The training script of the bundled model loads this file by its path
and uses `split` and `picture`, so that the model never sees a picture that the sample shows.
"""

import io
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 20260901
SIDE = 64
SHOWN = 898
ARCHIVE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "digits.zip"
_GREY_LEVELS = 17
_ZIP_DATE = (2026, 9, 1, 0, 0, 0)


@cache
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All 1,797 scans, (1797, 8, 8) with values 0 to 16, and their classes, (1797,)."""
    bunch = load_digits()
    return bunch.images.astype(np.uint8), bunch.target.astype(np.int64)


def split() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices into `load_digits`, sorted: 899 to train the bundled model, 898 to show. Stratified and seeded."""
    _, classes = _digits()
    train, shown = train_test_split(np.arange(len(classes)), test_size=SHOWN, stratify=classes, random_state=SEED)
    return np.sort(train), np.sort(shown)


def label(index: int) -> str:
    """The class of one scan, "0" to "9"."""
    return str(_digits()[1][index])


def picture(index: int) -> NDArray[np.uint8]:
    """One scan as a (64, 64) grey picture, 0 to 255, enlarged with Pillow's bicubic filter."""
    scan = _digits()[0][index].astype(np.float64) * (255 / (_GREY_LEVELS - 1))
    small = Image.fromarray(np.round(scan).astype(np.uint8))
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def png(index: int) -> bytes:
    """One picture as an 8-bit grey PNG without any metadata."""
    buffer = io.BytesIO()
    Image.fromarray(picture(index)).save(buffer, "PNG", compress_level=9)
    return buffer.getvalue()


def member_name(index: int) -> str:
    """The path of one picture inside the archive."""
    return f"digits/{label(index)}/digit_{index:04d}.png"


def distinct_shown() -> list[int]:
    """The shown indices without those that repeat a training picture or an earlier shown one, pixel for pixel."""
    train, shown = split()
    seen = {picture(int(index)).tobytes() for index in train}
    kept = []
    for index in map(int, shown):
        pixels = picture(index).tobytes()
        if pixels not in seen:
            seen.add(pixels)
            kept.append(index)
    return kept


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    """Write the members in order of name, stored, with one fixed date: equal members give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])


def main() -> None:
    """Write the archive and say what went in."""
    kept = distinct_shown()
    ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    write_archive(ARCHIVE, {member_name(index): png(index) for index in kept})
    print(
        f"{ARCHIVE.name}: {len(kept)} pictures, {SHOWN - len(kept)} repeats dropped, {ARCHIVE.stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
