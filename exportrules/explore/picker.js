// A field that finds a chip or a place by any of its names, and never takes one name for another.
"use strict";
(() => {
  const explorer = globalThis.explorer;
  const key = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

  /** How near a name is to what was typed: 0 is the name itself, then names that begin so, then those that have it. */
  function nearness(item, wanted) {
    let best = 9, matched = "";
    item.keys.forEach(([k, alias], n) => {
      const own = n === 0 ? 0 : 1;
      const rank = k === wanted ? own : k.startsWith(wanted) ? 2 + own : k.includes(wanted) ? 4 + own : 9;
      if (rank < best) { best = rank; matched = n === 0 ? "" : alias; }
    });
    // a family before its variants: who types H10 means the H100 before one card of it
    return [best < 2 ? best : best + (item.inside ? 0.5 : 0), matched];
  }

  /** The items that a text may mean, best first, each with its `rank`. */
  function found(items, wanted) {
    if (!wanted) return items;
    return items.map((item) => { const [rank, matched] = nearness(item, wanted); return { ...item, rank, matched }; })
      .filter((item) => item.rank < 9).sort((a, b) => a.rank - b.rank);
  }

  /** The one item that a text means, or nothing: a name itself, or what alone is nearest. */
  function meant(shown) {
    const [first, second] = shown;
    if (!first) return null;
    return first.rank < 2 || !second || first.rank < second.rank ? first : null;
  }

  /** Keys of names, with the name that is shown first. */
  const keysOf = (names) => names.map((name) => [key(name), name]);

  function picker({ id, label, items, current, pick, empty, hint, none }) {
    const { h, t } = explorer;
    const list = h("ul", { role: "listbox", id: `${id}-list`, hidden: true, tabindex: -1, "aria-label": label });
    const note = h("p", { class: "kept", role: "status", hidden: true });
    const input = h("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: hint || "",
      "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
    });
    let shown = [], at = -1, typed = false, noted = null;
    const every = () => (empty ? [{ id: "", name: empty, keys: keysOf([empty]) }, ...items()] : items());
    const name = () => { const item = items().find((i) => i.id === current()); return item ? item.name : current() === null ? "" : empty || ""; };
    const say = (text) => { note.textContent = text; note.hidden = !text; noted = current(); };
    function close() {
      list.hidden = true;
      typed = false;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      input.placeholder = hint || "";
      input.value = name();
    }
    function choose(item) { typed = false; list.hidden = true; say(""); if (item.id !== current()) pick(item.id); close(); }
    function open() {
      const wanted = typed ? key(input.value) : "";
      // the name that is chosen makes room for what is typed, and stays in view behind it
      if (!typed) { input.placeholder = name() || hint || ""; input.value = ""; }
      shown = found(every(), wanted);
      if (wanted) shown = shown.slice(0, 60);
      // several that are equally near: none is marked, so that Enter takes none
      at = wanted ? shown.indexOf(meant(shown)) : shown.findIndex((i) => i.id === current());
      list.replaceChildren(...shown.map((item, n) => h("li", {
        role: "option", id: `${id}-${n}`, "aria-selected": String(n === at), class: item.inside ? "inside" : "",
        onmousedown: (e) => { e.preventDefault(); choose(item); },
      }, h("span", {}, item.name), h("small", {}, item.matched || item.sub || ""))));
      if (!shown.length) list.replaceChildren(h("li", { role: "option", "aria-disabled": "true", class: "nothing" }, none));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark();
    }
    function mark() {
      [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === at)));
      const li = at < 0 ? null : list.children[at];
      if (li && shown.length) { input.setAttribute("aria-activedescendant", li.id); li.scrollIntoView({ block: "nearest" }); }
      else input.removeAttribute("aria-activedescendant");
    }
    /** What was typed, where the field is left: a name is taken, anything else is named and left out. */
    function leave() {
      const text = input.value.trim();
      if (!typed || !text) return close();
      const item = found(every(), key(text))[0];
      if (item && item.rank < 2) return choose(item);
      close();
      say(t("keptChoice", { typed: text, name: name() }));
    }
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => { if (list.hidden) open(); });
    input.addEventListener("input", () => { typed = true; say(""); open(); });
    input.addEventListener("blur", leave);
    input.addEventListener("keydown", (e) => {
      if (["ArrowDown", "ArrowUp"].includes(e.key)) {
        e.preventDefault();
        if (list.hidden) return open();
        const many = Math.max(1, shown.length);
        at = e.key === "ArrowDown" ? (at + 1) % many : (Math.max(at, 0) + many - 1) % many;
        mark();
      } else if (e.key === "Enter" && !list.hidden) {
        e.preventDefault();
        if (shown[at]) choose(shown[at]);
        else say(t(shown.length ? "severalMatch" : "noneFound", { typed: input.value.trim() }));
      } else if (e.key === "Escape") { close(); input.select(); say(""); }
    });
    return {
      node: h("div", { class: "field picker" }, h("label", { for: id }, label), input, list, note),
      update: () => { if (noted !== current()) say(""); if (document.activeElement !== input || (!typed && list.hidden)) input.value = name(); },
    };
  }

  Object.assign(explorer, { key, found, keysOf, picker });
})();
