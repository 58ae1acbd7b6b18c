"""One request for each task that reads files of somebody else, with so much to read that pauses can be told."""

import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.adding import add_request, take
from hitl_desktop.workflow.compare_request import compare_request
from hitl_desktop.workflow.deidentifying import DeidentifyRequest
from hitl_desktop.workflow.masking import SameSizeRequest
from hitl_desktop.workflow.model_files import open_request, save_request
from hitl_desktop.workflow.packing import PackRequest
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import ReceiveRequest
from hitl_desktop.workflow.requests import NO_MODEL, BackboneRequest, Gathered, LabelUse, NewProject, Trained
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner
from tests.dicom_files import write, write_series
from tests.features import small_onnx

MIB: Final = 2**20
RUNNER: Final = InlineRunner()
Build = Callable[[Path], Any]


def _run(task: str, request: object) -> Any:
    return RUNNER.run(task, request, no_progress, never_cancelled)


def _rows(number: int, letters: int) -> list[dict[str, str]]:
    return [{"id": str(n), "text": f"{n} " * (letters // len(f"{n} ")), "label": "ab"[n % 2]} for n in range(number)]


def of_table(room: Path, *, cell: int = 3 * MIB) -> NewProject:
    """A table of 12 MiB, and 3 MiB more in one cell."""
    lines = ["id,text,label", *(",".join(row.values()) for row in _rows(120, MIB // 10))]
    (room / "table.csv").write_text("\n".join([*lines, f"z,{'long ' * (cell // 5)},a"]), "utf-8")
    return NewProject(room / "P.hitl", room / "table.csv", use_labels=LabelUse.DECISIONS, model=NO_MODEL)


def of_packed_table(room: Path) -> NewProject:
    """JSON lines that unpack to 14 MiB."""
    data = "\n".join(json.dumps({"id": n, "text": f"{n} " * (MIB // 3)}) for n in range(10, 24)).encode()
    (room / "table.jsonl.gz").write_bytes(gzip.compress(data, 1))
    return NewProject(room / "P.hitl", room / "table.jsonl.gz", labels=("a", "b"), model=NO_MODEL)


def of_json_array(room: Path) -> NewProject:
    """One JSON array of 14 MiB."""
    (room / "table.json").write_text(json.dumps(_rows(140, MIB // 10)), "utf-8")
    return NewProject(room / "P.hitl", room / "table.json", model=NO_MODEL)


def pictures(folder: Path, *, number: int = 32, side: int = 600) -> Path:
    """Pictures of a megabyte each, a series of DICOM files of 6 MiB, and a film."""
    rng = np.random.default_rng(number)
    for name in range(number):
        place = folder / "ab"[name % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (side, side, 3), np.uint8)).save(place / f"{name}.bmp")
    write_series(folder / "a" / "CT", rng.integers(0, 900, (12, 512, 512)).astype(np.int16))
    write(folder / "b" / "film.dcm", rng.integers(0, 255, (3, 64, 64), np.uint8))
    return folder


def of_pictures(room: Path) -> NewProject:
    """A folder of pictures and DICOM files."""
    return NewProject(room / "P.hitl", pictures(room / "data"), use_labels=LabelUse.TRUTH, model=NO_MODEL)


def project(room: Path, **changes: Any) -> Path:
    """A project of a few pictures."""
    data = pictures(room / "data", **{"number": 24, "side": 60} | changes)
    _run("create_project", NewProject(room / "P.hitl", data, use_labels=LabelUse.TRUTH, model=NO_MODEL))
    return room / "P.hitl"


def texts(room: Path) -> Path:
    """A project of a few texts."""
    (room / "texts.csv").write_text("id,text,label\n" + "".join(f"{n},word {n},{'ab'[n % 2]}\n" for n in range(40)))
    _run("create_project", NewProject(room / "T.hitl", room / "texts.csv", model=NO_MODEL))
    return room / "T.hitl"


def of_more(room: Path) -> Any:
    """More pictures for a project."""
    with closing(Project.open(project(room))) as there:
        return add_request(there, (pictures(room / "more", number=50),))


def of_batch(room: Path) -> Any:
    """A batch that came later."""
    folder = project(room)
    shutil.rmtree(pictures(room / "more", number=26, side=64) / "a" / "CT")
    with closing(Project.open(folder)) as there:
        gathered = _run("add", add_request(there, (room / "more",)))
        assert isinstance(gathered, Gathered)
        _, batch = take(there, gathered, "ann")
        assert batch is not None
        return compare_request(there, batch)


def of_model(room: Path) -> Any:
    """A model file, for the project it came from."""
    with closing(Project.open(project(room))) as there:
        session = ReviewSession(there, "ann")
        for _ in range(12):
            assert session.item is not None
            session.decide(Verdict.CORRECTED, session.item.truth_id)
        retraining = Retraining(there)
        snapshot = retraining.snapshot()
        trained = _run("train", retraining.request(snapshot))
        assert isinstance(trained, Trained)
        retraining.commit(snapshot, trained)
        _run("save_model", save_request(there, None, room / "m.hitlmodel"))
        return open_request(there, room / "m.hitlmodel")


def of_backbone(room: Path) -> BackboneRequest:
    """An own ONNX model for texts, of 40 MiB: its description may be as long as it likes."""
    model = small_onnx.text_model()
    model.doc_string = "long " * (8 * MIB)
    small_onnx.write(room / "given", model, small_onnx.text_card())
    return BackboneRequest(texts(room), room / "given" / "model.onnx", "text")


def of_archive(room: Path) -> ReceiveRequest:
    """A packed project with 40 MiB of its data."""
    folder = project(room, number=40, side=600)
    _run("pack", PackRequest(folder, room / "p.hitlproject.zip", with_data=True))
    return ReceiveRequest(room / "p.hitlproject.zip", room / "Taken.hitl")


def of_folder(room: Path) -> ReceiveRequest:
    """Somebody else's project folder, with texts of 15 MiB."""
    _run("create_project", of_table(room))
    return ReceiveRequest(room / "P.hitl", room / "Taken.hitl")


def of_copies(room: Path) -> DeidentifyRequest:
    """Pictures to give away."""
    return DeidentifyRequest(project(room, side=600), room / "out")


def of_sizes(room: Path) -> SameSizeRequest:
    """A picture among others of its size."""
    return SameSizeRequest(project(room, number=120), 0)


def of_look(room: Path) -> Path:
    """A table that is about to be chosen."""
    return of_table(room).data


def of_answers(room: Path) -> Path:
    """A table of new answers to prompts."""
    lines = (f"{n},{'why ' * 20_000},{'so ' * 20_000},{'no ' * 20_000}" for n in range(60))
    (room / "answers.csv").write_text("\n".join(["id,prompt,answer_a,answer_b", *lines]), "utf-8")
    return room / "answers.csv"


REQUESTS: Final[Mapping[str, tuple[str, Build]]] = {
    "look": ("look", of_look),
    "answers": ("read_answers", of_answers),
    "table": ("create_project", of_table),
    "packed table": ("create_project", of_packed_table),
    "JSON array": ("create_project", of_json_array),
    "pictures": ("create_project", of_pictures),
    "more pictures": ("add", of_more),
    "batch": ("compare", of_batch),
    "model": ("open_model", of_model),
    "backbone": ("add_backbone", of_backbone),
    "archive": ("receive", of_archive),
    "folder": ("receive", of_folder),
    "copies": ("deidentify", of_copies),
    "sizes": ("same_size", of_sizes),
}
"""By what is read: the task, and its request in an empty room."""
