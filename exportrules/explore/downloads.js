// What the page holds as files: CSV, and JSON that is a Data Package (https://datapackage.org) with its rows inside.
// Made in the browser from the same look-up that answers; nothing is sent anywhere.
"use strict";
globalThis.explorer = {};
(() => {
  const explorer = globalThis.explorer;
  const FIELDS = [
    ["edition", "string", "Edition of the rules"],
    ["sha256", "string", "SHA-256 over every data file of the rules"],
    ["license", "string", "License of these data"],
    ["on", "date", "Day that was asked about; empty in a list of every day"],
    ["chip", "string", "Identifier of the chip, or of a family with all its variants"],
    ["name", "string", "What the chip is called"],
    ["maker", "string", "Its maker"],
    ["destination", "string", "Where the goods go, ISO 3166-1 alpha-2"],
    ["headquarters", "string", "Where the buyer has its headquarters"],
    ["ultimate_parent", "string", "Where the buyer's ultimate parent has its headquarters"],
    ["exporter", "string", "maker: the chip's own; other: a company to which no public letter is addressed"],
    ["layer", "string", "enforced, or printed: announcements not to enforce set aside"],
    ["from", "date", "First day of the answer; empty where it is before any known change"],
    ["through", "date", "Last day of the answer; empty where there is no known end"],
    ["outcome", "string", "no_license_requirement, license_exception, license_required, not_released or indeterminate"],
    ["review_policy", "string", "How an application would be reviewed; empty where there would be none"],
    ["projected_outcome", "string", "After the last day verified: what the law verified through that day would say; else empty"],
    ["projected_policy", "string", "Review policy of that outcome"],
    ["standing", "string", "verified, or why the answer is not: beyond_horizon, before_coverage, unannounced ..."],
    ["requirements", "string", "Provisions that require a license, and exceptions that are open, on the first of the days"],
    ["opened_by", "string", "What made the answer another one on its first day"],
  ];
  const data = () => explorer.data();
  const layers = { enforced: "enforced", printed: "printed" };

  /** One row for a stretch of one decision; `on` is the day asked about, if it is one. */
  function row(q, run, on) {
    const D = data(), chip = D.chips.find((c) => c.id === q.chip), hq = q.hq || q.to, a = run.answer;
    const projected = a.standing === "beyond_horizon" ? explorer.part(a.projection) : [];
    return [D.edition, D.sha256, D.license.name, on, chip.id, chip.name, explorer.makerName(chip.maker), q.to, hq, q.parent || hq, q.by, layers[q.layer],
      run.start, run.stop && new Date(Date.parse(run.stop) - 864e5).toISOString().slice(0, 10), a.outcome, a.policy || "", projected[0] || "", projected[1] || "", a.standing,
      [...explorer.part(a.requirements), ...explorer.part(a.exceptions)].join(" "), explorer.because(run, q).join("; ")];
  }

  /** Every stretch of one answer. */
  function timeline(q) {
    const found = explorer.look(q);
    return found ? found.runs.map((run) => row(q, run, "")) : [];
  }

  /** The answer of the day for every chip. */
  function day(q) {
    return data().chips.flatMap((c) => {
      const asked = { ...q, chip: c.id }, found = explorer.look(asked);
      return found ? [row(asked, { ...found.runs[found.at], answer: found.answer }, q.on)] : [];
    });
  }

  /** Every stretch for every chip and destination, for a buyer at home. */
  const whole = (q) => data().chips.flatMap((c) => data().places.flatMap((p) => timeline({ ...q, chip: c.id, to: p.code, hq: "", parent: "" })));

  const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const csv = (rows) => [FIELDS.map(([name]) => name), ...rows].map((r) => r.map(quoted).join(",") + "\r\n");

  /** The description of a table: fields, edition, digest, license; with its rows, or with the file that has them. */
  function described(name, title, more) {
    const D = data();
    return {
      $schema: "https://datapackage.org/profiles/2.0/datapackage.json",
      name, title, version: D.edition, licenses: [D.license],
      description: `Computed by exportrules, edition ${D.edition}, ${D.currency}; SHA-256 of the rules ${D.sha256}. ${D.words.notAdvice.en}`,
      exportrules: { edition: D.edition, verified_through: D.verifiedThrough, sha256: D.sha256 },
      resources: [{ name, ...more, schema: {
        fields: FIELDS.map(([field, type, description]) => ({ name: field, type, description })), missingValues: [""],
      } }],
    };
  }

  function save(name, type, parts) {
    const address = URL.createObjectURL(new Blob(parts, { type }));
    const link = explorer.h("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  /** The sources that answers name by an id: each with its title, citation, address and standing. */
  const SOURCE = ["provision", "title", "cite", "url", "evidence", "instrument", "quote"];
  const sources = () => [SOURCE, ...Object.entries(data().provisions).map(([id, p]) => [id, p.title, p.cite, p.url, p.evidence, p.instrument, p.quote || ""])];

  /** The part of a file's name that tells the deal: unlike questions have unlike names. */
  function deal(q) {
    const whose = [q.hq && `hq-${q.hq}`, q.parent && `parent-${q.parent}`].filter(Boolean);
    return [q.to, ...whose, q.by, q.layer].join("-");
  }

  /** A size in megabytes, from what some rows take; it is said before anything is made. */
  function megabytes(rows, many, text) {
    if (!rows.length) return "";
    return `${Math.max(1, Math.round((text(rows).length / rows.length) * many / 1e6))} MB`;
  }

  /** The buttons of the panel: what is seen, and all that the page holds for this exporter and layer. */
  explorer.downloads = (q) => {
    const { h, t } = explorer, D = data();
    const terms = explorer.termWords(q).join(", "), chip = D.chips.find((c) => c.id === q.chip).name;
    const kinds = [
      ["downloadTimeline", `timeline-${q.chip}-${deal(q)}`, `${chip} to ${q.to}, ${terms}`, () => timeline(q)],
      ["downloadDay", `chips-${q.on}-${deal(q)}`, `to ${q.to} on ${q.on}, ${terms}`, () => day(q)],
      ["downloadWhole", `all-${q.by}-${q.layer}`, `${q.by}, ${q.layer}`, () => whole(q)],
    ];
    const asRecords = (rows) => rows.map((r) => Object.fromEntries(FIELDS.map(([field], n) => [field, r[n]])));
    const some = timeline(q), many = Math.round((D.chips.length * D.places.length * (some.length || 6)) / 1000) * 1000;
    const sizes = { csv: megabytes(some, many, (rows) => csv(rows).join("")), json: megabytes(some, many, (rows) => JSON.stringify(asRecords(rows), null, 1)) };
    return h("ul", { class: "downloads" }, kinds.map(([word, kind, said, rows]) => {
      const name = `exportrules-${D.edition}-${kind}`.toLowerCase();
      const title = `${D.words[word].en}: ${said}`;
      const button = (label, use) => h("button", { type: "button", "data-file": word, "data-key": `${word}-${label}`, onclick: use, "aria-label": `${t(word)}: ${label}` }, label);
      return h("li", {}, h("span", {}, t(word)), h("span", { class: "actions" },
        button("CSV", () => save(`${name}.csv`, "text/csv", csv(rows()))),
        button("JSON", () => save(`${name}.json`, "application/json", [JSON.stringify(described(name, title, { data: asRecords(rows()) }), null, 1)])),
        button("datapackage.json", () => save(`${name}.datapackage.json`, "application/json", [JSON.stringify(described(name, title, {
          path: `${name}.csv`, format: "csv", mediatype: "text/csv", encoding: "utf-8",
        }), null, 1)]))), word === "downloadWhole" ? h("small", {}, t("wholeOf", { n: many.toLocaleString("en"), ...sizes })) : null);
    }), h("li", {}, h("span", {}, t("downloadSources")), h("span", { class: "actions" }, h("button", { type: "button", "data-file": "downloadSources", "aria-label": `${t("downloadSources")}: CSV`,
      onclick: () => save(`exportrules-${D.edition}-sources.csv`, "text/csv", sources().map((r) => r.map(quoted).join(",") + "\r\n")) }, "CSV")),
    h("small", {}, `${D.license.title}, sha256 ${D.sha256.slice(0, 12)}…`)));
  };
})();
