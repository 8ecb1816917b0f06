// Turns the pages of the site, set one after another in one document, into a printed book.
// tools/pdf.py loads it; nothing of it is part of the site.

const INTERFACE = [
  "script", "style", "button", "input", "select", "form", "canvas", "noscript", "colgroup",
  "[hidden]", ".front-door", ".d-print-none", ".headerlink", ".backrefs", "details.hide", "figure.live",
  "figure.animation > div:not(.strip)", ".table-filter", ".sd-summary-state-marker",
].join(",");

// Characters of code that fit in a line, also in a box.
const CODE_WIDTH = 90;
const SHORT_CODE = 16; // lines
// A figure of this many pixels fills the width of the text block: 7.2 inches at 130 dots per inch.
const FIGURE_WIDTH = 936;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const plain = (element) => element.textContent.replace(/\s+/g, " ").trim();

// Ids and links

function prefixIds(chapter) {
  for (const element of chapter.querySelectorAll("[id]")) {
    element.id = `${chapter.id}--${element.id}`;
  }
}

function rewriteLinks(chapter, keys) {
  for (const link of chapter.querySelectorAll("a[href]")) {
    const url = new URL(link.getAttribute("href"), `file:///${chapter.dataset.page}.html`);
    if (url.protocol !== "file:") continue;
    const page = decodeURIComponent(url.pathname).slice(1).replace(/\.html$/, "");
    const fragment = decodeURIComponent(url.hash).slice(1);
    const whole = keys.get(page);
    const exact = `${whole}--${fragment}`;
    if (page === "genindex") link.setAttribute("href", "book:index");
    else if (!whole) link.replaceWith(...link.childNodes);
    else link.setAttribute("href", `#${document.getElementById(exact) ? exact : whole}`);
  }
}

// What a page of paper shows otherwise than a screen

function printAnimations(chapter) {
  for (const figure of chapter.querySelectorAll("figure.animation")) {
    const frames = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const image = figure.querySelector("img");
    const shown = [...new Set([0, Math.floor((frames.length - 1) / 2), frames.length - 1])];
    const steps = shown.map((index) =>
      make("div", {}, make("span", { textContent: `${index + 1} / ${frames.length}` }),
        make("img", { src: frames[index], alt: image.alt })));
    image.replaceWith(make("div", { className: "strip" }, ...steps));
  }
}

// Each line of code that is too long becomes a block of its own, with a hanging indent. A short
// piece of code stays on one page.
function wrapCode(chapter) {
  for (const block of chapter.querySelectorAll(".highlight pre")) {
    if (block.textContent.split("\n").length <= SHORT_CODE) block.style.breakInside = "avoid";
    if (block.textContent.split("\n").every((line) => line.length <= CODE_WIDTH)) continue;
    // Pygments closes its spans at the end of each line, so that lines can be taken apart.
    const lines = block.innerHTML.replace(/\n$/, "").split("\n");
    block.replaceChildren(...lines.map((html) => {
      const line = make("span", { className: "line", innerHTML: html || "\u200b" });
      const indent = line.textContent.match(/^ */)[0].length;
      line.style.setProperty("--hang", `${indent + 4}ch`);
      return line;
    }));
  }
}

function unwrapTables(chapter) {
  for (const holder of chapter.querySelectorAll(".pst-scrollable-table-container")) {
    holder.replaceWith(...holder.childNodes);
  }
}

// Solutions and the answers of the quiz go to the end of the book

function takeSolutions(chapter) {
  const solutions = [...chapter.querySelectorAll(".solution")];
  for (const solution of solutions) {
    const exercise = document.getElementById(
      solution.querySelector(".admonition-title a").getAttribute("href").slice(1));
    exercise.querySelector(".admonition-title").append(
      make("a", { className: "across", href: `#${solution.id}`, textContent: "solution" }));
    solution.remove();
  }
  return solutions;
}

function takeAnswers(chapter) {
  const answers = [];
  for (const first of chapter.querySelectorAll("details.sd-dropdown")) {
    if (!first.isConnected) continue;
    const group = [first];
    while (group.at(-1).nextElementSibling?.matches("details.sd-dropdown")) {
      group.push(group.at(-1).nextElementSibling);
    }
    const question = first.previousElementSibling;
    const number = plain(question).match(/^\d+/)?.[0] ?? "";
    const options = make("ul", { className: "options" });
    const explained = make("ul", { className: "options" });
    for (const one of group) {
      const option = one.querySelector(".sd-summary-text");
      options.append(make("li", {}, ...option.cloneNode(true).childNodes));
      explained.append(make("li", {}, make("strong", {}, ...option.childNodes), " ",
        ...[...one.querySelectorAll(".sd-summary-content > p")].flatMap((p) => [...p.childNodes, " "])));
    }
    question.id ||= `${chapter.id}--question-${number}`;
    const answer = make("div", { className: "answer", id: `${chapter.id}--answer-${number}` },
      make("a", { href: `#${question.id}`, textContent: `${number}.` }), explained);
    question.append(make("a", { className: "across", href: `#${answer.id}`, textContent: "answer" }));
    first.before(options);
    group.forEach((one) => one.remove());
    answers.push(answer);
  }
  return answers;
}

