"""Shares in percent, where what is little is not said to be nothing."""

from hitl_desktop.language import percent, tr


def percent_of(probability: float) -> str:
    """A share from 0 to 1, such as a probability: what is not certain, or not nothing, is not shown as such."""
    if 0 < probability < 0.005:
        return tr("< {share}", share=percent(0.01))
    return tr("> {share}", share=percent(0.99)) if 0.995 <= probability < 1 else percent(probability)
