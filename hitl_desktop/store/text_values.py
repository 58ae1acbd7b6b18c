"""Text as SQLite can keep it: what is not valid Unicode goes in as bytes and comes out unchanged."""


def to_sql(text: str) -> str | bytes:
    """Text as it is, or its bytes where it holds lone surrogates (names that are not UTF-8, broken JSON)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_sql(value: str | bytes) -> str:
    """The inverse of `to_sql`."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
