"""The calendar of changes as a feed: Atom (RFC 4287) and JSON Feed 1.1.

An entry has the same identifier in every edition. No date is read from a clock: an entry has the day on which its rule
became public, a feed the day through which the law was verified.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from xml.etree import ElementTree

from exportrules.law.ruleset import Ruleset
from exportrules.study import canonical
from exportrules.study.calendar import Event, identity, public_on

_ATOM = "http://www.w3.org/2005/Atom"
#: The namespace of the identifiers. Never change it.
_SPACE = uuid.UUID("6e1f6a36-5d1f-5b53-9c0f-2d7a0c8a9b11")


class Feed(NamedTuple):
    """The content of a feed. `describe` has the text of each event, with its summary on the first line."""

    law: Ruleset
    title: str
    events: Sequence[Event]
    chips: Sequence[str]
    deal: Mapping[str, Any]
    describe: Mapping[Event, str]

    @property
    def id(self) -> str:
        """The identifier of the feed: the same for the same chips and deal, whatever its first day."""
        terms = {name: value for name, value in self.deal.items() if value}
        return _urn(canonical.sha256(canonical.exact([sorted(self.chips), terms])))

    @property
    def of(self) -> date:
        """The day of the feed: the day through which the law was verified, or that of a later entry."""
        return max([self.law.horizon, *map(self.published, self.events)])

    def published(self, event: Event) -> date:
        """The day on which the first rule of an event became public; for an event without a rule, its own day."""
        known = any(name in self.law.provisions for name in event.through)
        return public_on(self.law, event) if known else min(event.on, self.law.horizon)

    def entry_id(self, event: Event) -> str:
        return _urn(identity(event, self.deal))

    def url(self, event: Event) -> str:
        """The URL of the first provision that has one, or ''."""
        urls = (self.law.provisions[n][0].url for n in event.through if n in self.law.provisions)
        return next(filter(None, urls), "")

    def summary(self, event: Event) -> str:
        return f"{event.on}: {self.describe[event].splitlines()[0]}"


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en"})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.of))
    _add(_add(root, "author"), "name", "exportrules")
    _add(root, "generator", "exportrules", version=_version())
    _add(root, "subtitle", _edition(feed.law))
    for event in feed.events:
        entry, public = _add(root, "entry"), _moment(feed.published(event))
        _add(entry, "id", feed.entry_id(event))
        _add(entry, "title", feed.summary(event))
        _add(entry, "updated", public)
        _add(entry, "published", public)
        _add(entry, "category", term=_certainty(event))
        if url := feed.url(event):
            _add(entry, "link", rel="related", href=url)
        _add(entry, "content", feed.describe[event], type="text")
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON Feed; `_exportrules` has the fields of each event for programs."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": _edition(feed.law),
        "language": "en",
        "authors": [{"name": "exportrules"}],
        "items": [_item(feed, event) for event in feed.events],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _item(feed: Feed, event: Event) -> dict[str, Any]:
    url = feed.url(event)
    return {
        "id": feed.entry_id(event),
        "title": feed.summary(event),
        "content_text": feed.describe[event],
        "date_published": _moment(feed.published(event)),
        **({"external_url": url} if url else {}),
        "tags": [_certainty(event)],
        "_exportrules": {
            "on": event.on.isoformat(),
            "by": event.by.isoformat() if event.by else None,
            "chips": list(event.chips),
            "before": event.before._asdict() if event.before else None,
            "after": event.after._asdict() if event.after else None,
            "through": list(event.through),
            "projected": event.projected,
        },
    }


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _urn(digest: str) -> str:
    return uuid.uuid5(_SPACE, digest).urn


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _certainty(event: Event) -> str:
    return "projected" if event.projected else "verified"


def _edition(law: Ruleset) -> str:
    return f"Edition {law.edition.edition}, {law.currency}. Not legal advice: a computed reading of cited rules."


def _version() -> str:
    from exportrules import __version__

    return __version__
