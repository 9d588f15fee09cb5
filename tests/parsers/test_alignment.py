"""Cuts of HTML are carried over to plain text where the words agree, and nowhere else."""

from parsers.alignment import Words, align_cuts
from parsers.cuts import NO_CUTS, Cuts, Span

RICH = "My answer.\n\nOn Monday Bob wrote:\n\n> How are\n> you?\n\n-- \nAnn"


def cut(text: str, quote: str, signature: str = "") -> Cuts:
    def span(piece: str) -> tuple[Span, ...]:
        return (Span(start=text.index(piece), end=text.index(piece) + len(piece)),) if piece else ()

    return Cuts(quotes=span(quote), signatures=span(signature))


def carry(cuts: Cuts, plain: str) -> Cuts:
    return align_cuts(Words(RICH), cuts, Words(plain))


def test_a_cut_moves_to_the_same_words_in_other_lines() -> None:
    plain = "My\nanswer.\n\nOn Monday Bob\nwrote:\n> How are you?\n\n-- \nAnn"
    aligned = carry(cut(RICH, "On Monday Bob wrote:\n\n> How are\n> you?", "-- \nAnn"), plain)
    assert aligned == cut(plain, "On Monday Bob\nwrote:\n> How are you?", "-- \nAnn")


def test_addresses_of_links_do_not_disturb() -> None:
    plain = "My answer <https://x.example/a>.\nOn Monday Bob wrote:\n> How are you?\nAnn"
    aligned = carry(cut(RICH, "On Monday Bob wrote:\n\n> How are\n> you?"), plain)
    assert aligned == cut(plain, "On Monday Bob wrote:\n> How are you?")


def test_a_cut_behind_unlike_words_is_found_from_the_end() -> None:
    plain = "My *other* answer\n\nOn Monday Bob wrote:\n> How are you?\n\nAnn"
    assert carry(cut(RICH, "On Monday Bob wrote:\n\n> How are\n> you?"), plain).quotes


def test_a_cut_that_would_split_a_line_is_given_up() -> None:
    plain = "My answer. On Monday Bob wrote: How are you? Ann"
    assert carry(cut(RICH, "On Monday Bob wrote:\n\n> How are\n> you?"), plain) == NO_CUTS


def test_unlike_texts_have_no_cuts_in_common() -> None:
    assert carry(cut(RICH, "> How are\n> you?"), "Something else") == NO_CUTS
