"""Items that came after a certificate's audit: which of them were found to be like those it was drawn from."""

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.batches import Batch
from hitl_desktop.workflow.project import Project


def comparisons(project: Project) -> dict[int, BatchComparison]:
    """By batch, how it compared when that was last looked at."""
    return {number: BatchComparison.of(plain) for number, plain in project.store.batches.comparisons().items()}


def doubtful_arrivals(project: Project, since: int) -> npt.NDArray[np.bool_]:
    """The items from index `since` on that no comparison has found to be like those before. Shape (n,).

    A certificate speaks for items that are exchangeable with those it was audited on, so what comes later is only
    covered once a comparison had the chance to find it different, and did not. A batch that is too small to compare
    waits for the next one.
    """
    doubtful = np.zeros(len(project.pool), bool)
    doubtful[since:] = True
    batches, different = project.store.batches.all(), []
    for number, found in comparisons(project).items():
        rows = slice(found.first, batches[number - 1].rows.stop)
        if found.differs:
            different.append(rows)
        elif found.p is not None:
            doubtful[rows] = False
    for rows in different:
        doubtful[max(rows.start, since) : rows.stop] = True
    return doubtful


def last_unlike(project: Project) -> tuple[Batch, BatchComparison] | None:
    """The last batch that is unlike what was there, unless the pool was audited since it came."""
    certified = project.store.audits.certified()
    since = 0 if certified is None else certified.audit.items
    batches = project.store.batches.all()
    found = [(batches[number - 1], one) for number, one in comparisons(project).items() if one.differs]
    return next((pair for pair in reversed(found) if pair[0].rows.stop > since), None)
