import type { Box, Scene } from './scene';

const CELL_WIDTH = 320;
const CELL_HEIGHT = 240;

/** Which nodes lie where, by cells of a grid: what is seen is found without looking at what is not. */
export class SpatialGrid {
  private readonly cells = new Map<number, number[]>();
  private readonly columns: number;

  constructor(private readonly scene: Scene) {
    const { box, shape, x, y } = scene;
    this.columns = Math.ceil((box.right - box.left) / CELL_WIDTH) + 1;
    shape.nodes.forEach((_, i) => {
      const key = this.key(this.column(x[i] ?? 0), this.row(y[i] ?? 0));
      const cell = this.cells.get(key);
      if (cell === undefined) this.cells.set(key, [i]);
      else cell.push(i);
    });
  }

  private column(x: number): number {
    return Math.floor((x - this.scene.box.left) / CELL_WIDTH);
  }
  private row(y: number): number {
    return Math.floor((y - this.scene.box.top) / CELL_HEIGHT);
  }
  private key(column: number, row: number): number {
    return row * this.columns + column;
  }

  /** Nodes whose cell touches the box, in no order; a node is never wider than a cell. */
  near(box: Box): number[] {
    const out: number[] = [];
    const { box: all } = this.scene;
    const firstRow = Math.max(0, this.row(box.top) - 1);
    const lastRow = Math.min(this.row(all.bottom), this.row(box.bottom) + 1);
    const firstColumn = Math.max(0, this.column(box.left) - 1);
    const lastColumn = Math.min(this.columns - 1, this.column(box.right) + 1);
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        for (const node of this.cells.get(this.key(column, row)) ?? []) out.push(node);
      }
    }
    return out;
  }

  at(x: number, y: number): number | undefined {
    const { shape, x: xs, y: ys } = this.scene;
    return this.near({ left: x, top: y, right: x, bottom: y }).find((i) => {
      const node = shape.nodes[i];
      if (node === undefined) return false;
      return Math.abs((xs[i] ?? 0) - x) <= node.width / 2 && Math.abs((ys[i] ?? 0) - y) <= node.height / 2;
    });
  }
}
