// What a reader would see go wrong on a page, one sentence each. Loaded by tests/browser.py.
window.checks = (function () {
  "use strict";

  // A colour on its way from light to dark is neither.
  document.head.append(Object.assign(document.createElement("style"), {
    textContent: "* { transition: none !important; }",
  }));

  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const sample = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const article = () => document.querySelector("article") ?? document.querySelector("main");

  /** Images that did not load, or whose alternative text is missing or too short to describe. */
  async function images() {
    const problems = [];
    for (const image of document.images) {
      image.loading = "eager";
      await image.decode().catch(() => null);
      if (!image.complete || !image.naturalWidth) problems.push(`not loaded: ${sample(image)}`);
      const text = image.getAttribute("alt");
      if (text === "" && image.matches("[role=presentation], [aria-hidden=true]")) continue;
      const words = (text ?? "").trim().split(/\s+/).length;
      if (words < 4 || /\.(png|svg|jpe?g|gif|webp)$/i.test(text)) {
        problems.push(`alternative text does not describe: ${sample(image)}`);
      }
    }
    return problems;
  }

  /** Formulas that were left as TeX, or are not drawn. */
  function mathematics() {
    const problems = [...document.querySelectorAll("merror")].map((e) => `not understood: ${sample(e)}`);
    for (const place of article().querySelectorAll(".math")) {
      const formula = place.querySelector("math");
      if (!formula) problems.push(`not typeset: ${sample(place)}`);
      else if (shown(formula) && !formula.getBoundingClientRect().width) {
        problems.push(`not drawn: ${sample(place)}`);
      }
    }
    return problems;
  }

  /** The element between `element` and the article that it scrolls in, if any. */
  function scroller(element) {
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth) return e;
    }
    return null;
  }

  /** What makes the page scroll sideways, or is cut off at the edge of the screen. */
  function width() {
    const page = document.documentElement;
    const problems = page.scrollWidth > innerWidth ? [`the page is ${page.scrollWidth} px wide`] : [];
    for (const element of article().querySelectorAll("pre, table, figure, img, svg, canvas, math, p, li, dt, dd, h2, h3, button, input, select")) {
      const { right, width } = element.getBoundingClientRect();
      if (!width || right <= innerWidth + 1 || !shown(element)) continue;
      const inside = scroller(element);
      if (!inside) problems.push(`cut off: ${sample(element)}`);
      else if (inside.getBoundingClientRect().right > innerWidth + 1) problems.push(`scrolls out of the page: ${sample(inside)}`);
    }
    return problems;
  }

  /** Text below 11 px. Indices of formulas are the font's own affair. */
  function smallText() {
    const problems = [];
    const texts = document.createTreeWalker(article(), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const parent = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || parent.closest("math, svg") || !shown(parent)) continue;
      const size = parseFloat(getComputedStyle(parent).fontSize);
      if (size < 11) problems.push(`${size} px: ${sample(parent)}`);
    }
    return problems;
  }

  /** Mark text that repeats what was seen: same letters, colours and backdrop, same contrast. */
  function markRepetitions() {
    const seen = new Set();
    for (const element of article().querySelectorAll("*")) {
      const style = getComputedStyle(element);
      let backdrop = element;
      while (backdrop && getComputedStyle(backdrop).backgroundColor === "rgba(0, 0, 0, 0)") {
        backdrop = backdrop.parentElement;
      }
      const look = [element.localName, style.color, style.fontSize, style.fontWeight, style.opacity,
        backdrop && getComputedStyle(backdrop).backgroundColor].join();
      element.toggleAttribute("data-seen", seen.has(look));
      seen.add(look);
    }
  }

  /** Violations of WCAG 2.1 A and AA that axe-core finds. */
  async function accessibility() {
    markRepetitions();
    axe.configure({ rules: [{ id: "color-contrast", selector: ":not([data-seen])" }] });
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    // Without `preload` it asks for no style sheet a second time.
    const options = { runOnly: tags, resultTypes: ["violations"], preload: false };
    const found = await axe.run(document, options);
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map((n) => `${id}: ${n.failureSummary.split("\n")[1].trim()} ${n.html.slice(0, 120)}`));
  }

  return { images, mathematics, width, smallText, accessibility };
})();
