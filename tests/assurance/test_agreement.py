"""Agreement of two readers against a published example, and at its ends."""

import pytest

from hitl_desktop.assurance.agreement import cohens_kappa


def test_a_published_example() -> None:
    """Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd ed. 2003, table 18.1: 100 subjects,
    psychotic / neurotic / organic by two raters; κ = .676.
    """
    table = {(0, 0): 75, (0, 1): 1, (0, 2): 4, (1, 0): 5, (1, 1): 4, (1, 2): 1, (2, 0): 0, (2, 1): 0, (2, 2): 10}
    said = [pair for pair, count in table.items() for _ in range(count)]
    assert cohens_kappa(said) == pytest.approx(0.676, abs=0.0005)


def test_its_ends() -> None:
    assert cohens_kappa([]) is None
    assert cohens_kappa([(1, 1)] * 5) is None, "chance alone would agree as often"
    assert cohens_kappa([(1, 1), (2, 2)]) == 1.0
    assert cohens_kappa([(1, 2), (2, 1)]) == -1.0
    assert cohens_kappa([(1, 1), (1, 2), (2, 1), (2, 2)]) == 0.0
