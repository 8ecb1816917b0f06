/* A score of two normal groups, cut at a threshold: four counts, the ROC curve, the cost. */
(() => {
  "use strict";
  const { core, count, draw, fixed, make, percent } = window.live;
  const PEOPLE = 1000;
  const [LOW, HIGH, BIN] = [-4, 8, 0.25];
  /** An expected number of people; a small one is rarely whole. */
  const expected = (value) => (value < 9.95 ? fixed(value, 1) : count(value));

  /** Distribution function of the standard normal, by its power series about 0. */
  core.normal = (x) => {
    if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
    let [sum, term] = [x, x];
    for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
      term *= (x * x) / odd;
      sum += term;
    }
    return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
  };

  /** Expected counts of PEOPLE: the well score N(0, 1), the ill N(shift, 1). */
  core.counts = (threshold, shift, prevalence) => {
    const [ill, well] = [PEOPLE * prevalence, PEOPLE * (1 - prevalence)];
    const tp = ill * core.normal(shift - threshold);
    const fp = well * core.normal(-threshold);
    return { tp, fn: ill - tp, fp, tn: well - fp };
  };

  core.rates = ({ tp, fn, fp, tn }) => ({
    sensitivity: tp / (tp + fn), specificity: tn / (tn + fp), ppv: tp / (tp + fp), npv: tn / (tn + fn),
  });

  /** In false alarms: a miss costs `price` of them. */
  core.cost = (counts, price) => counts.fp + price * counts.fn;

  /** Where the cost is least: the likelihood ratio there equals the odds of health over the price. */
  core.cheapest = (shift, prevalence, price) =>
    shift / 2 + Math.log((1 - prevalence) / (prevalence * price)) / shift;

  const kinds = [["tp", "live-a"], ["fn", "live-a live-open"], ["fp", "live-b"], ["tn", "live-b live-open"]];

  function table(kit) {
    const cell = Object.fromEntries(kinds.map(([key]) => [key, make("td")]));
    const head = (text, scope) => make("th", { scope }, text);
    for (const [name, classes] of kinds) {
      cell[name].append(make("span", { class: `live-key ${classes}`, "aria-hidden": "true" }), make("span"));
    }
    const counts = make("table", { class: "live-table" },
      make("caption", {}, "Expected of 1,000 people"),
      make("thead", {}, make("tr", {}, make("td"), head("called ill", "col"), head("cleared", "col"))),
      make("tbody", {},
        make("tr", {}, head("ill", "row"), cell.tp, cell.fn),
        make("tr", {}, head("well", "row"), cell.fp, cell.tn)));
    const rows = { sensitivity: "Sensitivity", specificity: "Specificity", ppv: "PPV", npv: "NPV" };
    const rate = {};
    const body = make("tbody");
    for (const [name, text] of Object.entries(rows)) {
      rate[name] = make("td");
      body.append(make("tr", {}, head(text, "row"), rate[name]));
    }
    const rates = make("table", { class: "live-table" }, make("caption", {}, "Rates"), body);
    kit.stage.append(make("div", { class: "live-panel live-tables" }, counts, rates));
    return (found) => {
      for (const [name] of kinds) cell[name].lastChild.textContent = expected(found[name]);
      const now = core.rates(found);
      for (const name of Object.keys(rows)) rate[name].textContent = percent(now[name]);
    };
  }

  window.live.figure("threshold", (kit) => {
    kit.slider("threshold", "Threshold", {
      min: -3, max: 6, step: 0.05, start: 1, show: (v) => fixed(v),
    });
    kit.slider("shift", "Distance of the groups d", {
      min: 0.2, max: 4, step: 0.1, start: 1.5, show: (v) => `${fixed(v, 1)} SD`,
    });
    kit.slider("prevalence", "Prevalence", {
      min: -2.3, max: -0.3, step: 0.05, start: -0.7, at: (v) => 10 ** v, show: percent,
    });
    kit.slider("price", "Price of a miss", {
      min: 0, max: 2, step: 0.05, start: 0.7, at: (v) => 10 ** v,
      show: (v) => `${fixed(v, v < 10 ? 1 : 0)} false alarms`,
    });

    const histogram = kit.panel("The scores of 1,000 people");
    const bars = draw(histogram.inside, "g");
    const cut = histogram.line("live-ink");
    const names = draw(histogram.above, "g");
    const roc = kit.panel("ROC curve");
    const [curve, chance] = [roc.line("live-ink"), roc.line("live-ink live-thin live-dotted")];
    const diamond = { d: "M-7 0L0 -7L7 0L0 7Z", class: "live-best" };
    const [rocBest, rocNow] = [roc.mark("path", diamond), roc.dot()];
    const cost = kit.panel("Cost of each threshold");
    const bill = cost.line("live-ink");
    const [costBest, costNow] = [cost.mark("path", diamond), cost.dot()];
    const fill = table(kit);
    kit.stage.append(kit.legend(
      ["live-key live-round", "this threshold"], ["live-key live-tilted", "the cheapest"]));

    function drawHistogram(threshold, shift, prevalence) {
      const groups = [
        { share: 1 - prevalence, centre: 0, up: 1, hue: "live-b" },
        { share: prevalence, centre: shift, up: -1, hue: "live-a" },
      ];
      const heights = groups.map(({ share, centre }) => (a, b) =>
        PEOPLE * share * (core.normal(b - centre) - core.normal(a - centre)));
      const peaks = groups.map(({ centre }, k) => heights[k](centre - BIN / 2, centre + BIN / 2));
      const top = Math.max(...peaks);
      const floor = -Math.max(peaks[1] * 1.15, top * 0.25);
      histogram.axes(
        { label: "score (standard deviations of the well)", from: LOW, to: HIGH, at: [-4, -2, 0, 2, 4, 6, 8] },
        { label: "people per 0.25 SD", from: floor, to: top * 1.15, show: (v) => count(Math.abs(v)) },
      );
      const { x, y } = histogram.scale;
      bars.replaceChildren();
      groups.forEach(({ up, hue }, k) => {
        for (let left = LOW; left < HIGH; left += BIN) {
          // The bin in which the threshold falls is cut in two.
          const inner = threshold > left && threshold < left + BIN ? [threshold] : [];
          const edges = [left, ...inner, left + BIN];
          for (let part = 1; part < edges.length; part += 1) {
            const [a, b] = [edges[part - 1], edges[part]];
            const tall = (heights[k](a, b) * BIN) / (b - a);
            const open = a < threshold - 1e-9 ? " live-open" : "";
            draw(bars, "rect", {
              x: x(a) + 0.4, width: Math.max(0, x(b) - x(a) - 0.8), class: `${hue}${open}`,
              y: up > 0 ? y(tall) : y(0), height: Math.abs(y(tall) - y(0)),
            });
          }
        }
      });
      cut([[threshold, floor], [threshold, top * 1.15]]);
      names.replaceChildren();
      const { left, right, top: ceiling, bottom } = histogram.frame;
      draw(names, "text", { x: left + 6, y: ceiling + 12 }, "well ↑");
      draw(names, "text", { x: left + 6, y: bottom - 5 }, "ill ↓");
      draw(names, "text", { x: right - 4, y: ceiling + 12, "text-anchor": "end" }, "filled: called ill");
    }

    return ({ threshold, shift, prevalence, price }) => {
      const at = (cutoff) => core.counts(cutoff, shift, prevalence);
      const found = at(threshold);
      const best = core.cheapest(shift, prevalence, price);
      drawHistogram(threshold, shift, prevalence);
      fill(found);

      const cutoffs = Array.from({ length: 241 }, (_, k) => HIGH - ((HIGH - LOW) * k) / 240);
      const place = (counts) => {
        const { sensitivity, specificity } = core.rates(counts);
        return [1 - specificity, sensitivity];
      };
      roc.axes({ label: "1 − specificity", from: 0, to: 1 }, { label: "sensitivity", from: 0, to: 1 });
      curve([[0, 0], ...cutoffs.map((t) => place(at(t))), [1, 1]]);
      chance([[0, 0], [1, 1]]);
      rocNow(place(found));
      rocBest(place(at(best)));

      // Scores beyond the axis call all or none: the cost no longer changes.
      const [paid, least] = [core.cost(found, price), core.cost(at(best), price)];
      const shown = Math.max(-3, Math.min(6, best));
      const dearest = Math.max(...cutoffs.map((t) => core.cost(at(t), price)));
      cost.axes(
        { label: "threshold", from: -3, to: 6 },
        { label: "cost (false alarms)", from: 0, to: dearest * 1.05, show: count },
      );
      bill(cutoffs.map((t) => [t, core.cost(at(t), price)]));
      costNow([threshold, paid]);
      costBest([shown, core.cost(at(shown), price)]);

      const rates = core.rates(found);
      const cheap = best < -3 ? "call everyone" : best > 6 ? "call nobody" : `cut at ${fixed(best)}`;
      kit.say(
        `AUC ${fixed(core.normal(shift / Math.SQRT2))}. Cutting at ${fixed(threshold)} raises ` +
          `${expected(found.tp + found.fp)} alarms, ${expected(found.tp)} of them right ` +
          `(${percent(rates.ppv)}), and misses ${expected(found.fn)} of ${expected(found.tp + found.fn)} ` +
          `ill people. It costs as much as ${count(paid)} false alarms; the cheapest rule, ${cheap}, ` +
          `costs ${count(least)}.`,
      );
    };
  });
})();
