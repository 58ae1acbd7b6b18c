"""Figures as a screen reader should say them."""

from hitl_desktop.language import tr


def spoken_share(share: str) -> str:
    """A percentage as it is said: "46 percent", "less than 1 percent"."""
    signs = {"<": tr("less than"), ">": tr("more than"), "%": f" {tr('percent')}"}
    for sign, words in signs.items():
        share = share.replace(sign, words)
    return " ".join(share.replace("\u2066", "").replace("\u2069", "").split())
