"""The model in use, in a few sentences for the terminal."""

from typing import Any


def in_words(model: dict[str, Any] | None) -> str:
    """What `status` says of the model: the answer of its contract, as sentences."""
    if model is None:
        return "There is no model yet."
    today = model["metrics"].get("today", {})
    name = f"Model v{model['version']} is in use"
    if "accuracy" not in today:
        return f"{name}. Nothing has measured it yet: there are no random checks."
    low, high = today["interval"]
    parts = [
        f"{name}: right on {today['right']:,} of {today['checks']:,} random checks ({100 * low:.0f}–{100 * high:.0f} %)"
    ]
    if "macro_f1" in today:
        parts.append(f"macro-F1 {100 * today['macro_f1']:.0f} %")
    if today.get("ece") is not None:
        parts.append(
            f"calibration gap {100 * today['ece']:.1f} points ({today['calibration']}), Brier {today['brier']:.2f}"
        )
    sentences = [f"{', '.join(parts)}."]
    if "caveat" in today:
        sentences.append(today["caveat"])
    if "challenger" in today:
        sentences.append(f"v{today['challenger']['version']} was not put to use. {today['challenger']['reason']}")
    sentences.append(f"Can I stop? {today['can_i_stop']}")
    return "\n".join(sentences)
