/** One line of a panel: points in the order they are joined. */
export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export interface Panel {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const width = 460;
const height = 320;
const margin = { left: 64, right: 12, top: 30, bottom: 44 };
const colours = [
  '#1b6ca8',
  '#d1495b',
  '#2e8b57',
  '#b8860b',
  '#6a4c93',
  '#444444',
  '#00798c',
  '#c05299',
];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A round step with about five of them in the range. */
function stepOf(range: number): number {
  const rough = range / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
}

function axis(values: readonly number[]): { from: number; to: number; ticks: number[] } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = stepOf(high - low);
  const from = Math.floor(low / step) * step;
  const to = Math.max(from + step, Math.ceil(high / step) * step);
  const count = Math.round((to - from) / step);
  return { from, to, ticks: Array.from({ length: count + 1 }, (_, i) => from + i * step) };
}

const short = (x: number): string => String(Number(x.toPrecision(3)));

function panelSvg({ title, x, y, lines }: Panel, left: number, top: number): string {
  const points = lines.flatMap((line) => line.points);
  const [ax, ay] = [axis(points.map((p) => p.x)), axis(points.map((p) => p.y))];
  const inner = { w: width - margin.left - margin.right, h: height - margin.top - margin.bottom };
  const px = (v: number): number => margin.left + ((v - ax.from) / (ax.to - ax.from)) * inner.w;
  const py = (v: number): number => margin.top + (1 - (v - ay.from) / (ay.to - ay.from)) * inner.h;
  const at = (v: number): string => v.toFixed(1);
  const out = [`<g transform="translate(${left} ${top})">`];
  out.push(`<text x="${margin.left}" y="18" font-weight="bold">${escaped(title)}</text>`);
  for (const tick of ax.ticks)
    out.push(
      `<path d="M${at(px(tick))} ${margin.top}v${inner.h}" stroke="#e5e5e5"/>`,
      `<text x="${at(px(tick))}" y="${height - 28}" text-anchor="middle">${short(tick)}</text>`,
    );
  for (const tick of ay.ticks)
    out.push(
      `<path d="M${margin.left} ${at(py(tick))}h${inner.w}" stroke="#e5e5e5"/>`,
      `<text x="${margin.left - 6}" y="${at(py(tick) + 4)}" text-anchor="end">${short(tick)}</text>`,
    );
  out.push(
    `<text x="${margin.left + inner.w / 2}" y="${height - 10}" text-anchor="middle">${escaped(x)}</text>`,
    `<text transform="translate(14 ${margin.top + inner.h / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
  );
  for (const [i, line] of lines.entries()) {
    const colour = colours[i % colours.length] as string;
    const path = line.points.map((p) => `${at(px(p.x))} ${at(py(p.y))}`).join('L');
    out.push(`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
    for (const p of line.points)
      out.push(
        `<circle cx="${at(px(p.x))}" cy="${at(py(p.y))}" r="3" fill="${colour}"><title>${escaped(`${line.name} ${p.label}`)}</title></circle>`,
      );
  }
  return `${out.join('\n')}\n</g>`;
}

/** Panels two in a row with one legend below them, as an SVG that needs nothing else. */
export function plotSvg(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / 2);
  const names = panels[0]?.lines.map((line) => line.name) ?? [];
  const legend = names.map((name, i) => {
    const [x, y] = [margin.left + (i % 4) * 215, rows * height + 18 + Math.floor(i / 4) * 20];
    const colour = colours[i % colours.length] as string;
    return `<path d="M${x} ${y - 4}h18" stroke="${colour}" stroke-width="3"/><text x="${x + 24}" y="${y}">${escaped(name)}</text>`;
  });
  const tall = rows * height + 20 * Math.ceil(names.length / 4) + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * width} ${tall}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...panels.map((panel, i) => panelSvg(panel, (i % 2) * width, Math.floor(i / 2) * height)),
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}
