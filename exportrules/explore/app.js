// The explorer. It computes nothing of the law: every answer is looked up in the data of the page, which the engine of
// exportrules made. `look` is the whole look-up; all the rest shows what it returns.
(() => {
  const explorer = globalThis.explorer;
  const EXPORTERS = ["maker", "other"];
  const LAYERS = ["enforced", "printed"];
  const VIEWS = ["bands", "table", "map", "compare", "plane", "claims"];
  const LANGUAGES = { en: "English", ja: "日本語", zh: "中文" };
  const UNANSWERED = "unanswered";
  let D, W, state, problems = [];
  const chipAt = new Map(), placeAt = new Map();

  // ---- the data ---------------------------------------------------------------------------------------------------

  async function load() {
    const text = document.getElementById("data").textContent;
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    D = JSON.parse(await new Response(stream).text());
    W = D.words;
    for (const row of D.cells) row.forEach((step, n) => { row[n] = step + (n ? row[n - 1] : 0); });
    D.chips.forEach((c, n) => chipAt.set(c.id, n));
    D.places.forEach((p) => placeAt.set(p.code, p));
  }

  /** The list under a number of an answer, or an empty one. */
  const part = (number) => (number === undefined ? [] : D.parts[number]);

  /** The kind of a deal by its places, or -1 where the page holds none. */
  function kindOf(q) {
    const hq = q.hq || q.to, parent = q.parent || hq;
    return D.kinds[placeAt.get(q.to).class][placeAt.get(hq).class][placeAt.get(parent).class];
  }

  /** The number of the course of a question, or -1 where the page holds none. */
  function courseOf(q) {
    const kind = kindOf(q);
    const row = D.rows[chipAt.get(q.chip)][EXPORTERS.indexOf(q.by)][LAYERS.indexOf(q.layer)];
    return kind < 0 ? -1 : D.cells[row][kind];
  }

  const runsKnown = new Map();

  /** The stretches of one decision in a course: from, to (the day after, or ""), answers, and what opened it. */
  function runsOf(course) {
    if (runsKnown.has(course)) return runsKnown.get(course);
    const runs = [];
    let decision = null;
    const steps = D.courses[course];
    for (let n = 0; n < steps.length; n += 3) {
      const day = D.days[steps[n]], a = D.answers[steps[n + 1]], by = steps[n + 2];
      const now = [a.outcome, a.policy, a.standing].join();
      if (now !== decision) {
        if (runs.length) runs[runs.length - 1].stop = day;
        runs.push({ start: day, stop: "", answer: a, by: by < 0 ? [] : D.parts[by], steps: [] });
      }
      runs[runs.length - 1].steps.push([day, a]);
      decision = now;
    }
    runsKnown.set(course, runs);
    return runs;
  }

  /** The texts of a track that hold on a day, by number. */
  function onDay(track, day) {
    if (track < 0) return [];
    const steps = D.tracks[track];
    let said = -1;
    for (let n = 0; n < steps.length && D.days[steps[n]] <= day; n += 2) said = steps[n + 1];
    return said < 0 ? [] : D.parts[said];
  }

  /** Every notice of an answer, in the order of the engine: of its standing, the chip, the law, the other layer. */
  function noticesOf(q, answer, course) {
    const chip = D.chips[chipAt.get(q.chip)], layer = LAYERS.indexOf(q.layer), hq = q.hq || q.to;
    const other = D.others[D.otherRows[chipAt.get(q.chip)][EXPORTERS.indexOf(q.by)][layer]][kindOf(q)];
    const [standing, asked, law] = answer.notices === undefined ? [[], [], []] : D.parts[answer.notices];
    const numbers = [...standing, ...onDay(chip.released, q.on), ...asked, ...law, ...onDay(other, q.on),
      ...onDay(D.coming[course], q.on), ...onDay(chip.figured[layer], q.on)];
    const disputed = D.disputed.filter(([country, from, to]) => [q.to, hq, q.parent || hq].includes(country) && from <= q.on && (!to || q.on < to));
    return [...new Set([...numbers.map((n) => fill(D.texts[n], q)), ...disputed.map((row) => row[3])])];
  }

  /** A text of the engine in the language of the page, with the day and the place of the question. */
  const fill = (text, q) => (text[Object.keys(LANGUAGES).indexOf(state.lang)] || text[0]).replaceAll("{day}", q.on).replaceAll("{place}", placeAt.get(q.to).name);

  /** The answer to a question; null where the page holds none. */
  function look(q) {
    const course = courseOf(q);
    if (course < 0) return null;
    const runs = runsOf(course);
    let n = runs.length - 1;
    while (n > 0 && runs[n].start > q.on) n -= 1;
    const run = runs[n];
    let answer = run.answer;
    for (const [day, a] of run.steps) if (day <= q.on) answer = a;
    return {
      answer, runs, course, at: n, outcome: answer.outcome, policy: answer.policy || "", standing: answer.standing,
      since: run.start, until: run.stop && dayBefore(run.stop),
      provisions: [...part(answer.requirements), ...part(answer.exceptions)],
    };
  }

  // ---- days, words, names -----------------------------------------------------------------------------------------

  const toNumber = (day) => Math.round(Date.parse(day + "T00:00:00Z") / 864e5);
  const toDay = (number) => new Date(number * 864e5).toISOString().slice(0, 10);
  const dayBefore = (day) => toDay(toNumber(day) - 1);
  const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text + "T00:00:00Z")) && toDay(toNumber(text)) === text;
  const { key, found, keysOf, picker } = explorer;

  function t(name, values = {}) {
    const said = W[name] ? W[name][state.lang] || W[name].en : name;
    return said.replace(/\{(\w+)\}/g, (_, v) => (v in values ? values[v] : ""));
  }
  /** A text of the engine in the language of the page; English where its table of words does not have it. */
  const say = (text) => (D.said[text] || [])[Object.keys(LANGUAGES).indexOf(state.lang) - 1] || text;
  const policyWord = (policy) => (policy ? say(D.policies[policy]) : "");
  const decision = (outcome, policy) => say(D.decisions[`${outcome} ${policy || ""}`]);
  /** A country in the language of the page. The texts of the engine keep its English name. */
  const placeName = (code) => (state.lang === "en" ? placeAt.get(code).name : inLanguage(code) || placeAt.get(code).name);
  const namers = new Map();
  function inLanguage(code) {
    if (!namers.has(state.lang)) namers.set(state.lang, new Intl.DisplayNames([state.lang], { type: "region", style: "short", fallback: "none" }));
    return namers.get(state.lang).of(code);
  }
  const makerName = (id) => (D.makers.find((m) => m.id === id) || { name: id }).name;
  const exporterName = (q) => (q.by === "maker" ? makerName(D.chips[chipAt.get(q.chip)].maker) : t("other"));

  /** What opened a stretch: the ids of provisions, plain words, memberships with the code of the country. */
  const because = (run, q) => run.by.map((text) => text.replace(/\{(\d)\}/g, (_, n) => [q.to, q.hq || q.to, q.parent || q.hq || q.to][n]));

  /** What opened an answer, as a reader sees it: a provision by its title and citation, a plain word, a country. */
  function reason(text, q) {
    const places = [q.to, q.hq || q.to, q.parent || q.hq || q.to];
    const said = text.replace(/\{(\d)\}/g, (_, n) => placeName(places[n]));
    const p = D.provisions[text];
    return p ? { title: p.title, cite: p.cite, url: p.url } : { title: say(said), cite: "", url: "" };
  }

  /** Whether no first public day of a chip is known: the law speaks of it on days on which it may not have been. */
  const neverPublic = (chip) => chip.public.length === 0;

  /** How an answer is drawn: its own outcome, or beyond the horizon what the law would say. */
  function shade(a, chip) {
    const unsure = a.standing === "beyond_horizon" && a.projection !== undefined;
    const [outcome, policy] = unsure ? part(a.projection) : [a.outcome, a.policy];
    return `o-${outcome}${outcome === "license_required" ? ` p-${policy || "indeterminate"}` : ""}${unsure ? " unsure" : ""}${chip && neverPublic(chip) ? " unseen" : ""}`;
  }

  // ---- the address ------------------------------------------------------------------------------------------------

  /** Whether the page is a frame of another: made so, or opened with ?embed. */
  const embedded = () => (D.embed && !location.search.includes("whole")) || /[?&]embed\b/.test(location.search);

  const question = (over = {}) => ({ ...state, ...over });

  function defaults() {
    const known = ["nvidia-h100", "nvidia-h20", "nvidia-h800"].find((id) => chipAt.has(id));
    return {
      chip: known || D.chips[0].id, to: "CN", hq: "", parent: "", by: "maker", layer: "enforced", on: D.verifiedThrough,
      view: "bands", lang: "en", theme: "", with: "", value: "", filter: "", only: "", sort: "", open: "", edition: D.edition,
    };
  }

  /** The days that the page answers for. */
  const within = (day) => isDay(day) && D.coversFrom <= day && day <= D.sliderEnd;
  /** The parts of an address that are the question: while one is not understood, nothing is answered. */
  const ASKED = ["chip", "to", "hq", "parent", "by", "layer", "on"];

  /** The state that an address asks for; what it says that is not understood goes to `problems`. */
  function read(fragment) {
    const found = defaults();
    const said = new URLSearchParams(fragment.replace(/^#/, ""));
    problems = [];
    const fits = {
      chip: (v) => chipAt.has(v), to: (v) => placeAt.has(v), hq: (v) => placeAt.has(v), parent: (v) => placeAt.has(v),
      by: (v) => EXPORTERS.includes(v), layer: (v) => LAYERS.includes(v), on: within, view: (v) => VIEWS.includes(v),
      lang: (v) => v in LANGUAGES, theme: (v) => ["light", "dark"].includes(v), edition: (v) => /^[\w.-]{1,40}$/.test(v),
      with: (v) => ["day", "place", "chip"].includes(v), value: (v) => v.length < 100, only: (v) => v.length < 200,
      filter: (v) => v.length < 100, open: (v) => v.split(",").every((id) => chipAt.has(id)), sort: (v) => /^-?[a-z]+$/.test(v),
    };
    for (const [name, value] of said) {
      if (fits[name] && fits[name](value)) found[name] = value;
      else problems.push({ name, value });
    }
    return found;
  }

  const LABELS = { chip: "chip", to: "to", hq: "headquarters", parent: "parent", by: "exporter", layer: "layer", on: "day" };
  function problemWords({ name, value }) {
    const what = `${name}=${value}`;
    if (name === "on" && isDay(value)) return t("dayNotCovered", { day: value, from: D.coversFrom, to: D.sliderEnd });
    return LABELS[name] ? t("badPart", { label: t(LABELS[name]), what }) : t("badAddress", { what });
  }

  /** The state into the address: as a step to which the browser goes back, or in place of the last one. */
  function write(step) {
    const usual = defaults(), said = new URLSearchParams();
    const always = ["chip", "to", "by", "layer", "on"];
    for (const name of Object.keys(usual)) {
      if (always.includes(name) || (state[name] !== usual[name] && name !== "edition")) said.set(name, state[name]);
    }
    said.set("edition", D.edition);
    const address = `#${said}`;
    if (step && address !== location.hash) {
      history.replaceState({ y: scrollY }, "");
      history.pushState(null, "", address);
    } else history.replaceState(history.state, "", address);
    arrived = address;
  }

  /** A change of the question or the view. A deliberate one is a step; what moves while one types or drags is none. */
  function set(change, step = true) {
    Object.assign(state, change);
    problems = problems.filter(({ name }) => ASKED.includes(name) && !(name in change));
    state.edition = D.edition;
    if (!problems.length) write(step);
    draw();
  }

  let arrived = "";
  /** The page as an address asks for it: at the start, when one goes back or forward, and when a link is followed. */
  function arrive() {
    if (location.hash === arrived && frame) return;
    const before = state && [state.lang, state.theme].join();
    state = read(location.hash);
    arrived = location.hash;
    if (!problems.length && state.edition === D.edition) write(false);
    if (before !== [state.lang, state.theme].join()) build();
    draw();
    if (history.state && history.state.y !== undefined) scrollTo(0, history.state.y);
  }

  /** Follow a link to a state of this page. */
  function follow(address) {
    history.replaceState({ y: scrollY }, "");
    history.pushState(null, "", address);
    arrive();
    scrollTo(0, 0);
  }

  // ---- building -----------------------------------------------------------------------------------------------------

  function h(tag, attributes = {}, ...children) {
    const svg = ["svg", "path", "circle", "rect", "line", "text", "g", "title"].includes(tag);
    const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "class") node.setAttribute("class", value);
      else if (name === "value" && !svg) node.value = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat(9).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
    return node;
  }
  const swatch = (a, chip) => h("span", { class: `swatch ${shade(a, chip)}`, "aria-hidden": "true" });
  /** What stands beside the name of a chip of which no first public day is known. */
  const mark = (chip) => (neverPublic(chip) ? h("small", { class: "unseen-mark" }, t("neverPublicShort")) : null);
  const when = (day) => h("time", { datetime: day }, day);

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = h("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const before = button.textContent;
    button.textContent = t("copied");
    setTimeout(() => { button.textContent = before; }, 1400);
  }

  let chipItems, placeItems;
  function makeItems() {
    const makers = new Map(D.makers.map((m) => [m.id, m]));
    chipItems = D.chips.map((c) => {
      const maker = makers.get(c.maker);
      const prefixes = [maker.name, ...(maker.aliases || [])];
      const names = [c.name, ...c.calls, ...c.aliases];
      const keys = [[key(c.name), c.name], ...names.flatMap((n) => [[key(n), n], ...prefixes.map((p) => [key(p + n), n])])];
      return { id: c.id, name: c.name, sub: c.variants ? `${maker.name} · ${c.variants}` : maker.name, keys, inside: c.of >= 0 };
    });
    namePlaces();
  }

  /** The places as the fields have them, in the language of the page. */
  function namePlaces() {
    placeItems = D.places.map((p) => ({ id: p.code, name: placeName(p.code), sub: p.code, keys: keysOf([placeName(p.code), p.name, p.code, ...p.aliases]) }));
  }

  // ---- the frame ----------------------------------------------------------------------------------------------------

  const SPAN = () => [toNumber(D.coversFrom), toNumber(D.sliderEnd)];
  let frame;

  function radios(name, label, values, word) {
    return h("fieldset", { class: "field" }, h("legend", {}, label), h("div", { class: "segmented" },
      values.map((value) => h("label", {}, h("input", {
        type: "radio", name, value, checked: state[name] === value, onchange: () => set({ [name]: value }),
      }), h("span", {}, t(word ? word(value) : value))))));
  }

  function build() {
    makeItems();
    document.documentElement.lang = state.lang;
    if (state.theme) document.documentElement.dataset.theme = state.theme;
    else delete document.documentElement.dataset.theme;
    document.body.classList.toggle("embedded", embedded());
    const [first, last] = SPAN();
    const pickers = [
      picker({ id: "chip", label: t("chip"), items: () => chipItems, current: () => asked("chip"), pick: (chip) => set({ chip }), hint: t("chipHint"), none: t("noChip") }),
      picker({ id: "to", label: t("to"), items: () => placeItems, current: () => asked("to"), pick: (to) => set({ to }), none: t("noCountry") }),
      picker({ id: "hq", label: t("headquarters"), items: () => placeItems, current: () => asked("hq"), pick: (hq) => set({ hq }), empty: t("sameAsTo"), none: t("noCountry") }),
      picker({ id: "parent", label: t("parent"), items: () => placeItems, current: () => asked("parent"), pick: (parent) => set({ parent }), empty: t("sameAsHeadquarters"), none: t("noCountry") }),
    ];
    const date = h("input", { id: "on", type: "date", value: state.on, min: D.coversFrom, max: D.sliderEnd, "aria-describedby": "day-note",
      onchange: () => { if (within(date.value)) { note.hidden = true; set({ on: date.value }); } },
      onkeydown: (e) => { if (e.key === "Enter") settle(); }, onblur: () => settle() });
    const note = h("p", { class: "kept", id: "day-note", role: "status", hidden: true });
    let noted = "";
    // a day is refused once it is written, not while its year is typed
    const settle = () => {
      if (wrong("on") && !date.value) return;
      if (!within(date.value)) { note.textContent = t(date.value ? "dayRefused" : "dayUnfinished", { day: date.value, from: D.coversFrom, to: D.sliderEnd, on: state.on }); note.hidden = false; noted = state.on; }
      date.value = asked("on") || "";
    };
    const slider = h("input", {
      type: "range", min: first, max: last, step: 1, "aria-label": t("day"), class: "slider",
      oninput: () => { state.on = toDay(Number(slider.value)); date.value = state.on; note.hidden = true; soon(); }, onchange: () => set({ on: toDay(Number(slider.value)) }, false),
    });
    const step = (word, label, by) => h("button", { type: "button", title: t(word), "aria-label": t(word), onclick: () => jump(by) }, label);
    const tabs = VIEWS.map((v) => h("button", { type: "button", role: "tab", id: `tab-${v}`, "aria-controls": "view", onclick: () => set({ view: v }) }, t(v)));
    const tablist = h("div", { class: "tabs", role: "tablist", "aria-label": t("title"), onkeydown: (e) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!move) return;
      const to = tabs[(tabs.indexOf(document.activeElement) + move + tabs.length) % tabs.length];
      to.focus(); to.click();
    } }, tabs);
    const view = h("div", { id: "view", role: "tabpanel", tabindex: "-1" });
    const panel = h("section", { id: "panel", tabindex: "-1", "aria-label": t("answer") });
    const to = (node) => { node.focus({ preventScroll: true }); node.scrollIntoView({ block: "start" }); };
    const skips = h("div", { class: "skips" }, h("button", { type: "button", onclick: () => to(panel) }, t("skipToAnswer")), h("button", { type: "button", onclick: () => { to(tablist); tabs.find((tab) => tab.tabIndex === 0).focus(); } }, t("skipToViews")));
    const more = h("button", { type: "button", class: "rarely", "aria-expanded": "false", onclick: () => {
      const open = form.classList.toggle("unfolded");
      more.setAttribute("aria-expanded", String(open));
    } }, t("moreTerms"));
    const said = h("p", { class: "hidden", "aria-live": "polite" });
    const alert = h("div", { class: "alert", role: "alert", hidden: true });
    const app = document.getElementById("app");
    const form = h("form", { class: `controls${state.hq || state.parent || state.layer !== "enforced" ? " unfolded" : ""}`, onsubmit: (e) => e.preventDefault() },
      h("div", { class: "grid" }, pickers.map((p) => p.node), radios("by", t("exporter"), EXPORTERS), radios("layer", t("layer"), LAYERS), more),
      h("div", { class: "days" },
        h("div", { class: "field" }, h("label", { for: "on" }, t("day")), date),
        h("div", { class: "steps" }, step("before", "‹", -1), step("after", "›", 1)),
        h("div", { class: "track" }, h("div", { class: "strip", id: "strip", "aria-hidden": "true" }), slider, years()), note));
    app.replaceChildren(
      skips,
      h("header", {},
        h("div", { class: "brand" }, h("h1", {}, t("title")), h("p", {}, t("lead")), h("p", { class: "whose" }, t("whose", { edition: D.edition })), about()),
        h("div", { class: "tools" },
          h("label", {}, h("span", { class: "hidden" }, t("language")), h("select", { id: "lang", onchange: (e) => { set({ lang: e.target.value }, false); build(); draw(); document.getElementById("lang").focus(); } },
            Object.entries(LANGUAGES).map(([id, name]) => h("option", { value: id, selected: id === state.lang }, name)))),
          h("button", { type: "button", id: "theme", "aria-label": t("theme"), title: t("theme"), onclick: () => {
            const dark = state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
            set({ theme: dark ? "light" : "dark" }, false); build(); draw(); document.getElementById("theme").focus();
          } }, "◐"))),
      alert,
      said,
      form,
      h("main", {}, panel, h("div", { class: "views" }, tablist, view)),
      h("p", { class: "fine" }, state.lang === "en" ? "" : t("inEnglish")),
      h("footer", {}, h("p", {}, t("verified", { edition: D.edition, day: D.verifiedThrough }), " ", t("notAdvice"),
          embedded() ? [" ", h("a", { class: "whole", target: "_blank", rel: "noopener", href: "#", onclick: (e) => { e.target.href = `${location.pathname}?whole${location.hash}`; } }, t("openWhole"))] : null),
        h("p", { class: "fine" }, `sha256 ${D.sha256} · ${D.world.source}`)));
    app.removeAttribute("aria-busy");
    frame = { pickers, date, slider, tabs, view, panel, alert, said, toViews: () => to(tablist), settled: () => { note.hidden = note.hidden || noted !== state.on; } };
  }

  /** What this page is and what its words mean, for who meets it first. */
  function about() {
    const words = ["aboutLaw", "aboutLayer", "aboutMet", "aboutGroups", "aboutEvidence", "aboutUnknown", "aboutProgram"];
    return h("details", { class: "about" }, h("summary", {}, t("about_")), h("dl", {}, words.map((word) => [h("dt", {}, t(`${word}Term`)), h("dd", {}, t(word, { edition: D.edition, day: D.verifiedThrough, from: D.coversFrom }))])));
  }

  /** Whether the address says what is not understood for a part of the question: its field then shows nothing. */
  const wrong = (name) => problems.some((p) => p.name === name);
  const asked = (name) => (wrong(name) ? null : state[name]);

  function years() {
    const [first, last] = SPAN();
    const marks = [];
    for (let y = Number(D.coversFrom.slice(0, 4)); y <= Number(D.sliderEnd.slice(0, 4)); y += 1) {
      const at = ((toNumber(`${y}-01-01`) - first) / (last - first)) * 100;
      marks.push(h("span", { style: `left:${Math.max(0, at)}%` }, String(y)));
    }
    return h("div", { class: "years", "aria-hidden": "true" }, marks);
  }

  function jump(by) {
    const found = look(state);
    if (!found) return;
    const run = found.runs[found.at];
    if (by > 0 && run.stop && within(run.stop)) set({ on: run.stop });
        if (by > 0 || !run.start) return;
    const earlier = state.on > run.start ? run : found.runs[found.at - 1];
    if (earlier && earlier.start >= D.coversFrom) set({ on: earlier.start });
  }

  let waiting = 0;
  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw); };

  function draw() {
    const { pickers, date, slider, tabs, view, panel, alert, said } = frame;
    const held = focused(panel, view);
    pickers.forEach((p) => p.update());
    frame.settled();
    for (const name of ["by", "layer"]) for (const r of document.getElementsByName(name)) r.checked = r.value === asked(name);
    if (document.activeElement !== date || within(date.value)) date.value = asked("on") || "";
    slider.value = toNumber(state.on);
    slider.setAttribute("aria-valuetext", state.on);
    tabs.forEach((tab) => {
      const on = tab.id === `tab-${state.view}`;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    });
    const messages = [];
    messages.push(...problems.map(problemWords));
    if (state.edition !== D.edition) messages.push(t("otherEdition", { then: state.edition, now: D.edition }));
    alert.hidden = !messages.length;
    alert.replaceChildren(...messages.map((m) => h("p", {}, m)));
    const found = look(state);
    document.getElementById("strip").replaceChildren(...(found && !problems.length ? pieces(found.runs, D.chips[chipAt.get(state.chip)]) : []));
    panel.replaceChildren(...answerPanel(state, found));
    said.textContent = `${dealWords(state)}, ${state.on}: ${panel.querySelector(".first").textContent}`;
    view.setAttribute("aria-labelledby", `tab-${state.view}`);
    DRAWN[state.view](view);
    if (held) held();
    document.title = `${D.chips[chipAt.get(state.chip)].name} → ${placeName(state.to)}, ${state.on} · ${t("title")}`;
  }

  /** A way back to the node that has the focus, once it is drawn anew; nothing where it is drawn once. */
  function focused(...drawn) {
    const node = document.activeElement, inside = drawn.find((n) => n !== node && n.contains(node));
    if (!inside || node.id === "filter") return null;
    const key = node.dataset ? node.dataset.key : null, every = () => [...inside.querySelectorAll("a, button, input, select, summary, [tabindex]")];
    const at = every().indexOf(node);
    return () => {
      if (node.isConnected) return;
      const same = (key && inside.querySelector(`[data-key="${CSS.escape(key)}"]`)) || (node.id && document.getElementById(node.id)) || every()[Math.min(at, every().length - 1)] || inside;
      same.focus({ preventScroll: true });
    };
  }

  // ---- the answer ---------------------------------------------------------------------------------------------------

  /** A course as coloured pieces of a band. */
  function pieces(runs, chip) {
    const [first, last] = SPAN();
    const share = (day) => Math.min(100, Math.max(0, ((toNumber(day) - first) / (last - first)) * 100));
    return runs.map((run) => {
      const from = run.start ? share(run.start) : 0, to = run.stop ? share(run.stop) : 100;
      return to > from ? h("i", { class: shade(run.answer, chip), style: `left:${from}%;width:${to - from}%` }) : null;
    }).filter(Boolean);
  }

  const quoted = (text) => (/^[\w.-]+$/.test(text) ? text : `"${text}"`);
  function command(q) {
    const words = ["exportrules check", quoted(D.chips[chipAt.get(q.chip)].ask), "--on", q.on, "--to", q.to, "--exporter", q.by];
    if (q.hq) words.push("--headquarters", q.hq);
    if (q.parent) words.push("--ultimate-parent", q.parent);
    if (q.layer === "printed") words.push("--as-printed");
    return [...words, ...D.options].join(" ");
  }

  const firstLine = (a, q) => fill(D.texts[a.first], q)
    .replaceAll("{released}", D.chips[chipAt.get(q.chip)].public.find((day) => day > q.on));
  const dealWords = (q) => [`${D.chips[chipAt.get(q.chip)].name} → ${placeName(q.to)}`, ...termWords(q)].join(" · ");
  /** The terms of a deal beside chip, place and day. */
  function termWords(q) {
    const parts = [`${t("exporter")}: ${exporterName(q)}`];
    if (q.hq) parts.push(`${t("headquarters")}: ${placeName(q.hq)}`);
    if (q.parent) parts.push(`${t("parent")}: ${placeName(q.parent)}`);
    return [...parts, t(q.layer)];
  }

  function citationText(q, found) {
    const cites = part(found.answer.citations).filter(([, role]) => role !== BESIDE);
    const lines = cites.map(([id, role]) => {
      const p = D.provisions[id];
      return `${role}: ${p.cite} (${p.evidence}). ${p.url}${p.code ? ` ; ${p.code.replace("{day}", q.on)}` : ""}`;
    });
    return [`${dealWords(q)}, ${q.on}: ${firstLine(found.answer, q)}`, ...lines,
      `exportrules, edition ${D.edition}, ${D.currency}, sha256 ${D.sha256}. ${W.notAdvice.en}`, location.href].join("\n");
  }

  /** The role of an entry that was tested and does not take in the chip, as the engine calls it. */
  const BESIDE = "does not apply";
  const section = (title, ...inside) => { const kept = inside.flat().filter(Boolean); return kept.length ? h("section", {}, h("h3", {}, title), kept) : null; };

  function answerPanel(q, found) {
    const heading = h("p", { class: "deal" }, dealWords(q), " · ", when(q.on));
    const line = command(q);
    const asCommand = section(t("command"), h("div", { class: "command" }, h("code", {}, line), h("button", { type: "button", onclick: (e) => copy(line, e.target) }, t("copy"))));
    if (problems.length) return [h("p", { class: `first ${UNANSWERED}` }, problems.some((p) => p.name === "on" && isDay(p.value)) ? t("notCovered") : t("badLink"))];
    if (!found) return [heading, h("p", { class: `first ${UNANSWERED}` }, t("notAsked")), asCommand, section(t("ask"), explorer.ask(q))].filter(Boolean);
    const a = found.answer, chip = D.chips[chipAt.get(q.chip)];
    const facts = [
      [t("since"), found.since ? when(found.since) : t("noKnownStart")],
      [t("until"), untilWords(found) === "…" ? t("noKnownEnd") : untilWords(found)],
      [t("met"), part(a.eccn).length ? part(a.eccn).join(", ") + (part(a.paragraphs).length ? ` (${part(a.paragraphs).join(", ")})` : "") : ""],
      [t("policy"), a.outcome === "license_required" || a.outcome === "license_exception" ? policyWord(a.policy) : ""],
    ].filter(([, value]) => value);
    return [
      heading,
      h("p", { class: `first ${shade(a)}` }, h("span", {}, firstLine(a, q))),
      reasons(q, found, chip),
      h("dl", { class: "facts" }, facts.map(([term_, value]) => h("div", {}, h("dt", {}, term_), h("dd", {}, value)))),
      h("div", { class: "actions" },
        h("button", { type: "button", onclick: (e) => copy(citationText(q, found), e.target) }, t("copyCitation")),
        h("button", { type: "button", onclick: (e) => copy(location.href, e.target) }, t("copyLink"))),
      h("div", { class: "jumps", role: "group", "aria-label": t("views") }, VIEWS.map((v) => h("button", { type: "button", "data-key": `view-${v}`, onclick: () => { set({ view: v }); frame.toViews(); } }, t(v)))),
      section(t("history"), story(q, found)),
      section(t("conditions"), conditions(a)),
      section(t("turnsOn"), part(a.turnsOn).map((u) => h("div", { class: "open" }, h("p", {}, h("b", {}, u.name), ": ", u.asks),
        u.settle.length ? h("ul", {}, u.settle.map(([situation, option]) => h("li", {}, situation, ": ", h("code", {}, option)))) : null))),
      section(t("cases"), part(a.cases).length ? h("ul", { class: "cases" }, part(a.cases).map(([said, o, p]) => h("li", {}, swatch({ outcome: o, policy: p, standing: "" }), h("span", {}, said, ": ", h("b", {}, decision(o, p)))))) : null),
      section(t("citations"), citations(a, q)),
      section(t("notices"), noticesOf(q, a, found.course).map((n) => h("p", { class: "notice" }, n))),
      section(t("assumed"), assumptions(q, found)),
      section(t("figures"), figures(chip)),
      asCommand,
      section(t("ask"), explorer.ask(q)),
      printless(section(t("download"), explorer.downloads(q))),
    ].flat().filter(Boolean);
  }

  const printless = (node) => { if (node) node.classList.add("printless"); return node; };

  /** The entries that the chip meets with its own figures, and what requires a license: why the answer is as it is. */
  function reasons(q, found, chip) {
    const rows = [];
    const cited = part(found.answer.citations), entries = cited.filter(([, role]) => role === "classification");
    for (const [id, role] of [...entries, ...cited.filter((c) => !entries.includes(c))]) {
      const p = D.provisions[id];
      const some = chip.variants && !chip.reached.includes(id) && p.tests.some((name) => name in D.figures);
      // what may apply is not said to: the role is the engine's
      const word = { classification: t(some ? "someMeet" : "meets"), requirement: t("requiredBy"), overcome: t("requiredBy"), exception: t("openBy") }[role];
      if (word) rows.push(h("li", {}, h("b", {}, word), " ", p.title, role === "classification" ? ownFigures(chip, p) : h("small", {}, p.cite)));
      else if (["requirement", "exception"].includes(p.kind) && role !== BESIDE) rows.push(h("li", {}, h("b", {}, `${say(role)}:`), " ", p.title, h("small", {}, p.cite)));
    }
    const seen = neverPublic(chip) ? h("p", { class: "warn" }, t("neverPublic")) : null;
    return [seen, rows.length ? h("ul", { class: "reasons" }, rows) : null].filter(Boolean);
  }

  /** The chip's figures of those that an entry tests; from the lowest to the highest, where variants differ. */
  function ownFigures(chip, p) {
    const cards = chip.variants ? D.chips.filter((c) => c.of >= 0 && D.chips[c.of] === chip) : [chip];
    const said = p.tests.filter((name) => name in D.figures).map((name) => {
      const values = cards.map((c) => c.facts[name]).filter((f) => f && f[3] !== null).sort((one, two) => one[3] - two[3]);
      if (!values.length) return null;
      const low = values[0][0], high = values.at(-1)[0];
      return `${D.figures[name]} ${low === high ? grouped(low) : t("range", { from: grouped(low), to: grouped(high) })}`;
    }).filter(Boolean);
    return said.length ? h("small", {}, `${chip.name}: ${said.join(", ")}`) : null;
  }
  const grouped = (text) => text.replace(/\d{5,}/, (digits) => Number(digits).toLocaleString("en"));
  const figure = (name, unit) => `${D.figures[name] || name}${unit && D.units[name] ? ` (${D.units[name]})` : ""}`;

  /** The last day of an answer; the day of verification does not end it, and is not shown as its end. */
  function untilWords(found) {
    const next = found.runs[found.at + 1];
    if (!found.until) return "…";
    return next && next.answer.standing === "beyond_horizon" && found.standing !== "beyond_horizon" ? t("stillSo", { day: found.until }) : when(found.until);
  }

  /** What changed, and when: each stretch of one decision, with what opened it. */
  function story(q, found) {
    return h("ol", { class: "story" }, found.runs.map((run, n) => {
      if (n === 0 && found.runs.length > 1 && run.answer.standing === "before_coverage") return null;
      const here = n === found.at;
      const because = run.by.map((text) => reason(text, q));
      return h("li", { class: here ? "here" : "", "aria-current": here ? "true" : null },
        h("button", { type: "button", "data-key": `on-${run.start}`, onclick: () => set({ on: run.start > D.coversFrom ? run.start : D.coversFrom }) }, run.start ? when(run.start) : "…"),
        swatch(run.answer),
        h("div", {}, h("b", {}, storyWords(run.answer)),
          because.map((b) => h("small", {}, b.title, b.cite ? [" — ", b.url ? h("a", { href: b.url, rel: "noreferrer", target: "_blank" }, b.cite) : b.cite] : null))));
    }));
  }
  function storyWords(a) {
    if (a.standing === "beyond_horizon") { const [o, p] = part(a.projection).length ? part(a.projection) : [a.outcome, a.policy]; return `${t("unverified")} (${decision(o, p)})`; }
    return decision(a.outcome, a.policy);
  }

  function conditions(a) {
    const found = part(a.exceptions).map((id) => D.provisions[id]).filter((p) => p && p.conditions.length);
    return found.map((p) => h("div", {}, h("p", {}, h("b", {}, p.title)), h("ul", {}, p.conditions.map((c) => h("li", {}, c)))));
  }

  /** Why an entry does not take in the chip: its figures are not reached, or they are and it is excluded. */
  function besideWords(chip, id, p) {
    const reached = chip.reached.includes(id);
    return h("small", { class: "beside" }, t(reached ? "reachedBut" : chip.variants ? "notReachedAll" : "notReached"), reached && p.unless.length ? ` ${p.unless.join("; ")}.` : "");
  }
  function citations(a, q) {
    const chip = D.chips[chipAt.get(q.chip)];
    const rows = part(a.citations).map(([id, role]) => {
      const p = D.provisions[id];
      const policies = part(a.policies).filter(([r]) => r === id).map(([, policy]) => policyWord(policy));
      return h("li", {},
        h("span", { class: "role" }, say(role)), " ", h("b", {}, p.title), policies.length && role !== BESIDE ? ` (${policies.join(", ")})` : null,
        h("small", {}, p.cite, " ", h("span", { class: "evidence" }, `[${p.evidence}]`)),
        role === BESIDE ? besideWords(chip, id, p) : null,
        p.quote ? h("q", {}, p.quote) : null,
        h("small", {}, p.url ? h("a", { href: p.url, rel: "noreferrer", target: "_blank" }, t("document")) : null,
          p.code ? [" · ", h("a", { href: p.code.replace("{day}", q.on), rel: "noreferrer", target: "_blank" }, t("codeOfDay", { day: q.on }))] : null));
    });
    return rows.length ? [h("ul", { class: "citations" }, rows), h("p", { class: "evidence-key" }, t("aboutEvidence"))] : null;
  }

  /** What would be answered were a term of the question another one, as far as the page holds it; and what is assumed. */
  function assumptions(q, found) {
    const ways = [[q.by === "maker" ? "ifOther" : "ifMaker", { by: q.by === "maker" ? "other" : "maker" }]];
    if (placeAt.has("CN") && (q.hq || q.to) !== "CN") ways.push(["ifHeadquarters", { hq: "CN", parent: "" }]);
    if (placeAt.has("CN") && !q.hq && (q.parent || q.to) !== "CN") ways.push(["ifParent", { hq: "", parent: "CN" }]);
    const rows = ways.map(([word, change]) => {
      const other = look({ ...q, ...change });
      if (!other) return null;
      const same = other.outcome === found.outcome && other.policy === found.policy;
      return h("li", {}, swatch(other.answer), h("span", {}, t(word), ": ", same ? t("noDifference") : h("b", {}, storyWords(other.answer))));
    });
    return [h("p", {}, h("b", {}, t("ifInstead"))), h("ul", { class: "cases" }, rows), h("p", {}, h("b", {}, t("assumedAlways")), ": ", D.assumed.map(say).join("; "), ". ", t("assumedMore"))];
  }

  function figures(chip) {
    const rows = Object.entries(chip.facts || {}).filter(([name]) => name !== "bits_x_tops_2022");
    if (!rows.length) return null;
    return h("dl", { class: "figures" }, rows.map(([name, [value, estimated, readings]]) => h("div", {}, h("dt", {}, D.figures[name]),
      h("dd", {}, readings.length ? readings.join(" / ") : grouped(value), D.units[name] ? ` ${D.units[name]}` : "", estimated ? " ≈" : ""))));
  }

  // ---- over time ----------------------------------------------------------------------------------------------------

  const closed = new Set();
  let bandsKey = "";
  const opened = () => new Set(state.open ? state.open.split(",") : []);

  function drawBands(view) {
    const now = [state.to, state.hq, state.parent, state.by, state.layer, state.lang, state.filter, state.open, [...closed].join()].join("|");
    if (bandsKey !== now || !view.querySelector(".bands")) {
      bandsKey = now;
      const field = h("input", { type: "search", id: "filter", placeholder: t("filter"), "aria-label": t("filter"), value: state.filter, oninput: () => { state.filter = field.value; write(false); drawBands(view); } });
      const had = document.activeElement && document.activeElement.id === "filter";
      const groups = D.makers.map((maker) => bandGroup(maker)).filter(Boolean);
      view.replaceChildren(h("div", { class: "bar" }, field, legend()),
        h("div", { class: "bands" }, h("div", { class: "axis" }, h("span", {}), h("div", { class: "plot" }, years(), h("div", { class: "now" }))), groups.length ? groups : h("p", {}, t("noChip"))));
      if (had) { field.focus(); field.setSelectionRange(state.filter.length, state.filter.length); }
    }
    const [first, last] = SPAN();
    view.querySelector(".bands").style.setProperty("--now", `${Math.min(100, Math.max(0, ((toNumber(state.on) - first) / (last - first)) * 100))}%`);
    for (const row of view.querySelectorAll(".row")) row.classList.toggle("chosen", row.dataset.chip === state.chip);
  }

  function bandGroup(maker) {
    const wanted = key(state.filter), open = opened();
    const kept = new Set(wanted ? found(chipItems, wanted).map((i) => i.id) : []);
    const rows = [];
    D.chips.forEach((c, n) => {
      if (c.maker !== maker.id) return;
      const under = c.of >= 0 ? D.chips[c.of] : null;
      if (wanted ? !kept.has(c.id) : under && !open.has(under.id)) return;
      rows.push(bandRow(c, n, under));
    });
    if (!rows.length) return null;
    const shut = !wanted && closed.has(maker.id);
    return h("section", { class: "group" },
      h("h3", {}, h("button", { type: "button", "aria-expanded": String(!shut), onclick: () => { closed.has(maker.id) ? closed.delete(maker.id) : closed.add(maker.id); draw(); } }, maker.name, h("small", {}, ` ${t(wanted ? "countMatching" : "countTop", { n: rows.length })}`))),
      shut ? null : h("div", { class: "axis again", "aria-hidden": "true" }, h("span", {}), h("div", { class: "plot" }, years())),
      shut ? null : rows);
  }

  function bandRow(c, n, under) {
    const course = courseOf(question({ chip: c.id }));
    const plot = h("div", { class: "plot", "aria-hidden": "true", onclick: (e) => {
      const box = plot.getBoundingClientRect(), [first, last] = SPAN();
      set({ chip: c.id, on: toDay(Math.round(first + ((e.clientX - box.left) / box.width) * (last - first))) });
    } }, course < 0 ? null : pieces(runsOf(course), c), h("div", { class: "now" }));
    const open = opened();
    const toggle = c.variants ? h("button", { type: "button", class: "more", "aria-expanded": String(open.has(c.id)), "aria-label": `${c.name}: ${t("variants", { n: c.variants })}`, title: t("variants", { n: c.variants }),
      onclick: () => { open.has(c.id) ? open.delete(c.id) : open.add(c.id); set({ open: [...open].join() }); } }, open.has(c.id) ? "−" : "+") : null;
    const label = h("button", { type: "button", class: "name", title: c.name, "data-key": `row-${c.id}`, onclick: () => set({ chip: c.id }), onkeydown: (e) => {
      const all = [...document.querySelectorAll(".row .name")];
      const to = all[all.indexOf(e.target) + ({ ArrowDown: 1, ArrowUp: -1 }[e.key] || 0)];
      if (to && to !== e.target) { e.preventDefault(); to.focus(); }
    } }, innerWidth > 700 ? c.name : shortName(c), neverPublic(c) ? h("span", { class: "hidden" }, ` (${t("neverPublicShort")})`) : null, h("span", { class: "hidden" }, summary(course)));
    return h("div", { class: `row${under ? " inside" : ""}`, "data-chip": c.id }, h("div", { class: "label" }, label, toggle), plot);
  }

  /** The shortest form of a name under which a command finds the chip. */
  const shortName = (c) => [c.name, ...c.calls].reduce((a, b) => (b.length < a.length ? b : a));

  /** A band in words, for who does not see it. */
  function summary(course) {
    if (course < 0) return "";
    return ": " + runsOf(course).filter((r) => r.answer.standing !== "before_coverage").map((r) => `${r.start || "…"} ${storyWords(r.answer)}`).join("; ");
  }

  const KINDS = [["no_license_requirement", ""], ["license_exception", ""], ["license_required", "presumption_of_approval"], ["license_required", "case_by_case"], ["license_required", "unpublished"],
    ["license_required", "indeterminate"], ["license_required", "presumption_of_denial"], ["license_required", "policy_of_denial"], ["indeterminate", ""], ["not_released", ""]];
  /** What colours mean: all of them, or those of some answers, each with its chip. */
  function legend(answers) {
    const used = answers && new Set(answers.map(([a, chip]) => shade(a, chip).replace(/ (unsure|unseen)/g, "")));
    const kinds = KINDS.filter(([outcome, policy]) => !used || used.has(shade({ outcome, policy, standing: "" })));
    const unseen = h("li", {}, h("span", { class: "swatch o-no_license_requirement unseen", "aria-hidden": "true" }), t("neverPublicShort"));
    return h("details", { class: "legend", open: innerWidth > 700 }, h("summary", {}, t("legend")), h("ul", {}, kinds.map(([outcome, policy]) => h("li", {}, swatch({ outcome, policy, standing: "" }), decision(outcome, policy))),
      D.chips.some(neverPublic) ? unseen : null));
  }

  // ---- the world on this day ----------------------------------------------------------------------------------------

  function drawMap(view) {
    const answers = new Map(D.places.map((p) => [p.code, look(question({ to: p.code }))]));
    const cls = (code) => (answers.get(code) ? shade(answers.get(code).answer) : "");
    const words = (code) => (answers.get(code) ? storyWords(answers.get(code).answer) : t("notHeld"));
    const say = (code) => `${placeName(code)}: ${words(code)}`;
    const shapes = Object.entries(D.world.paths).map(([code, d]) => h("path", { d, class: placeAt.has(code) ? `land ${cls(code)}${code === state.to ? " chosen" : ""}` : "land", onclick: placeAt.has(code) ? () => set({ to: code }) : null }, placeAt.has(code) ? h("title", {}, say(code)) : null));
    const dots = Object.entries(D.world.dots).filter(([code]) => placeAt.has(code)).map(([code, [cx, cy]]) => h("circle", { cx, cy, r: code === state.to ? 5 : 3.4, class: `land ${cls(code)}${code === state.to ? " chosen" : ""}`, onclick: () => set({ to: code }) }, h("title", {}, say(code))));
    const groups = new Map();
    for (const p of D.places) { const said = words(p.code); if (!groups.has(said)) groups.set(said, []); groups.get(said).push(p); }
    view.replaceChildren(
      h("figure", { class: "world" },
        h("svg", { viewBox: "0 0 1000 440", role: "img", "aria-label": `${t("map")}: ${D.chips[chipAt.get(state.chip)].name}, ${state.on}` }, patterns(), shapes, dots),
        h("figcaption", {}, [D.chips[chipAt.get(state.chip)].name, state.on, ...termWords(state)].join(" · "))),
      h("h3", {}, t("places")),
      h("div", { class: "groups" }, [...groups].sort((a, b) => b[1].length - a[1].length).map(([said, places]) => h("details", { open: places.length < 40 },
        h("summary", {}, answers.get(places[0].code) ? swatch(answers.get(places[0].code).answer) : null, h("b", {}, String(places.length)), " ", said),
        h("p", {}, places.map((p) => h("button", { type: "button", class: `link${p.code === state.to ? " chosen" : ""}`, "data-key": `place-${p.code}`, onclick: () => set({ to: p.code }) }, placeName(p.code))))))));
  }

  /** Fills that differ in grey print too. */
  function patterns() {
    const NS = "http://www.w3.org/2000/svg";
    const defs = document.createElementNS(NS, "defs");
    for (const [id, paths] of [["exception", ["M-1 1l2-2M0 6l6-6M5 7l2-2"]], ["indeterminate", ["M0 0l6 6M0 6l6-6"]], ["unpublished", ["M3 0v6"]], ["open", ["M0 3h6"]]]) {
      const p = document.createElementNS(NS, "pattern");
      for (const [name, value] of Object.entries({ id: `fill-${id}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" })) p.setAttribute(name, value);
      const back = document.createElementNS(NS, "rect");
      back.setAttribute("width", 6); back.setAttribute("height", 6); back.setAttribute("class", `back-${id}`);
      p.append(back, ...paths.map((d) => h("path", { d, class: `line-${id}` })));
      defs.append(p);
    }
    return defs;
  }

  // ---- two answers ----------------------------------------------------------------------------------------------------

  function drawCompare(view) {
    const kind = state.with || "day";
    const usual = { day: () => { const f = look(state); const r = f && f.runs[f.at]; return r && r.start > D.coversFrom ? dayBefore(r.start) : D.coversFrom; }, place: () => (state.to === "CN" ? "AE" : "CN"), chip: () => (D.chips.find((c) => c.id !== state.chip && !(c.of >= 0)) || D.chips[0]).id };
    const good = { day: within, place: (v) => placeAt.has(v), chip: (v) => chipAt.has(v) };
    const value = good[kind](state.value) ? state.value : usual[kind]();
    const other = question({ day: { on: value }, place: { to: value }, chip: { chip: value } }[kind]);
    const choice = h("fieldset", { class: "field" }, h("legend", {}, t("another")), h("div", { class: "segmented" }, ["day", "place", "chip"].map((k) => h("label", {},
      h("input", { type: "radio", name: "with", value: k, checked: k === kind, onchange: () => set({ with: k, value: "" }) }), h("span", {}, t({ day: "day", place: "to", chip: "chip" }[k]))))));
    let control;
    if (kind === "day") control = { node: h("div", { class: "field" }, h("label", { for: "value" }, t("day")), h("input", { id: "value", type: "date", value, min: D.coversFrom, max: D.sliderEnd, onchange: (e) => within(e.target.value) && set({ with: kind, value: e.target.value }) })), update() {} };
    else control = picker({ id: "value", label: t(kind === "place" ? "to" : "chip"), items: () => (kind === "place" ? placeItems : chipItems), current: () => value, pick: (v) => set({ with: kind, value: v }), none: t(kind === "place" ? "noCountry" : "noChip") });
    control.update();
    const one = look(state), two = look(other);
    const side = (q, f, title) => h("article", {}, h("h3", {}, title), h("p", { class: "deal" }, dealWords(q), " · ", when(q.on)), f ? [h("p", { class: `first ${shade(f.answer)}` }, h("span", {}, firstLine(f.answer, q))),
      h("p", {}, t("since"), " ", f.since || "…", " · ", t("until"), " ", untilWords(f))] : h("p", {}, t("notAsked")));
    const rests = (f) => new Map([...part(f.answer.citations)].filter(([, role]) => ![BESIDE, "classification"].includes(role)).map(([id, role]) => [id, role]));
    const entries = (f) => new Map(part(f.answer.citations).filter(([, role]) => role === "classification").map(([id, role]) => [id, role]));
    const lines = [];
    if (one && two) {
      const a = new Map([...rests(one), ...entries(one)]), b = new Map([...rests(two), ...entries(two)]);
      const only = (x, y, word) => [...x].filter(([id]) => !y.has(id)).map(([id, role]) => h("li", {}, h("span", { class: "role" }, `${say(role)}, ${t(word)}`), " ", h("b", {}, D.provisions[id].title), h("small", {}, D.provisions[id].cite)));
      lines.push(...only(a, b, "onlyFirst"), ...only(b, a, "onlySecond"));
      const alike = one.outcome === two.outcome && one.policy === two.policy && one.standing === two.standing;
      if (alike) lines.unshift(h("li", {}, h("b", {}, t(lines.length ? "sameOutcome" : "same")), " ", decision(one.outcome, one.policy)));
      else lines.unshift(h("li", {}, h("b", {}, storyWords(one.answer)), " ↔ ", h("b", {}, storyWords(two.answer))));
    }
    let between = null;
    if (kind === "day" && one && two) {
      const [from, to] = [state.on, other.on].sort();
      const steps = one.runs.filter((r) => r.start > from && r.start <= to);
      if (steps.length) between = section(t("between"), h("ol", { class: "story" }, steps.map((run) => h("li", {}, h("button", { type: "button", onclick: () => set({ on: run.start }) }, when(run.start)), swatch(run.answer),
        h("div", {}, h("b", {}, storyWords(run.answer)), run.by.map((x) => reason(x, state)).map((r) => h("small", {}, r.title, r.cite ? ` — ${r.cite}` : "")))))));
    }
    view.replaceChildren(h("div", { class: "bar" }, choice, control.node), h("div", { class: "two" }, side(state, one, t("first")), side(other, two, t("second"))),
      lines.length ? section(t("differs"), h("ul", { class: "citations" }, lines)) : "", between || "");
  }

  const DRAWN = {
    bands: drawBands, map: drawMap, compare: drawCompare,
    table: (view) => explorer.table(view), plane: (view) => explorer.plane(view), claims: (view) => explorer.claims(view),
  };

  // ---- start ----------------------------------------------------------------------------------------------------------

  const ready = load().then(() => {
    for (const m of D.makers.slice(5)) closed.add(m.id);
    arrive();
    for (const event of ["popstate", "hashchange"]) addEventListener(event, arrive);
  });
  Object.assign(explorer, {
    look, ready, part, firstLine, noticesOf, because, h, t, command, makerName, placeName, question, embedded, set, follow, shade, swatch, mark, when, figure, legend, patterns,
    storyWords, termWords, dealWords, untilWords, items: () => chipItems, data: () => D,
  });
})();
