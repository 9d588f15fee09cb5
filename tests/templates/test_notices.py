"""Which template writes a notice: languages, brands, partials, and what happens when an admin's own is broken."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from templates.catalogue import NOTICES
from templates.moments import LANGUAGES
from templates.notices import Notices, file_of, packaged, place_of
from templates.reference import reference
from templates.samples import MEANINGS, fitted, names, sparse

ROOT = Path(__file__).parents[2]
SHIPPED = packaged()
PACKAGE = Notices(SHIPPED)
WORDLESS = {"reply", "prepared-answer", "forwarded"}  # they say nothing of their own
FOR_CUSTOMERS = sorted(name for name, notice in NOTICES.items() if not notice.internal and name not in WORDLESS)
PAYLOADS = (
    "{{7*7}}", "{{config}}", "{{ self.__init__.__globals__ }}", "{{''.__class__.__mro__}}", "{% for x in y %}",
    "{%print(7*7)%}", "{# gone #}", "{%", "{{", "{#", "}}", "${7*7}", "#{7*7}", "%(x)s", "%s%n", "{0.__class__}",
    "<%= 7*7 %>", "<script>alert(1)</script>", "&lt;b&gt;&amp;", "**bold** _it_", "[click](http://evil.example)",
    "![x](http://evil.example/p.png)", "<http://evil.example>", "| a | b |", "`code`", "1) one", "# head", "> quoted",
    "\\*back\\*", "~~~",
)  # fmt: skip


def test_every_customer_notice_is_shipped_in_eight_languages() -> None:
    assert {name: sorted(PACKAGE.languages(name)) for name in FOR_CUSTOMERS} == dict.fromkeys(
        FOR_CUSTOMERS, sorted(LANGUAGES)
    )


def test_every_notice_of_the_catalogue_is_shipped() -> None:
    assert {place.name for place, _ in PACKAGE.places()} == set(NOTICES)


def test_every_packaged_template_works_on_a_full_and_on_a_bare_ticket() -> None:
    for place, _ in PACKAGE.places():
        for sample in (NOTICES[place.name].sample, sparse(NOTICES[place.name].sample)):
            written = PACKAGE.render(place.name, (place.language,), sample)
            assert (written.problem, written.subject.count("\n")) == ("", 0), place


def planted(value: Any, payload: str) -> Any:
    """The sample with the payload in every text that it has."""
    if isinstance(value, Mapping):
        return {key: planted(item, payload) for key, item in value.items()}
    if isinstance(value, list):
        return [planted(item, payload) for item in value]
    return f"A{payload}Z" if isinstance(value, str) else value


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_customer_types_comes_out_literally_in_every_template_and_field(payload: str) -> None:
    typed = f"A{payload}Z"
    for place, _ in PACKAGE.places():
        written = PACKAGE.render(place.name, (place.language,), planted(NOTICES[place.name].sample, payload))
        assert typed in written.text, place
        assert typed in html.unescape(written.html), place
        assert "href=" not in written.html, place
        assert "<img" not in written.html, place


def test_the_readers_language_goes_first_then_the_mailboxs_then_english() -> None:
    notices, sample = PACKAGE, NOTICES["survey"].sample
    said = [notices.render("survey", languages, sample).subject for languages in (("de", "fr"), ("xx", "fr"), ("xx",))]
    assert said == ["[#1042] Wie waren wir?", "[#1042] Êtes-vous satisfait ?", "[#1042] How did we do?"]


OWN = {
    "survey.en.md.j2": "Subject: ours\n\nHello",
    "sales/survey.en.md.j2": "Subject: sales\n\nHello {% include '_goodbye' %}",
    "sales/_goodbye.en.md.j2": "Cheers",
}


@pytest.mark.parametrize(("brands", "subject"), [((), "ours"), (("sales",), "sales"), (("support", "sales"), "sales")])
def test_a_brands_own_template_goes_before_the_desks_own(brands: tuple[str, ...], subject: str) -> None:
    assert Notices(SHIPPED, OWN).render("survey", ("en",), {}, brands).subject == subject


def test_a_brands_own_partial_is_included() -> None:
    assert Notices(SHIPPED, OWN).render("survey", ("en",), {}, ("sales",)).text == "Hello Cheers\n"


def test_a_language_the_brand_did_not_write_is_taken_from_the_packaged_templates() -> None:
    written = Notices(SHIPPED, OWN).render("survey", ("de",), NOTICES["survey"].sample, ("sales",))
    assert written.subject == "[#1042] Wie waren wir?"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("survey.de.md.j2", "Subject: x\n\n{{ ticket.secret }}", "secret"),
        ("survey.de.md.j2", "Subject: x\n\n{% if %}", "Expected an expression"),
        ("survey.de.md.j2", "no subject", "Subject:"),
        ("surveys.de.md.j2", "Subject: x\n\nHello", "no notice called 'surveys'"),
        ("ticket-received.en.md.j2", "Subject: {{ ticket.subject }}\n\nHello", "subject"),
        ("digest.en.md.j2", "Subject: x\n\n{{ sections[0].title }}", "list object has no element 0"),
    ],
)
def test_an_admins_broken_template_is_reported_at_load(file: str, text: str, words: str) -> None:
    [problem] = Notices(SHIPPED, {file: text}).problems
    assert problem.file == file
    assert words in problem.message


def test_an_own_template_that_fails_for_one_mail_is_replaced_by_the_packaged_one() -> None:
    own = {"survey.en.md.j2": "Subject: x\n\n{{ ticket.subject + 1 if ticket.number == 7 }}"}
    variables = NOTICES["survey"].sample | {"ticket": {**NOTICES["survey"].sample["ticket"], "number": 7}}
    written = Notices(SHIPPED, own).render("survey", ("en",), variables)
    assert written.subject == "[#1042] How did we do?"
    assert written.problem.startswith("survey.en.md.j2: ")


def test_a_template_is_given_only_what_its_notice_may_print() -> None:
    everything = {"ticket": {"number": 7, "subject": "chosen by a stranger"}, "message": {"text": "too"}}
    assert fitted(everything, NOTICES["ticket-received"].sample) == {"ticket": {"number": 7}}


def test_an_acknowledgement_prints_nothing_that_a_sender_chose() -> None:
    assert not {"ticket.subject", "ticket.requester", "message.text"} & set(names(NOTICES["ticket-received"].sample))


def test_a_bare_sample_has_the_same_variables_with_nothing_in_them() -> None:
    bare = sparse({"a": "x", "b": ["y"], "c": {"d": 5, "e": True}})
    assert bare == {"a": "", "b": [], "c": {"d": 0, "e": False}}


@pytest.mark.parametrize("file", ["survey.de.md.j2", "sales/survey.pt.md.j2", "_goodbye.en.md.j2"])
def test_a_file_name_says_brand_name_and_language(file: str) -> None:
    assert file_of(place_of(file)) == file


def test_every_variable_is_explained() -> None:
    used = {name for notice in NOTICES.values() for name in names(notice.sample)}
    assert used == set(MEANINGS)


def test_the_reference_for_admins_is_up_to_date() -> None:
    assert (ROOT / "docs" / "templates.md").read_text(encoding="utf-8") == reference()
