// All chips on the day of the question, as a table that can be sorted and narrowed down.
"use strict";
(() => {
  const explorer = globalThis.explorer;
  const COLUMNS = ["chip", "company", "outcome", "since", "until", "citations"];
  const SORTED = ["chip", "company", "outcome", "since", "until"];

  /** The rows that are wanted: by a chip's name or maker, and by an outcome. */
  function wanted(rows, state) {
    const { found, key, items, shade } = explorer;
    const named = key(state.filter) && new Set(found(items(), key(state.filter)).map((i) => i.id));
    return rows.filter((r) => (!named || named.has(r.chip.id)) && (!state.only || (r.found && shade(r.found.answer) === state.only)));
  }

  function inOrder(rows, sort) {
    const column = sort.replace("-", ""), back = sort.startsWith("-") ? -1 : 1;
    if (!column) return rows;
    const text = { chip: (r) => r.chip.name, company: (r) => r.maker, outcome: (r) => r.said, since: (r) => (r.found ? r.found.since : ""), until: (r) => (r.found ? r.found.until || "9999" : "") }[column];
    return [...rows].sort((a, b) => back * text(a).localeCompare(text(b), "en", { numeric: true }));
  }

  explorer.table = (view) => {
    const { h, t, question, look, makerName, placeName, storyWords, mark, shade, swatch, when, termWords, untilWords, set, data } = explorer;
    const D = data(), state = question();
    const rows = D.chips.filter((c) => (state.filter ? true : !(c.of >= 0))).map((chip) => {
      const found = look(question({ chip: chip.id }));
      return { chip, found, maker: makerName(chip.maker), said: found ? storyWords(found.answer) : "" };
    });
    const outcomes = new Map(rows.filter((r) => r.found).map((r) => [shade(r.found.answer), r.said]));
    const kept = inOrder(wanted(rows, state), state.sort);
    const field = h("input", { type: "search", id: "filter", placeholder: t("filter"), "aria-label": t("filter"), value: state.filter, oninput: () => set({ filter: field.value }, false) });
    const choice = h("select", { id: "only", "aria-label": t("outcome"), onchange: () => set({ only: choice.value }) },
      h("option", { value: "" }, t("everyOutcome")), [...outcomes].sort((a, b) => a[1].localeCompare(b[1])).map(([value, said]) => h("option", { value, selected: value === state.only }, said)),
      state.only && !outcomes.has(state.only) ? h("option", { value: state.only, selected: true }, t("noneToday")) : null);
    const head = (column) => {
      if (!SORTED.includes(column)) return h("th", { scope: "col" }, t(column));
      const way = state.sort === column ? "ascending" : state.sort === `-${column}` ? "descending" : null;
      return h("th", { scope: "col", "aria-sort": way }, h("button", { type: "button", "data-key": `sort-${column}`, onclick: () => set({ sort: way === "ascending" ? `-${column}` : column }) },
        t(column), h("span", { "aria-hidden": "true" }, way === "ascending" ? " ▲" : way === "descending" ? " ▼" : "")));
    };
    const body = kept.map(({ chip, found, maker }) => h("tr", { class: chip.id === state.chip ? "chosen" : "" },
      h("th", { scope: "row" }, h("button", { type: "button", class: "link", "data-key": `chip-${chip.id}`, onclick: () => set({ chip: chip.id }) }, chip.name), mark(chip)),
      h("td", { "data-label": t("company") }, maker),
      found ? [h("td", { "data-label": t("outcome") }, swatch(found.answer, chip), storyWords(found.answer)), h("td", { "data-label": t("since") }, found.since ? when(found.since) : "…"),
        h("td", { "data-label": t("until") }, untilWords(found)),
        h("td", { "data-label": t("citations") }, found.provisions.map((id) => D.provisions[id]).filter(Boolean).map((p) => h("small", {}, p.cite)))] : h("td", { colspan: 4 }, "—")));
    view.replaceChildren(
      h("div", { class: "bar" }, field, choice, h("p", { class: "count", role: "status" }, t("countFound", { n: kept.length, all: rows.length }))),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("table") }, h("table", {},
        h("caption", {}, [placeName(state.to), state.on, ...termWords(state)].join(" · ")),
        h("thead", {}, h("tr", {}, COLUMNS.map((c) => head(c)))),
        h("tbody", {}, body.length ? body : h("tr", {}, h("td", { colspan: 6 }, t("noneFound")))))));
  };
})();
