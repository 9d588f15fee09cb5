"""Finding articles of the knowledge base."""

from rules.articles import Article, Library, read_article

ARTICLES = [
    read_article("vpn.md", "url: https://kb.example/vpn\n# Setting up the VPN\n\nInstall the client, then sign in."),
    read_article("vpn.de.md", "language: de\n# VPN einrichten\n\nClient installieren und anmelden."),
    read_article("printer.md", "# When the printer jams\n\nOpen the rear tray and pull the paper out."),
    read_article("invoice.md", "# Reading an invoice\n\nThe number is at the top."),
    *(read_article(f"filler{n}.md", f"# Topic number {n}\n\nThe usual words about something else.") for n in range(20)),
]
LIBRARY = Library(ARTICLES)


def titles(text: str, language: str = "en") -> list[str]:
    return [each.title for each in LIBRARY.matching(text, language)]


def test_a_file_has_a_title_a_text_and_perhaps_an_address() -> None:
    assert ARTICLES[0] == Article(
        name="vpn.md",
        title="Setting up the VPN",
        text="Install the client, then sign in.",
        url="https://kb.example/vpn",
    )


def test_the_article_about_the_matter_is_found_in_the_readers_language() -> None:
    assert titles("My VPN client does not sign in any more") == ["Setting up the VPN"]
    assert titles("Wie kann ich den VPN-Client einrichten?", "de")[0] == "VPN einrichten"


def test_a_word_in_common_is_not_an_answer() -> None:
    assert titles("I would like to know something about the usual words") == []
    assert titles("") == []


def test_case_and_accents_do_not_matter() -> None:
    assert titles("PRÍNTER JAMS") == ["When the printer jams"]


def test_a_library_without_articles_finds_nothing() -> None:
    assert Library().matching("VPN") == []
