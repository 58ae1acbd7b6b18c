"""How large a file is, as the file managers of most systems say it."""

from PySide6.QtCore import QLocale


def size_in_words(octets: int) -> str:
    """A size in bytes, from 0 on: "7.6 MB", of which one has a million bytes."""
    return QLocale().formattedDataSize(octets, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
