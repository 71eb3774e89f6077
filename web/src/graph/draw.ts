import { ABOUT_FONT, FONT, ICON_WIDTH, LABEL_FONT } from './fonts';
import { colourOf, type Palette } from './palette';
import type { Box, Scene } from './scene';
import type { ShownNode } from './shape';
import type { SpatialGrid } from './spatial';
import { seenBox, type Viewport } from './viewport';

/** What is pointed at, chosen, or on the path in focus. */
export interface Focus {
  chosen?: number;
  over?: number;
  /** Where there are any, all others are dimmed. */
  nodes?: ReadonlySet<number>;
  edges?: ReadonlySet<number>;
}

export interface Drawing {
  scene: Scene;
  grid: SpatialGrid;
  palette: Palette;
  focus: Focus;
}

// Below these scales letters could not be read, and curves not be told from lines.
const TEXT_SCALE = 0.42;
const ABOUT_SCALE = 0.62;
const CURVE_SCALE = 0.22;
const CURVES_MAX = 3000;
const DIMMED = 0.16;
const RADIUS = 8;

function edgesIn(scene: Scene, seen: Box): number[] {
  const out: number[] = [];
  const { edgeBoxes } = scene;
  for (let j = 0; j < scene.shape.edges.length; j += 1) {
    if ((edgeBoxes[4 * j] ?? 0) > seen.right || (edgeBoxes[4 * j + 2] ?? 0) < seen.left) continue;
    if ((edgeBoxes[4 * j + 1] ?? 0) > seen.bottom || (edgeBoxes[4 * j + 3] ?? 0) < seen.top) continue;
    out.push(j);
  }
  return out;
}

function trace(context: CanvasRenderingContext2D, scene: Scene, j: number, isCurved: boolean): void {
  const { points, starts } = scene;
  const first = starts[j] ?? 0;
  const end = starts[j + 1] ?? 0;
  let x = points[first] ?? 0;
  let y = points[first + 1] ?? 0;
  context.moveTo(x, y);
  for (let k = first + 2; k < end; k += 2) {
    const nextX = points[k] ?? 0;
    const nextY = points[k + 1] ?? 0;
    if (isCurved) {
      const bend = (nextX - x) / 2;
      context.bezierCurveTo(x + bend, y, nextX - bend, nextY, nextX, nextY);
    } else {
      context.lineTo(nextX, nextY);
    }
    x = nextX;
    y = nextY;
  }
}

function drawArrow(context: CanvasRenderingContext2D, scene: Scene, j: number): void {
  const end = scene.starts[j + 1] ?? 0;
  const x = scene.points[end - 2] ?? 0;
  const y = scene.points[end - 1] ?? 0;
  const before = scene.points[end - 4] ?? x;
  const side = before <= x ? -1 : 1;
  context.moveTo(x, y);
  context.lineTo(x + side * 7, y - 3.6);
  context.lineTo(x + side * 7, y + 3.6);
  context.closePath();
}

