"""By what a text is known."""

import hashlib


def digest_of(text: str) -> str:
    """The SHA-256 of a text in hex, by which it is known. Lone surrogates are hashed as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
