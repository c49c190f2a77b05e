// The metrics of a comparison as dots, a plot for each: where the baseline is, and what is better or worse.
"use strict";

(() => {
  const root = document.documentElement;
  const boxes = [...document.querySelectorAll("[data-metric]")];
  const drawn = [];
  const KINDS = [["baseline", "--info"], ["better", "--good"], ["worse", "--bad"], ["equal", "--idle"], ["unknown", "--accent"]];

  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const digits = (value) => String(Number(value.toPrecision(4)));

  // A line at the height of the baseline, behind the dots.
  function rule(value, colour) {
    return (plot) => {
      if (value === null) return;
      const y = plot.valToPos(value, "y", true);
      const { left, width } = plot.bbox;
      plot.ctx.save();
      plot.ctx.strokeStyle = colour;
      plot.ctx.setLineDash([4, 4]);
      plot.ctx.beginPath();
      plot.ctx.moveTo(left, y);
      plot.ctx.lineTo(left + width, y);
      plot.ctx.stroke();
      plot.ctx.restore();
    };
  }

  // Lowest and highest value, with some air; equal values lie in the middle.
  function range(values) {
    const known = values.filter((value) => value !== null);
    const low = Math.min(...known);
    const high = Math.max(...known);
    const air = (high - low) * 0.2 || Math.abs(high) * 0.1 || 1;
    return [low - air, high + air];
  }

  function draw(box) {
    const { labels, values, verdicts } = JSON.parse(box.dataset.metric);
    const places = values.map((_, at) => at);
    const font = `11px ${token("--sans")}`;
    const axis = { stroke: token("--soft"), font, ticks: { show: false } };
    const sets = KINDS.map(([kind]) => values.map((value, at) => (verdicts[at] === kind ? value : null)));
    return new uPlot(
      {
        width: box.clientWidth,
        height: box.clientHeight,
        legend: { show: false },
        cursor: { show: false },
        padding: [6, 12, 0, 0],
        scales: { x: { time: false, range: [-0.5, values.length - 0.5] }, y: { range: () => range(values) } },
        axes: [
          { ...axis, grid: { show: false }, size: 22, splits: () => places, values: () => labels.map((one) => (one.length > 12 ? `${one.slice(0, 3)}…${one.slice(-5)}` : one)) },
          { ...axis, grid: { stroke: token("--line"), width: 1 }, size: 52, space: 28, values: (_, at) => at.map(digits) },
        ],
        series: [{}, ...KINDS.map(([, colour]) => ({ paths: () => null, points: { show: true, size: 9, width: 0, fill: token(colour), stroke: token(colour) } }))],
        hooks: { drawAxes: [rule(values[0], token("--edge"))] },
      },
      [places, ...sets],
      box,
    );
  }

  function redraw() {
    for (const plot of drawn.splice(0)) plot.destroy();
    for (const box of boxes) drawn.push(draw(box));
  }

  for (const place of document.querySelectorAll("[data-plots]")) place.hidden = false;
  redraw();
  document.addEventListener("holotype:theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 150);
  });
})();
