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

#: The relations by which provisions act on one another, by id or paragraph.
RELATIONS = (
    "displaces", "replaces", "suspends", "settles", "saves_from", "overcomes", "closes", "spares", "governs",
)  # fmt: skip


class Test(Shape, eq=True):
    """One comparison: a fact, an operator, and the bound that the text states."""

    __test__: ClassVar[bool] = False  # pytest: not a test class

    fact: str
    op: Op
    bound: bool | int | Decimal | str | date | tuple[str, ...]


class Row(Shape, eq=True):
    """A conjunction of tests, under the paragraph number that the text gives it."""

    tests: tuple[Test, ...]
    paragraph: str = ""


class Conclusion(Shape):
    """A fact that is true where a provision holds, e.g. `eccn` has `3A090.a`."""

    fact: str
    value: bool | str


class Provision(Shape):
    """One dated paragraph of law as a predicate table.

    It holds where some `when` row holds (or there are none) and no `unless` row does. The effect
    depends on its `kind`. `paragraph` is the CFR paragraph that later provisions name
    ("742.6(a)(6)(iii)"); `cite` is the citation shown to a reader, with its pinpoint.

    If no source gives its first day, `effective` is the earliest possible day and `effective_by` the latest:
    between them it is uncertain whether the provision is in force.

    `public_from` is for a provision that became public later than its instrument, through a press report or a later
    filing: a question with `known_on` before that day does not see it.

    `settles` is for a document that says how an uncertain text is to be read: for a question that knows the document
    the text is certain, and cites the document too.

    `conditions` are what must be done before a shipment: those of an exception, or of a notice about a duty without a
    license.

    A bar closes the exceptions that it `closes`, except those that it `spares`, where it holds. An exception that
    `may_be_refused` is available only if BIS, once notified, does not object.

    `displaces` is for law: a later text ends an earlier one. `replaces` is for hypotheticals: this text is
    read as if it had been written in place of the other, which then was never law.

    `entries` is for a requirement whose review policy is that of a party's entry on a list: it gives the conclusion of
    such an entry. `margins = false` is for bounds so far from the subject of the rules that no answer needs to say how
    near a figure comes to them.

    `quote` has operative words of the official text. If they were read in the Code, `quote_of` names the
    section or paragraph ("742.6(a)(6)(iii)", "774:3A090") and `quote_on` the day of that text, so that
    `exportrules confirm` can search a dated copy for them.
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
    """A Federal Register rule, a letter, a guidance document: one file, never deleted.

    For a letter, `published` is the day on which its addressee disclosed it.
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
    """A fact of the vocabulary. Without `assumed`, a missing value is UNKNOWN.

    `label` is its name in a memorandum and `value_labels` the names of its values. `figure` is the short name of a
    figure that the catalogue gives for chips ("DRAM bandwidth").
    A fact `about` a conclusion is concluded by provisions; a supplied value is added to their conclusions. A derived
    fact follows from another and cannot be supplied; `classes` are its words, each with the values that it covers.
    `thousands_up_to` is the largest usual value of a figure that some write with a point in the thousands: up to it, a
    text with three digits behind a point may be a thousand times what it says ("4.800").
    `settle` says for a value when it is the right one to supply. `supposed` are the values that an answer is compared
    with if it rests on the fact having none of them. `not_an_ai_chip` is the value for goods declared not to be AI
    chips; without it a fact of the item is unknown for them.
    """

    type: Literal["number", "boolean", "text", "date", "set"]
    about: Literal["item", "deal", "conclusion", "derived"]
    definition: str
    source: str
    label: str = ""
    figure: str = ""
    value_labels: dict[str, str] | None = None
    unit: str = ""
    thousands_up_to: int = 0
    url: str = ""
    values: tuple[str, ...] = ()
    assumed: bool | int | Decimal | str | date | None = None
    says: str = ""
    otherwise: str = ""
    question: str = ""
    classes: dict[str, tuple[str, ...]] | None = None
    settle: dict[str, str] | None = None
    supposed: tuple[str, ...] = ()
    not_an_ai_chip: bool | int | Decimal | str | None = None


class Membership(Shape):
    """A country in a group. Without `start` it was already a member on the first day of coverage.

    `by` names the instrument that made the country a member, `stop_by` the one that ended the
    membership; without a start, `by` may name the one that ended it. `stop` is the first day on
    which the country is not a member.
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
    """A set of destinations, given by dated members or as a union of groups minus others.

    `disputed` are the days on which another list, which may control, has a country otherwise than `member` has it.
    `quote` are the words that say which list controls, `cite` their place, `quote_on` the day of the text read.
    """

    id: str
    title: str
    cite: str = ""
    quote: str = ""
    quote_on: date | None = None
    member: tuple[Membership, ...] = ()
    union: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    disputed: tuple[Membership, ...] = ()


class Place(Shape):
    """A destination under the name that the EAR gives it.

    `iso` and `standard` are codes and names of ISO 3166 and CLDR (`scripts/place_names.py` writes them), `ports` are
    UN/LOCODEs; `cities` are recognised but never read as a country. `region_of` are the countries of which a state or
    province has the same code: AL is Alabama too. `region_fact` is the fact that says to which part of it an item goes,
    where the law treats some parts otherwise: beside its name only its `cities` are read, which lie in no such part.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    note: str = ""
    iso: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    region_of: tuple[str, ...] = ()
    region_fact: str = ""


