// For the keyboard: what scrolls in itself takes the focus, and the menus say whether they are open.
(function () {
  "use strict";

  // A figure drawn for a wide page keeps letters that can be read: on a phone it scrolls in itself.
  document.querySelectorAll(".cell_output figure > img[width]").forEach((image) => {
    if (image.getAttribute("width") >= 700) image.parentElement.classList.add("wide");
  });

  const SCROLLERS = "pre, figure, .formula, .output, .pst-scrollable-table-container";
  const scrollers = [...document.querySelectorAll(`.bd-article :is(${SCROLLERS})`)];
  // A figure has a role and a caption of its own.
  const nameless = new Set(scrollers.filter((e) => e.localName !== "figure" && !e.hasAttribute("role")));

  function nameOf(element) {
    if (element.matches(".formula")) return "Formula";
    if (element.querySelector("table")) return "Table";
    return element.closest(".cell_output") ? "Output" : "Code";
  }

  function update(element) {
    const scrolls =
      element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    const attributes = { tabindex: "0" };
    if (nameless.has(element)) Object.assign(attributes, { role: "group", "aria-label": nameOf(element) });
    for (const [name, value] of Object.entries(attributes)) {
      if (scrolls) element.setAttribute(name, value);
      else element.removeAttribute(name);
    }
  }

  // Sizes change with the window, with a font that arrives and with a box that opens.
  const watcher = new ResizeObserver((changes) => changes.forEach(({ target }) => update(target)));
  scrollers.forEach((element) => watcher.observe(element));

  function describe(side, label) {
    const box = document.getElementById(`pst-${side}-sidebar-checkbox`);
    const button = document.querySelector(`.${side}-toggle`);
    const sidebar = document.querySelector(`.bd-sidebar-${side}`);
    if (!box || !button || !sidebar) return;
    sidebar.id ||= `${side}-sidebar`;
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-controls", sidebar.id);
    // On a narrow screen the checked box shows the sidebar, on a wide one it hides it.
    const tell = () => {
      const narrow = getComputedStyle(sidebar).position === "fixed";
      button.setAttribute("aria-expanded", String(box.checked === narrow));
    };
    // The theme changes the box in handlers of its own: look after them.
    const tellLater = () => setTimeout(tell);
    tell();
    button.addEventListener("click", tellLater);
    sidebar.addEventListener("keydown", tellLater);
    box.addEventListener("change", tellLater);
    window.addEventListener("resize", tellLater);
  }

  describe("primary", "Menu of the book");
  describe("secondary", "Contents of this page");
})();
