"""Options that commands share: those of a question and of its law, and the formats of a table."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from exportrules.cli.completion import names
from exportrules.errors import QuestionError, UnknownNameError

#: The law that is asked, as options of a command.
RULESET = click.option("--ruleset", metavar="DIR", help="Another directory of rule files.")
OVERLAY = click.option("--overlay", multiple=True, metavar="PATH",
                       help="More rule, chip or party files of the same schema: a directory, or one file.")  # fmt: skip

FORMATS = ("simple", "plain", "github", "grid", "pipe", "html", "tsv", "csv", "json")


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a question about one chip, without the day; the command receives `chip` and `asked`."""

    @functools.wraps(command)
    def wrapped(chip: str | None, chip_file: str | None, **rest: Any) -> Any:
        from exportrules.files.load import load_chip

        if chip and chip_file:
            raise QuestionError("a chip is named and a chip file is given. Use one of the two.")
        return command(chip=load_chip(chip_file) if chip_file else chip, **rest)

    named = click.argument("chip", required=False, shell_complete=names("chips"))
    own = click.option("--chip", "chip_file", metavar="FILE", help="A chip of your own: a TOML file with its figures.")
    return named(own(deal_options(wrapped)))


def chips_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a question about several chips, without the day; the command receives `chips` and `asked`.

    A chip that is named twice, even by different names, is asked about once.
    """

    @functools.wraps(command)
    def wrapped(chips: tuple[str, ...], chip_file: tuple[str, ...], asked: dict[str, Any], **rest: Any) -> Any:
        from exportrules.files.load import load_chip
        from exportrules.question.names.chips import find_chip

        named: dict[object, str] = {}
        for chip in chips:
            try:
                named.setdefault(find_chip(asked["ruleset"], chip).variants, chip)
            except UnknownNameError:
                from exportrules.cli.mistakes import unquoted

                if whole := unquoted(asked["ruleset"], chips):
                    raise QuestionError(whole) from None
                raise
        own = [load_chip(file) for file in dict.fromkeys(chip_file)]
        return command(chips=[*named.values(), *own], asked=asked, **rest)

    named = click.argument("chips", nargs=-1, metavar="CHIP...", shell_complete=names("chips"))
    own = click.option("--chip", "chip_file", multiple=True, metavar="FILE",
                       help="A chip of your own: a TOML file with its figures; repeat for more.")  # fmt: skip
    return named(own(deal_options(wrapped)))


def deal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a deal without chip and day, and of the ruleset; the command receives them as `asked`."""

    @functools.wraps(command)
    def wrapped(fact: tuple[str, ...], asked: dict[str, Any], ruleset: str | None, overlay: tuple[str, ...],
                **rest: Any) -> Any:  # fmt: skip
        from exportrules.files.load import chosen_ruleset

        law = chosen_ruleset(ruleset, overlay)
        return command(asked={**asked, "facts": read_facts(fact), "ruleset": law}, **rest)

    facts = click.option("--fact", multiple=True, metavar="NAME=VALUE", shell_complete=names("facts"),
                         help="State a fact, or a bound of it: NAME>=VALUE; repeat for more. VALUE may be "
                              "'unknown'.")  # fmt: skip
    return facts(terms_options(RULESET(OVERLAY(wrapped))))


def law_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --ruleset and --overlay; the command receives the loaded ruleset as `law`."""

    @functools.wraps(command)
    def wrapped(ruleset: str | None, overlay: tuple[str, ...], **rest: Any) -> Any:
        from exportrules.files.load import chosen_ruleset

        return command(law=chosen_ruleset(ruleset, overlay), **rest)

    return RULESET(OVERLAY(wrapped))


def _as_written(value: Any) -> Any:
    """A name as it was typed, even if an ASCII locale made Python decode its other bytes as surrogates."""
    if isinstance(value, tuple):
        return tuple(map(_as_written, value))
    if isinstance(value, str) and not value.isascii():
        try:
            return value.encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            return value
    return value


def terms_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the terms of a deal; the command receives them as `asked`."""

    @functools.wraps(command)
    def wrapped(to: str | None, exporter: str | None, activity: str | None, headquarters: str | None,
                ultimate_parent: str | None, end_user: str | None, party: tuple[str, ...],
                not_listed: tuple[str, ...], end_use: tuple[str, ...], known_on: str | None, as_printed: bool,
                **rest: Any) -> Any:  # fmt: skip
        asked = {
            "to": to, "exporter": exporter, "activity": activity, "headquarters": headquarters,
            "ultimate_parent": ultimate_parent, "end_user": end_user, "parties": party, "not_listed": not_listed,
            "end_use": end_use or None, "known_on": known_on, "as_printed": as_printed,
        }  # fmt: skip
        return command(asked={name: _as_written(value) for name, value in asked.items()}, **rest)

    places, activities, end_uses = names("places"), names("activities"), names("end_uses")
    return _with(wrapped, [
        click.option("--to", metavar="PLACE", shell_complete=places,
                     help="Destination: ISO code or name. [default: CN]"),
        click.option("--exporter", metavar="WHO", shell_complete=names("exporters"),
                     help="maker, other, or a company's name. [default: maker]"),
        click.option("--activity", metavar="WHAT", shell_complete=activities,
                     help="export, reexport or transfer. [default: export]"),
        click.option("--headquarters", metavar="PLACE", shell_complete=places,
                     help="The end user's headquarters. [default: as the party data say, else the destination]"),
        click.option("--ultimate-parent", metavar="PLACE", shell_complete=places,
                     help="The end user's ultimate parent. [default: its headquarters]"),
        click.option("--end-user", metavar="NAME",
                     help="Looked up in the dated party lists; a name close to a listed one leaves the answer open."),
        click.option("--party", multiple=True, metavar="NAME",
                     help="Purchaser, consignee or other party; repeat for more."),
        click.option("--not-listed", multiple=True, metavar="NAME",
                     help="A name given above that is close to a listed party's but is not it; repeat for more."),
        click.option("--end-use", multiple=True, metavar="USE", shell_complete=end_uses,
                     help="civil, military, military_intelligence, supercomputer, advanced_node_fab, tool_making, "
                          "nuclear, missile, chemical_biological or wmd; repeat, or separate by commas, for "
                          "several. [default: civil]"),
        click.option("--known-on", metavar="DATE", help="Use only instruments known on this day."),
        click.option("--as-printed", is_flag=True,
                     help="Use the text as printed, ignoring announcements of non-enforcement."),
    ])  # fmt: skip


