/** A line chart as SVG that reads on light and on dark pages. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const width = 640;
const height = 320;
const margin = { left: 56, right: 16, top: 44, bottom: 40 };
const colours = ["#0969da", "#cf5a00", "#1a7f37"];
const grey = "#808890";

export function plot(title: string, below: string, series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points);
  const [right, top] = [0, 1].map((axis) => roundUp(Math.max(...all.map((point) => point[axis] ?? 0)))) as [
    number,
    number,
  ];
  const x = (value: number) => margin.left + (value / right) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const grid = steps.flatMap((step) => [
    line([x(0), y(step * top)], [x(right), y(step * top)], grey, 0.3),
    label(margin.left - 8, y(step * top) + 4, number(step * top), "end"),
    label(x(step * right), height - margin.bottom + 18, number(step * right), "middle"),
  ]);
  const drawn = series.flatMap(({ name, points }, index) => {
    const colour = colours[index % colours.length] ?? grey;
    const path = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
    const start = margin.left + index * 260;
    return [
      `<polyline points="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...path.map((point) => `<circle cx="${point.replace(",", '" cy="')}" r="3" fill="${colour}"/>`),
      line([start, 28], [start + 20, 28], colour, 1),
      label(start + 26, 32, name, "start"),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${title} against ${below}</title>`,
    label(margin.left, 14, title, "start", "bold"),
    label(width - margin.right, height - 6, below, "end"),
    ...grid,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function line([x1, y1]: readonly number[], [x2, y2]: readonly number[], colour: string, opacity: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="2" opacity="${opacity}"/>`;
}

function label(x: number, y: number, text: string, anchor: "start" | "middle" | "end", weight = "normal"): string {
  return `<text x="${x}" y="${y}" fill="${grey}" text-anchor="${anchor}" font-weight="${weight}">${text}</text>`;
}

/** The next number with a round look, so that a quarter of it is short to say. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * power >= value) ?? 10) * power;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
