// --- the explanation of a cell ---

const dialog = $("explanation");
let back = () => {};
$("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => back());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

function explain(table, row, column, whenClosed) {
  const [source, destination] = [table.ends[row], table.ends[column]];
  const look = table.look(row, column);
  $("explanation-title").textContent = `${source.title} → ${destination.title}`;
  const parts = [make("p", { class: `standing outcome ${CALM.has(look.standing) ? "" : "denied"}` }, tell(look))];
  const about = look.findings.map((number) => {
    const { severity, rule, message } = data.findings[number];
    const link = make("a", { href: `#${articles.get(number)?.id || "findings"}` }, `${severity} ${rule}`);
    link.addEventListener("click", () => { back = () => articles.get(number)?.focus(); dialog.close(); });
    return make("li", {}, link, ` ${message}`);
  });
  if (about.length) parts.push(make("h3", {}, "Findings"), make("ul", { class: "about" }, ...about));
  if (look.uncounted.length) {
    parts.push(make("h3", {}, "Findings that do not count"), make("ul", {}, ...look.uncounted.map((each) => make("li", {}, each))));
  }
  if (look.flows.length) {
    parts.push(make("h3", {}, "Documented"), make("ul", {}, ...look.flows.map(([ports, place, because]) =>
      make("li", {}, `${ports} `, make("span", { class: "place" }, place), because ? `: ${because}` : ""))));
  }
  parts.push(...explainSide(table, "egress", source, destination));
  parts.push(...explainSide(table, "ingress", destination, source));
  const near = table.grid.near.some(([one, other]) => source.classes.includes(one) && destination.classes.includes(other));
  if (near) parts.push(make("p", { class: "limit" }, "One may be the node on which the other runs, which no NetworkPolicy keeps apart."));
  $("explanation-body").replaceChildren(...parts);
  back = whenClosed;
  dialog.showModal();
  dialog.scrollTop = 0;
}

const covers = (spans, number) => {
  for (let n = 0; n < spans.length; n += 2) {
    if (spans[n] <= number && number < spans[n] + spans[n + 1]) return true;
  }
  return false;
};

// What one end says, once for all its pods and peers that are told the same.
function explainSide(table, direction, subject, peer) {
  const told = new Map();
  for (const own of subject.classes) {
    const sides = table.grid.sides[direction][own];
    for (const other of peer.classes) {
      for (let n = 0; n < sides.length; n += 2) {
        if (!covers(sides[n + 1], other)) continue;
        const group = told.get(sides[n]) || { subjects: new Set(), peers: new Set() };
        group.subjects.add(own);
        group.peers.add(other);
        told.set(sides[n], group);
      }
    }
  }
  const title = direction === "egress" ? "Egress of" : "Ingress of";
  const parts = [make("h3", {}, `${title} ${subject.title}`)];
  for (const [side, { subjects, peers }] of told) {
    if (told.size > 1) parts.push(make("h4", {}, nameGroup(table, direction, subjects, subject, peers, peer)));
    for (const answer of data.sides[side]) parts.push(showAnswer(table, data.answers[answer], peers));
  }
  return parts;
}

function nameGroup(table, direction, subjects, subject, peers, peer) {
  const name = (classes, end) => {
    const names = [...classes].map((number) => table.grid.classes[number]);
    const rest = names.length > 6 ? ` and ${names.length - 5} more` : "";
    return classes.size === end.classes.length ? end.title : names.slice(0, rest ? 5 : 6).join(", ") + rest;
  };
  const [own, other] = [name(subjects, subject), name(peers, peer)];
  return direction === "egress" ? `${own} to ${other}` : `${own} from ${other}`;
}

function showAnswer(table, [ports, outcome, steps], peers) {
  return make("div", { class: "answer" },
    make("p", {}, `${ports}: `, make("span", { class: `outcome ${outcome}` }, outcome)),
    make("ol", {}, ...steps.map((number) => {
      const [tier, says, decided, by, rules, selected, policies] = data.steps[number];
      return make("li", {}, `${tier}: ${says}${decided ? ` (${decided})` : ""}`,
        ...rules.map((each) => showCited(table, `${by} `, each, peers)),
        ...showSelecting(table, selected, policies, peers, !rules.length && policies.length <= 4));
    })));
}

// The policies that select an end, folded where a rule says more.
function showSelecting(table, verb, policies, peers, isOpen) {
  if (!policies.length) return [];
  const summary = make("summary", {}, `${verb} ${count(policies.length, "policy", "policies")}`);
  const fold = make("details", {}, summary, ...policies.map((each) => showCited(table, "", each, peers)));
  fold.open = isOpen;
  return [fold];
}

function showCited(table, verb, number, peers) {
  const [title, place, quote] = data.cited[number];
  const cite = make("div", { class: "cite" }, verb, make("strong", {}, title), make("span", { class: "place" }, place));
  if (!quote.length) return cite;
  const [first, lines, more] = quote;
  const hits = hitLines(table, number, peers);
  const block = make("div", { class: "quote", tabindex: "0", role: "group", "aria-label": `Lines of ${place}` },
    ...lines.map((line, n) => make("div", {
      "data-line": first + n, ...(hits.has(first + n) ? { class: "hit" } : {}) }, line || " ")));
  if (more) block.append(make("div", { "data-line": "…" }, count(more, "more line")));
  cite.append(block);
  return cite;
}

// The lines of those peers of a rule that match, where it has several.
function hitLines(table, number, peers) {
  const named = table.grid.named[number] || [];
  const hits = new Set();
  if (named.length <= 3) return hits;
  for (let n = 0; n < named.length; n += 3) {
    if (![...peers].some((peer) => covers(named[n + 2], peer))) continue;
    for (let line = named[n]; line <= named[n + 1]; line++) hits.add(line);
  }
  return hits;
}
