"""Pictures decoded in another process are what they are when decoded here."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds.reading import open_picture, small_picture
from hitl_desktop.kinds.reading_process import Readers
from hitl_desktop.kinds.stacks import first_frame, open_stack, read_small_stack
from hitl_desktop.kinds.windows import Grey
from tests.dicom_files import write

RNG = np.random.default_rng(2)


def values(frame: object) -> np.ndarray:
    return frame.values if isinstance(frame, Grey) else np.asarray(frame)


@pytest.fixture
def films(tmp_path: Path) -> Path:
    write(tmp_path / "film.dcm", RNG.integers(0, 4000, (5, 8, 10), np.uint16), WindowCenter=40, WindowWidth=80)
    Image.fromarray(RNG.integers(0, 255, (8, 10, 3), np.uint8)).save(tmp_path / "colour.png")
    Image.fromarray(RNG.integers(0, 60_000, (8, 10)).astype(np.uint16)).save(tmp_path / "deep.png")
    pages = [Image.fromarray(RNG.integers(0, 255, (8, 10), np.uint8)) for _ in range(3)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    return tmp_path


@pytest.mark.parametrize(("name", "count"), [("film.dcm", 5), ("colour.png", 1), ("deep.png", 1), ("pages.tif", 3)])
def test_far_is_as_near(films: Path, name: str, count: int) -> None:
    files = (films / name,)
    near = open_stack(files)
    expected_index, expected = first_frame(near)
    with Readers() as readers:
        far, index, frame = open_picture(files, readers)
        assert (len(far), index, far.size, far.first) == (count, expected_index, near.size, near.first)
        assert far.description == near.description
        assert type(frame) is type(expected)
        np.testing.assert_array_equal(values(frame), values(expected))
        for number in range(count):
            np.testing.assert_array_equal(values(far.frame(number)), values(near.frame(number)))
        np.testing.assert_array_equal(small_picture(files, 6, readers), read_small_stack(files, 6))


def test_a_frame_is_of_the_file_that_is_there_now(films: Path) -> None:
    """Another one is opened in between, and the file is replaced."""
    files = (films / "film.dcm",)
    with Readers() as readers:
        far, _, _ = open_picture(files, readers)
        write(films / "other.dcm", RNG.integers(0, 4000, (7, 8, 10), np.uint16))
        open_picture((films / "other.dcm",), readers)
        np.testing.assert_array_equal(values(far.frame(0)), values(open_stack(files).frame(0)))
        open_picture(files, readers)
        new = RNG.integers(0, 4000, (9, 8, 10), np.uint16)
        write(films / "film.dcm", new)
        np.testing.assert_array_equal(values(open_picture(files, readers)[0].frame(4)), new[4])


@pytest.mark.parametrize("name", ["film.dcm", "pages.tif"])
def test_no_frame_is_shown_of_a_file_that_was_replaced_while_its_frames_came(films: Path, name: str) -> None:
    with Readers() as readers:
        far, _, _ = open_picture((films / name,), readers)
        other = films / "other"
        other.write_bytes((films / name).read_bytes())
        other.replace(films / name)
        with pytest.raises(UnreadableItem, match="changed since the import"):
            far.frame(1)
        (films / name).unlink()
        with pytest.raises(UnreadableItem, match="not there"):
            far.frame(1)


def test_in_a_series_only_the_frame_that_was_replaced_is_refused(films: Path) -> None:
    files = tuple(films / f"{number}.dcm" for number in range(3))
    for number, file in enumerate(files):
        write(file, RNG.integers(0, 4000, (8, 10), np.uint16), InstanceNumber=number)
    with Readers() as readers:
        far, _, _ = open_picture(files, readers)
        files[2].write_bytes(files[0].read_bytes())
        np.testing.assert_array_equal(values(far.frame(0)), values(open_stack(files[:1]).frame(0)))
        with pytest.raises(UnreadableItem, match="changed since the import"):
            far.frame(2)


def test_what_is_replaced_while_it_is_read_is_not_shown(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Readers() as readers:
        far, _, _ = open_picture((films / "film.dcm",), readers)
        call = readers.call

        def replacing(*arguments: object, **options: object) -> object:
            found = call(*arguments, **options)
            write(films / "film.dcm", RNG.integers(0, 4000, (5, 8, 10), np.uint16), PatientName="B")
            return found

        monkeypatch.setattr(readers, "call", replacing)
        for read in (lambda: far.frame(1), lambda: open_picture((films / "film.dcm",), readers)):
            with pytest.raises(UnreadableItem, match="changed since the import"):
                read()


def test_what_is_wrong_is_said_as_it_is_near(films: Path) -> None:
    (films / "cut.png").write_bytes((films / "colour.png").read_bytes()[:-40])
    for files in [(films / "cut.png",), (films / "missing.png",), (films,)]:
        with pytest.raises(UnreadableItem) as near:
            open_stack(files)
        with Readers() as readers:
            for read in (lambda: open_picture(files, readers), lambda: small_picture(files, 6, readers)):  # noqa: B023
                with pytest.raises(UnreadableItem) as far:
                    read()
                assert far.value.message == near.value.message
