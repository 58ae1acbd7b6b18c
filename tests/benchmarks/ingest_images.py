"""Reading and scoring a folder of pictures, beside the bare decoding of the same files."""

from pathlib import Path

from PIL import Image

from tests.benchmarks.figures import Figure, spending
from tests.benchmarks.ingest import figures_of, ingest
from tests.benchmarks.synthetic import make_images

MODEL = "waste"
_DRAFT = (128, 128)


def measure(folder: Path, quick: bool) -> list[Figure]:
    """10,000 JPEGs of 512². The bare decoding goes first, so both read from memory."""
    images = make_images(folder / "images", 300 if quick else 10_000)
    with spending() as bare:
        for path in sorted(images.iterdir()):
            with Image.open(path) as image:
                image.draft("RGB", _DRAFT)
                image.load()
    done = ingest(folder, images, "image", MODEL)
    return figures_of("JPEGs", done, "bare Pillow draft decoding", bare.cpu, bare.wall, MODEL)
