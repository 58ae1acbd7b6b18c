"""What is printed for people: nothing in it is an order to their terminal."""

from hitl_desktop.exchange.ordering import shown


def printable(words: str) -> str:
    """The same with everything escaped that a terminal would act on, or that turns the direction of what follows.

    Names, classes and notes may be of somebody else: an escape sequence could clear the screen, write "Intact" on it or
    fill the clipboard.
    """
    return "\n".join(map(shown, words.split("\n")))