def _with(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """The command with options, which its help lists in the given order."""
    for option in reversed(options):
        command = option(command)
    return command


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -f/--format, the same for every command that prints a table."""
    choice = click.Choice(FORMATS)
    return click.option(
        "-f", "--format", "form", type=choice, default="simple", show_default=True, help="Table format."
    )(command)


#: The formats that match a file's suffix, the default first.
_FITTING = {
    ".csv": ("csv",),
    ".html": ("html",),
    ".ics": ("ics",),
    ".json": ("json", "jsonfeed"),
    ".md": ("github", "pipe"),
    ".tsv": ("tsv",),
    ".txt": ("simple", "plain", "grid"),
    ".atom": ("atom",),
    ".xml": ("atom",),
}


def names_in(text: str | None, option: str) -> list[str]:
    """The names in a list with commas, each once; none if the option is not given.

    Raises QuestionError for an empty name: a list without a name would mean everything.
    """
    if text is None:
        return []
    written = [name.strip() for name in text.split(",")]
    if not all(written):
        raise QuestionError(f"{option} {text!r} contains an empty name. Write names with commas between them.")
    return list(dict.fromkeys(written))


def form_of(output: str | None, named: str | None) -> str:
    """The named format, or else that of the file's suffix. Raises QuestionError if the two contradict each other."""
    suffix = os.path.splitext(output or "")[1].lower()
    fitting = _FITTING.get(suffix, (named,) if named else ())
    if output and not fitting:
        raise QuestionError(
            f"{output} ends in none of {', '.join(_FITTING)}. Name the file for the format that is wanted, or give -f."
        )
    if output and named and named not in fitting:
        raise QuestionError(f"-f {named} and {output} say different things. Leave -f out, or name another file.")
    return named or (str(fitting[0]) if fitting else "simple")


def on_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --on, the day of one answer."""
    text = "Day of export, YYYY-MM-DD, in Washington, D.C.; nothing defaults to today."
    return click.option("--on", required=True, metavar="DATE", help=text)(command)


def log_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --log FILE, which writes a line for each question."""
    text = "Add the question, its answer and the time (UTC) as a line to FILE.jsonl, before printing the answer."
    return click.option("--log", "journal", metavar="FILE", help=text)(command)


@contextlib.contextmanager
def extra(name: str) -> Iterator[None]:
    """Turn a missing library into a QuestionError that says which extra to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise QuestionError(
            f"this command needs {error.name}. Install it with: pip install 'exportrules[{name}]'"
        ) from None


#: One fact of a command line: its name, a sign, its value.
_FACT = re.compile(r"([^=<>]*)(>=|<=|=|>|<)(.*)", re.DOTALL)


def read_facts(written: tuple[str, ...]) -> dict[str, str]:
    """Facts from NAME=VALUE pairs and bounds such as NAME>=VALUE. Raises QuestionError for any other text, and for a
    fact that is given twice; two bounds of one figure are one fact."""
    facts: dict[str, str] = {}
    for text in written:
        match = _FACT.fullmatch(text)
        name, sign, value = (part.strip() for part in match.groups()) if match else ("", "", "")
        if not name or not value:
            from exportrules.question.eccns import how_to_declare, is_entry

            if is_entry(text):
                raise QuestionError(f"--fact {text!r} is not NAME=VALUE. {how_to_declare(text)}")
            raise QuestionError(
                f"--fact {text!r} is not NAME=VALUE. Write e.g. --fact tpp=2368, or --fact 'tpp>=1600'."
            )
        bound = "" if sign == "=" else sign
        if name in facts and not (bound and facts[name][0] in "<>"):
            raise QuestionError(f"the fact {name!r} is given twice. Give it once.")
        facts[name] = f"{facts[name]} {bound}{value}" if name in facts else bound + value
    return facts
