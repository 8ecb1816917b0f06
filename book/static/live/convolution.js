/* A convolution by hand: draw on the input, choose the kernel, look at any output. */
(() => {
  "use strict";
  const { core, fixed, make } = window.live;
  const SIZE = 8;

  /** Length of the output along one axis; not positive where the kernel does not fit. */
  core.outputSize = (size, kernel, stride, padding, dilation) =>
    Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;

  /** The products of one output: row and column in the image, value there (0 outside), weight. */
  core.window = (image, kernel, { stride, padding, dilation }, i, j) =>
    kernel.flatMap((weights, m) =>
      weights.map((weight, n) => {
        const [row, column] = [stride * i + dilation * m - padding, stride * j + dilation * n - padding];
        return { row, column, weight, value: image[row]?.[column] ?? 0 };
      }));

  /** Cross-correlation with stride, padding and dilation, as a layer computes it. */
  core.convolve = (image, kernel, setting) => {
    const { stride, padding, dilation } = setting;
    const length = (size) => Math.max(0, core.outputSize(size, kernel.length, stride, padding, dilation));
    return Array.from({ length: length(image.length) }, (_, i) =>
      Array.from({ length: length(image[0].length) }, (_, j) =>
        core.window(image, kernel, setting, i, j).reduce((sum, { value, weight }) => sum + value * weight, 0)));
  };

  const filled = (size, value) => Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => value(i, j)));
  const mean = (size) => filled(size, () => Number((1 / size ** 2).toFixed(2)));
  const kernels = {
    "Sobel, left to right": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel, top to bottom": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplace": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "the example, 2 × 2": [[1, 2], [3, 4]],
    "mean, 2 × 2": mean(2),
    "mean, 5 × 5": mean(5),
    "one pixel, 1 × 1": [[1]],
  };
  const images = {
    "a disc": (i, j) => Number((i - 3.5) ** 2 + (j - 3.5) ** 2 < 7),
    "an edge": (i, j) => Number(j > 3),
    "one pixel": (i, j) => Number(i === 3 && j === 3),
    "nothing": () => 0,
  };

  /** A number without needless digits. */
  const short = (value) => fixed(value, 2).replace(/\.?0+$/, "");

  /** A grid in which the arrow keys move; `act(row, column)` on space, Enter or a click.
   *  What it returns is handed on to the pixels that a mouse is drawn over.
   */
  function grid(label, act, look) {
    const element = make("div", { role: "grid", "aria-label": label, class: "live-grid-cells" });
    let cells = [];
    let at = [Infinity, Infinity]; // nowhere yet: the first cell in focus is the middle one

    function move(row, column) {
      cells[at[0]]?.[at[1]]?.setAttribute("tabindex", "-1");
      at = [row, column];
      cells[row]?.[column]?.setAttribute("tabindex", "0");
    }

    /** `outside(row, column)` is true for the frame of zeros, which takes no focus. */
    function size(rows, columns, outside = () => false) {
      cells = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => make("div", { role: "gridcell", tabindex: "-1" })));
      cells.forEach((line, i) => line.forEach((cell, j) => {
        cell.dataset.at = `${i} ${j}`;
        if (outside(i, j)) cell.removeAttribute("tabindex");
      }));
      element.replaceChildren(...cells.map((line) => make("div", { role: "row" }, ...line)));
      element.style.setProperty("--columns", columns);
      const middle = [rows, columns].map((length) => Math.floor(length / 2));
      const kept = at[0] < rows && at[1] < columns && !outside(...at);
      if (rows && columns) move(...(kept ? at : middle));
    }

    const place = (target) => target.closest?.("[role=gridcell][tabindex]")?.dataset.at.split(" ").map(Number);
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    element.addEventListener("keydown", (event) => {
      const [row, column] = place(event.target);
      const step = steps[event.key];
      if (event.key === " " || event.key === "Enter") act(row, column);
      else if (step) cells[row + step[0]]?.[column + step[1]]?.focus();
      else return;
      event.preventDefault();
    });
    element.addEventListener("focusin", (event) => {
      const found = place(event.target);
      move(...found);
      look?.(...found);
    });
    // A mouse draws while it is held down, all in the value of the first pixel; a finger scrolls, so
    // only its tap counts.
    let drawn;
    const press = (event) => {
      const found = place(event.target);
      if (found && (event.type === "pointerdown") === (event.pointerType === "mouse")) drawn = act(...found);
    };
    element.addEventListener("pointerdown", press);
    element.addEventListener("click", press);
    document.addEventListener("pointerup", () => { drawn = undefined; });
    element.addEventListener("pointerover", (event) => {
      const found = place(event.target);
      if (!found) return;
      look?.(...found);
      if (event.buttons === 1 && drawn !== undefined) act(...found, drawn);
    });
    return { element, size, move, cell: (i, j) => cells[i]?.[j] };
  }

  /** The table of weights, as number fields in the form. */
  function weightTable(kit) {
    const holder = make("div", { class: "live-weights", role: "group", "aria-label": "Weights of the kernel" });
    kit.form.append(make("div", { class: "live-field" },
      make("span", { class: "live-label" }, "Weights"), holder));
    return {
      set(kernel) {
        holder.style.setProperty("--columns", kernel.length);
        holder.replaceChildren(...kernel.flatMap((line, m) => line.map((weight, n) => make("input", {
          type: "number", step: "any", value: weight, inputmode: "decimal",
          "aria-label": `Weight, row ${m + 1}, column ${n + 1}`,
        }))));
      },
      read() {
        const weights = [...holder.children].map((input) => Number(input.value));
        const size = Math.sqrt(weights.length);
        return filled(size, (m, n) => weights[m * size + n]);
      },
    };
  }

  window.live.figure("convolution", (kit) => {
    const image = kit.choice("image", "Input", Object.keys(images));
    const kernel = kit.choice("kernel", "Kernel", Object.keys(kernels));
    const weights = weightTable(kit);
    kit.slider("stride", "Stride s", { min: 1, max: 3, step: 1, start: 1 });
    kit.slider("padding", "Padding p", { min: 0, max: 2, step: 1, start: 0 });
    kit.slider("dilation", "Dilation d", { min: 1, max: 3, step: 1, start: 1 });

    let pixels;
    let chosen = [2, 2];
    let shape = "";
    const redraw = () => update(kit.values());
    const input = grid("Input: space or a click changes a pixel", (row, column, value) => {
      const { padding } = kit.values();
      const [i, j] = [row - padding, column - padding];
      pixels[i][j] = value ?? 1 - pixels[i][j];
      redraw();
      return pixels[i][j];
    });
    const look = (row, column) => {
      chosen = [row, column];
      redraw();
    };
    const output = grid("Output: each cell shows its window", look, look);
    const [before, after] = [make("p", { class: "live-chart-title" }), make("p", { class: "live-chart-title" })];
    const formula = make("p", { class: "live-formula" });
    const sum = make("p", { class: "live-formula" });
    kit.stage.append(
      make("div", { class: "live-panel" }, before, input.element),
      make("div", { class: "live-panel" }, after, output.element),
      make("div", { class: "live-panel live-wide" }, formula, sum));

    const fresh = () => { pixels = filled(SIZE, images[image.value]); };
    const restart = () => { fresh(); weights.set(kernels[kernel.value]); chosen = [2, 2]; };
    image.addEventListener("input", fresh);
    kernel.addEventListener("input", () => weights.set(kernels[kernel.value]));
    kit.form.addEventListener("reset", () => setTimeout(restart));
    restart();

    function rebuild(rows, padding) {
      const whole = SIZE + 2 * padding;
      if (shape === `${rows} ${whole}`) return;
      shape = `${rows} ${whole}`;
      const inside = (k) => k >= padding && k < padding + SIZE;
      input.size(whole, whole, (i, j) => !inside(i) || !inside(j));
      output.size(rows, rows);
    }

    function paintInput(padding, read, seen) {
      const whole = SIZE + 2 * padding;
      for (let i = 0; i < whole; i += 1) {
        for (let j = 0; j < whole; j += 1) {
          const [row, column] = [i - padding, j - padding];
          const value = pixels[row]?.[column];
          const cell = input.cell(i, j);
          const state = [value === undefined && "live-zero", value === 1 && "live-on",
            seen.has(`${row} ${column}`) && "live-seen", !read.has(`${row} ${column}`) && "live-unread"];
          cell.className = state.filter(Boolean).join(" ");
          cell.textContent = value ?? 0;
          cell.setAttribute("aria-label", value === undefined
            ? "padding, 0" : `row ${row + 1}, column ${column + 1}: ${value}`);
        }
      }
    }

    function paintOutput(results) {
      const most = Math.max(1e-9, ...results.flat().map(Math.abs));
      results.forEach((line, i) => line.forEach((value, j) => {
        const cell = output.cell(i, j);
        cell.textContent = short(value);
        cell.className = `${value < 0 ? "live-minus" : "live-plus"} ${
          i === chosen[0] && j === chosen[1] ? "live-seen" : ""}`;
        cell.style.setProperty("--share", `${Math.round((40 * Math.abs(value)) / most)}%`);
        cell.setAttribute("aria-label", `row ${i + 1}, column ${j + 1}: ${short(value)}`);
      }));
    }

    function writeSum(products, result) {
      const wrap = (value) => (value < 0 ? `(${short(value)})` : short(value));
      const kept = products.filter(({ value, weight }) => value && weight);
      const terms = kept.map(({ value, weight }) => `${short(value)} · ${wrap(weight)}`);
      const rest = products.length - kept.length;
      const [i, j] = chosen;
      sum.textContent = `Row ${i + 1}, column ${j + 1}: ${terms.join(" + ") || "0"} = ${short(result)}` +
        (rest ? ` (${rest} of ${products.length} products are 0)` : "");
    }

    function update({ stride, padding, dilation }) {
      const table = weights.read();
      const k = table.length;
      const setting = { stride, padding, dilation };
      const results = core.convolve(pixels, table, setting);
      const rows = results.length;
      rebuild(rows, padding);
      chosen = chosen.map((place) => Math.max(0, Math.min(place, rows - 1)));
      output.move(...chosen);
      const windows = results.flatMap((line, i) => line.map((_, j) => core.window(pixels, table, setting, i, j)));
      const key = ({ row, column }) => `${row} ${column}`;
      const read = new Set(windows.flat().map(key));
      const products = rows ? windows[chosen[0] * rows + chosen[1]] : [];
      before.textContent = `Input, ${SIZE} × ${SIZE}${padding ? `, and a frame of ${padding}` : ""}`;
      after.textContent = rows ? `Output, ${rows} × ${rows}` : "No output";
      paintInput(padding, read, new Set(products.map(key)));
      paintOutput(results);
      formula.textContent = "o = ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1 = " +
        `⌊(${SIZE} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ` +
        fixed(core.outputSize(SIZE, k, stride, padding, dilation), 0);
      if (rows) writeSum(products, results[chosen[0]][chosen[1]]);
      else sum.textContent = "";
      const reach = dilation * (k - 1) + 1;
      const idle = Array.from({ length: SIZE ** 2 }, (_, at) => `${Math.floor(at / SIZE)} ${at % SIZE}`)
        .filter((at) => !read.has(at)).length;
      kit.say(rows
        ? `The kernel reaches over ${reach} × ${reach} pixels and stops ${rows * rows} times. ` +
          (idle ? `${idle} of the ${SIZE ** 2} pixels (hatched) are never read.` : "Every pixel is read.")
        : `The kernel reaches over ${reach} pixels, the input has ${SIZE + 2 * padding}: it does not fit.`);
    }
    return update;
  });
})();
