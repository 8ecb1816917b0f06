/* Gradient descent with momentum on a bowl: the path, the loss, and what theory says of both. */
(() => {
  "use strict";
  const { core, draw, fixed } = window.live;
  const STEEP = 10; // the larger curvature; the smaller one is STEEP over the condition number
  const START = [-9, 2];

  /** Positions before the first step and after each: v ← βv − αλw, w ← w + v. */
  core.descend = (rate, momentum, curvatures, start, steps) => {
    const path = [start];
    let speed = start.map(() => 0);
    for (let step = 0; step < steps; step += 1) {
      const here = path[step];
      speed = speed.map((v, i) => momentum * v - rate * curvatures[i] * here[i]);
      path.push(here.map((w, i) => w + speed[i]));
    }
    return path;
  };

  core.bowlLoss = (curvatures, w) => w.reduce((sum, x, i) => sum + 0.5 * curvatures[i] * x * x, 0);

  /** The roots of r² − (1 + β − αλ) r + β: the larger size, and whether it makes w change sign. */
  core.root = (rate, momentum, curvature) => {
    const trace = 1 + momentum - rate * curvature;
    const under = trace * trace - 4 * momentum;
    if (under < 0) return { size: Math.sqrt(momentum), swings: true };
    const size = (Math.abs(trace) + Math.sqrt(under)) / 2;
    return { size, swings: trace < 0 };
  };

  core.stableBelow = (momentum, largest) => (2 * (1 + momentum)) / largest;

  function verdict(roots) {
    const factor = Math.max(...roots.map((root) => root.size));
    const swings = roots.some((root) => root.swings);
    if (factor > 1 + 1e-9) return "diverges";
    if (factor > 1 - 1e-9) return "never settles";
    return swings ? "converges, swinging to and fro" : "converges without overshooting";
  }

  window.live.figure("bowl", (kit) => {
    kit.slider("rate", "Learning rate α", {
      min: 0.005, max: 0.4, step: 0.005, start: 0.1, show: (v) => fixed(v, 3),
    });
    kit.slider("momentum", "Momentum β", {
      min: 0, max: 0.95, step: 0.05, start: 0, show: (v) => fixed(v),
    });
    kit.slider("condition", "Condition number κ", {
      min: 0, max: 2, step: 0.1, start: 1, at: (v) => 10 ** v, show: (v) => fixed(v, v < 10 ? 1 : 0),
    });
    kit.slider("steps", "Steps", { min: 1, max: 100, step: 1, start: 25 });

    const bowl = kit.panel("The path, seen from above");
    const rings = draw(bowl.inside, "g", { class: "live-rings" });
    const way = bowl.line("live-a");
    const stops = draw(bowl.inside, "g", { class: "live-a live-dots" });
    const curve = kit.panel("Loss by step");
    const seen = curve.line("live-a");
    const dots = draw(curve.inside, "g", { class: "live-a live-dots" });
    const theory = curve.line("live-b live-dotted");
    draw(curve.above, "text", { x: 62, y: 196 }, "dotted: slope by theory");

    bowl.axes(
      { label: "w₁ (flat direction)", from: -10, to: 10 },
      { label: "w₂ (steep direction)", from: -6, to: 6, at: [-5, 0, 5] },
    );
    bowl.mark("path", { d: "M-6 0H6M0-6V6", class: "live-line live-ink" })([0, 0]);

    function spots(group, plot, points) {
      group.replaceChildren();
      for (const [x, y] of points) {
        draw(group, "circle", { cx: plot.scale.x(x).toFixed(1), cy: plot.scale.y(y).toFixed(1), r: 2.5 });
      }
    }

    return ({ rate, momentum, condition, steps }) => {
      const curvatures = [STEEP / condition, STEEP];
      const path = core.descend(rate, momentum, curvatures, START, steps);
      // Far outside the frame a point needs no exact place, and SVG no number of 300 digits.
      const shown = path.map((w) => w.map((x) => Math.max(-1e4, Math.min(1e4, x))));
      way(shown);
      spots(stops, bowl, shown);
      rings.replaceChildren();
      for (const level of [1, 5, 15, 35, 70, 120, 200, 400]) {
        draw(rings, "ellipse", {
          cx: bowl.scale.x(0), cy: bowl.scale.y(0),
          rx: bowl.scale.x(Math.sqrt((2 * level) / curvatures[0])) - bowl.scale.x(0),
          ry: bowl.scale.y(0) - bowl.scale.y(Math.sqrt((2 * level) / curvatures[1])),
        });
      }

      const roots = curvatures.map((curvature) => core.root(rate, momentum, curvature));
      const factor = Math.max(...roots.map((root) => root.size));
      const losses = path.map((w, k) => [k, Math.max(1e-12, Math.min(1e12, core.bowlLoss(curvatures, w)))]);
      curve.axes(
        { label: "step", from: 0, to: steps, at: steps < 5 ? [0, steps] : undefined },
        { label: "loss", from: 1e-6, to: 1e6, log: true, at: [1e-6, 1e-3, 1, 1e3, 1e6],
          show: (v) => `10${["⁻⁶", "⁻³", "⁰", "³", "⁶"][Math.round(Math.log10(v) / 3) + 2]}` },
      );
      seen(losses);
      spots(dots, curve, losses);
      const from = losses[0][1];
      theory([0, steps].map((k) => [k, Math.max(1e-12, Math.min(1e12, from * factor ** (2 * k)))]));

      const size = (w) => Math.hypot(...w);
      const back = Math.ceil(steps / 2);
      const measured = (size(path[steps]) / size(path[steps - back])) ** (1 / back);
      const came = Number.isNaN(measured)
        ? "descent has reached the bottom."
        : `over the last ${back} of these ${steps} steps it was ${fixed(measured, 3)}.`;
      const bound = core.stableBelow(momentum, STEEP);
      kit.say(
        `α is ${fixed(rate / bound)} of the bound 2(1 + β)/λmax = ${fixed(bound, 3)}: descent ` +
          `${verdict(roots)}. By theory each step multiplies the distance by ${fixed(factor, 3)} ` +
          `in the long run; ${came}`,
      );
    };
  });
})();
