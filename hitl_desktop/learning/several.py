"""Training where several findings are decided per item: any estimator, once for every finding."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.cross_validation import Ids
from hitl_desktop.learning.estimators import Estimator, Settings
from hitl_desktop.learning.heads import Head, SeveralHead
from hitl_desktop.learning.heads.several import THERE, constant_part
from hitl_desktop.learning.lessons import Lesson


def for_findings(estimator: Estimator, findings: Sequence[int]) -> Estimator:
    """The same way to train, for labels that are codes of sets of `findings` (label ids in class order).

    Its head says yes or no to each finding; held-out probabilities have a column for each.
    """

    def fit(lesson: Lesson, settings: Settings) -> SeveralHead:
        warm = lesson.warm if isinstance(lesson.warm, SeveralHead) else None
        fits_warm = warm is not None and warm.class_ids == tuple(findings)
        parts: list[Head] = []
        for place, own in enumerate(_lessons(lesson, len(findings))):
            if lesson.cancelled():
                raise Cancelled
            if len(np.unique(own.labels)) < 2:
                parts.append(constant_part(int(own.labels.sum()), len(own.labels)))
            else:
                before = warm.parts[place] if warm is not None and fits_warm else None
                parts.append(estimator.fit(replace(own, warm=before), settings))
        return SeveralHead(tuple(findings), tuple(parts))

    def held_out(lesson: Lesson, settings: Settings, folds: Sequence[Ids]) -> FloatArray:
        columns = []
        for own in _lessons(lesson, len(findings)):
            if len(np.unique(own.labels)) < 2:
                columns.append(own.labels.astype(np.float32))
            else:
                columns.append(estimator.cross_validated(replace(own, warm=None), settings, folds)[:, THERE])
        return np.stack(columns, axis=1)

    return replace(estimator, fit=fit, closed_form=held_out)


def _lessons(lesson: Lesson, findings: int) -> list[Lesson]:
    """One lesson of yes and no for every finding, on the same rows."""
    flags = flags_of(lesson.labels, findings)
    return [replace(lesson, labels=flags[:, place].astype(np.int64)) for place in range(findings)]


def not_learned(codes: Ids, findings: int) -> list[int]:
    """The positions of findings that all decisions say the same of, so that nothing can be learned about them."""
    flags = flags_of(codes, findings)
    return [int(p) for p in np.flatnonzero(flags.all(axis=0) | ~flags.any(axis=0))]
