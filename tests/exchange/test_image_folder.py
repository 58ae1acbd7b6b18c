import os
import socket
import sys
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.image_folder import FolderSurvey, survey

SUFFIXES = frozenset({".png", ".jpg"})
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


def grow(root: Path, *paths: str) -> Path:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"1234")
    return root


def look(root: Path) -> FolderSurvey:
    return survey(root, SUFFIXES, no_progress, never_cancelled)


def paths_of(found: FolderSurvey) -> list[str]:
    return [file.path for file in found.files]


def test_files_come_in_natural_order_with_their_sizes(tmp_path: Path) -> None:
    found = look(grow(tmp_path, "b/scan10.png", "b/scan2.PNG", "a/x.jpg"))
    assert paths_of(found) == ["a/x.jpg", "b/scan2.PNG", "b/scan10.png"]
    assert {file.size for file in found.files} == {4}


def test_the_folders_below_the_root_are_the_classes(tmp_path: Path) -> None:
    found = look(grow(tmp_path, "grade 10/1.png", "grade 2/left/1.png", "grade 2/2.png", "loose.png", "notes/a.txt"))
    assert found.class_names == ("grade 2", "grade 10")
    assert found.class_of("grade 2/left/1.png") == "grade 2"
    assert found.class_of("loose.png") is None


def test_a_single_wrapping_folder_is_looked_through(tmp_path: Path) -> None:
    found = look(grow(tmp_path, "archive/cat/1.png", "archive/dog/2.png", "archive/3.png"))
    assert found.class_names == ("cat", "dog")
    assert found.class_of("archive/dog/2.png") == "dog"
    assert found.class_of("archive/3.png") is None


@pytest.mark.parametrize(
    ("names", "are_places"),
    [
        (("case000", "case001"), True),
        (("site_1", "site_2", "site_3"), True),
        (("Patient 1", "patient 12"), True),
        (("2024-05", "2024-06"), True),
        (("0", "1", "2"), False),
        (("grade_1", "grade_2"), False),
        (("site_1", "other"), False),
        (("glass", "metal"), False),
        (("2", "2024"), False),
    ],
)
def test_folders_that_are_numbered_alike_are_taken_for_places(
    tmp_path: Path, names: tuple[str, ...], *, are_places: bool
) -> None:
    found = look(grow(tmp_path, *(f"{name}/a.png" for name in names)))
    assert found.class_names, "they can be used all the same"
    assert found.names_places is are_places


def test_one_folder_makes_no_classes(tmp_path: Path) -> None:
    found = look(grow(tmp_path, "all/1.png", "all/2.png"))
    assert found.class_names == ()
    assert found.class_of("all/1.png") is None


def test_hidden_things_and_projects_are_passed_over(tmp_path: Path) -> None:
    found = look(grow(tmp_path, ".git/1.png", "a/.hidden.png", "p.hitl/1.png", "a/1.png"))
    assert paths_of(found) == ["a/1.png"]
    assert found.others == ()


def test_other_kinds_are_listed_and_a_label_table_is_not_used(tmp_path: Path) -> None:
    found = look(grow(tmp_path, "1.png", "labels.csv", "README"))
    assert {(o.file, o.reason) for o in found.others} == {
        ("labels.csv", "Not a picture: .csv"),
        ("README", "Not a picture: no file ending"),
    }
    assert found.class_names == ()


@posix_only
def test_links_end_and_special_files_are_not_opened(tmp_path: Path) -> None:
    grow(tmp_path, "a/1.png")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "self.png").symlink_to("self.png")
    (tmp_path / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "linked.png").symlink_to("a/1.png")
    os.mkfifo(tmp_path / "pipe.png")
    found = look(tmp_path)
    assert paths_of(found) == ["a/1.png", "linked.png"]
    assert {o.file for o in found.others} == {"a/loop", "pipe.png"}
    assert {u.file for u in found.unreadable} == {"self.png", "gone.png"}


@posix_only
def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(tmp_path, "1.png")
    monkeypatch.chdir(tmp_path)  # a socket's path may have only about a hundred characters
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.png")
        found = look(tmp_path)
    assert [o.file for o in found.others] == ["s.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_not_utf8_survives_and_is_shown_escaped(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"gr\xf6n.png", b"gr\xf6n.txt", "evil\u202egnp.txt".encode()):
        with open(folder + b"/" + name, "wb"):  # noqa: PTH123 - pathlib takes no bytes
            pass
    found = look(tmp_path)
    assert (tmp_path / found.files[0].path).is_file()
    assert {o.file for o in found.others} == {"gr\\xf6n.txt", "evil\\u202egnp.txt"}


def test_a_folder_without_permission_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(tmp_path, "a/1.png", "locked/2.png")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = look(tmp_path)
    assert paths_of(found) == ["a/1.png"]
    assert [(u.file, u.reason) for u in found.unreadable] == [
        ("locked/", "The folder cannot be opened: no permission.")
    ]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as told:
        look(tmp_path)
    assert (told.value.message, told.value.remedy) == ("This folder is empty.", "Choose another folder.")


@pytest.mark.parametrize(("count", "sentence"), [(1, "1 file is another kind."), (14, "14 files are other kinds.")])
def test_a_folder_without_images_tells_what_it_holds(tmp_path: Path, count: int, sentence: str) -> None:
    grow(tmp_path, *(f"{n}.txt" for n in range(count)))
    with pytest.raises(KnownError) as told:
        look(tmp_path)
    assert told.value.message == f"This folder holds no images that can be read. {sentence}"


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    grow(tmp_path, "file.png")
    with pytest.raises(KnownError, match="is not a folder"):
        look(tmp_path / "file.png")
    with pytest.raises(KnownError, match="is not there"):
        look(tmp_path / "gone")


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    grow(tmp_path, "a/1.png")
    with pytest.raises(Cancelled):
        survey(tmp_path, SUFFIXES, no_progress, lambda: True)


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    survey(grow(tmp_path, "a/1.png"), SUFFIXES, lambda *args: told.append(args), never_cancelled)
    assert told[-1] == (2, 0, "Looking through the folder")
