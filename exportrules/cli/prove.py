"""vectors: answers for other tools to be held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from exportrules.cli.browse import law_options
from exportrules.cli.options import table_options

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.study.vectors import Score


@click.command()
@click.option("-o", "--output", metavar="FILE", help="Write the vectors to FILE, one JSON object a line.")
@click.option("--force", is_flag=True, help="Replace a FILE that is there.")
@click.option("--score", "answers", metavar="FILE", help="Hold the answers of another tool against the vectors.")
@click.option("--chip", "chips", multiple=True, metavar="NAME", help="Only of this chip; repeat for more.")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of one line.")
@law_options
@table_options
@click.pass_context
def vectors(
    ctx: click.Context, law: Ruleset, output: str | None, force: bool, answers: str | None, chips: tuple[str, ...],
    as_schema: bool, form: str,
) -> None:  # fmt: skip
    """Dated answers that another tool can be scored on: the first and last day of every answer, and the day after.

    Without -o they are printed. With --score FILE (the same lines, with the other tool's outcome and review_policy)
    agreement is printed by outcome and every disagreement is listed; exit 1 unless all vectors are answered alike.
    With -f, the disagreements are printed as that kind of table.
    """
    from exportrules.errors import QuestionError

    if sum(map(bool, (output, answers, as_schema))) > 1:
        raise QuestionError("-o writes, --score reads, --schema prints: use one of the three.")
    if as_schema:
        import json

        from exportrules.answer.schema import vector_schema

        click.echo(json.dumps(vector_schema(), indent=2, ensure_ascii=False))
    elif answers:
        from exportrules.render.text import table
        from exportrules.study.vectors import read_answers, score
        from exportrules.study.vectors import vectors as asked

        result = score(asked(law, chips), read_answers(answers))
        click.echo("\n".join(_told(law, result)) if form == "simple" else table(_rows(result), form))
        ctx.exit(0 if result.conforms else 1)
    elif output:
        _write(law, output, force, chips)
    else:
        from exportrules.study.vectors import vectors as found

        for vector in found(law, chips):
            click.echo(vector.line())


def _write(law: Ruleset, output: str, force: bool, chips: tuple[str, ...]) -> None:
    from exportrules.files.write import written_whole
    from exportrules.study.vectors import vectors as found

    count = 0
    with written_whole(output, force=force) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for vector in found(law, chips):
            file.write(vector.line() + "\n")
            count += 1
    click.echo(f"{count:,} vectors of edition {law.edition.edition}. Written: {output}")


def _rows(result: Score) -> list[dict[str, str]]:
    """The disagreements as a table."""
    return [
        {
            **vector.key._asdict(),
            "outcome": vector.outcome,
            "review_policy": vector.review_policy or "",
            "other_outcome": answer.outcome,
            "other_review_policy": answer.review_policy or "",
            "citations": "; ".join(vector.citations),
        }
        for vector, answer in result.disagreements
    ]


def _told(law: Ruleset, result: Score) -> list[str]:
    from exportrules.render.safe import safe
    from exportrules.render.text import table

    total = result.total
    rows = [
        {
            "outcome": name,
            "vectors": t.vectors,
            "answered": t.answered,
            "same outcome": t.outcome,
            "and policy": t.policy,
        }
        for name, t in [*result.tallies.items(), ("all", total)]
    ]
    lines = [
        safe(f"Edition {law.edition.edition}, {law.currency}"),
        "",
        table(rows, "simple"),
    ]
    missing = total.vectors - total.answered
    if missing:
        lines += ["", f"{_counted(missing, 'vector is', 'vectors are')} not answered."]
    if result.strangers:
        count = _counted(len(result.strangers), "answer is", "answers are")
        lines += ["", f"{count} to no vector; the first: {safe(str(result.strangers[0]))}"]
    if result.disagreements:
        lines += ["", f"{_counted(len(result.disagreements), 'disagreement', 'disagreements')}:"]
    for vector, answer in result.disagreements:
        said = f"  {vector.key}: {answer}, not {_answered(vector.outcome, vector.review_policy)}"
        lines.append(safe(said) + (f"; {'; '.join(vector.citations)}" if vector.citations else ""))
    if result.conforms:
        lines += ["", "Every vector is answered, and alike."]
    return lines


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _answered(outcome: str, policy: str | None) -> str:
    return f"{outcome} ({policy})" if policy else outcome
