"""vectors: answers with which other tools can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from exportrules.cli.options import law_options, table_options

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.study.vectors import Score


@click.command()
@click.option("-o", "--output", metavar="FILE", help="Write the vectors to FILE, one JSON object per line.")
@click.option("--force", is_flag=True, help="Replace an existing FILE.")
@click.option("--score", "answers", metavar="FILE", help="Compare the answers of another tool with the vectors.")
@click.option("--chip", "chips", multiple=True, metavar="NAME", help="Only for this chip; repeat for more.")
@click.option(
    "--sample", type=click.IntRange(1), metavar="N", help="N of them, each with a question in plain language."
)
@click.option("--seed", type=int, metavar="N", help="The seed of the sample: another one draws others. [default: 0]")
@click.option("--questions", is_flag=True, help="The sample without its answers, for the assistant under test.")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of one line.")
@law_options
@table_options
@click.pass_context
def vectors(
    ctx: click.Context, law: Ruleset, output: str | None, force: bool, answers: str | None, chips: tuple[str, ...],
    sample: int | None, seed: int | None, questions: bool, as_schema: bool, form: str,
) -> None:  # fmt: skip
    """Print dated answers to score another tool on. Each answer has its first and last day, and the day after.

    Without -o they are printed. With --score FILE (the same lines, with the other tool's outcome and review_policy)
    agreement is printed by outcome and every disagreement is listed; exit 1 unless all answers are equal. With -f, the
    disagreements are printed as that kind of table.

    --sample N is an evaluation set for assistants: the same ruleset, N and --seed give the same questions, and --score
    with the same three scores the answers.

    \b
      exportrules vectors --sample 300 --questions -o questions.jsonl
      exportrules vectors --sample 300 --score answers.jsonl
    """
    from exportrules.errors import QuestionError

    if sum(map(bool, (output, answers, as_schema))) > 1:
        raise QuestionError("-o writes, --score reads, --schema prints: use one of the three.")
    if sample is None and (seed is not None or questions):
        raise QuestionError("--seed and --questions need a sample. Give its size: --sample 300.")
    if questions and answers:
        raise QuestionError("--questions leaves out the answers, and --score needs them. Use one of the two.")
    if as_schema:
        import json

        from exportrules.answer.schema import vector_schema

        click.echo(json.dumps(vector_schema(), indent=2, ensure_ascii=False))
    elif answers:
        from exportrules.render.text import table
        from exportrules.study.sampled import sample as drawn
        from exportrules.study.vectors import read_answers, score
        from exportrules.study.vectors import vectors as every

        given = read_answers(answers)
        expected = [one.vector for one in drawn(law, sample, seed or 0, chips)] if sample else every(law, chips)
        result = score(expected, given)
        click.echo("\n".join(_report(law, result)) if form == "simple" else table(_rows(result), form))
        ctx.exit(0 if result.conforms else 1)
    elif output:
        _write(
            law, output, force, _lines(law, chips, sample, seed or 0, questions), "questions" if sample else "vectors"
        )
    else:
        for line in _lines(law, chips, sample, seed or 0, questions):
            click.echo(line)


def _lines(law: Ruleset, chips: tuple[str, ...], sample: int | None, seed: int, questions: bool) -> Iterator[str]:
    """The lines to write: every vector, or the questions of a sample."""
    from exportrules.study.sampled import sample as drawn
    from exportrules.study.vectors import vectors as every

    if sample:
        return (drawn_one.line(answered=not questions) for drawn_one in drawn(law, sample, seed, chips))
    return (vector.line() for vector in every(law, chips))


def _write(law: Ruleset, output: str, force: bool, lines: Iterator[str], what: str) -> None:
    from exportrules.files.write import written_whole

    count = 0
    with written_whole(output, force=force) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    click.echo(f"{count:,} {what} of edition {law.edition.edition}. Written: {output}")


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


def _report(law: Ruleset, result: Score) -> list[str]:
    """The lines of the comparison: a table by outcome, then what is missing, unknown or different."""
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
        line = f"  {vector.key}: {answer}, not {_answered(vector.outcome, vector.review_policy)}"
        lines.append(safe(line) + (f"; {'; '.join(vector.citations)}" if vector.citations else ""))
    if result.conforms:
        lines += ["", "Every vector is answered, and every answer is equal."]
    return lines


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _answered(outcome: str, policy: str | None) -> str:
    return f"{outcome} ({policy})" if policy else outcome