function drawEdges(context: CanvasRenderingContext2D, drawing: Drawing, seen: Box, scale: number): void {
  const { scene, palette, focus } = drawing;
  const edges = edgesIn(scene, seen);
  const isCurved = scale >= CURVE_SCALE && edges.length <= CURVES_MAX;
  // One path for each colour: thousands of strokes would cost a frame.
  const groups = new Map<string, number[]>();
  for (const j of edges) {
    const edge = scene.shape.edges[j];
    if (edge === undefined) continue;
    const isBeside = edge.from === focus.chosen || edge.to === focus.chosen;
    const inFocus = focus.edges === undefined ? isBeside : focus.edges.has(j);
    const key = `${inFocus ? 'focus' : focus.edges === undefined ? 'plain' : 'dim'} ${edge.mark}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [j]);
    else list.push(j);
  }
  for (const [key, list] of groups) {
    const [role, mark] = key.split(' ');
    const colour = mark === 'later' ? palette.good : mark === 'gone' ? palette.bad : role === 'focus' ? palette.accent : palette.dim;
    context.globalAlpha = role === 'focus' ? 1 : role === 'dim' ? DIMMED : isCurved ? 0.55 : 0.35;
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = Math.max(role === 'focus' ? 2 : 1.2, (role === 'focus' ? 1.6 : 0.7) / scale);
    context.setLineDash(mark === 'later' && isCurved ? [5, 4] : []);
    context.beginPath();
    for (const j of list) trace(context, scene, j, isCurved);
    context.stroke();
    context.setLineDash([]);
    if (scale < TEXT_SCALE || !isCurved) continue;
    context.beginPath();
    for (const j of list) drawArrow(context, scene, j);
    context.fill();
  }
  context.globalAlpha = 1;
}

const fitted = new Map<string, string>();
const FITTED_MAX = 50_000;

/** As much of a text as there is room for; measured once. */
function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${context.font}|${width}|${text}`;
  const known = fitted.get(key);
  if (known !== undefined) return known;
  if (fitted.size > FITTED_MAX) fitted.clear();
  let short = text;
  for (let length = text.length; length > 2 && context.measureText(short).width > width; ) {
    length = Math.min(length - 1, Math.floor(length * 0.92));
    const tail = Math.floor(length / 3);
    short = `${text.slice(0, length - tail)}…${text.slice(text.length - tail)}`;
  }
  fitted.set(key, short);
  return short;
}

function drawCard(context: CanvasRenderingContext2D, drawing: Drawing, i: number, node: ShownNode, scale: number): void {
  const { scene, palette, focus } = drawing;
  const left = (scene.x[i] ?? 0) - node.width / 2;
  const top = (scene.y[i] ?? 0) - node.height / 2;
  const colour = node.mark === 'gone' ? palette.bad : colourOf(palette, node.type);
  const isChosen = i === focus.chosen;
  if (node.members !== undefined) {
    // A group looks like a pile.
    context.fillStyle = palette.sheet;
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(left + 5, top + 5, node.width, node.height, RADIUS);
    context.fill();
    context.stroke();
  }
  context.fillStyle = palette.sheet;
  context.strokeStyle = isChosen ? palette.accent : node.isRoot ? colour : palette.line;
  context.lineWidth = isChosen ? 2.6 : node.isRoot ? 2 : i === focus.over ? 1.8 : 1.1;
  if (i === focus.over && !isChosen) context.strokeStyle = palette.dim;
  context.setLineDash(node.mark === 'later' ? [5, 4] : []);
  context.beginPath();
  context.roundRect(left, top, node.width, node.height, RADIUS);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colour;
  context.beginPath();
  // Shape tells the type as well as colour does: a job is round at the left.
  if (node.type === 'job') context.arc(left + 14, scene.y[i] ?? 0, 5.5, 0, 2 * Math.PI);
  else context.roundRect(left + 9, (scene.y[i] ?? 0) - 6, 10, 12, node.type === 'field' ? 5 : 2);
  context.fill();
  const hasAbout = scale >= ABOUT_SCALE;
  context.fillStyle = palette.ink;
  context.font = LABEL_FONT;
  context.textBaseline = 'middle';
  const room = node.width - ICON_WIDTH + 2;
  context.fillText(fit(context, node.label, room), left + 26, (scene.y[i] ?? 0) - (hasAbout ? 7 : 0));
  if (hasAbout) {
    context.fillStyle = palette.dim;
    context.font = ABOUT_FONT;
    context.fillText(fit(context, node.about, room), left + 26, (scene.y[i] ?? 0) + 9);
  }
}

// Small signs at a card's edge: how it stands in time, its turn, whether more lies behind it.
function drawSigns(context: CanvasRenderingContext2D, drawing: Drawing, i: number, node: ShownNode): void {
  const { scene, palette } = drawing;
  const right = (scene.x[i] ?? 0) + node.width / 2;
  const top = (scene.y[i] ?? 0) - node.height / 2;
  const sign = (text: string, colour: string, x: number, y: number): void => {
    context.font = `700 10.5px ${FONT}`;
    const width = Math.max(16, context.measureText(text).width + 9);
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(x - width / 2, y - 8, width, 16, 8);
    context.fill();
    context.fillStyle = palette.sheet;
    context.textAlign = 'center';
    context.fillText(text, x, y + 0.5);
    context.textAlign = 'left';
  };
  context.textBaseline = 'middle';
  if (node.rank !== undefined) sign(String(node.rank), palette.accent, right - 12, top);
  if (node.mark === 'changed') sign('~', palette.warn, right - 12, top);
  if (node.mark === 'later') sign('new', palette.good, right - 18, top);
  if (node.mark === 'gone') sign('gone', palette.bad, right - 18, top);
  if (node.hasMore || node.isShut) sign('+', palette.dim, right, scene.y[i] ?? 0);
}

function drawNodes(context: CanvasRenderingContext2D, drawing: Drawing, seen: Box, scale: number): void {
  const { scene, palette, focus } = drawing;
  const isFar = scale < TEXT_SCALE;
  const blocks = new Map<string, number[]>();
  for (const i of drawing.grid.near(seen)) {
    const node = scene.shape.nodes[i];
    if (node === undefined) continue;
    const isDimmed = focus.nodes !== undefined && !focus.nodes.has(i);
    if (!isFar) {
      context.globalAlpha = isDimmed ? DIMMED : node.mark === 'later' ? 0.75 : 1;
      drawCard(context, drawing, i, node, scale);
      drawSigns(context, drawing, i, node);
      context.globalAlpha = 1;
      continue;
    }
    const colour = node.mark === 'gone' ? palette.bad : node.mark === 'later' ? palette.good : colourOf(palette, node.type);
    const key = `${i === focus.chosen ? palette.ink : colour} ${isDimmed ? DIMMED : 0.85}`;
    const list = blocks.get(key);
    if (list === undefined) blocks.set(key, [i]);
    else list.push(i);
  }
  for (const [key, list] of blocks) {
    const at = key.lastIndexOf(' ');
    context.fillStyle = key.slice(0, at);
    context.globalAlpha = Number(key.slice(at + 1));
    for (const i of list) {
      const node = scene.shape.nodes[i];
      if (node === undefined) continue;
      const grow = node.isRoot || i === focus.chosen ? 1.35 : 1;
      context.fillRect((scene.x[i] ?? 0) - (node.width * grow) / 2, (scene.y[i] ?? 0) - (node.height * grow) / 2, node.width * grow, node.height * grow);
    }
  }
  context.globalAlpha = 1;
}

/** All that is seen of a scene; `density` is device pixels for each pixel of the page. */
export function draw(context: CanvasRenderingContext2D, drawing: Drawing, viewport: Viewport, width: number, height: number, density: number): void {
  context.setTransform(density, 0, 0, density, 0, 0);
  context.fillStyle = drawing.palette.ground;
  context.fillRect(0, 0, width, height);
  context.setTransform(density * viewport.scale, 0, 0, density * viewport.scale, density * viewport.left, density * viewport.top);
  const seen = seenBox(viewport, width, height);
  drawEdges(context, drawing, seen, viewport.scale);
  drawNodes(context, drawing, seen, viewport.scale);
}
