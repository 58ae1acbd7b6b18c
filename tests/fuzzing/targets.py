"""What is fuzzed: one row for everything that reads what somebody else wrote."""

from typing import Final

from tests.fuzzing import of_models, of_pictures, of_projects, of_tables, of_words
from tests.fuzzing.room import Target

TARGETS: Final[dict[str, Target]] = {
    **of_tables.ROWS,
    **of_words.ROWS,
    **of_pictures.ROWS,
    **of_models.ROWS,
    **of_projects.ROWS,
}
