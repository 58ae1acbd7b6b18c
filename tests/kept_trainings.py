"""Trainings that were done before: the same request over the same items writes the same files, so they are copied.

A training is a function of its request and of what its project's items say (ARCHITECTURE, "snapshot in, result out").
Many tests begin with the same one. What a training does is said in `workflow/test_training.py`.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from hitl_desktop.store.store import Store
from hitl_desktop.workflow.requests import FeatureRequest, Trained, TrainRequest

Train = Callable[[TrainRequest], Trained]
Files = Mapping[str, Path]
"""Copies of files by the path that they have in a project, with a made-up name for the training."""
_WRITES_TO: Final = ("models", "scores", "features")
_HERE, _NEW = "<project>", "<training>"


@dataclass(frozen=True)
class _Kept:
    written: Files
    result: Trained


class KeptTrainings:
    """Trains with `train`, or copies what it wrote for an equal request before. Keeps copies of files in `folder`.

    A training of the same items from other decisions finds the features that the first one made, as it would where a
    project is trained a second time.
    """

    def __init__(self, folder: Path, train: Train) -> None:
        self._folder = folder
        self._train = train
        self._kept: dict[str, _Kept] = {}
        self._features: dict[str, Files] = {}

    def __call__(self, request: TrainRequest) -> Trained:
        """Raises what `train` does; that is not kept."""
        project, mark = request.features.folder, request.bundle_out.name
        ground, key = _keys(request)
        if key in self._kept:
            kept = self._kept[key]
            _lay_down(kept.written, project, mark)
            return replace(
                kept.result, bundle=request.bundle_out, scores=request.scores_out, utilities=request.asking.out
            )
        before = _state_of(project, _WRITES_TO)
        _lay_down(self._features.get(ground, {}), project, mark)
        result = self._train(request)
        new = [file for file, state in _state_of(project, _WRITES_TO).items() if before.get(file) != state]
        written = self._copied(new, project, mark)
        self._kept[key] = _Kept(written, result)
        self._features.setdefault(ground, {n: file for n, file in written.items() if n.startswith("features/")})
        return result

    def _copied(self, files: Iterable[str], project: Path, mark: str) -> Files:
        copies = {}
        for number, name in enumerate(files):
            copy = self._folder / f"{len(self._kept)}-{number}"
            shutil.copyfile(project / name, copy)
            copies[name.replace(mark, _NEW)] = copy
        return copies


def _lay_down(files: Files, project: Path, mark: str) -> None:
    for name, file in files.items():
        target = project / name.replace(_NEW, mark)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def _state_of(folder: Path, rooms: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The files below some folders of `folder`, each with its size and time."""
    found = (file for room in rooms for file in sorted((folder / room).rglob("*")) if file.is_file())
    return {f.relative_to(folder).as_posix(): (f.stat().st_size, f.stat().st_mtime_ns) for f in found}


def _keys(request: TrainRequest) -> tuple[str, str]:
    """What features depend on, and what the whole training does: items, their files, models before, decisions."""
    project, mark = request.features.folder, request.bundle_out.name
    sizes = [(name, size) for name, (size, _) in _state_of(project, ("features",)).items()]
    models = [
        [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(model.rglob("*")) if file.is_file()]
        for model in (request.start, request.warm)
        if model is not None
    ]
    ways = (request.features, request.features_choice, request.estimator, request.start is None, request.seed)
    ground = repr((_plain(ways), _items(request.features), sizes, models))
    card = {name: said for name, said in request.card.items() if name != "made_utc"}
    whole = repr((ground, _plain(replace(request, card=card))))
    return _digest(ground.replace(str(project), _HERE)), _digest(whole.replace(str(project), _HERE).replace(mark, _NEW))


def _items(wanted: FeatureRequest) -> list[object]:
    """All that items say, and the state of the files they lie in."""
    with closing(Store.reader(wanted.folder)) as store:
        items = store.items.many(range(wanted.items))
        said: list[object] = [(item.digest, item.path, dict(item.fields)) for item in items]
        if wanted.root is not None:
            return [*said, _state_of(wanted.root, ("",))]
        return [*said, *islice(store.items.texts(), wanted.items)]  # none for pictures whose folder has gone


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """The same as tuples, numbers and text, whose `repr` says everything."""
    if is_dataclass(value):
        return [(field.name, _plain(getattr(value, field.name))) for field in fields(value)]
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tolist()
    if isinstance(value, Mapping):
        return sorted((repr(key), _plain(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value
