"""Whatever a variable holds comes out as typed, and no template can take the desk's time or memory."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from templates.render import Compiled
from templates.rendered import BrokenTemplate
from templates.sandbox import MOST_STEPS

HEAD = "Subject: {{ who }}\n\n"
WHO = {"who": "<b>*Kim*</b> [x](http://evil.example) {{ 7*7 }}", "words": ["a", "b"]}


def body(source: str) -> str:
    return Compiled(HEAD + source).render(WHO).text


def problem(source: str) -> BrokenTemplate:
    with pytest.raises(BrokenTemplate) as caught:
        Compiled(HEAD + source).render(WHO)
    return caught.value


def test_a_value_is_plain_text_in_subject_text_and_html() -> None:
    written = Compiled(HEAD + "**{{ who }}**").render(WHO)
    assert written.subject == WHO["who"]
    assert written.text == f"**{WHO['who']}**\n"
    assert "&lt;b&gt;*Kim*&lt;/b&gt; [x](http://evil.example) {{ 7*7 }}</strong>" in written.html


@pytest.mark.parametrize(
    "source",
    [
        "{% macro say(x) %}to {{ x }}{% endmacro %}{{ say(who) }}",
        "{% set line %}to {{ who }}{% endset %}{{ line }}",
        '{{ "to " ~ who }}',
        "{% filter upper %}to {{ who }}{% endfilter %}",
        "to {{ [who] | join }}",
    ],
)
def test_a_value_stays_whole_through_macros_blocks_and_filters(source: str) -> None:
    assert body(source).lower() == f"to {WHO['who']}\n".lower()


def test_characters_that_stand_for_marks_are_taken_out_of_values() -> None:
    written = Compiled("Subject: x\n\n{{ a }} {{ b }}").render({"a": "secret", "b": "\ufdd00\ufdd1"})
    assert written.text == "secret 0\n"


def test_dashes_beneath_a_paragraph_are_a_rule_and_no_heading() -> None:
    html = Compiled("Subject: x\n\nKind regards\n---\nada:").render({}).html
    assert "<hr" in html
    assert "<h2" not in html


def test_constants_and_loops_are_written_as_they_stand() -> None:
    assert body("{{ 5 }}{% for n in [1, 2] %}{{ n }}{{ loop.cycle('x', 'y') }}{% endfor %}") == "51x2y\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ 'a' * 10**9 }}", "not allowed"),
        ("{{ who % 5 }}", "not allowed"),
        ("{{ who * 9999999 }}", "not allowed"),
        ("{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}", str(MOST_STEPS)),
        ("{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", "for ever"),
        ("{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}", str(MOST_STEPS)),
        ("{% set x = who %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}", "at most"),
        ("{% set x = who %}" + "{% set x = x + x %}" * 40 + "{{ x }}", "at most"),
        ("{% for x in range(19999) %}{{ who }}{% endfor %}", "characters"),
        ("{{ lipsum(n=100000) }}", "not safely callable"),
        ("{{ who.ljust(999999999) }}", "not safely callable"),
        ("{{ who.format(1) }}", "not safely callable"),
        ("{{ who | center(999999999) }}", "center"),
        ("{{ who.__class__ }}", "unsafe"),
        ("{{ nobody }}", "nobody"),
        ("{% include '_nothing' %}", "_nothing"),
        ("{{" + "(" * 5000, "nested too deeply"),
    ],
)
def test_what_could_hang_or_explode_or_reach_the_interpreter_is_refused(source: str, words: str) -> None:
    assert words in str(problem(source))


def test_a_fault_names_its_line_at_compile_time_and_at_run_time() -> None:
    assert problem("fine\n\n{{ oops").line == 5
    assert problem("fine\n\n{{ nobody }}").line == 5


@pytest.mark.parametrize("source", ["", "Hello", "Subject: only\n", "Subject: x\n\n  \n"])
def test_a_template_has_a_subject_and_a_body(source: str) -> None:
    with pytest.raises(BrokenTemplate):
        Compiled(source)


def test_threads_that_render_the_same_template_do_not_mix_their_values() -> None:
    template = Compiled("Subject: {{ n }}\n\n{% for i in range(200) %}{{ n }} {% endfor %}")
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda n: template.render({"n": n}), range(200)))
    assert [(each.subject, set(each.text.split())) for each in written] == [(str(n), {str(n)}) for n in range(200)]


def test_html_loads_nothing_and_leaves_colours_to_the_reader() -> None:
    html = (
        Compiled("Subject: x\n\n![pixel](http://evil.example/p.png) <script>x</script> [l](javascript:x)")
        .render({})
        .html
    )
    assert "<img" not in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert 'content="light dark"' in html
    assert "color:" not in html.replace("solid", "").replace("color-scheme", "")


@pytest.mark.parametrize(
    ("share", "text", "width"), [("50", "\u2588" * 6, 60), ("100.0", "\u2588" * 12, 120), ("900", "\u2588" * 12, 120)]
)
def test_a_bar_is_blocks_in_the_text_and_a_coloured_cell_in_the_page(share: str, text: str, width: int) -> None:
    written = Compiled(f"Subject: x\n\n| a |\n|---|\n| {{{{ {share} | bar }}}} |\n").render({})
    assert f"| {text} |" in written.text
    assert f'bgcolor="#4f8fe6" width="{width}"' in written.html


def test_an_empty_bar_has_no_cell_and_what_is_no_number_has_no_bar() -> None:
    written = Compiled("Subject: x\n\nA{{ 0 | bar }}Z {{ word | bar }}.").render({"word": "100"})
    assert "bgcolor" not in written.html
    assert written.text == "A\u00a0Z .\n"
