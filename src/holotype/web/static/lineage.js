// The graph of a lineage: boxes from sources to products, in the colours of the page. The list below it says the same.
"use strict";

(() => {
  const root = document.documentElement;
  const section = document.querySelector("[data-graph]");
  const box = section.querySelector(".canvas");
  const { nodes, edges } = JSON.parse(section.dataset.graph);
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const MANY = 16; // more words than these at edges are shown where somebody points
  const COLOURS = {
    production: ["--good", "--good-back"],
    staging: ["--warn", "--warn-back"],
    archived: ["--idle", "--idle-back"],
    quarantined: ["--bad", "--bad-back"],
    deleted: ["--idle", "--sunk"],
    "": ["--edge", "--card"],
  };

  const pen = document.createElement("canvas").getContext("2d");
  function width(node) {
    pen.font = `12px ${token("--mono")}`;
    return Math.ceil(pen.measureText(node.label).width) + 24;
  }

  function style() {
    const arrow = token("--edge");
    const rules = [
      {
        selector: "node",
        style: {
          shape: "round-rectangle", width: "data(width)", height: "data(height)", label: "data(text)", "text-wrap": "wrap",
          "text-valign": "center", "font-family": token("--mono"), "font-size": 12, "line-height": 1.25, color: token("--ink"),
          "background-color": token("--card"), "border-width": 1, "border-color": token("--edge"), "min-zoomed-font-size": 5,
          "overlay-opacity": 0,
        },
      },
      { selector: 'node[kind = "data"]', style: { "background-color": token("--info-back"), "border-color": token("--info") } },
      { selector: 'node[kind = "external"]', style: { "border-style": "dashed", "background-color": token("--sunk") } },
      ...Object.entries(COLOURS).filter(([state]) => state).map(([state, [line, back]]) => ({
        selector: `node[state = "${state}"]`,
        style: { "border-color": token(line), "background-color": token(back) },
      })),
      { selector: 'node[state = "deleted"]', style: { "border-style": "dashed", color: token("--soft") } },
      { selector: 'node[kind = "root"]', style: { "border-width": 2.5, "border-color": token("--accent"), "font-weight": 600 } },
      {
        selector: "edge",
        style: {
          width: 1.2, "curve-style": "bezier", "line-color": arrow, "target-arrow-color": arrow, "target-arrow-shape": "triangle",
          "arrow-scale": 0.8, "font-size": 10, "font-family": token("--sans"), color: token("--soft"),
          "text-background-color": token("--card"), "text-background-opacity": 1, "text-background-padding": 2,
          "min-zoomed-font-size": 8, "overlay-opacity": 0,
        },
      },
      {
        selector: "edge.routed", // around what stands in between
        style: {
          "curve-style": "unbundled-bezier", "edge-distances": "intersection",
          "control-point-weights": (edge) => edge.scratch("controlPointWeights"),
          "control-point-distances": (edge) => edge.scratch("controlPointDistances"),
        },
      },
      { selector: edges.length > MANY ? "edge.near" : "edge", style: { label: "data(relation)" } },
      { selector: ".faint", style: { opacity: 0.25 } },
      { selector: "edge.near", style: { "line-color": token("--accent"), "target-arrow-color": token("--accent"), width: 2 } },
    ];
    return rules;
  }

  section.hidden = false;
  const wide = box.clientWidth > 600;
  if (nodes.length < 5 && wide) box.classList.add("small");
  const elements = [
    ...nodes.map((node) => {
      const state = node.state && node.kind !== "external" ? `\n${node.state}` : "";
      return { data: { ...node, text: node.label + state, width: width(node), height: state ? 40 : 28 } };
    }),
    ...edges.map((edge) => ({ data: edge })),
  ];
  const cy = cytoscape({
    container: box,
    elements,
    style: style(),
    layout: { name: "dagre", rankDir: wide ? "LR" : "TB", nodeSep: 18, edgeSep: 18, rankSep: wide ? 80 : 48, animate: false, useDagreEdgeControlPoints: true },
    minZoom: 0.1,
    maxZoom: 2.5,
    autoungrabify: true,
    boxSelectionEnabled: false,
  });

  cy.edges().filter((edge) => edge.scratch("controlPointWeights")?.length > 1).addClass("routed");
  const again = () => cy.style(style());
  again();

  function whole() {
    cy.fit(undefined, 24);
    if (cy.zoom() > 1) {
      cy.zoom(1);
      cy.center();
    }
    if (cy.zoom() < 0.35) {  // too many to be read at once: begin at what the page is about
      cy.zoom(0.6);
      cy.center(cy.$('node[kind = "root"]'));
    }
  }
  whole();

  const steps = { in: 1.3, out: 1 / 1.3 };
  section.addEventListener("click", (event) => {
    const step = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (!step) return;
    if (step === "all") cy.fit(undefined, 24);
    else cy.zoom({ level: cy.zoom() * steps[step], renderedPosition: { x: box.clientWidth / 2, y: box.clientHeight / 2 } });
  });

  // A wheel alone scrolls the page: the graph would hold who only passes over it.
  section.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  }, { capture: true, passive: true });

  cy.on("tap", "node", (event) => {
    location.href = event.target.data("place");
  });
  cy.on("mouseover", "node", (event) => {
    box.style.cursor = "pointer";
    box.title = event.target.data("name");
    const near = event.target.predecessors().union(event.target.successors()).union(event.target);
    cy.elements().not(near).addClass("faint");
    near.edges().addClass("near");
  });
  cy.on("mouseout", "node", () => {
    box.style.cursor = "";
    box.title = "";
    cy.elements().removeClass("faint near");
  });

  document.addEventListener("holotype:theme", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  section.dataset.drawn = String(cy.nodes().length);
})();
