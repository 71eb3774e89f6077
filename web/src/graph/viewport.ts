import type { Box } from './scene';

/** What part of the world is seen: a point of it at (x, y) is drawn at (x * scale + left, y * scale + top). */
export interface Viewport {
  left: number;
  top: number;
  scale: number;
}

export const SCALE_MIN = 0.02;
export const SCALE_MAX = 2.5;

export function fitBox(box: Box, width: number, height: number, scaleMax = 1.1, scaleMin = SCALE_MIN): Viewport {
  const scale = Math.max(scaleMin, Math.min(scaleMax, width / (box.right - box.left), height / (box.bottom - box.top)));
  return {
    scale,
    left: width / 2 - ((box.left + box.right) / 2) * scale,
    top: height / 2 - ((box.top + box.bottom) / 2) * scale,
  };
}

/** The point of the screen at which one points stays where it is. */
export function zoomAt(viewport: Viewport, factor: number, x: number, y: number): Viewport {
  const scale = Math.max(SCALE_MIN, Math.min(SCALE_MAX, viewport.scale * factor));
  const ratio = scale / viewport.scale;
  return { scale, left: x - (x - viewport.left) * ratio, top: y - (y - viewport.top) * ratio };
}

export function seenBox(viewport: Viewport, width: number, height: number): Box {
  return {
    left: -viewport.left / viewport.scale,
    top: -viewport.top / viewport.scale,
    right: (width - viewport.left) / viewport.scale,
    bottom: (height - viewport.top) / viewport.scale,
  };
}

export function centreOn(x: number, y: number, scale: number, width: number, height: number): Viewport {
  return { scale, left: width / 2 - x * scale, top: height / 2 - y * scale };
}

/** For the address: `x,y,scale`. */
export function viewportText(viewport: Viewport): string {
  return [viewport.left.toFixed(0), viewport.top.toFixed(0), viewport.scale.toFixed(3)].join(',');
}

export function readViewport(text: string | null): Viewport | undefined {
  const parts = (text ?? '').split(',').map(Number);
  const [left, top, scale] = parts;
  if (parts.length !== 3 || left === undefined || top === undefined || scale === undefined) return undefined;
  if (!parts.every(Number.isFinite) || scale < SCALE_MIN || scale > SCALE_MAX) return undefined;
  return { left, top, scale };
}
