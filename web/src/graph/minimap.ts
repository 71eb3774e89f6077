import { colourOf, type Palette } from './palette';
import type { Scene } from './scene';
import { fitBox, seenBox, type Viewport } from './viewport';

export const MINIMAP_WIDTH = 180;
export const MINIMAP_HEIGHT = 120;

/** The whole graph, small, with a frame round what is seen. Drawn once; only the frame moves. */
export class Minimap {
  private readonly picture = document.createElement('canvas');
  private readonly whole: Viewport;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    scene: Scene,
    private readonly palette: Palette,
    private readonly density: number,
  ) {
    this.whole = fitBox(scene.box, MINIMAP_WIDTH, MINIMAP_HEIGHT, 1, 0);
    for (const each of [canvas, this.picture]) {
      each.width = MINIMAP_WIDTH * density;
      each.height = MINIMAP_HEIGHT * density;
    }
    const context = this.picture.getContext('2d');
    if (context === null) return;
    context.scale(density, density);
    context.fillStyle = palette.sheet;
    context.fillRect(0, 0, MINIMAP_WIDTH, MINIMAP_HEIGHT);
    scene.shape.nodes.forEach((node, i) => {
      context.fillStyle = colourOf(palette, node.type);
      const width = Math.max(1.6, node.width * this.whole.scale);
      const height = Math.max(1.2, node.height * this.whole.scale);
      const x = (scene.x[i] ?? 0) * this.whole.scale + this.whole.left;
      const y = (scene.y[i] ?? 0) * this.whole.scale + this.whole.top;
      context.fillRect(x - width / 2, y - height / 2, width, height);
    });
  }

  draw(viewport: Viewport, width: number, height: number): void {
    const context = this.canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.picture, 0, 0);
    context.scale(this.density, this.density);
    const seen = seenBox(viewport, width, height);
    const { scale, left, top } = this.whole;
    context.strokeStyle = this.palette.accent;
    context.lineWidth = 1.5;
    context.strokeRect(seen.left * scale + left, seen.top * scale + top, (seen.right - seen.left) * scale, (seen.bottom - seen.top) * scale);
  }

  /** The point of the world under a point of the map. */
  worldAt(x: number, y: number): [number, number] {
    return [(x - this.whole.left) / this.whole.scale, (y - this.whole.top) / this.whole.scale];
  }
}
