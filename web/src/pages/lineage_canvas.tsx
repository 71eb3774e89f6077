import type { JSX } from 'preact';
import { type MutableRef, useEffect, useRef } from 'preact/hooks';

import { onTheme } from '../base/theme';
import type { Focus } from '../graph/draw';
import { GraphView } from '../graph/graph_view';
import type { LineageState } from '../graph/lineage_state';
import { toggled } from '../graph/lineage_state';
import { MINIMAP_HEIGHT, MINIMAP_WIDTH } from '../graph/minimap';
import { sceneOf } from '../graph/scene';
import type { Shape } from '../graph/shape';
import { walk, type Way } from '../graph/walk';

export interface CanvasProps {
  shape: Shape;
  state: LineageState;
  paths: { from: string; to: string; type: string }[][] | undefined;
  viewRef: MutableRef<GraphView | null>;
  onChoose: (id: string | undefined) => void;
  onOpen: (id: string) => void;
  onMove: () => void;
  set: (change: Partial<LineageState>, options?: { replace?: boolean }) => void;
}

/** What stands out: what was chosen, and the ways to the other end where there is one. */
function focusOf(props: CanvasProps): Focus {
  const { shape, state, paths } = props;
  const chosen = state.chosen === undefined ? undefined : shape.byId.get(state.chosen);
  const focus: Focus = chosen === undefined ? {} : { chosen };
  if (paths === undefined) return focus;
  const nodes = new Set<number>();
  const keys = new Set<string>();
  for (const path of paths) {
    for (const edge of path) {
      const from = shape.byId.get(edge.from);
      const to = shape.byId.get(edge.to);
      if (from !== undefined) nodes.add(from);
      if (to !== undefined) nodes.add(to);
      if (from !== undefined && to !== undefined) keys.add(`${from} ${to}`);
    }
  }
  const edges = new Set<number>();
  shape.edges.forEach((edge, j) => {
    if (keys.has(`${edge.from} ${edge.to}`)) edges.add(j);
  });
  return { ...focus, nodes, edges };
}

const WAYS: Record<string, Way> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
const PAN = 90;
const ZOOM = 1.25;

function onKey(event: KeyboardEvent, props: CanvasProps): void {
  const view = props.viewRef.current;
  const scene = view?.scene;
  if (view === null || scene === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const { shape, state, set } = props;
  const chosen = state.chosen === undefined ? undefined : shape.byId.get(state.chosen);
  const way = WAYS[event.key];
  const id = chosen === undefined ? undefined : shape.nodes[chosen]?.id;
  if (way !== undefined && event.shiftKey) {
    view.pan(way === 'left' ? PAN : way === 'right' ? -PAN : 0, way === 'up' ? PAN : way === 'down' ? -PAN : 0);
  } else if (way !== undefined) {
    const start = chosen ?? shape.nodes.findIndex((node) => node.isRoot);
    const next = chosen === undefined ? start : walk(scene, start, way);
    if (next !== undefined && next >= 0) {
      props.onChoose(shape.nodes[next]?.id);
      view.reveal(next);
    }
  } else if (event.key === '+' || event.key === '=') view.zoom(ZOOM);
  else if (event.key === '-') view.zoom(1 / ZOOM);
  else if (event.key === '0') view.fit();
  else if (event.key === 'Enter' && id !== undefined) props.onOpen(id);
  else if (event.key === 'c' && id !== undefined) set({ node: id, chosen: id, shut: [], more: [], to: '' });
  else if (event.key === 'e' && id !== undefined) set({ more: toggled(state.more, id), shut: state.shut.filter((each) => each !== id) });
  else if (event.key === 'x' && id !== undefined) set({ shut: toggled(state.shut, id) });
  else if (event.key === 'p' && id !== undefined && id !== state.node) set({ to: state.to === id ? '' : id });
  else if (event.key === 'g') set({ isGrouped: !state.isGrouped });
  else if (event.key === 'i') set({ mode: state.mode === 'impact' ? 'lineage' : 'impact' });
  else if (event.key === 't') set({ isTable: true });
  else if (event.key === 'Escape') set({ chosen: '', to: '' });
  else return;
  event.preventDefault();
}

export function LineageCanvas(props: CanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = useRef<HTMLCanvasElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { shape, state, viewRef } = props;
  useEffect(() => {
    if (canvas.current === null || map.current === null) return undefined;
    const idOf = (node: number | undefined): string | undefined => (node === undefined ? undefined : latest.current.shape.nodes[node]?.id);
    const view = new GraphView(canvas.current, map.current, {
      onChoose: (node) => latest.current.onChoose(idOf(node)),
      onOpen: (node) => {
        const id = idOf(node);
        if (id !== undefined) latest.current.onOpen(id);
      },
      onMove: () => latest.current.onMove(),
    });
    viewRef.current = view;
    const stop = onTheme(() => view.repaint());
    return () => {
      stop();
      view.close();
      viewRef.current = null;
    };
  }, [viewRef]);
  // The eye keeps its place while the same thing is looked at: over time, opened further, grouped.
  const shownRoot = useRef<string>();
  useEffect(() => {
    let isOver = false;
    void sceneOf(shape).then((scene) => {
      const view = viewRef.current;
      if (isOver || view === null) return;
      const isSame = shownRoot.current === state.node;
      view.show(scene, isSame ? view.viewport : latest.current.state.viewport);
      shownRoot.current = state.node;
      const focus = focusOf(latest.current);
      view.setFocus(focus);
      if (!isSame && latest.current.state.viewport === undefined && focus.chosen !== undefined) view.reveal(focus.chosen);
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          canvas.current?.setAttribute('data-drawn', String(shape.nodes.length));
          performance.measure('cairn:drawn', 'cairn:answered');
        }),
      );
    });
    return () => {
      isOver = true;
    };
  }, [shape, viewRef, state.node]);
  useEffect(() => viewRef.current?.setFocus(focusOf(latest.current)), [state.chosen, props.paths, viewRef]);
  return (
    <div class="graph">
      <canvas
        ref={canvas}
        class="graph-canvas"
        tabIndex={0}
        role="application"
        aria-roledescription="graph"
        aria-label={`Lineage graph of ${shape.nodes.length} nodes. Arrow keys walk along edges, Enter opens, t shows a table.`}
        onKeyDown={(event) => onKey(event, latest.current)}
      />
      <canvas ref={map} class="graph-map" width={MINIMAP_WIDTH} height={MINIMAP_HEIGHT} aria-hidden="true" />
      <div class="graph-zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Nearer" onClick={() => viewRef.current?.zoom(ZOOM)}>
          +
        </button>
        <button type="button" aria-label="Farther" onClick={() => viewRef.current?.zoom(1 / ZOOM)}>
          −
        </button>
        <button type="button" aria-label="Everything" title="Everything (0)" onClick={() => viewRef.current?.fit()}>
          ⤢
        </button>
      </div>
    </div>
  );
}
