"""The shapes of the data files: law, facts, groups, places, parties, exporters, chips.

Frozen shapes (:mod:`exportrules.law.shape`). When a TOML file is compiled, pydantic validates it against these very
classes, strictly and without coercion (:mod:`exportrules.files.load`); to answer a question pydantic
is not imported. Keys that a class does not name are errors.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from exportrules.law.shape import Shape

Number = int | Decimal
Scalar = bool | int | Decimal | str | date
Op = Literal["is", "in", "in_group", "ge", "gt", "le", "lt"]
Evidence = Literal["published", "disclosed", "reported"]
#: Strictest first: the order in which the policy of several requirements is chosen.
Policy = Literal[
    "policy_of_denial",
    "presumption_of_denial",
    "indeterminate",
    "case_by_case",
    "presumption_of_approval",
    "unpublished",
]
Kind = Literal[
    "classification",
    "conclusion",
    "listing",
    "requirement",
    "savings",
    "exception",
    "bar",
    "review_policy",
    "suspension",
    "notice",
    "gap",
]
ItemKind = Literal["ic", "system", "hbm_stack"]

#: How provisions act on one another, by id or paragraph.
RELATIONS = (
    "displaces", "replaces", "suspends", "settles", "saves_from", "overcomes", "closes", "spares", "governs",
)  # fmt: skip


class Test(Shape, eq=True):
    """One comparison: the fact, an operator, the bound that the text states."""

    __test__: ClassVar[bool] = False  # pytest: not a test class

    fact: str
    op: Op
    bound: bool | int | Decimal | str | date | tuple[str, ...]


class Row(Shape, eq=True):
    """A flat AND of tests, under the paragraph number that the text gives it."""

    tests: tuple[Test, ...]
    paragraph: str = ""


class Conclusion(Shape):
    """A fact that holds where a provision holds, e.g. `eccn` has `3A090.a`."""

    fact: str
    value: bool | str


class Provision(Shape):
    """One dated paragraph of law as a predicate table.

    It holds where some `when` row holds (or there are none) and no `unless` row does. What then
    follows depends on its `kind`. `paragraph` is the CFR paragraph that later provisions name
    ("742.6(a)(6)(iii)"); `cite` is what a reader is shown, the pin-point included.

    Where no source gives its first day, `effective` is the earliest that it can be and `effective_by` the latest:
    between them it is uncertain whether the provision is in force.

    `public_from` is for what became public later than its instrument, a press report or a later filing: who asks with
    `known_on` before that day is not shown it.

    `settles` is for a document that says how an uncertain text is to be read: who knows the document reads the text as
    certain, and is shown the document beside it.

    A bar takes the exceptions that it `closes` out of reach where it holds, those that it `spares` left out.
    An exception that `may_be_refused` is open only where BIS, given notice, does not object.

    `displaces` is for law: a later text ends an earlier one. `replaces` is for supposition: this text is
    read as if it had been written in the other's place, which then never was law.

    `entries` is for a requirement whose applications are reviewed as a party's entry on a list says: it names what such
    an entry concludes. `margins = false` is for bounds so far from what the rules are about that no answer need say how
    near a figure comes to them.

    `quote` has operative words of the official text. Where they were read in the Code, `quote_of` names the
    section or paragraph ("742.6(a)(6)(iii)", "774:3A090") and `quote_on` the day of that text, so that
    `exportrules confirm` can look for them in a dated copy.
    """

    id: str
    kind: Kind
    title: str
    cite: str
    effective: date
    evidence: Evidence | None = None
    paragraph: str = ""
    url: str = ""
    quote: str = ""
    effective_by: date | None = None
    public_from: date | None = None
    quote_of: str = ""
    quote_on: date | None = None
    compliance: date | None = None
    expires: date | None = None
    when: tuple[Row, ...] = ()
    unless: tuple[Row, ...] = ()
    certain: bool = True
    classifies: ItemKind | None = None
    concludes: Conclusion | None = None
    name: str = ""
    conditions: tuple[str, ...] = ()
    may_be_refused: bool = False
    policy: Policy | None = None
    governing: bool = False
    displaces: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    layer: Literal["both", "enforced"] = "both"
    saves_from: tuple[str, ...] = ()
    overcomes: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    governs: tuple[str, ...] = ()
    entries: Conclusion | None = None
    margins: bool = True
    blocking: bool = False
    notice: str = ""


class Instrument(Shape):
    """A Federal Register rule, a letter, a guidance: one file, never deleted.

    `published` of a letter is the day its addressee disclosed it.
    """

    id: str
    title: str
    type: Literal["rule", "letter", "authorization", "guidance", "announcement", "proclamation", "code"]
    issuer: str
    citation: str
    url: str
    evidence: Evidence
    released: date | None = None
    published: date | None = None
    addressee: str = ""
    summary: str = ""
    provision: tuple[Provision, ...] = ()


class FactDefinition(Shape):
    """A word of the vocabulary. Without `assumed`, a missing value is UNKNOWN.

    `label` is what a memorandum calls it, `value_labels` what it calls its values. `figure` is the short name of a
    figure that the catalogue gives for chips ("DRAM bandwidth").
    A fact `about` a conclusion is for provisions to conclude: supplied, it adds to what they conclude. A derived one
    follows from another fact and cannot be supplied; `classes` are its words, each with the values that it stands for.
    `settle` says for a value in which case it is the right one to supply. `supposed` are the values that an answer is
    compared with where it rests on the fact having none of them.
    """

    type: Literal["number", "boolean", "text", "date", "set"]
    about: Literal["item", "deal", "conclusion", "derived"]
    definition: str
    source: str
    label: str = ""
    figure: str = ""
    value_labels: dict[str, str] | None = None
    unit: str = ""
    url: str = ""
    values: tuple[str, ...] = ()
    assumed: bool | int | Decimal | str | date | None = None
    says: str = ""
    otherwise: str = ""
    question: str = ""
    classes: dict[str, tuple[str, ...]] | None = None
    settle: dict[str, str] | None = None
    supposed: tuple[str, ...] = ()


class Membership(Shape):
    """A country in a group. No `start` means: already on the first day of coverage.

    `by` names the instrument that made the country a member, `stop_by` the one that ended it; where
    there is no start, `by` may name the end. `stop` is the first day no longer a member.
    """

    country: str
    start: date | None = None
    stop: date | None = None
    by: str = ""
    stop_by: str = ""
    cite: str = ""
    url: str = ""
    evidence: Evidence = "published"
    note: str = ""


class Group(Shape):
    """A set of destinations, by dated members or as a union of groups minus others."""

    id: str
    title: str
    member: tuple[Membership, ...] = ()
    union: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    disputed: tuple[Membership, ...] = ()


class Place(Shape):
    """A destination under the name that the EAR gives it.

    `iso` and `standard` are codes and names of ISO 3166 and CLDR (`scripts/place_names.py` writes them), `ports` are
    UN/LOCODEs; `cities` are recognised, never read as a country.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    note: str = ""
    iso: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()


