import { draw } from './draw';
import { FONT, ICON_WIDTH } from './fonts';
import { colourOf, type Palette } from './palette';
import type { Scene } from './scene';
import { SpatialGrid } from './spatial';

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function edgePath(scene: Scene, j: number): string {
  const first = scene.starts[j] ?? 0;
  const end = scene.starts[j + 1] ?? 0;
  let x = scene.points[first] ?? 0;
  let y = scene.points[first + 1] ?? 0;
  let out = `M${fixed(x)} ${fixed(y)}`;
  for (let k = first + 2; k < end; k += 2) {
    const nextX = scene.points[k] ?? 0;
    const nextY = scene.points[k + 1] ?? 0;
    const bend = (nextX - x) / 2;
    out += `C${fixed(x + bend)} ${fixed(y)} ${fixed(nextX - bend)} ${fixed(nextY)} ${fixed(nextX)} ${fixed(nextY)}`;
    x = nextX;
    y = nextY;
  }
  return out;
}

/** The whole graph as one SVG file that stands alone. */
export function exportSvg(scene: Scene, palette: Palette): string {
  const { box, shape } = scene;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${fixed(box.left)} ${fixed(box.top)} ${fixed(width)} ${fixed(height)}" width="${fixed(width)}" height="${fixed(height)}" font-family="${escaped(FONT)}">`,
    `<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8Z" fill="${palette.dim}"/></marker></defs>`,
    `<rect x="${fixed(box.left)}" y="${fixed(box.top)}" width="${fixed(width)}" height="${fixed(height)}" fill="${palette.ground}"/>`,
    `<g fill="none" stroke="${palette.dim}" stroke-opacity="0.6" stroke-width="1.3">`,
  ];
  shape.edges.forEach((edge, j) => {
    const dash = edge.mark === 'later' ? ' stroke-dasharray="5 4"' : '';
    out.push(`<path d="${edgePath(scene, j)}" marker-end="url(#end)"${dash}/>`);
  });
  out.push('</g>');
  shape.nodes.forEach((node, i) => {
    const left = (scene.x[i] ?? 0) - node.width / 2;
    const top = (scene.y[i] ?? 0) - node.height / 2;
    const colour = node.mark === 'gone' ? palette.bad : colourOf(palette, node.type);
    out.push(
      `<g><title>${escaped(node.id.slice(0, 2000))}</title>`,
      `<rect x="${fixed(left)}" y="${fixed(top)}" width="${fixed(node.width)}" height="${node.height}" rx="8" fill="${palette.sheet}" stroke="${node.isRoot ? colour : palette.line}"/>`,
      `<rect x="${fixed(left + 9)}" y="${fixed(top + node.height / 2 - 6)}" width="10" height="12" rx="${node.type === 'job' ? 5 : 2}" fill="${colour}"/>`,
      `<text x="${fixed(left + 26)}" y="${fixed(top + node.height / 2 - 3)}" font-size="12.5" font-weight="600" fill="${palette.ink}">${escaped(shortened(node.label, node.width))}</text>`,
      `<text x="${fixed(left + 26)}" y="${fixed(top + node.height / 2 + 13)}" font-size="11" fill="${palette.dim}">${escaped(shortened(node.about, node.width))}</text></g>`,
    );
  });
  out.push('</svg>');
  return out.join('\n');
}

function shortened(text: string, width: number): string {
  const room = Math.floor((width - ICON_WIDTH) / 6.6);
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}

// What browsers draw at most.
const PIXELS_MAX = 60_000_000;
const SIDE_MAX = 16_000;

/** The whole graph as a picture, twice as fine as it is shown where that fits. */
export async function exportPng(scene: Scene, palette: Palette): Promise<Blob> {
  const width = scene.box.right - scene.box.left;
  const height = scene.box.bottom - scene.box.top;
  const scale = Math.min(2, Math.sqrt(PIXELS_MAX / (width * height)), SIDE_MAX / width, SIDE_MAX / height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('the browser draws no picture of this size');
  const viewport = { left: -scene.box.left * scale, top: -scene.box.top * scale, scale };
  draw(context, { scene, grid: new SpatialGrid(scene), palette, focus: {} }, viewport, canvas.width, canvas.height, 1);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('the browser draws no picture of this size'));
      else resolve(blob);
    }, 'image/png'),
  );
}

export function saveFile(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
