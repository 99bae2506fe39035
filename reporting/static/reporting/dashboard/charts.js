// The charts, by Unfold's Chart.js, in the colours of the theme; and their tables.
import { amount, exactly, moment, span } from "./format.js";
import { make, say, sync } from "./dom.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800];
const MOST_TICKS = 5;
const DASHES = { p90: [6, 3], max: [6, 3], held: [6, 3], target: [2, 3] };
const drawn = new Map();

const color = (name) => getComputedStyle(document.getElementById("wbd")).getPropertyValue(`--wbd-${name}`).trim();

// Stripes, so that colour is not all that tells.
function stripes(of) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.strokeStyle = of;
  pen.lineWidth = 2.5;
  for (const x of [-6, 0, 6]) {
    pen.moveTo(x, 6);
    pen.lineTo(x + 6, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function colors(name) {
  const own = color(name);
  return { borderColor: own, backgroundColor: name === "revoked" ? stripes(own) : own };
}

function dataset(shape, { name, title }, data, pointRadius) {
  const bar = { maxBarThickness: 28, borderWidth: 1, borderRadius: 2, stack: "one" };
  const line = { borderWidth: 2, tension: 0, borderDash: DASHES[name] ?? [], fill: false, pointRadius };
  return { name, label: title, data, ...colors(name), ...(shape.form === "bar" ? bar : line) };
}

// The legend's own lines are never dashed.
function dashed(chart) {
  return Chart.defaults.plugins.legend.labels.generateLabels(chart).map((item) => {
    const line = document.createElement("canvas");
    [line.width, line.height] = [26, 8];
    const pen = line.getContext("2d");
    pen.strokeStyle = item.strokeStyle;
    pen.lineWidth = 2;
    pen.setLineDash(chart.data.datasets[item.datasetIndex].borderDash);
    pen.moveTo(0, 4);
    pen.lineTo(26, 4);
    pen.stroke();
    return { ...item, pointStyle: line };
  });
}

function create(canvas, shape) {
  const text = { font: { family: "Inter", size: 12 } };
  const ticks = { font: { family: "Inter", size: 11 } };
  const tooltip = {
    callbacks: {
      title: ([item]) => item.chart.moments[item.dataIndex],
      label: (item) => ` ${item.dataset.label}: ${amount(item.raw, shape.unit)}`,
    },
  };
  return new Chart(canvas, {
    type: shape.form,
    data: { labels: [], datasets: [] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        colors: { enabled: false },
        legend: {
          align: "start",
          labels: shape.form === "bar" ? { ...text, boxWidth: 14, boxHeight: 10 }
            : { ...text, usePointStyle: true, pointStyleWidth: 26, generateLabels: dashed },
        },
        tooltip,
      },
      scales: {
        x: { stacked: shape.form === "bar", grid: { display: false },
          ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 14 } },
        y: { stacked: shape.form === "bar", beginAtZero: true, border: { display: false },
          ticks: { ...ticks, precision: 0, maxTicksLimit: MOST_TICKS + 1, callback: (value) => amount(value, shape.unit) } },
      },
    },
  });
}

function paint(chart) {
  const [text, grid] = [color("text"), color("grid")];
  const { x, y } = chart.options.scales;
  x.ticks.color = y.ticks.color = chart.options.plugins.legend.labels.color = text;
  y.grid = { color: grid };
  x.border = { color: grid };
  for (const set of chart.data.datasets) Object.assign(set, colors(set.name));
}

function scale(chart, shape, rows, target) {
  const most = Math.max(0, target ?? 0, ...rows.flatMap((row) => shape.series.map(({ name }) => row[name] ?? 0)));
  const { y } = chart.options.scales;
  y.suggestedMax = shape.unit === "seconds" ? 1 : 4;
  y.ticks.precision = shape.unit === "seconds" ? undefined : 0;
  const isLong = shape.unit === "seconds" && most > 4;
  y.ticks.stepSize = isLong ? STEPS.find((step) => most / step <= MOST_TICKS) : undefined;
}

function draw(section, shape, picture) {
  const rows = picture.charts[shape.name];
  const canvas = section.querySelector("canvas"), none = section.querySelector(".wbd-none");
  const isEmpty = !rows.some((row) => shape.series.some(({ name }) => row[name]));
  none.hidden = !isEmpty;
  canvas.hidden = isEmpty;
  canvas.parentNode.classList.toggle("wbd-is-none", isEmpty);
  if (isEmpty) return;
  if (!drawn.has(shape.name)) drawn.set(shape.name, create(canvas, shape));
  const chart = drawn.get(shape.name);
  const at = (row) => row.at ?? row.starts_at;
  chart.moments = rows.map((row) => exactly(at(row), picture.seconds));
  chart.data.labels = rows.map((row) => moment(at(row), picture.seconds, picture.range));
  const target = shape.name === "waits" ? picture.target : null;
  const radius = rows.length > 40 ? 0 : 2.5;
  const sets = shape.series.map((series) => dataset(shape, series, rows.map((row) => row[series.name]), radius));
  if (target) {
    const line = { name: "target", title: `${target.title} ${span(target.seconds)}` };
    sets.push(dataset(shape, line, rows.map(() => target.seconds), 0));
  }
  if (sets.length === chart.data.datasets.length) sets.forEach((set, index) => Object.assign(chart.data.datasets[index], set));
  else chart.data.datasets = sets;
  scale(chart, shape, rows, target?.seconds);
  paint(chart);
  chart.update();
}

function tabulate(section, shape, picture) {
  const table = section.querySelector("table"), head = table.tHead.rows[0];
  if (!section.querySelector("details").open) return;
  const when = "at" in (picture.charts[shape.name][0] ?? {}) ? "At" : "From";
  const titles = [when, ...shape.series.map((series) => series.title)];
  sync(head, titles, (title) => title, () => make("th", { scope: "col" }), say);
  const create = () => {
    const cells = shape.series.map(() => make("td"));
    return make("tr", {}, make("th", { scope: "row" }), ...cells);
  };
  const fill = (row, of) => {
    say(row.cells[0], exactly(of.at ?? of.starts_at, picture.seconds));
    shape.series.forEach(({ name }, index) => say(row.cells[index + 1], amount(of[name], shape.unit)));
  };
  const rows = picture.charts[shape.name].toReversed(); // the newest first
  sync(table.tBodies[0], rows, (row) => row.at ?? row.starts_at, create, fill);
}

export function showCharts(shapes, picture) {
  for (const shape of shapes) {
    const section = document.querySelector(`[data-chart="${shape.name}"]`);
    draw(section, shape, picture);
    tabulate(section, shape, picture);
  }
}

export function repaint() {
  for (const chart of drawn.values()) {
    paint(chart);
    chart.update();
  }
}
