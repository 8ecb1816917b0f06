/* From probabilities to text: temperature, top-k and nucleus on a model that the browser counts
   from the words of this very page. */
(() => {
  "use strict";
  const { core, count, draw, fixed, make, percent, random } = window.live;
  const END = ".";
  const SHOWN = 12;
  const LONGEST = 40;

  /** Words and full stops, in small letters. */
  core.words = (text) => text.toLowerCase().match(/[a-z]+(?:[’'-][a-z]+)*|\./g) ?? [];

  /** Counts of single words and of pairs. A sentence begins after a full stop. */
  core.countPairs = (words) => {
    const [single, pairs] = [new Map(), new Map()];
    let before = END;
    for (const word of words) {
      if (word === END && before === END) continue;
      single.set(word, (single.get(word) ?? 0) + 1);
      if (!pairs.has(before)) pairs.set(before, new Map());
      const after = pairs.get(before);
      after.set(word, (after.get(word) ?? 0) + 1);
      before = word;
    }
    return { single, pairs, total: [...single.values()].reduce((a, b) => a + b, 0) };
  };

  /** Probabilities of every next word, likeliest first: pairs mixed with single words as Witten and
      Bell do; the more kinds of word have followed `before`, the larger the part of the latter. No
      full stop follows another. */
  core.nextWords = ({ single, pairs }, before) => {
    const after = pairs.get(before) ?? new Map();
    const possible = [...single].filter(([word]) => word !== END || before !== END);
    const sum = (entries) => entries.reduce((total, [, times]) => total + times, 0);
    const [seen, all, kinds] = [sum([...after]), sum(possible), after.size || 1];
    const mixed = (word, times) => ((after.get(word) ?? 0) + (kinds * times) / all) / (seen + kinds);
    return possible.map(([word, times]) => ({ word, p: mixed(word, times) })).sort((a, b) => b.p - a.p);
  };

  /** Probabilities after temperature, then top-k, then nucleus; `p` falls. */
  core.restrict = (p, temperature, topK, topP) => {
    // Relative to the largest, so that no power vanishes.
    const powers = p.map((one) => (one / p[0]) ** (1 / temperature));
    const whole = powers.reduce((a, b) => a + b, 0);
    let before = 0;
    const kept = powers.map((power, k) => {
      const here = power / whole;
      const keep = k < topK && before < topP;
      before += here;
      return keep ? here : 0;
    });
    const left = kept.reduce((a, b) => a + b, 0);
    return kept.map((one) => one / left);
  };

  core.entropy = (p) => p.reduce((sum, one) => sum - (one > 0 ? one * Math.log2(one) : 0), 0);

  /** The place at which the running total passes a number from 0 to 1. */
  core.pick = (p, chance) => {
    let before = 0;
    const found = p.findIndex((one) => (before += one) > chance);
    return found < 0 ? p.findLastIndex((one) => one > 0) : found;
  };

  /** The prose of the page, without formulas, code, notes and live figures. */
  function prose() {
    const blocks = [...document.querySelectorAll("article :is(p, li, dd)")]
      .filter((one) => !one.closest(".live, .footnote, .cell_output") && !one.querySelector("p, li"));
    return blocks.map((one) => {
      const copy = one.cloneNode(true);
      copy.querySelectorAll(".math, math, code, sup, .footnote-reference").forEach((part) => part.remove());
      return copy.textContent;
    }).join(" . ");
  }

  window.live.figure("sampling", (kit) => {
    const words = core.words(prose());
    const model = core.countPairs(words);
    const openings = [...model.single].filter(([word]) => word !== END)
      .sort((a, b) => b[1] - a[1]).slice(0, 24).map(([word]) => word).sort();
    const start = openings.includes("the") ? "the" : openings[0];
    const opening = kit.choice("opening", "The last word", openings, start);
    kit.slider("temperature", "Temperature T", {
      min: 0.1, max: 3, step: 0.1, start: 1, show: (v) => fixed(v, 1),
    });
    kit.slider("topK", "Top-k", {
      min: 1, max: 51, step: 1, start: 51, at: (v) => (v > 50 ? Infinity : v), show: (v) => (v > 50 ? "all" : v),
    });
    kit.slider("topP", "Nucleus, top-p", { min: 0.05, max: 1, step: 0.05, start: 1, show: (v) => fixed(v) });

    const bars = kit.stage.appendChild(make("div", { class: "live-panel" }));
    const height = 30 + 19 * (SHOWN + 1);
    const svg = draw(bars, "svg", {
      viewBox: `0 0 340 ${height}`, role: "img", "aria-label": "Probabilities of the next word, before and after",
    });
    bars.append(kit.legend(["live-key live-hollow", "as counted"], ["live-key", "after T, top-k and top-p"]));
    const text = make("p", { class: "live-text", "aria-live": "polite" });
    let story;
    let chance;

    function distribution(before) {
      const { temperature, topK, topP } = kit.values();
      const ranked = core.nextWords(model, before);
      const p = ranked.map((one) => one.p);
      return { ranked, p, after: core.restrict(p, temperature, topK, topP) };
    }

    function write(most) {
      for (let written = 0; written < most; written += 1) {
        const { ranked, after } = distribution(story.at(-1));
        story.push(ranked[core.pick(after, chance())].word);
        if (story.at(-1) === END) break;
      }
      update();
    }

    const begin = () => { story = [opening.value]; };
    const restart = () => { chance = random(1); begin(); };
    opening.addEventListener("input", begin);
    kit.form.addEventListener("reset", () => setTimeout(restart));
    const row = make("div", { class: "live-buttons" },
      kit.button("Draw one word", () => write(1)),
      kit.button("Write a sentence", () => { begin(); write(LONGEST); }));
    kit.stage.append(make("div", { class: "live-panel" }, row, text));
    restart();

    function drawBars(rows, others) {
      const longest = Math.max(...rows.flatMap((one) => [one.p, one.after]));
      const width = (share) => (128 * share) / longest;
      svg.replaceChildren();
      draw(svg, "text", { x: 0, y: 13, class: "live-chart-title" }, `Next word after ${story.at(-1) === END ? "a full stop" : `“${story.at(-1)}”`}`);
      [...rows, { word: "all others", ...others }].forEach(({ word, p, after }, k) => {
        const y = 24 + 19 * k;
        draw(svg, "text", { x: 92, y: y + 12, "text-anchor": "end" }, word);
        draw(svg, "text", { x: 338, y: y + 12, "text-anchor": "end" },
          `${percent(p)} → ${after ? percent(after) : "never"}`);
        if (k === rows.length) return; // together they would dwarf every bar
        draw(svg, "rect", { x: 98, y: y + 1, width: width(after), height: 14, class: "live-a" });
        draw(svg, "rect", { x: 98, y: y + 1, width: width(p), height: 14, class: "live-outline" });
      });
    }

    function update() {
      const { ranked, p, after } = distribution(story.at(-1));
      const rows = ranked.slice(0, SHOWN).map(({ word }, k) => (
        { word: word === END ? "full stop" : word, p: p[k], after: after[k] }));
      const rest = (shares) => shares.slice(SHOWN).reduce((a, b) => a + b, 0);
      drawBars(rows, { p: rest(p), after: rest(after) });
      text.textContent = story.join(" ").replace(/ \./g, ".");
      const possible = after.filter((one) => one > 0).length;
      const [bits, left] = [core.entropy(p), core.entropy(after)];
      const among = (entropy) => fixed(2 ** entropy, entropy < 3 ? 1 : 0);
      kit.say(
        `Counted from ${count(model.total)} words of this page, ${count(model.single.size)} different ones. ` +
          `${possible === 1 ? "Only one word is" : `${count(possible)} words are`} still possible. ` +
          `Entropy ${fixed(bits)} bits as counted, ${fixed(left)} bits now: as unsure as among ` +
          `${among(left)} equally likely words instead of ${among(bits)}.`,
      );
    }
    return update;
  });
})();
