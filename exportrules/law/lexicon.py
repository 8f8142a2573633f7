"""The shapes of the files on names: trade words, part numbers, servers, refused names.

They are built like the shapes of the law (:mod:`exportrules.law.model`) and compiled with them.
"""

from __future__ import annotations

from typing import Literal

from exportrules.law.shape import Shape


class Word(Shape):
    """One word that may appear beside the name of a chip, in all its spellings.

    A `detail` must be true of the chip; `covers` are narrower details that it includes (SXM: SXM4, SXM5). A `noise`
    word carries no meaning; a `general` one carries too little to confirm a name of three characters. A `reseller`
    counts only if the maker is named too. A `system` word shows that the name is that of a machine, not of its chip.
    """

    id: str
    kind: Literal["detail", "noise", "general", "reseller", "system"]
    written: tuple[str, ...]
    covers: tuple[str, ...] = ()


def ids_in(value: str) -> list[str]:
    """The chip ids in a value like "8 x nvidia-b200, 8 x amd-mi300x" or "nvidia-a2, nvidia-a16"."""
    return [part.rpartition(" x ")[2].strip() for part in value.split(",") if part.strip()]


class PartNumbers(Shape):
    """Part numbers and device ids from one source, each mapped to the id of a variant or family.

    Several ids joined by commas mean that the number does not distinguish them.
    """

    id: str
    source: str
    confidence: Literal["maker", "several shops", "device report", "single shop"]
    numbers: dict[str, str]
    note: str = ""


class Servers(Shape):
    """Machines by the name that their maker or cloud gives them, and the chips in them if a source lists them.

    `*` in a name matches any letters and digits. A value is like "8 x nvidia-h100-sxm5-80gb"; several, joined by
    commas, are alternatives that a buyer chooses from; an empty value means unknown.
    """

    id: str
    what: str
    source: str
    holds: dict[str, str]
    note: str = ""


class Refused(Shape):
    """A name used for chips that does not identify one: a driver's mask, an instruction set, a series.

    `means` are the variants or families that it could be, if known.
    """

    id: str
    written: tuple[str, ...]
    why: str
    source: str
    means: tuple[str, ...] = ()