class Territory(Shape):
    """A place that the tables of the EAR do not list: read as the country that a text names, or refused.

    `treated_as` is that country's code, `by` the text that says so; `refused` is the reason why none can be named.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    treated_as: str = ""
    by: str = ""
    url: str = ""
    refused: str = ""
    iso: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()


ListName = Literal[
    "entity_list",
    "meu_list",
    "denied_persons",
    "unverified_list",
    "sdn_744_8",
    "mieu_744_22",
    "approved_740_supp_8",
]

#: The lists that favour a party instead of restricting it.
FAVOURS = frozenset(("approved_740_supp_8",))


class Listing(Shape):
    """One dated entry of a party list. `stop` is the first day no longer listed.

    `amended` is the day of the last amendment: the policy is the one since then, and may have been another before.
    `only_for` says what alone an entry requires a license for, where AI chips are not among it.
    """

    list: ListName
    start: date
    cite: str
    evidence: Evidence
    policy: Policy | None = None
    stop: date | None = None
    by: str = ""
    url: str = ""
    footnote: int | None = None
    footnote_from: date | None = None
    amended: date | None = None
    only_for: str = ""
    requirement: str = ""
    note: str = ""


class Party(Shape):
    """A party under the names and aliases of its entries.

    `country` is that of its first address, `also_in` are those of the others; `seat` is where its headquarters are, if
    that was found out. `weak` names are too short or too common to mean this party for
    certain: they are near names.
    """

    id: str
    name: str
    country: str
    also_in: tuple[str, ...] = ()
    seat: str = ""
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    listing: tuple[Listing, ...] = ()


class PartyList(Shape):
    """A list of parties: where it is printed, through which day it was read, and what it leaves out."""

    id: ListName
    title: str
    cite: str
    url: str
    verified_through: date
    note: str = ""


class Description(Shape):
    """Words by which a buyer says what it is. `not_words` are phrases that have such words and mean something else."""

    id: Literal["military", "military_intelligence"]
    cite: str
    url: str
    words: tuple[str, ...]
    not_words: tuple[str, ...] = ()


class Exporter(Shape):
    """A maker of chips or an addressee of a letter, and the prefixes of its product names."""

    id: str
    name: str
    country: str = ""
    aliases: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


class Bounds(Shape, eq=True):
    """A figure of which only bounds are known, on one side or both: `{ at_most = 600 }`."""

    at_least: int | Decimal | None = None
    more_than: int | Decimal | None = None
    at_most: int | Decimal | None = None
    less_than: int | Decimal | None = None


class Alternative(Shape):
    """Another value that a source gives for a fact of a chip."""

    fact: str
    value: int | Decimal | bool
    basis: str


class Contained(Shape):
    """So many of one chip inside a system."""

    chip: str
    count: int


class Variant(Shape):
    """One board, module or die of a family, with its figures. Throughput is dense, in tera-operations a second.

    `details` are true words that may be written beside its name and that the name leaves out ("HBM2e"); those of a
    family ("Ampere", "GA100") are true of all its variants. A figure of which a source gives bounds alone has these.
    """

    id: str
    name: str
    vendor: str = ""
    aliases: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    status: Literal["announced", "reported"] = "announced"
    announced: date | None = None
    announced_by: Literal["maker", "press"] = "maker"
    announced_source: str = ""
    not_public_before: date | None = None
    item_kind: ItemKind = "ic"
    contains: tuple[Contained, ...] = ()
    designed_for_datacenter: bool | None = None
    process_node: str = ""
    non_planar: bool | None = None
    die_area_mm2: int | Decimal | Bounds | None = None
    dense_tops: dict[str, int | Decimal] | None = None
    io_gbytes_s: dict[str, int | Decimal] | None = None
    dram_bandwidth_gbytes_s: int | Decimal | Bounds | None = None
    memory_bandwidth_density: int | Decimal | Bounds | None = None
    tpp_check: int | Decimal | None = None
    performance_density_check: int | Decimal | None = None
    io_check: int | Decimal | None = None
    tpp_estimate: int | Decimal | Bounds | None = None
    alternative: tuple[Alternative, ...] = ()
    estimated: tuple[str, ...] = ()
    confidence: Literal["datasheet", "secondary", "estimated"] = "secondary"
    sources: tuple[str, ...] = ()
    note: str = ""


class Family(Shape):
    """A product family: what people mean by "A100"."""

    id: str
    name: str
    vendor: str
    aliases: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    variant: tuple[Variant, ...] = ()
    note: str = ""


class Gap(Shape):
    """Law that is known and left out, and what it could change. With `permission`, what it asks for is a permission:
    whoever needs none under the law that is encoded needs theirs. `step` names the step of the analysis that a
    memorandum mentions it in, where a license is or may be required."""

    id: str
    what: str
    effect: str
    start: date | None = None
    stop: date | None = None
    blocking: bool = False
    permission: bool = False
    quiet: bool = False
    step: Literal["", "savings", "exceptions"] = ""
    when: tuple[Row, ...] = ()
    unless: tuple[Row, ...] = ()


class Edition(Shape):
    """What a ruleset covers.

    `text_read` is the day of the codified text that was read; `register_swept` the day through which the Federal
    Register was searched for rules on its subject; `sweep` says who searched, and what was found.
    """

    edition: str
    title: str
    covers_from: date
    text_read: date
    register_swept: date
    parties_verified_through: date
    scope: str
    sweep: str = ""
    destinations_not_encoded: tuple[str, ...] = ()
    not_encoded: tuple[Gap, ...] = ()

    @property
    def verified_through(self) -> date:
        """The last day for which both hold: the codified text was read, the Federal Register was swept."""
        return min(self.text_read, self.register_swept)


class Attestation(Shape):
    """Who verified the law through a later day than the ruleset's own, in an overlay.

    `by` verified on the day `on` that the encoded law is the law through `through`. Without `provisions` this is said
    of all of it; with them, of those alone (ids, CFR paragraphs or sections). `edition` binds it to one edition.
    """

    by: str
    on: date
    through: date
    note: str = ""
    provisions: tuple[str, ...] | None = None
    edition: str = ""
