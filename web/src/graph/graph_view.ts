import { draw, type Drawing, type Focus } from './draw';
import { Minimap } from './minimap';
import { readPalette } from './palette';
import type { Scene } from './scene';
import { SpatialGrid } from './spatial';
import { centreOn, fitBox, type Viewport, zoomAt } from './viewport';

export interface GraphViewEvents {
  onChoose: (node: number | undefined) => void;
  onOpen: (node: number) => void;
  onMove: (viewport: Viewport) => void;
}

// A picture of more than is seen is moved while one pans over this many nodes, and drawn anew at its edge.
const PICTURE_FROM = 800;
const PICTURE_MARGIN = 0.5;
const WHEEL_STEP = 0.0016;
const CLICK_SLOP = 4;
const READABLE = 0.65;

interface Picture {
  canvas: HTMLCanvasElement;
  viewport: Viewport;
}

/** The graph on a canvas: draws what is seen, once a frame at most, and follows pointer, wheel and fingers. */
export class GraphView {
  viewport: Viewport = { left: 0, top: 0, scale: 1 };
  private drawing: Drawing | undefined;
  private minimap: Minimap | undefined;
  private picture: Picture | undefined;
  private width = 1;
  private height = 1;
  private density = 1;
  private isWaiting = false;
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private moved = 0;
  private readonly stops: (() => void)[] = [];
  private readonly resizer: ResizeObserver;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly map: HTMLCanvasElement,
    private readonly events: GraphViewEvents,
  ) {
    this.resizer = new ResizeObserver(() => this.measure());
    this.resizer.observe(canvas);
    this.measure();
    const on = <K extends keyof HTMLElementEventMap>(target: HTMLElement, name: K, listener: (event: HTMLElementEventMap[K]) => void): void => {
      target.addEventListener(name, listener, { passive: false });
      this.stops.push(() => target.removeEventListener(name, listener));
    };
    on(canvas, 'pointerdown', (event) => this.onDown(event));
    on(canvas, 'pointermove', (event) => this.onPointer(event));
    on(canvas, 'pointerup', (event) => this.onUp(event));
    on(canvas, 'pointercancel', (event) => this.onUp(event));
    on(canvas, 'dblclick', (event) => {
      const node = this.nodeAt(event);
      if (node !== undefined) this.events.onOpen(node);
    });
    on(canvas, 'wheel', (event) => {
      event.preventDefault();
      const [x, y] = this.placeOf(event);
      this.moveTo(zoomAt(this.viewport, Math.exp(-event.deltaY * WHEEL_STEP), x, y));
    });
    const onMap = (event: PointerEvent): void => {
      if (event.buttons === 0 || this.minimap === undefined) return;
      const [x, y] = this.minimap.worldAt(event.offsetX, event.offsetY);
      this.moveTo(centreOn(x, y, this.viewport.scale, this.width, this.height));
    };
    on(map, 'pointerdown', onMap);
    on(map, 'pointermove', onMap);
  }

  close(): void {
    this.resizer.disconnect();
    for (const stop of this.stops) stop();
  }

  get scene(): Scene | undefined {
    return this.drawing?.scene;
  }

  show(scene: Scene, viewport?: Viewport): void {
    const palette = readPalette();
    this.drawing = { scene, grid: new SpatialGrid(scene), palette, focus: {} };
    this.minimap = new Minimap(this.map, scene, palette, this.density);
    this.viewport = viewport ?? this.firstViewport(scene);
    this.redraw();
  }

  /** All of it where it can be read like that, else what was asked about, in a size that can be read. */
  private firstViewport(scene: Scene): Viewport {
    const { box } = scene;
    const whole = fitBox(box, this.width, this.height);
    if (whole.scale >= READABLE) return whole;
    const scale = Math.max(READABLE, Math.min(0.9, this.height / (box.bottom - box.top)));
    const root = Math.max(0, scene.shape.nodes.findIndex((node) => node.isRoot));
    const viewport = centreOn(scene.x[root] ?? 0, scene.y[root] ?? 0, scale, this.width, this.height);
    // No empty room at a side as long as the other has more to show.
    if ((box.right - box.left) * scale > this.width) {
      viewport.left = Math.min(-box.left * scale, Math.max(this.width - box.right * scale, viewport.left));
    }
    return viewport;
  }

  setFocus(focus: Focus): void {
    if (this.drawing === undefined) return;
    this.drawing = { ...this.drawing, focus };
    this.redraw();
  }

  repaint(): void {
    if (this.drawing === undefined) return;
    const palette = readPalette();
    this.drawing = { ...this.drawing, palette };
    this.minimap = new Minimap(this.map, this.drawing.scene, palette, this.density);
    this.redraw();
  }

  fit(): void {
    if (this.scene !== undefined) this.moveTo(fitBox(this.scene.box, this.width, this.height));
  }
  zoom(factor: number): void {
    this.moveTo(zoomAt(this.viewport, factor, this.width / 2, this.height / 2));
  }
  pan(x: number, y: number): void {
    this.moveTo({ ...this.viewport, left: this.viewport.left + x, top: this.viewport.top + y });
  }
  /** Moves only where the node is not seen. */
  reveal(node: number): void {
    const { scene } = this;
    if (scene === undefined) return;
    const x = (scene.x[node] ?? 0) * this.viewport.scale + this.viewport.left;
    const y = (scene.y[node] ?? 0) * this.viewport.scale + this.viewport.top;
    if (x > 60 && x < this.width - 60 && y > 40 && y < this.height - 40) return;
    this.moveTo(centreOn(scene.x[node] ?? 0, scene.y[node] ?? 0, this.viewport.scale, this.width, this.height));
  }
  moveTo(viewport: Viewport): void {
    this.viewport = viewport;
    this.events.onMove(viewport);
    this.wake();
  }

  private redraw(): void {
    this.picture = undefined;
    this.wake();
  }

  private measure(): void {
    const { clientWidth, clientHeight } = this.canvas;
    const width = Math.max(1, clientWidth);
    const height = Math.max(1, clientHeight);
    if (width === this.width && height === this.height) return;
    this.density = Math.min(2, devicePixelRatio || 1);
    this.width = width;
    this.height = height;
    this.canvas.width = width * this.density;
    this.canvas.height = height * this.density;
    // At once: a canvas is empty once its size is set.
    this.picture = undefined;
    this.paint();
  }

  private wake(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.paint();
    });
  }

  private paint(): void {
    const context = this.canvas.getContext('2d', { alpha: false });
    if (context === null || this.drawing === undefined) return;
    if (this.drawing.scene.shape.nodes.length >= PICTURE_FROM) this.paintPicture(context, this.drawing);
    else draw(context, this.drawing, this.viewport, this.width, this.height, this.density);
    this.minimap?.draw(this.viewport, this.width, this.height);
  }

  private paintPicture(context: CanvasRenderingContext2D, drawing: Drawing): void {
    const marginX = this.width * PICTURE_MARGIN;
    const marginY = this.height * PICTURE_MARGIN;
    const { picture, viewport } = this;
    const dx = picture === undefined ? 0 : viewport.left - picture.viewport.left;
    const dy = picture === undefined ? 0 : viewport.top - picture.viewport.top;
    const fits = picture !== undefined && picture.viewport.scale === viewport.scale && Math.abs(dx) <= marginX && Math.abs(dy) <= marginY;
    if (!fits) {
      const canvas = picture?.canvas ?? document.createElement('canvas');
      const width = this.width + 2 * marginX;
      const height = this.height + 2 * marginY;
      if (canvas.width !== Math.ceil(width * this.density) || canvas.height !== Math.ceil(height * this.density)) {
        canvas.width = Math.ceil(width * this.density);
        canvas.height = Math.ceil(height * this.density);
      }
      const own = canvas.getContext('2d', { alpha: false });
      if (own === null) return;
      draw(own, drawing, { ...viewport, left: viewport.left + marginX, top: viewport.top + marginY }, width, height, this.density);
      this.picture = { canvas, viewport };
      this.blit(context, this.picture, 0, 0);
      return;
    }
    this.blit(context, picture, dx, dy);
  }

  private blit(context: CanvasRenderingContext2D, picture: Picture, dx: number, dy: number): void {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(
      picture.canvas,
      Math.round((dx - this.width * PICTURE_MARGIN) * this.density),
      Math.round((dy - this.height * PICTURE_MARGIN) * this.density),
    );
  }

  private placeOf(event: MouseEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private nodeAt(event: MouseEvent): number | undefined {
    const [x, y] = this.placeOf(event);
    const { left, top, scale } = this.viewport;
    return this.drawing?.grid.at((x - left) / scale, (y - top) / scale);
  }

  private onDown(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.moved = 0;
  }

  private onPointer(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) {
      this.hover(this.nodeAt(event));
      return;
    }
    const dx = event.clientX - before.x;
    const dy = event.clientY - before.y;
    this.moved += Math.abs(dx) + Math.abs(dy);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (other === undefined) {
      this.pan(dx, dy);
      return;
    }
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(event.clientX - other.x, event.clientY - other.y);
    const box = this.canvas.getBoundingClientRect();
    if (was > 0) this.moveTo(zoomAt(this.viewport, is / was, (event.clientX + other.x) / 2 - box.left, (event.clientY + other.y) / 2 - box.top));
  }

  private onUp(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    if (event.type === 'pointerup' && this.moved <= CLICK_SLOP) this.events.onChoose(this.nodeAt(event));
  }

  private hover(node: number | undefined): void {
    if (this.drawing === undefined || this.drawing.focus.over === node) return;
    this.canvas.dataset['over'] = node === undefined ? 'none' : 'node';
    if (this.drawing.scene.shape.nodes.length >= PICTURE_FROM) return;
    const focus = { ...this.drawing.focus };
    if (node === undefined) delete focus.over;
    else focus.over = node;
    this.setFocus(focus);
  }
}
