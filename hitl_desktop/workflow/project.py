"""An open project: the store on disk, the pool in memory, and what follows from both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.batches import first_import
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.class_changes import NOWHERE, columns_now
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import code_of, positions_of
from hitl_desktop.domain.holdout import USUAL, Holdout
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.labels import Label, Task, in_words
from hitl_desktop.domain.policy import RoutingPolicy
from hitl_desktop.domain.policy_match import Routes
from hitl_desktop.domain.pool import Pool
from hitl_desktop.domain.routing import DEFAULT_THRESHOLD
from hitl_desktop.domain.sentences import Sentence, listed, say
from hitl_desktop.kinds import Kind
from hitl_desktop.language import tr
from hitl_desktop.learning.reserve import Reserve
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.check_scores import CheckScores, add_check_scores
from hitl_desktop.workflow.item_files import check_images_are_in, data_moved, kind_of, middle_file, paths_of, source_of
from hitl_desktop.workflow.learning_choices import choices_of
from hitl_desktop.workflow.ranked import Ranked, RankQuestion
from hitl_desktop.workflow.ready_scores import ReadyScores, novel_in, ready_in_use
from hitl_desktop.workflow.requests import FeatureRequest, ScoreRequest
from hitl_desktop.workflow.reserving import fitted_on, reserve_of, usual_pace
from hitl_desktop.workflow.scores import remove
from hitl_desktop.workflow.suggestion import Suggestion, suggestion_of

if TYPE_CHECKING:
    from hitl_desktop.workflow.quick import QuickAnswers

DEFAULT_RETRAIN_EVERY = 20


class Project:
    """Holds the store and the pool; every mutation returns `Changes`. Lives on one thread."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.labels: list[Label] = []
        self.take_classes()
        self.kind: Kind = kind_of(store)
        self.model: ModelVersion | None = store.models.active()
        self.task = Task(store.fact("task", Task.ONE.value))
        states, label_ids = store.items.standings()
        if self.task is Task.SEVERAL:
            for index, findings in store.items.findings():
                label_ids[index] = self.code(findings)
        self.pool = Pool(
            states,
            label_ids,
            float(store.fact("threshold", DEFAULT_THRESHOLD)),
            store.fact("uncertainty", "margin"),
            self.task,
        )
        self.distrust: Sentence | None = None
        """Why it is open to read only although its folder takes changes (`opening.py`)."""
        self.unreadable: dict[int, Sentence] = {}
        self.quick: QuickAnswers | None = None
        """What the model says at once, until the next version: only for who shows a suggestion (`said_now`)."""
        self._ranked: tuple[RankQuestion, Ranked] | None = None
        self.calibrated: dict[int, object] = {}
        """What set each version's confidence right, as far as it was asked: it stands beside every suggestion."""
        self.holdout = Holdout.parse(str(store.fact("holdout", USUAL.text)))
        self.reserve: Reserve = reserve_of(store, self.holdout, self.seed, len(self.pool))
        policy = routing.policy_in_force(store)
        self.pool.set_policy(policy, routing.facts_of(self, policy))
        self.load_scores()

    @classmethod
    def open(cls, folder: Path) -> "Project":
        """Open a project folder. Raises ProjectRefused and leaves it untouched when that is not possible."""
        store = Store.open(folder)
        store.chain.anchors.get_ready()
        return cls._with(store)

    @classmethod
    def reader(cls, folder: Path) -> "Project":
        """A project for reading only, beside the program that has it open. Raises ProjectRefused."""
        return cls._with(Store.reader(folder))

    @classmethod
    def _with(cls, store: Store) -> "Project":
        try:
            with store.understood():
                return cls(store)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.store.folder

    @property
    def name(self) -> str:
        """What people call the project."""
        return str(self.store.fact("name", self.folder.stem))

    @property
    def seed(self) -> int:
        """The seed of all the project's chance."""
        return int(self.store.fact("seed", 0))

    @property
    def strategy(self) -> str:
        """The query strategy that asks once there is a model."""
        return choices_of(self.store).strategy

    @property
    def retrain_every(self) -> int:
        """After how many decisions a training starts by itself."""
        return int(self.store.fact("retrain_every", DEFAULT_RETRAIN_EVERY))

    def measuring_items(self) -> npt.NDArray[np.int64]:
        """Indexes of all items that may ever measure: the reserve, and the checks among labels of the data."""
        measures = self.reserve.members.copy()
        measures[self.store.decisions.imported_checks()] = True
        return np.flatnonzero(measures)

    @property
    def check_every(self) -> int:
        """One item in so many that are asked is a random check, while any is left."""
        return int(self.store.fact("check_every", usual_pace(self.store, self.holdout, len(self.pool))))

    @property
    def data_root(self) -> Path:
        """Where the data set lies, or lay."""
        return Path(self.store.fact("data_root", ""))

    @property
    def data_is_there(self) -> bool:
        """False when the images have moved. Texts are kept in the project and are always there."""
        return self.kind.from_rows or self.data_root.is_dir()

    def take_classes(self) -> None:
        """Read the classes anew, after one of them changed."""
        self.labels = self.store.labels()
        self._by_id = {label.id: label for label in self.labels}
        self.columns_now = columns_now(self.labels)

    @property
    def offered(self) -> list[Label]:
        """The classes an item can be decided as, in their order: those that are not retired."""
        return [label for label in self.labels if not label.retired]

    def label_now(self, label_id: int) -> int | None:
        """The id of the class that a decision for this one counts for now; None when that is retired."""
        column = self.columns_now[self._by_id[label_id].position]
        return None if column == NOWHERE else self.labels[column].id

    def label(self, label_id: int) -> Label:
        """The class with an id. Raises KeyError for one that does not exist."""
        return self._by_id[label_id]

    def code(self, findings: Iterable[int]) -> int:
        """The code of a set of label ids: see `domain/findings.py`."""
        return code_of(self._by_id[label_id].position for label_id in findings)

    def findings_in(self, code: int) -> tuple[Label, ...]:
        """The findings of a set, in class order: the inverse of `code`."""
        return tuple(self.labels[position] for position in positions_of(code))

    def answer_words(self, label_id: int | None, findings: Iterable[int] | None) -> str:
        """What was decided or is true of an item, as people read it; empty when it is not known."""
        if findings is not None:
            chosen = set(findings)
            return in_words(label.name for label in self.labels if label.id in chosen)
        return self._by_id[label_id].name if label_id is not None else ""

    def label_named(self, name: str) -> Label:
        """The class with a name that can be decided on. Raises KnownError naming the classes there are."""
        found = next((label for label in self.offered if label.name == name), None)
        if found is None:
            raise KnownError(
                say("There is no class named {name}.", name=name),
                say("Use one of: {names}.", names=listed(label.name for label in self.offered)),
            )
        return found

    def item_file(self, item: Item) -> Path:
        """Where an image lies, of a series its middle file. Raises DataMoved when the data set is not where it was."""
        return middle_file(self._root_of_data(), paths_of(self.store, item))

    def item_source(self, item: Item) -> Path | tuple[Path, ...]:
        """The file of an image, or all files of a series in their order. Raises DataMoved, as `item_file`."""
        return source_of(self._root_of_data(), paths_of(self.store, item))

    def _root_of_data(self) -> Path:
        if not self.data_is_there:
            raise data_moved(self.pool.ledger().decided)
        return self.data_root

    def suggestion(self, index: int) -> Suggestion | None:
        """What the version in use says of an item; None when it is not scored."""
        if self.pool.predicted[index] < 0 or self.pool.probabilities is None or self.model is None:
            return None
        row = self.pool.probabilities[index]
        return suggestion_of(row, self.labels, self.pool.measure, self.model.version, several=self.task is Task.SEVERAL)

    def suggested_labels(self, index: int) -> tuple[Label, ...]:
        """The class suggested for an item, or its findings; empty when it is not scored, or nothing is there."""
        return self.labels_in(int(self.pool.predicted[index]))

    def labels_in(self, code: int) -> tuple[Label, ...]:
        """The class in a column of the model's answers, or the findings of a code; empty for −1."""
        if self.task is Task.SEVERAL:
            return self.findings_in(code)
        return (self.labels[code],) if code >= 0 else ()

    def decided_labels(self, item: Item) -> tuple[Label, ...]:
        """The class that an item is decided as, or its findings; empty when it is not decided, or nothing is there."""
        if item.findings is not None:
            return self.findings_in(self.code(item.findings))
        return (self._by_id[item.label_id],) if item.label_id is not None else ()

    def follow_standing(self, indexes: Sequence[int]) -> None:
        """Note in the pool where items stand now that the store has other decisions on them."""
        for item in self.store.items.many(indexes):
            answer = item.label_id if item.findings is None else self.code(item.findings)
            self.pool.set_standing(item.index, item.state, answer)

    @property
    def policy(self) -> RoutingPolicy:
        """The routing policy in force: see `workflow/routing.py`."""
        return self.pool.policy

    @property
    def routes(self) -> Routes:
        """Where it sends each item."""
        return self.pool.routes

    def set_threshold(self, threshold: float) -> Changes:
        """Move the smallest confidence limit of the policy. Raises KnownError outside 0–1, and where there is none."""
        return routing.move_limit(self, threshold)

    def set_retrain_every(self, decisions: int) -> Changes:
        """Change after how many decisions training starts by itself. Raises KnownError below 2."""
        if decisions < 2:
            raise KnownError(say("Training needs at least two decisions."))
        return self._set("retrain_every", decisions)

    def relink(self, root: Path) -> Changes:
        """Point the project at the folder its images are in now. Raises KnownError when they are not there."""
        check_images_are_in(root, self.store, len(self.pool))
        with self.store.transaction():
            self.store.set_fact("data_root", str(root.resolve()))
        return Changes(pool=True, settings=True, told=tr("The images were found in {folder}.", folder=root.name))

    def scores_file(self, version: int) -> Path:
        """Where the probabilities of a model version lie. They can be computed again at any time."""
        return self.folder / "scores" / f"v{version}.npy"

    @property
    def is_scored(self) -> bool:
        """True when there is a model and its scores are there for every item."""
        return self.pool.probabilities is not None and len(self.pool.probabilities) == len(self.pool)

    def load_scores(self, ready: ReadyScores | None = None) -> None:
        """Swap in the predictions of the model in use, `ready` where they were read; none when they are not there."""
        self.model, self.quick, self.calibrated = self.store.models.active(), None, {}
        positions, recalled = routing.positions_of(self), routing.recalled(self)
        self.pool.facts = replace(self.pool.facts, positions=positions, recalled=recalled)
        if (ready := ready_in_use(self, ready)) is None:
            self.pool.set_predictions(None)
            return
        self.pool.take_scores(ready.scores, ready.novel)
        routing.remember(self)

    def _take_novelty(self) -> None:
        """Follow what was found out about items that are unlike anything decided."""
        if (novel := novel_in(self.utilities_file(), len(self.pool))) is not None or self.pool.novel is not None:
            self.pool.set_novel(novel)
            routing.remember(self)

    def feature_request(self) -> FeatureRequest:
        """A snapshot of what a background task needs to have every item's features."""
        root = None if self.kind.from_rows or not self.data_is_there else self.data_root
        items = len(self.pool)
        return FeatureRequest(
            self.folder, self.kind.name, self.store.fact("extractor"), items, root, fitted_on(self.store, items)
        )

    def utilities_file(self, version: int | None = None, asked_by: tuple[str, str] | None = None) -> Path:
        """Where it lies how much each item is worth asking.

        For a model, None: the one in use; and for a start and a strategy, None: those that are chosen.
        """
        if version is None:
            version = self.model.version if self.model and self.is_scored else 0
        if asked_by is None:
            choices = choices_of(self.store)
            asked_by = choices.start, choices.strategy
        return self.folder / "scores" / f"v{version}.{'.'.join(asked_by)}.npz"

    def forget_utilities(self) -> None:
        """Have the pool ranked anew: what there is was worked out for other classes."""
        self._ranked = None
        remove(*(self.folder / "scores").glob("v*.npz"))

    @property
    def is_ranked(self) -> bool:
        """True when the strategy in use has looked at the pool; until then closeness or chance stands in for it."""
        return self.utilities_file().is_file()

    @property
    def is_prepared(self) -> bool:
        """True when the pool is ranked and all features are made that trainings are to choose from."""
        return self.is_ranked and self.store.fact("prepared") == self._to_prepare()

    def note_prepared(self) -> None:
        """All features of the choice in force are made, and the pool may have been ranked anew."""
        self._ranked = None
        self._take_novelty()
        with self.store.transaction():
            self.store.set_fact("prepared", self._to_prepare())

    def _to_prepare(self) -> str:
        return f"{choices_of(self.store).features} of {len(self.pool)} items"

    def rank_question(self) -> RankQuestion:
        """What it follows from how much each item is worth asking."""
        several, said = self.task is Task.SEVERAL, self.pool.probabilities
        return RankQuestion(self.utilities_file(), len(self.pool), said, several, self.seed)

    def ranked(self) -> Ranked:
        """How much each item of the pool is worth asking; worked out once, as a million items take a while."""
        asked = self.rank_question()
        return self.ranked_before(asked) or self.take_ranked(asked, asked.answer())

    def ranked_before(self, asked: RankQuestion) -> Ranked | None:
        """The same, if it is known: what stood in only until a task has looked at the pool."""
        if self._ranked is None or not self._ranked[0].same_as(asked):
            return None
        ranked = self._ranked[1]
        return None if ranked.stands_in and asked.file.is_file() else ranked

    def take_ranked(self, asked: RankQuestion, ranked: Ranked) -> Ranked:
        """Know it from now on."""
        self._ranked = asked, ranked
        if ranked.stands_in and self.store.is_writer:
            remove(asked.file)  # damaged, or of another pool: it is made again
        return ranked

    def score_request(self) -> ScoreRequest:
        """A snapshot for scoring the pool with the model in use. Raises KnownError when there is none."""
        if self.model is None:
            raise KnownError(
                say("There is no model yet to score with."), say("Decide some items of two classes, then train one.")
            )
        later = self.measuring_items()
        later = later[later >= first_import(self.store.batches.all(), len(self.pool))]
        scored = self.pool.probabilities
        return ScoreRequest(
            self.feature_request(),
            self.folder / self.model.folder,
            tuple(label.id for label in self.labels),
            self.scores_file(self.model.version),
            keep=0 if scored is None or self.is_scored else len(scored),
            versions=tuple((m.version, self.folder / m.folder) for m in self.store.models.all()) if len(later) else (),
            checks=tuple(later.tolist()),
        )

    def take_scores(
        self,
        unreadable: dict[int, Sentence],
        checks: Mapping[int, CheckScores] | None = None,
        ready: ReadyScores | None = None,
    ) -> Changes:
        """Use scores that a task has just written, `ready` where they were read; `checks` as in `Scored`."""
        for version, (rows, scores) in (checks or {}).items():
            add_check_scores(self.store, version, rows, scores, several=self.task is Task.SEVERAL)
        self.unreadable = dict(unreadable)
        self.load_scores(ready)
        return Changes(order=True, pool=True, routing=True)

    def _set(self, key: str, value: Any) -> Changes:
        with self.store.transaction():
            self.store.set_fact(key, value)
        return Changes(settings=True, order=True)
