// Where `exportrules serve` sent the page, it asks that server what the page does not hold, and shows what it says.
(() => {
  const explorer = globalThis.explorer;
  const served = document.querySelector('meta[name="exportrules-asks"][content="server"]') !== null;
  const ACTIVITIES = ["export", "reexport", "transfer"];
  // What was written stays while the question above changes, and goes nowhere but to the server; an answer does not stay.
  const given = { end_user: "", parties: "", exporter: "", activity: "export", end_use: "civil", own: false, more: "" };
  const figures = {};
  let open = false, said = [], about = "";
  const termsOf = (q) => [q.chip, q.to, q.hq, q.parent, q.by, q.layer, q.on].join();

  const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

  /** The request as JSON: the state of the page, and what the form adds; nothing is left to a default that was written. */
  function request(q) {
    const asked = { on: q.on, to: q.to, exporter: given.exporter.trim() || q.by };
    if (!given.own) asked.chip = explorer.data().chips.find((c) => c.id === q.chip).ask;
    if (q.hq) asked.headquarters = q.hq;
    if (q.parent) asked.ultimate_parent = q.parent;
    if (q.layer === "printed") asked.as_printed = true;
    if (given.end_user.trim()) asked.end_user = given.end_user.trim();
    if (lines(given.parties).length) asked.parties = lines(given.parties);
    if (given.activity !== "export") asked.activity = given.activity;
    if (given.end_use !== "civil") asked.end_use = given.end_use;
    const facts = given.own ? Object.entries(figures).filter(([, value]) => value.trim()) : [];
    for (const line of lines(given.more)) {
      const at = line.indexOf("=");
      facts.push(at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]);
    }
    // as text, so that a fact that was written twice is refused and not dropped
    const written = facts.map((pair) => pair.map((text) => JSON.stringify(text)).join(":")).join(",");
    return `{${[JSON.stringify(asked).slice(1, -1), facts.length ? `"facts":{${written}}` : ""].filter(Boolean).join(",")}}`;
  }

  async function ask(q) {
    const { h, t } = explorer, D = explorer.data();
    try {
      const response = await fetch("check", {
        method: "POST", body: request(q), headers: { "content-type": "application/json", accept: "text/plain" },
      });
      if (!response.ok) {
        const refused = await response.json();
        return [h("p", {}, t("refused")), h("p", { class: "refusal" }, refused.detail)];
      }
      const rules = JSON.parse(response.headers.get("exportrules-ruleset"));
      const [first, ...rest] = (await response.text()).split("\n");
      const other = rules.sha256 !== D.sha256;
      const short = (digest) => digest.slice(0, 12);
      return [
        other ? h("p", { class: "refusal" }, t("otherRules", { edition: rules.edition, digest: short(rules.sha256), own: short(D.sha256) })) : null,
        h("p", { class: "said" }, h("b", {}, first)), h("ul", {}, rest.map((line) => h("li", {}, line))),
      ].filter(Boolean);
    } catch (error) {
      return [h("p", { class: "refusal" }, t("noServer", { why: error.message }))];
    }
  }

  /** The form and the last answer; nothing where no server sent the page. */
  explorer.ask = (q) => {
    if (!served) return null;
    const { h, t } = explorer, D = explorer.data();
    if (about !== termsOf(q)) said = [];
    about = termsOf(q);
    const answer = h("div", { class: "answered", "aria-live": "polite" }, said);
    const keep = (name) => (e) => { given[name] = e.target.type === "checkbox" ? e.target.checked : e.target.value; };
    const field = (name, label, node) => h("div", { class: "field" }, h("label", { for: `ask-${name}` }, label), node);
    const text = (name, label) => field(name, label, h("input", { id: `ask-${name}`, type: "text", autocomplete: "off", value: given[name], oninput: keep(name) }));
    const area = (name, label) => field(name, label, h("textarea", { id: `ask-${name}`, rows: 2, value: given[name], oninput: keep(name) }));
    const choice = (name, label, values) => field(name, label, h("select", { id: `ask-${name}`, onchange: keep(name) },
      values.map((value) => h("option", { value, selected: value === given[name] }, value.replaceAll("_", " ")))));
    const own = h("fieldset", { class: "own", disabled: !given.own }, Object.entries(D.figures).map(([name, label]) => field(name, label, h("input", {
      id: `ask-${name}`, type: "text", inputmode: "decimal", autocomplete: "off", value: figures[name] || "", oninput: (e) => { figures[name] = e.target.value; },
    }))));
    const instead = h("label", {}, h("input", { type: "checkbox", id: "ask-own", checked: given.own, onchange: (e) => { given.own = e.target.checked; own.disabled = !given.own; } }),
      " ", t("ownChip", { chip: D.chips.find((c) => c.id === q.chip).name }));
    const form = h("form", { class: "ask", onsubmit: async (e) => {
      e.preventDefault();
      const found = await ask(q);
      if (about !== termsOf(q)) return; // another question was chosen meanwhile
      said = found;
      answer.replaceChildren(...said);
    } }, h("p", {}, t("askLead")), text("end_user", t("buyer")), area("parties", t("parties")), text("exporter", t("exporterName")),
      choice("activity", t("activity"), ACTIVITIES), choice("end_use", t("endUse"), D.endUses), instead, own, area("more", t("moreFacts")),
      h("button", { type: "submit" }, t("send")), answer);
    return h("details", { open, ontoggle: (e) => { open = e.target.open; } }, h("summary", {}, t("ask")), form);
  };
})();
