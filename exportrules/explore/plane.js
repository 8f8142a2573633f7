// The lines that the rules of the day draw between two figures of a chip, with the chips under them.
"use strict";
(() => {
  const explorer = globalThis.explorer;
  const NARROW = 700;

  /** Which figures are compared from which day on: a row for each change of the two. */
  function axesByDay(D) {
    const found = [];
    for (const p of D.planes) if (!found.length || found.at(-1).x !== p.x || found.at(-1).y !== p.y) found.push(p);
    return found;
  }

  function scale(name, plane, inside, from, to) {
    const ends = plane.regions.flatMap((r) => r[name]).filter((v) => v > 0);
    const values = [...inside.map((c) => c.facts[plane[name]][3]), ...ends];
    const low = Math.log10(Math.min(...values)) - 0.08, high = Math.log10(Math.max(...values)) + 0.08;
    const at = (v) => from + ((Math.log10(v) - low) / (high - low)) * (to - from);
    const ticks = [];
    for (let e = Math.floor(low); e <= high; e += 1) for (const m of [1, 2, 5]) { const v = m * 10 ** e; if (Math.log10(v) >= low && Math.log10(v) <= high) ticks.push(v); }
    return { at, ticks };
  }

  /** Ticks whose words do not run into each other. */
  function apart(ticks, at, room) {
    const kept = [];
    for (const v of ticks) if (!kept.length || Math.abs(at(v) - at(kept.at(-1))) >= room) kept.push(v);
    return kept;
  }

  const shown = (v) => v.toLocaleString("en", { maximumFractionDigits: 3 });

  /** The bounds of a box in words: TPP 1,600 or more, density 3.2 to under 5.92. */
  function bounds(plane, r) {
    const { t, figure } = explorer;
    return ["x", "y"].filter((a) => r[a][0] || r[a][1]).map((a) => `${figure(plane[a])} ${r[a][1] ? (r[a][0] ? t("fromTo", { from: shown(r[a][0]), to: shown(r[a][1]) }) : t("below", { to: shown(r[a][1]) })) : t("orMore", { from: shown(r[a][0]) })}`).join(", ");
  }
  /** What the entry of a box leaves out although its figures are reached. */
  const excluded = (D, r) => ((D.provisions[r.provision] || {}).unless || []).map((words) => `; ${explorer.t("exceptFor")} ${words}`).join("");
  const eases = (r) => ["review_policy", "exception"].includes(r.kind);

  function dots(plane, size, x, y, placed) {
    const { h, question, storyWords, shade, set } = explorer, D = explorer.data(), state = question();
    const isChosen = (c) => c.id === state.chip || (c.of >= 0 && D.chips[c.of].id === state.chip);
    const order = [...placed].sort((a, b) => a[0].facts[plane.x][3] - b[0].facts[plane.x][3]).map(([c]) => c.id);
    const start = (placed.find(([c]) => isChosen(c)) || placed[0] || [{}])[0].id;
    const nodes = [], names = [];
    for (const [c, f] of [...placed].sort((a, b) => isChosen(a[0]) - isChosen(b[0]))) {
      const [cx, cy] = [x.at(c.facts[plane.x][3]), y.at(c.facts[plane.y][3])];
      nodes.push(h("circle", { cx, cy, r: isChosen(c) ? 7 : 4.2, class: `dot ${shade(f.answer, c)}${isChosen(c) ? " chosen" : ""}`, tabindex: c.id === start ? 0 : -1, role: "button",
        "data-key": `dot-${c.id}`, "aria-label": `${c.name}: ${storyWords(f.answer)}`, onclick: () => set({ chip: c.id }), onkeydown: (e) => {
          if (["Enter", " "].includes(e.key)) { e.preventDefault(); set({ chip: c.id }); return; }
          const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key];
          if (!by) return;
          e.preventDefault();
          const to = order[(order.indexOf(c.id) + by + order.length) % order.length];
          for (const dot of e.target.parentNode.querySelectorAll(".dot")) {
            const next = dot.getAttribute("data-key") === `dot-${to}`;
            dot.setAttribute("tabindex", next ? 0 : -1);
            if (next) dot.focus();
          }
        } }, h("title", {}, `${c.name}: ${storyWords(f.answer)}`)));
      if (isChosen(c)) names.push([cx, cy, c.name]);
    }
    let last = -Infinity;
    for (const [cx, cy, name] of names.sort((a, b) => a[1] - b[1])) {
      const left = cx > size.w - 150, at = Math.max(cy + 4, last + 14);
      last = at;
      nodes.push(h("text", { class: "dot-name", x: left ? cx - 10 : cx + 10, y: at, "text-anchor": left ? "end" : "start" }, name));
    }
    return nodes;
  }

  explorer.plane = (view) => {
    const { h, t, question, look, patterns, figure, legend, set, when, dealWords } = explorer;
    const D = explorer.data(), state = question();
    const plane = [...D.planes].reverse().find((p) => p.from <= state.on) || D.planes[0];
    const axes = h("ol", { class: "story axes" }, axesByDay(D).map((p) => h("li", { class: plane && plane.x === p.x && plane.y === p.y ? "here" : "" },
      h("button", { type: "button", "data-key": `axes-${p.from}`, onclick: () => set({ on: p.from }) }, when(p.from)), h("span", {}), h("span", {}, p.x ? `${figure(p.y)} × ${figure(p.x)}` : t("noPlane")))));
    const changes = [h("h3", {}, t("planeAxes")), axes];
    if (!plane || !plane.x) return view.replaceChildren(h("p", {}, t("noPlane")), ...changes);
    const inside = D.chips.filter((c) => c.facts && c.facts[plane.x] && c.facts[plane.y] && c.facts[plane.x][3] > 0 && c.facts[plane.y][3] > 0);
    const small = innerWidth < NARROW;
    const size = { w: small ? 420 : 900, h: small ? 420 : 560, l: 58, r: 14, t: 14, b: 42 };
    const x = scale("x", plane, inside, size.l, size.w - size.r), y = scale("y", plane, inside, size.h - size.b, size.t);
    const nodes = [], numbers = [];
    for (const v of apart(x.ticks, x.at, 46)) nodes.push(h("line", { class: "grid-line", x1: x.at(v), x2: x.at(v), y1: size.t, y2: size.h - size.b }), h("text", { class: "tick", x: x.at(v), y: size.h - size.b + 14, "text-anchor": "middle" }, v.toLocaleString("en")));
    for (const v of apart(y.ticks, y.at, 16)) nodes.push(h("line", { class: "grid-line", x1: size.l, x2: size.w - size.r, y1: y.at(v), y2: y.at(v) }), h("text", { class: "tick", x: size.l - 6, y: y.at(v) + 4, "text-anchor": "end" }, v.toLocaleString("en")));
    plane.regions.forEach((r, n) => {
      const left = r.x[0] ? x.at(r.x[0]) : size.l, right = r.x[1] ? x.at(r.x[1]) : size.w - size.r;
      const low = r.y[0] ? y.at(r.y[0]) : size.h - size.b, high = r.y[1] ? y.at(r.y[1]) : size.t;
      nodes.push(h("rect", { class: `region${r.certain ? "" : " uncertain"}${eases(r) ? " eases" : ""}`, x: left, y: high, width: Math.max(0, right - left), height: Math.max(0, low - high) }, h("title", {}, `${r.title} (${r.cite} ${r.paragraph})`)));
      numbers.push(h("text", { class: "mark", x: left + 5, y: high + 14 + (n % 3) * 14 }, String(n + 1)));
    });
    const answers = inside.map((c) => [c, look(question({ chip: c.id }))]).filter(([, f]) => f);
    const placed = answers.filter(([, f]) => f.outcome !== "not_released");
    nodes.push(h("g", {}, dots(plane, size, x, y, placed)), ...numbers,
      h("text", { class: "axis-name", x: (size.l + size.w) / 2, y: size.h - 6, "text-anchor": "middle" }, figure(plane.x, true)),
      h("text", { class: "axis-name", x: 14, y: (size.t + size.h - size.b) / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${(size.t + size.h - size.b) / 2})` }, figure(plane.y, true)));
    const own = state.to === "CN" && !state.hq && !state.parent && state.by === "other" && state.layer === "enforced";
    const count = D.chips.filter((c) => c.facts).length;
    view.replaceChildren(h("figure", { class: "plane" },
      h("figcaption", {}, h("p", {}, t("planeOf", { day: state.on })), own ? null : h("p", { class: "warn" }, t("planeOther", { deal: dealWords(state) }))),
      h("svg", { viewBox: `0 0 ${size.w} ${size.h}`, role: "group", "aria-label": `${t("plane")}: ${state.on}` }, patterns(), nodes),
      legend(placed.map(([c, f]) => [f.answer, c])),
      h("figcaption", {}, t("planeLeftOut", { n: answers.length - placed.length, m: count - inside.length }))),
      h("ol", { class: "regions" }, plane.regions.map((r) => h("li", {}, h("b", {}, r.title), r.certain ? "" : ` (${t("uncertain")})`, eases(r) ? ` (${t("easesReview")})` : "",
        h("small", {}, bounds(plane, r), excluded(D, r)), h("small", {}, `${r.cite} ${r.paragraph}`)))),
      plane.out.length ? h("section", {}, h("h3", {}, t("planeOut")), h("ul", {}, plane.out.map((title) => h("li", {}, title)))) : "",
      ...changes);
  };
})();
