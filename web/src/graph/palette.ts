/** Colours of the page, for what is drawn by hand. */
export interface Palette {
  ground: string;
  sheet: string;
  ink: string;
  dim: string;
  line: string;
  accent: string;
  bad: string;
  good: string;
  warn: string;
  types: Record<string, string>;
}

const TYPES = ['dataset', 'job', 'field', 'run', 'file', 'other'];

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const types: Record<string, string> = {};
  for (const type of TYPES) types[type] = of(type);
  return {
    ground: of('ground'),
    sheet: of('sheet'),
    ink: of('ink'),
    dim: of('dim'),
    line: of('line'),
    accent: of('accent'),
    bad: of('bad'),
    good: of('good'),
    warn: of('warn'),
    types,
  };
}

export function colourOf(palette: Palette, type: string): string {
  return palette.types[type] ?? palette.types['other'] ?? palette.dim;
}
