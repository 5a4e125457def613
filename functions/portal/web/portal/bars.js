// Stacked bars, drawn by uPlot.

import { html, useEffect, useRef } from './ui.js';

const HEIGHT = 200;

let library;

/** uPlot's build is a script and no module; it is fetched when the first chart is drawn. */
function uPlotLoaded() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = './uplot.js';
    script.onload = () => resolve(window.uPlot);
    script.onerror = () => reject(new Error('the chart library cannot be loaded'));
    document.head.append(script);
  });
  return library;
}

/** `series`: `[{ name, values }]`, a value per label; the colour of a series is the custom property `--chart-<name>`. */
export function Bars({ label, labels, series }) {
  const place = useRef(null);
  const drawn = JSON.stringify([labels, series]);
  useEffect(() => {
    let chart;
    let ended = false;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const draw = async () => {
      const uPlot = await uPlotLoaded();
      if (ended) return;
      chart?.destroy();
      chart = new uPlot(options(uPlot, place.current, labels, series), stacked(labels, series), place.current);
    };
    const resized = new ResizeObserver(() => chart?.setSize({ width: place.current.clientWidth, height: HEIGHT }));
    resized.observe(place.current);
    dark.addEventListener('change', draw);
    draw();
    return () => {
      ended = true;
      resized.disconnect();
      dark.removeEventListener('change', draw);
      chart?.destroy();
    };
  }, [drawn]);
  return html`<div class="bars" role="img" aria-label=${label} ref=${place}></div>`;
}

/** The tops of the stacked bars, the tallest first: each is drawn over the one before. */
function stacked(labels, series) {
  const sums = labels.map(() => 0);
  const tops = series.map(({ values }) => values.map((value, index) => (sums[index] += value)));
  return [labels.map((_, index) => index), ...tops.reverse()];
}

function options(uPlot, element, labels, series) {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  const paths = uPlot.paths.bars({ size: [0.7, 48] });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false, range: [-0.5, labels.length - 0.5] },
      y: { range: (_, low, high) => [0, Math.max(high, 4)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        incrs: [1, 2, 5, 7, 10, 15, 30],
        values: (_, places) => places.map((index) => labels[index] ?? ''),
      },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000, 1000000] },
    ],
    series: [
      {},
      ...[...series].reverse().map(({ name }) => ({ fill: color(`--chart-${name}`), stroke: color(`--chart-${name}`), width: 0, paths, points: { show: false } })),
    ],
  };
}
