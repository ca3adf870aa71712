// The figures of docs/gpu.md, between two marks: everything else of the page is written by hand.

const BEGIN = '<!-- figures -->';
const END = '<!-- end of figures -->';

export interface GpuFigure {
  readonly model: string;
  readonly kind: string;
  readonly precision: string;
  /** Seconds, or what went wrong. */
  readonly result: number | string;
}

/** The page with these figures in place of the former ones. */
export function putFigures(page: string, card: string, figures: readonly GpuFigure[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/gpu.md: expected ${BEGIN} and ${END}`);
  const rows = figures.map(({ model, kind, precision, result }) => {
    const value = typeof result === 'number' ? result.toFixed(3) : result.replaceAll('|', '/');
    return `| ${model} | ${kind} | ${precision} | ${value} |`;
  });
  const table = ['| model | what | precision | seconds |', '| --- | --- | --- | --- |', ...rows];
  const text = [`${BEGIN}`, `Measured on ${card} (\`npm run gpu\`), batch 1, medians.`, '', ...table, ''];
  return `${page.slice(0, begin)}${text.join('\n')}${page.slice(end)}`;
}
