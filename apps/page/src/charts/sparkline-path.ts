/** Lines of a small picture without axes, as SVG `points`; gaps split it. The bottom is 0. */
export function sparklineParts(values: readonly (number | null)[], width: number, height: number): string[] {
  const most = Math.max(0, ...values.filter((value) => value !== null));
  const least = Math.min(0, ...values.filter((value) => value !== null));
  const span = most - least || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const parts: string[] = [];
  let part: string[] = [];
  const end = () => {
    // One point alone would not be seen.
    if (part.length === 1) part.push(part[0]!.replace(/^[^,]+/, (x) => String(Math.min(width, Number(x) + 1))));
    if (part.length > 0) parts.push(part.join(' '));
    part = [];
  };
  values.forEach((value, index) => {
    if (value === null) return end();
    part.push(`${round(index * step)},${round(height - ((value - least) / span) * height)}`);
  });
  end();
  return parts;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Words for those who do not see it: "least 0/s, most 12,400/s, newest 12,380/s". */
export function sparklineWords(values: readonly (number | null)[], write: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'no figures yet';
  return `least ${write(Math.min(...known))}, most ${write(Math.max(...known))}, newest ${write(known.at(-1)!)}`;
}
