/* What an alarm is worth, by prevalence: a thousand people as dots, and the predictive values. */
(() => {
  "use strict";
  const { core, count, draw, make, percent } = window.live;
  const PEOPLE = 1000;
  const COLUMNS = 40;
  const tenths = (share) => `${(100 * share).toFixed(1)} %`;

  /** Positive and negative predictive value by Bayes' rule. */
  core.predictive = (sensitivity, specificity, prevalence) => {
    const [right, alarm] = [sensitivity * prevalence, (1 - specificity) * (1 - prevalence)];
    const [clear, missed] = [specificity * (1 - prevalence), (1 - sensitivity) * prevalence];
    return { ppv: right / (right + alarm), npv: clear / (clear + missed) };
  };

  /** Whole people of 1,000: first how many are ill, then what the test says of each group. */
  core.whole = (sensitivity, specificity, prevalence) => {
    const ill = Math.round(PEOPLE * prevalence);
    const tp = Math.round(sensitivity * ill);
    const tn = Math.round(specificity * (PEOPLE - ill));
    return { tp, fp: PEOPLE - ill - tn, fn: ill - tp, tn };
  };

  // Each kind has a shape of its own, drawn about the middle of its cell.
  const kinds = [
    ["tp", "ill, alarm", "live-a", (x, y) => `M${x - 3.4} ${y}a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0`],
    ["fp", "well, alarm", "live-b", (x, y) => `M${x - 3} ${y - 3}h6v6h-6Z`],
    ["fn", "ill, no alarm", "live-a live-ring", (x, y) => `M${x - 3} ${y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`],
    ["tn", "well, no alarm", "live-grey", (x, y) => `M${x - 1.5} ${y - 1.5}h3v3h-3Z`],
  ];

  function crowd(kit) {
    const holder = make("div", { class: "live-panel" });
    const svg = draw(holder, "svg", {
      viewBox: "0 0 340 226", role: "img", "aria-label": "1,000 people as dots, alarms first",
    });
    draw(svg, "text", { x: 6, y: 13, class: "live-chart-title" }, "1,000 people, alarms first");
    const legend = make("ul", { class: "live-kinds" });
    const parts = kinds.map(([key, label, classes, shape]) => {
      const path = draw(svg, "path", { class: classes });
      const number = make("b");
      const item = make("li", {}, " ", number, ` ${label}`);
      const sign = draw(item, "svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
      draw(sign, "path", { class: classes, d: shape(5, 5) });
      item.prepend(sign);
      legend.append(item);
      return { key, shape, path, number };
    });
    holder.append(legend);
    kit.stage.append(holder);
    return (counts) => {
      let next = 0;
      for (const { key, shape, path, number } of parts) {
        const places = Array.from({ length: counts[key] }, (_, k) => next + k);
        next += counts[key];
        const at = (k) => shape(10 + (k % COLUMNS) * 8.2, 26 + Math.floor(k / COLUMNS) * 8.2);
        path.setAttribute("d", places.map(at).join(""));
        number.textContent = count(counts[key]);
      }
    };
  }

  window.live.figure("prevalence", (kit) => {
    kit.slider("prevalence", "Prevalence", {
      min: -3, max: -0.3, step: 0.05, start: -2, at: (v) => 10 ** v, show: percent,
    });
    kit.slider("sensitivity", "Sensitivity", {
      min: 50, max: 100, step: 0.5, start: 97.5, at: (v) => v / 100, show: tenths,
    });
    kit.slider("specificity", "Specificity", {
      min: 50, max: 100, step: 0.1, start: 93.4, at: (v) => v / 100, show: tenths,
    });
    const fill = crowd(kit);
    const plot = kit.panel("Predictive values of this test");
    const lines = { ppv: plot.line("live-a"), npv: plot.line("live-b live-dashed") };
    const here = plot.line("live-ink live-thin");
    const marks = { ppv: plot.dot(), npv: plot.dot() };
    plot.axes(
      { label: "prevalence", from: 0.001, to: 0.5, log: true, at: [0.001, 0.01, 0.1, 0.5],
        show: (v) => `${100 * v} %` },
      { label: "share that is right", from: 0, to: 1, at: [0, 0.25, 0.5, 0.75, 1], show: (v) => `${100 * v} %` },
    );
    kit.stage.append(kit.legend(["live-stroke", "alarms that are right (PPV)"],
      ["live-stroke live-b", "all-clears that are right (NPV)"]));

    return ({ prevalence, sensitivity, specificity }) => {
      const now = core.predictive(sensitivity, specificity, prevalence);
      const counts = core.whole(sensitivity, specificity, prevalence);
      fill(counts);
      const grid = Array.from({ length: 109 }, (_, k) => 10 ** (-3 + k / 40));
      for (const key of ["ppv", "npv"]) {
        lines[key](grid.map((p) => [p, core.predictive(sensitivity, specificity, p)[key]]));
        marks[key]([prevalence, now[key]]);
      }
      here([[prevalence, 0], [prevalence, 1]]);
      const ill = counts.tp + counts.fn;
      kit.say(
        `Of 1,000 people about ${count(ill)} ${ill === 1 ? "is" : "are"} ill. The test finds ` +
          `${count(counts.tp)} of them and raises ${count(counts.fp)} false ` +
          `${counts.fp === 1 ? "alarm" : "alarms"}. An alarm is right in ${percent(now.ppv)}, ` +
          `an all-clear in ${percent(now.npv)} of cases.`,
      );
    };
  });
})();