class Territory(Shape):
    """A place that the tables of the EAR do not list: read as a country that a text names, or refused.

    `treated_as` is that country's code and `by` the text that says so; `refused` is the reason why no country can be
    named.
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
    region_of: tuple[str, ...] = ()


ListName = Literal[
    "entity_list",
    "meu_list",
    "denied_persons",
    "unverified_list",
    "sdn_744_8",
    "mieu_744_22",
    "approved_740_supp_8",
]

#: The lists that favour a party rather than restrict it, each with the fact that says the same of an unnamed party.
FAVOURS = {"approved_740_supp_8": "uae_approved_parties"}


class Listing(Shape):
    """One dated entry of a party list. `stop` is the first day on which the party is not listed.

    If no source gives the first day, `start` is the latest possible day and `perhaps_from` the earliest: between them
    it is uncertain whether the party is listed.

    `amended` is the day of the last amendment: the policy is the one since then, and may have differed before.
    `only_for` names the only items for which the entry requires a license, if AI chips are not among them.
    """

    list: ListName
    start: date
    cite: str
    evidence: Evidence
    policy: Policy | None = None
    stop: date | None = None
    perhaps_from: date | None = None
    by: str = ""
    url: str = ""
    footnote: int | None = None
    footnote_from: date | None = None
    amended: date | None = None
    only_for: str = ""
    requirement: str = ""
    note: str = ""


class Party(Shape):
    """A party with the names and aliases of its entries.

    `country` is that of its first address, `also_in` those of the others; `seat` is the country of its headquarters,
    if known. `weak` names are too short or too common to identify this party with certainty: they count as similar
    names.
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
    """A list of parties: its citation, the day through which it was read, and a note on what is left out."""

    id: ListName
    title: str
    cite: str
    url: str
    verified_through: date
    note: str = ""


class Description(Shape):
    """Words by which a buyer describes itself. `not_words` are phrases with such words that mean something else."""

    id: Literal["military", "military_intelligence"]
    cite: str
    url: str
    words: tuple[str, ...]
    not_words: tuple[str, ...] = ()


class Exporter(Shape):
    """A maker of chips or an addressee of a letter, and the prefixes of its product names.

    `subsidiaries` have names of their own: one may be the addressee, or a company that its letter does not bind.
    """

    id: str
    name: str
    country: str = ""
    aliases: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    subsidiaries: tuple[str, ...] = ()


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
    """A chip inside a system, and its count."""

    chip: str
    count: int


class Variant(Shape):
    """One board, module or die of a family, with its figures. Throughput is dense, in tera-operations a second.

    `details` are true words that may be written beside its name and are not part of it ("HBM2e"); those of a family
    ("Ampere", "GA100") are true of all its variants. A figure for which sources give only bounds has `Bounds`.
    `process_node` is the node of the logic as sources name it, the basis of `non_planar`.
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


#: The figures that a chip file states as a number or as bounds.
STATED_FIGURES = tuple(name for name, kind in Variant.__annotations__.items() if "Bounds" in kind)


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
    """Law that is known but not encoded, and what it could change.

    With `permission`, it requires a permission of its own, even if the encoded law requires none. `lifts` are the
    requirements, by paragraph, from which it may free an item. `step` names the
    step of the analysis in which a memorandum mentions it if a license is or may be required.
    """

    id: str
    what: str
    effect: str
    start: date | None = None
    stop: date | None = None
    blocking: bool = False
    permission: bool = False
    quiet: bool = False
    step: Literal["", "savings", "exceptions"] = ""
    lifts: tuple[str, ...] = ()
    when: tuple[Row, ...] = ()
    unless: tuple[Row, ...] = ()


class Edition(Shape):
    """The coverage of a ruleset.

    `text_read` is the date of the codified text that was read; `register_swept` the day through which the Federal
    Register was searched for rules on the subject; `sweep` says who searched, and with what result.
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
        """The last day for which both the codified text was read and the Federal Register was searched."""
        return min(self.text_read, self.register_swept)


class Attestation(Shape):
    """A statement in an overlay that the law was verified through a later day than the ruleset's own.

    `by` verified on the day `on` that the encoded law is the law through `through`. Without `provisions` this covers
    all of it; with them, those alone (ids, CFR paragraphs or sections). `edition` binds it to one edition.
    """

    by: str
    on: date
    through: date
    note: str = ""
    provisions: tuple[str, ...] | None = None
    edition: str = ""
