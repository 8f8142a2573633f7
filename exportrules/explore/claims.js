// The casebooks: what was said in public, the verdict that the engine reached when the page was made, and links into it.
(() => {
  const explorer = globalThis.explorer;
  const WORDS = { agrees: "agrees", partly: "partly", contradicted: "contradicted", "not decided": "not_decided", "": "implies_nothing" };

  function verdict(word) {
    return explorer.h("span", { class: `verdict v-${WORDS[word]}` }, explorer.t(WORDS[word]));
  }

  /** The address of a state of this page. */
  function address(shown) {
    const said = new URLSearchParams(shown);
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (["lang", "theme"].includes(name)) said.set(name, value);
    said.set("edition", explorer.data().edition);
    return `#${said}`;
  }

  function answer(book, reply) {
    const { h, t } = explorer;
    const where = reply.shown
      ? h("a", { href: address(reply.shown), onclick: (e) => { if (!e.metaKey && !e.ctrlKey && !e.shiftKey) { e.preventDefault(); explorer.follow(e.currentTarget.getAttribute("href")); } } }, `${t("show")} (${reply.shown.on})`)
      : t("withCommand", { command: `exportrules casebook ${book.id}` });
    return h("li", {}, reply.verdict ? [verdict(reply.verdict), " "] : null, h("b", {}, reply.chip), `, ${reply.label}`, reply.because ? `: ${reply.because}` : "", " — ", where);
  }

  function card(book, claim) {
    const { h, t } = explorer;
    const source = [claim.publisher, claim.published].filter(Boolean).join(", ");
    return h("article", { class: "claim", id: `claim-${claim.id}` },
      h("p", { class: "says" }, verdict(claim.verdict), " ", claim.says),
      h("p", {}, h("small", {}, claim.url ? h("a", { href: claim.url, rel: "noreferrer", target: "_blank" }, source) : source,
        claim.by ? ` (${t("byWayOf", { who: claim.by })})` : "", " · ", t("about", claim))),
      h("ul", {}, claim.answers.map((reply) => answer(book, reply))),
      claim.note ? h("p", {}, h("small", {}, claim.note)) : null);
  }

  explorer.claims = (view) => {
    const { h, t } = explorer;
    view.replaceChildren(h("p", { class: "deal" }, t("claimsLead")), ...explorer.data().claims.map((book) => {
      if (book.refused) return h("section", {}, h("h3", {}, book.id), h("p", {}, t("claimsRefused", { why: book.refused })));
      const many = new Map();
      for (const claim of book.claims) many.set(claim.verdict, (many.get(claim.verdict) || 0) + 1);
      return h("section", {}, h("h3", {}, book.title), h("p", { class: "tally" }, Object.keys(WORDS).filter((word) => many.has(word)).map((word) => [verdict(word), ` ${many.get(word)} `])),
        h("div", { class: "claims" }, book.claims.map((claim) => card(book, claim))));
    }));
  };
})();
