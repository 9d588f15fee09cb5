"""Looking at templates: which there are, what they write, whether they work."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.options import config_option, fail, json_option, load_config, print_json, print_table

if TYPE_CHECKING:
    from templates.notices import Notices


@click.group()
def template() -> None:
    """What the desk writes."""


@template.command("list")
@json_option
@config_option
def template_list(as_json: bool, config_file: Path) -> None:
    """Every notice with its languages; your own templates are marked."""
    from templates.catalogue import NOTICES

    places = _notices(config_file).places()
    rows = [
        {
            "name": name,
            "readers": "agents" if notice.internal else "customers",
            "languages": sorted({each.language for each, _ in places if each.name == name}),
            "own": sorted(_short(each.brand, each.language) for each, own in places if own and each.name == name),
            "purpose": notice.purpose,
        }
        for name, notice in sorted(NOTICES.items())
    ]
    if as_json:
        print_json(rows)
        return
    shown = [
        (row["name"], row["readers"], _words(row["languages"]), _words(row["own"]), row["purpose"]) for row in rows
    ]
    print_table("Notices", ("name", "readers", "languages", "your own", "purpose"), shown)


def _short(brand: str, language: str) -> str:
    return f"{brand}/{language}" if brand else language


def _words(values: object) -> str:
    return " ".join(map(str, values)) if isinstance(values, list) else str(values)


@template.command("preview")
@click.argument("name")
@click.option("--lang", "language", default="en", show_default=True, help="Language.")
@click.option("--brand", default="", help="Mailbox or team whose own template is meant.")
@click.option("--html", "as_html", is_flag=True, help="Print the HTML part.")
@click.option("--open", "open_it", is_flag=True, help="Show the HTML part in the browser.")
@config_option
def template_preview(name: str, language: str, brand: str, as_html: bool, open_it: bool, config_file: Path) -> None:
    """What a notice says about a made-up ticket."""
    from templates.catalogue import NOTICES
    from templates.samples import localised

    notice = NOTICES.get(name)
    if notice is None:
        fail(f"there is no notice called {name!r}; see `postroom template list`")
    variables = localised(notice.sample, language)
    rendered = _notices(config_file).render(name, (language,), variables, (brand,) if brand else ())
    if open_it:
        _open(name, rendered.html)
        return
    click.echo(rendered.html if as_html else f"Subject: {rendered.subject}\n\n{rendered.text}", nl=as_html)


def _open(name: str, html: str) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix=f"{name}-", suffix=".html", delete=False) as file:
        file.write(html)
    click.echo(file.name)
    click.launch(file.name)


@template.command("check")
@config_option
def template_check(config_file: Path) -> None:
    """Try every template on a full and on a bare ticket; print every problem."""
    from daemon.errors import ConfigError, Problem

    notices = _notices(config_file)
    if notices.problems:
        raise ConfigError([Problem(file=each.file, line=each.line, message=each.message) for each in notices.problems])
    own = sum(1 for _, is_own in notices.places() if is_own)
    click.echo(f"{len(notices.places())} templates work, {own} of them your own")


@template.command("reference")
def template_reference() -> None:
    """Every notice and every variable, as Markdown."""
    from templates.reference import reference

    click.echo(reference(), nl=False)


def _notices(config_file: Path) -> "Notices":
    from daemon.policy import template_files
    from templates.notices import Notices, packaged

    return Notices(packaged(), template_files(load_config(config_file).desk.templates_dir))


COMMANDS = (template,)
