/* A search box and drop-downs above each table of the appendix whose cells hold facets.
   Without this script the table stands complete; on paper it is complete as well. */

(() => {
  "use strict";

  const LABELS = { article: "Article", kind: "Kind", weight: "Weight", verdict: "Verdict" };

  const make = (tag, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // The facets of a row: name -> the words in its cells, such as article -> ["000", "002"].
  const facetsOf = (row) => {
    const found = {};
    for (const one of row.querySelectorAll(".facet")) {
      const name = [...one.classList].find((c) => c.startsWith("facet-")).slice(6);
      (found[name] ??= []).push(one.textContent);
    }
    return found;
  };

  const labelled = (text, control) => make("label", {}, [make("span", { textContent: text }), control]);

  const dropDown = (words) =>
    make("select", {}, [
      make("option", { value: "", textContent: "all" }),
      ...words.map((word) => make("option", { value: word, textContent: word })),
    ]);

  const addFilter = (table) => {
    const rows = [...table.tBodies[0].rows].map((row) => ({
      row,
      text: row.textContent.toLowerCase(),
      facets: facetsOf(row),
    }));
    const search = make("input", { type: "search", autocomplete: "off" });
    const choices = {};
    for (const name of Object.keys(LABELS)) {
      const words = [...new Set(rows.flatMap(({ facets }) => facets[name] ?? []))];
      if (words.length > 1) choices[name] = dropDown(words);
    }
    const count = make("output", {});

    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, text, facets } of rows) {
        const fits =
          words.every((word) => text.includes(word)) &&
          Object.entries(choices).every(
            ([name, box]) => !box.value || (facets[name] ?? []).includes(box.value),
          );
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    };

    const controls = Object.entries(choices).map(([name, box]) => labelled(LABELS[name], box));
    const reset = make("button", { type: "reset", textContent: "Show all" });
    const form = make("form", { className: "table-filter", role: "search" }, [
      labelled("Search this table", search),
      ...controls,
      reset,
      count,
    ]);
    form.setAttribute("aria-label", "Filter the table below");
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    // The table may stand in a wrapper that scrolls: the form stays outside it.
    (table.closest(".pst-scrollable-table-container") ?? table).before(form);
    apply();
  };

  // A link to a row that the filter hides shows the row.
  const reveal = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row?.hidden) {
      row.hidden = false;
      row.scrollIntoView();
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("table.course-table:has(.facet)").forEach((table) => {
      if (table.tBodies[0].rows.length > 10) addFilter(table);
    });
    addEventListener("hashchange", reveal);
  });
})();
