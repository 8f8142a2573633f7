"""The page about the data package: how to write it, what its tables contain, how to read it."""

from __future__ import annotations

from collections.abc import Iterator

from exportrules.law.ruleset import Ruleset
from exportrules.study.package import LICENSE, data_tables
from exportrules.study.tables import Field, Table

_HEAD = """\
# The data

Written by `python -m tests.renew`; a test keeps it so. Not legal advice.

Every determination of the catalogue, and the catalogue itself, as tables: CSV for a spreadsheet, JSON for a program,
Parquet for a notebook or a warehouse, and `datapackage.json`, which describes the fields ([Data
Package](https://datapackage.org), version 2), the edition and its digest. License: {license}.

```sh
exportrules data -o data                                             # all of it: minutes
exportrules data --chips H20,H800 --to CN,SG --format csv -o few     # a part of it: seconds
```

A row of `segments` is the answer for a chip, a group of destinations and an exporter from one day through another,
both included; an empty first or last day means that none is known. On which day did a distributor's H800 to China
begin to need a license?

```python
import pandas

segments = pandas.read_parquet("data/segments.parquet")
places = pandas.read_parquet("data/places.parquet")
china = places.loc[places.place == "CN", "destinations"].item()
mine = segments[
    (segments.chip == "nvidia-h800-sxm5-80gb")
    & (segments.destinations == china)
    & (segments.exporter == "other")
    & segments.layer.isin(["both", "as_enforced"])
]
print(mine[["valid_from", "valid_through", "outcome", "review_policy", "requirements"]])
```

- **The layer.** If the text as printed and the law as enforced give the same answer on every day, a row has the layer
  `both`; otherwise each layer has its own rows. Take `both` and the one that you mean.
- **The destinations.** Places whose answers are the same on every day share their rows, under the name of their
  group; `places` says which group a place is in. A group depends on the chips and exporters that were asked for.
- **What is not in it.** The deal is an export to an unlisted civil buyer whose headquarters and parent are in the
  destination. Listed parties, other end uses, reexports and parents elsewhere are for `exportrules check`, or for [a
  ledger](audit.md).
- **What is undetermined stays so.** `indeterminate` is not a yes; `projected_outcome` is the encoded law's own answer
  if an answer may not rest on it alone, such as after the last verified day.
- **The same edition gives the same files**: nothing in them says when or where they were written.

From Python the catalogue needs no file:

```python
>>> import exportrules
>>> h20 = next(row for row in exportrules.catalogue() if row.chip == "nvidia-h20-96gb")
>>> h20.vendor_name, str(h20.announced), h20.announced_by
('NVIDIA', '2023-11-09', 'press')
>>> tpp = h20.figure("tpp")
>>> tpp.value, tpp.unit, tpp.derivation, tpp.estimated
(2368, 'TOPS x bit', '148 x 16 bit (fp16_bf16)', False)

```
"""


def page(law: Ruleset) -> str:
    """The whole of docs/data.md."""
    head = _HEAD.format(license=f"[{LICENSE['title']}]({LICENSE['path']})")
    lines = [head.rstrip(), ""]
    for table in data_tables(law, ["H20"], ["CN"], ["other"]):
        lines += _table(table)
    return "\n".join(lines).rstrip() + "\n"


def _table(table: Table) -> Iterator[str]:
    yield from [f"## {table.name}", "", table.description, "", "| field | type | what it is |", "| --- | --- | --- |"]
    for field in table.fields:
        yield f"| `{field.name}` | {field.type} | {_description(field)} |"
    yield ""


def _description(field: Field) -> str:
    unit = f" In {field.unit}." if field.unit else ""
    values = f" One of {', '.join(f'`{value}`' for value in field.values)}." if field.values else ""
    parts = f" In CSV separated by `{field.parts.strip() or 'a space'}`." if field.type == "list" else ""
    return f"{field.description}{unit}{values}{parts}".replace("|", "\\|")