function addSolutions(chapters, last) {
  for (const chapter of chapters) {
    const solutions = takeSolutions(chapter);
    const answers = takeAnswers(chapter);
    if (!solutions.length && !answers.length) continue;
    const section = make("section", { id: `solutions--${chapter.id}` },
      make("h2", { textContent: plain(chapter.querySelector("h1")) }), ...solutions);
    if (answers.length) section.append(make("h3", { textContent: "Quiz" }), ...answers);
    last.append(section);
  }
}

// Contents, running heads, index

function describe(chapter) {
  const title = chapter.querySelector("h1");
  const sections = [...chapter.querySelectorAll("h2")].map((heading) => {
    heading.id ||= `${heading.closest("[id]").id}--heading`;
    return { id: heading.id, title: plain(heading) };
  });
  return { id: chapter.id, title: plain(title), part: chapter.dataset.part, sections };
}

function addRunningHeads(outline) {
  const text = (words) => JSON.stringify(words);
  const rules = outline.map(({ part, title }, number) => `
    #${CSS.escape(outline[number].id)} { page: chapter-${number}; }
    @page chapter-${number}:left { @top-right { content: ${text(part || title)}; } }
    @page chapter-${number}:right { @top-left { content: ${text(title)}; } }`);
  document.head.append(make("style", { textContent: rules.join("\n") }));
}

// Glossary entries and helpers, with every place that an index should lead to.
function findTerms() {
  const entries = new Map();
  for (const term of document.querySelectorAll("dl.glossary dt:not(.chinese)")) {
    const names = [...term.parentNode.children];
    const chinese = names.slice(names.indexOf(term)).find((one) => !one.matches("dt:not(.chinese)"));
    entries.set(term.id, {
      name: plain(term), chinese: chinese?.matches("dt.chinese") ? plain(chinese) : "",
      uses: [], main: term.id,
    });
  }
  let count = 0;
  for (const link of document.querySelectorAll('.chapter a[href*="--term-"]')) {
    const entry = entries.get(link.getAttribute("href").slice(1));
    if (!entry || link.closest("dl.glossary")) continue;
    link.id = `use-${++count}`;
    entry.uses.push(link.id);
  }
  for (const signature of document.querySelectorAll("dl.py > dt.sig[id]")) {
    entries.set(signature.id, { name: `${plain(signature.querySelector(".descname"))}`, chinese: "",
      code: true, uses: [], main: signature.id });
  }
  return [...entries.values()];
}

// Chromium writes a named destination for each id that a link of the document leads to.
function nameDestinations(ids) {
  const links = ids.map((id) => make("a", { href: `#${id}` }));
  document.body.append(make("nav", { hidden: true }, ...links));
}

// Sizes: nothing is wider than the text block

function sizeFigures() {
  for (const image of document.querySelectorAll("main img")) {
    if (image.naturalWidth && image.src.match(/\.svg$/) === null) {
      image.style.width = `${Math.min(100, (100 * image.naturalWidth) / FIGURE_WIDTH)}%`;
    }
  }
}

function shrinkToFit() {
  const width = document.querySelector("main").clientWidth;
  const shrink = (element, wanted, available) => {
    if (wanted <= available + 0.5) return;
    const size = parseFloat(getComputedStyle(element).fontSize);
    element.style.fontSize = `${Math.floor((size * available * 96) / wanted) / 100}px`;
  };
  for (const formula of document.querySelectorAll("div.math")) {
    const number = formula.querySelector(".eqno")?.getBoundingClientRect().width ?? 0;
    for (const math of formula.querySelectorAll("math")) {
      shrink(math, math.scrollWidth, formula.clientWidth - (number ? number + 12 : 0));
    }
  }
  for (const table of document.querySelectorAll("main table:not(table table)")) {
    for (let round = 0; round < 3; round++) {
      shrink(table, table.getBoundingClientRect().width, table.parentElement.clientWidth);
    }
  }
  return width;
}

// Returns the outline and the index: { chapters: [{id, title, part, sections}], terms: […] }.
async function prepareBook() {
  const chapters = [...document.querySelectorAll("main > .chapter")];
  const keys = new Map(chapters.map((chapter) => [chapter.dataset.page, chapter.id]));
  chapters.forEach(prefixIds);
  for (const chapter of chapters) {
    rewriteLinks(chapter, keys);
    printAnimations(chapter);
    chapter.querySelectorAll(INTERFACE).forEach((element) => element.remove());
    unwrapTables(chapter);
    wrapCode(chapter);
    const part = chapter.dataset.part;
    if (part) chapter.querySelector("h1").before(make("p", { className: "part", textContent: part }));
  }
  const last = make("section", { id: "solutions", className: "chapter" },
    make("h1", { textContent: "Solutions" }));
  addSolutions(chapters, last);
  document.querySelector("main").append(last);

  const outline = [...chapters, last].map(describe);
  const terms = findTerms();
  addRunningHeads(outline);
  nameDestinations([
    ...outline.flatMap(({ id, sections }) => [id, ...sections.map((one) => one.id)]),
    ...terms.flatMap(({ main, uses }) => [main, ...uses]),
  ]);
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode()));
  await document.fonts.ready;
  sizeFigures();
  shrinkToFit();
  return { chapters: outline, terms };
}
