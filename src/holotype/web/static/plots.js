// A metric from version to version: <div class="plot" data-series="/address of its numbers">. The table beside it says
// the same, so that nothing is lost where this does not run.
"use strict";

(() => {
  const HEIGHT = 280;
  const STAGES = { production: "--good", staging: "--warn" }; // every other one: --soft
  const style = () => getComputedStyle(document.documentElement);
  const token = (name) => style().getPropertyValue(name).trim();
  const short = (value) => String(Number(value.toPrecision(6)));
  const drawn = new Map();

  // Points of one stage alone, larger than those of the line.
  function marks(stage, values, stages) {
    return values.map((value, at) => (stages[at] === stage ? value : null));
  }

  // The stages that some of the versions are in.
  function staged(found) {
    return [...new Set(found.stages)].filter((stage) => stage !== "none");
  }

  // What is in production is named, so that nobody has to know the colours.
  function name(found) {
    return (plot) => {
      const { ctx } = plot;
      ctx.save();
      ctx.fillStyle = token("--ink");
      ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
      found.numbers.forEach((number, at) => {
        if (found.stages[at] !== "production") return;
        const x = plot.valToPos(number, "x", true);
        const { left, width } = plot.bbox;
        ctx.textAlign = x > left + width * 0.9 ? "right" : x < left + width * 0.1 ? "left" : "center";
        ctx.fillText("production", x, plot.valToPos(found.values[at], "y", true) - 12 * devicePixelRatio);
      });
      ctx.restore();
    };
  }

  function axis(size) {
    const line = { stroke: token("--line"), width: 1 };
    return { stroke: token("--soft"), font: "12px system-ui, sans-serif", grid: line, ticks: line, size };
  }

  // The least and the greatest, with some air; a single value stands in the middle.
  function range(_, low, high) {
    const air = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1;
    return [low - air, high + air];
  }

  function options(width, found, tip) {
    const many = found.numbers.length > 150;
    const line = token("--info");
    const points = staged(found).map((stage) => ({
      label: stage,
      paths: () => null,
      points: { show: true, size: 12, fill: token(STAGES[stage] ?? "--soft"), stroke: token("--card"), width: 2 },
    }));
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { size: 8 }, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range } },
      axes: [
        { ...axis(36), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
        { ...axis(64), values: (_, ticks) => ticks.map(short) },
      ],
      series: [
        { label: "version" },
        { label: found.label, stroke: line, width: 1.5, points: { show: !many, size: 6, fill: line, stroke: line } },
        ...points,
      ],
      hooks: {
        draw: [name(found)],
        setCursor: [
          (plot) => {
            const at = plot.cursor.idx;
            const stage = found.stages[at];
            const where = stage && stage !== "none" ? `, ${stage}` : "";
            tip.textContent = at == null ? "" : `version ${found.numbers[at]}: ${short(found.values[at])}${where}`;
          },
        ],
      },
    };
  }

  function draw(box, { found, tip }) {
    drawn.get(box)?.plot?.destroy();
    const data = [found.numbers, found.values];
    for (const stage of staged(found)) data.push(marks(stage, found.values, found.stages));
    drawn.set(box, { found, tip, plot: new uPlot(options(box.clientWidth, found, tip), data, box) });
  }

  const all = () => drawn.forEach((one, box) => draw(box, one));

  async function begin(box) {
    const got = await fetch(box.dataset.series, { headers: { accept: "application/json" } }).catch(() => null);
    if (!got?.ok) {
      box.textContent = "The plot could not be drawn; its numbers are in the table below.";
      return;
    }
    const tip = Object.assign(document.createElement("p"), { className: "tip" });
    box.after(tip);
    draw(box, { found: await got.json(), tip });
  }

  for (const box of document.querySelectorAll("[data-series]")) begin(box);
  document.addEventListener("holotype:theme", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => drawn.forEach((one, box) => one.plot.setSize({ width: box.clientWidth, height: HEIGHT })), 100);
  });
})();
