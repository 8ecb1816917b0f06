/* Live figures: what they share. A page loads this file and one small file for each figure on it.
   `live.figure(name, build)` furnishes every <figure data-live="name">: `build` gets a kit with
   which to make controls and charts, and returns the function that redraws everything from the
   values of the controls. The arithmetic of a figure stands in `live.core`, where a test finds it. */
window.live = (() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";

  /** An HTML element with attributes and children; a null attribute is left out. */
  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  /** An SVG element, put at the end of `parent`. */
  function draw(parent, tag, attributes = {}, text = "") {
    const made = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return parent.appendChild(made);
  }

  /* Numbers as the book writes them. */
  const fixed = (value, digits = 2) =>
    (Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).toFixed(digits).replace("-", "−");
  const count = (value) => Math.round(value).toLocaleString("en-GB");
  /** A share in percent; near 0 and near 1 with one digit more, for there it matters. */
  const percent = (share) => {
    const edge = Math.min(share, 1 - share);
    if (edge > 0 && edge < 0.0005) return share < 0.5 ? "< 0.1 %" : "> 99.9 %";
    return `${(100 * share).toFixed(edge > 0 && edge < 0.0995 ? 1 : 0)} %`;
  };

  /** Round numbers between two ends, about `wanted` of them. */
  function ticks(from, to, wanted = 5) {
    const rough = (to - from) / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
    const first = Math.ceil(from / step - 1e-9);
    const last = Math.floor(to / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step);
  }

  /** A repeatable source of numbers from 0 to 1: the generator mulberry32. */
  function random(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  let charts = 0;

  /** A chart. Axes are {label, from, to, log, at, show}; `at` lists the ticks, `show` writes one. */
  function chart(host, { title, width = 340, height = 240 }) {
    const frame = { left: 46, top: 24, right: width - 16, bottom: height - 38 };
    const svg = draw(host, "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
    draw(svg, "text", { x: frame.left, y: 13, class: "live-chart-title" }, title);
    const grid = draw(svg, "g");
    const clip = `live-clip-${(charts += 1)}`;
    draw(draw(draw(svg, "defs"), "clipPath", { id: clip }), "rect", {
      x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top,
    });
    const inside = draw(svg, "g", { "clip-path": `url(#${clip})` });
    const above = draw(svg, "g");
    const scale = {};

    function axis({ from, to, log }, start, end) {
      const on = log ? Math.log10 : (value) => value;
      return (value) => start + ((on(value) - on(from)) / (on(to) - on(from))) * (end - start);
    }

    function axes(x, y) {
      scale.x = axis(x, frame.left, frame.right);
      scale.y = axis(y, frame.bottom, frame.top);
      grid.replaceChildren();
      for (const value of x.at ?? ticks(x.from, x.to)) {
        const at = scale.x(value);
        draw(grid, "line", { x1: at, x2: at, y1: frame.top, y2: frame.bottom, class: "live-grid" });
        draw(grid, "text", { x: at, y: frame.bottom + 14, "text-anchor": "middle" }, (x.show ?? label)(value));
      }
      for (const value of y.at ?? ticks(y.from, y.to)) {
        const at = scale.y(value);
        draw(grid, "line", { x1: frame.left, x2: frame.right, y1: at, y2: at, class: "live-grid" });
        draw(grid, "text", { x: frame.left - 5, y: at + 4, "text-anchor": "end" }, (y.show ?? label)(value));
      }
      const middle = { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
      draw(grid, "text", { x: middle.x, y: height - 6, "text-anchor": "middle" }, x.label);
      const turned = `translate(11 ${middle.y}) rotate(-90)`;
      draw(grid, "text", { transform: turned, "text-anchor": "middle" }, y.label);
    }

    const label = (value) => String(Number(value.toFixed(6))).replace("-", "−");
    const at = ([x, y]) => `${scale.x(x).toFixed(1)} ${scale.y(y).toFixed(1)}`;
    /** A function that draws a line through points in the units of the axes. */
    function line(classes) {
      const path = draw(inside, "path", { class: `live-line ${classes}` });
      return (points) => path.setAttribute("d", points.length ? `M${points.map(at).join("L")}` : "");
    }
    /** A function that puts a mark, drawn about the origin, at a point. */
    function mark(shape, attributes) {
      const made = draw(above, shape, attributes);
      return (point) => made.setAttribute("transform", `translate(${at(point)})`);
    }
    const dot = () => mark("circle", { r: 5, class: "live-now" });
    return { axes, inside, above, scale, frame, line, mark, dot };
  }

  /** Controls, charts and text of one figure. */
  function kit(host, name) {
    const form = make("form", { class: "live-controls", autocomplete: "off", "aria-label": "Settings" });
    const stage = make("div", { class: "live-stage" });
    const says = make("p", { class: "live-says", role: "status" });
    const read = {};
    const echoes = [];
    let timer;

    function field(key, label, control, extra = []) {
      control.id = `live-${name}-${key}`;
      const words = make("label", { for: control.id }, label);
      form.append(make("div", { class: "live-field" }, words, control, ...extra));
      return control;
    }

    /** A slider; `at` turns its position into the value, `show` writes the value. */
    function slider(key, label, { min, max, step, start, at = (v) => v, show = String }) {
      const input = make("input", { type: "range", min, max, step, value: start });
      const output = make("output", { for: `live-${name}-${key}` });
      read[key] = () => at(Number(input.value));
      echoes.push(() => {
        output.textContent = show(read[key]());
        input.setAttribute("aria-valuetext", output.textContent);
      });
      return field(key, label, input, [output]);
    }

    function choice(key, label, options, start) {
      const select = make("select");
      for (const one of options) {
        const option = make("option", { value: one, selected: one === start ? "" : null }, one);
        select.append(option);
      }
      read[key] = () => select.value;
      return field(key, label, select);
    }

    function button(label, act) {
      const made = make("button", { type: "button" }, label);
      made.addEventListener("click", act);
      return made;
    }

    const values = () => Object.fromEntries(Object.entries(read).map(([key, get]) => [key, get()]));

    /** The result in words; a screen reader hears it once the hand rests. */
    function say(text) {
      if (says.textContent === text) return;
      says.setAttribute("aria-busy", "true");
      says.textContent = text;
      clearTimeout(timer);
      timer = setTimeout(() => says.removeAttribute("aria-busy"), 500);
    }

    /** What the signs mean: pairs of classes and words. */
    const legend = (...pairs) => make("p", { class: "live-legend" }, ...pairs.map(([classes, words]) =>
      make("span", {}, make("span", { class: classes, "aria-hidden": "true" }), words)));

    function panel(title, options = {}) {
      const holder = stage.appendChild(make("div", { class: "live-panel" }));
      return chart(holder, { title, ...options });
    }

    return { host, form, stage, says, echoes, slider, choice, button, values, say, legend, panel };
  }

  function figure(name, build) {
    for (const host of document.querySelectorAll(`figure[data-live="${name}"]`)) {
      const tools = kit(host, name);
      const redraw = build(tools);
      const update = () => {
        tools.echoes.forEach((echo) => echo());
        redraw(tools.values());
      };
      const reset = make("button", { type: "reset", class: "live-reset" }, "Reset");
      tools.form.append(reset);
      tools.form.addEventListener("input", update);
      tools.form.addEventListener("submit", (event) => event.preventDefault());
      // The browser sets the controls back after this event, not before it.
      tools.form.addEventListener("reset", () => setTimeout(update));
      host.append(tools.form, tools.stage, tools.says);
      update();
      host.hidden = false;
    }
  }

  return { figure, make, draw, fixed, count, percent, ticks, random, core: {} };
})();
