import { describe, expect, it } from 'vitest';

import type { Graph } from '../api/types';
import { adjacencyOf } from './adjacency';
import { breakCycles } from './cycles';
import { exportSvg } from './export';
import { layersOf } from './layers';
import { layOut } from './layout';
import { readState, stateHref, toggled } from './lineage_state';
import { crossings, orderLayers } from './ordering';
import type { Palette } from './palette';
import { nearestPlaces } from './placing';
import { sceneOf } from './scene';
import { mergeGraphs, shapeOf } from './shape';
import { SpatialGrid } from './spatial';
import { centreOn, fitBox, readViewport, seenBox, viewportText, zoomAt } from './viewport';
import { walk } from './walk';

const ends = (...pairs: [number, number][]): Int32Array => Int32Array.from(pairs.flat());

function question(count: number, edges: Int32Array) {
  return { widths: new Float32Array(count).fill(100), heights: new Float32Array(count).fill(40), ends: edges };
}

// The same numbers each time (Park and Miller 1988).
function numbers(seed: number): () => number {
  let at = seed;
  return () => (at = (at * 48271) % 2147483647) / 2147483647;
}

function randomDag(count: number, seed: number): Int32Array {
  const next = numbers(seed);
  const pairs: [number, number][] = [];
  for (let i = 1; i < count; i += 1) {
    for (let k = 0; k < 1 + Math.floor(next() * 2); k += 1) pairs.push([Math.floor(next() * i), i]);
  }
  return ends(...pairs);
}

describe('cycles', () => {
  it('are broken by turning what closes them', () => {
    const out = breakCycles(3, ends([0, 1], [1, 2], [2, 0]));
    expect([...out]).toEqual([0, 1, 1, 2, 0, 2]);
  });
  it('leave a graph without any as it is', () => {
    const edges = randomDag(200, 7);
    expect([...breakCycles(200, edges)]).toEqual([...edges]);
  });
  it('of one node do not hang', () => {
    expect(layOut(question(2, ends([0, 0], [0, 1]))).x.length).toBe(2);
  });
});

describe('layers', () => {
  it('lead every edge to a later one', () => {
    const edges = randomDag(500, 3);
    const layer = layersOf(500, edges);
    for (let j = 0; j < edges.length; j += 2) expect(layer[edges[j] ?? 0]).toBeLessThan(layer[edges[j + 1] ?? 0] ?? 0);
  });
  it('draw a source near to what it feeds', () => {
    // 0 -> 1 -> 2 -> 3, and 4 feeds 3 alone.
    expect([...layersOf(5, ends([0, 1], [1, 2], [2, 3], [4, 3]))]).toEqual([0, 1, 2, 3, 2]);
  });
});

describe('ordering', () => {
  it('counts crossings', () => {
    const edges = ends([0, 3], [1, 2]);
    const place = Int32Array.from([0, 1, 0, 1]);
    expect(crossings([0, 1], place, adjacencyOf(4, edges, 0), 2)).toBe(1);
  });
  it('takes away those that need not be', () => {
    const edges = ends([0, 5], [1, 4], [2, 3]);
    const { layers, down } = orderLayers(Int32Array.from([0, 0, 0, 1, 1, 1]), edges);
    const place = new Int32Array(6);
    layers.forEach((nodes) => nodes.forEach((node, at) => (place[node] = at)));
    expect(crossings(layers[0] ?? [], place, down, 3)).toBe(0);
  });
});

describe('placing', () => {
  it('is nearest to the wishes within order and distance', () => {
    const out = nearestPlaces(Float64Array.from([10, 0, 50]), Float64Array.from([0, 10, 20]), Float64Array.from([1, 1, 1]));
    expect([...out]).toEqual([0, 10, 50]);
  });
  it('lets no two nodes of a layer overlap', () => {
    const edges = randomDag(400, 11);
    const { x, y } = layOut(question(400, edges));
    const columns = new Map<number, number[]>();
    x.forEach((at, i) => columns.set(at, [...(columns.get(at) ?? []), y[i] ?? 0]));
    for (const column of columns.values()) {
      column.sort((a, b) => a - b);
      for (let i = 1; i < column.length; i += 1) expect((column[i] ?? 0) - (column[i - 1] ?? 0)).toBeGreaterThanOrEqual(55.9);
    }
  });
});

describe('layout', () => {
  it('goes from left to right and is the same each time', () => {
    const edges = randomDag(300, 5);
    const one = layOut(question(300, edges));
    const other = layOut(question(300, edges));
    expect(one).toEqual(other);
    for (let j = 0; j < edges.length; j += 2) expect(one.x[edges[j] ?? 0]).toBeLessThan(one.x[edges[j + 1] ?? 0] ?? 0);
  });
  it('bends long edges round what is between, in their direction', () => {
    const { x, bends, starts } = layOut(question(3, ends([0, 1], [1, 2], [0, 2])));
    expect([...starts]).toEqual([0, 0, 0, 2]);
    expect(bends[0]).toBeGreaterThan(x[0] ?? 0);
    expect(bends[0]).toBeLessThan(x[2] ?? 0);
  });
  it('takes 500 nodes within the time of a frame or ten', () => {
    const edges = randomDag(500, 2);
    const began = performance.now();
    layOut(question(500, edges));
    expect(performance.now() - began).toBeLessThan(200);
  });
  it('takes nothing at all', () => {
    expect(layOut(question(0, ends())).x.length).toBe(0);
  });
});

const GRAPH: Graph = {
  nodes: [
    { node: 'dataset:crm:a', hops: 0, root: true },
    { node: 'job:etl:j', hops: 1 },
    { node: 'dataset:dw:b', hops: 2, more: true },
    { node: 'dataset:dw:c', hops: 2 },
  ],
  edges: [
    { from: 'dataset:crm:a', to: 'job:etl:j', type: 'reads', first_seen: '', last_seen: '' },
    { from: 'job:etl:j', to: 'dataset:dw:b', type: 'writes', first_seen: '', last_seen: '' },
    { from: 'job:etl:j', to: 'dataset:dw:c', type: 'writes', first_seen: '', last_seen: '' },
  ],
  cycles: [],
  partial: false,
};
const PLAIN = { root: 'dataset:crm:a', shut: new Set<string>(), isGrouped: false, openGroups: new Set<string>() };

describe('shape', () => {
  it('has every node and edge of the answer', () => {
    const shape = shapeOf(GRAPH, PLAIN);
    expect(shape.nodes.map((node) => [node.label, node.isRoot, node.hasMore])).toEqual([
      ['a', true, false],
      ['j', false, false],
      ['b', false, true],
      ['c', false, false],
    ]);
    expect(shape.edges).toHaveLength(3);
  });
  it('ends where it was shut', () => {
    const shape = shapeOf(GRAPH, { ...PLAIN, shut: new Set(['job:etl:j']) });
    expect(shape.nodes.map((node) => node.label)).toEqual(['a', 'j']);
  });
  it('groups what shares a namespace, but for what was opened', () => {
    const shape = shapeOf(GRAPH, { ...PLAIN, isGrouped: true });
    expect(shape.nodes.map((node) => node.id)).toEqual(['dataset:crm:a', 'job:etl:j', 'group:dw']);
    expect(shape.edges).toHaveLength(2);
    expect(shapeOf(GRAPH, { ...PLAIN, isGrouped: true, openGroups: new Set(['dw']) }).nodes).toHaveLength(4);
  });
  it('marks what came later and what is gone', () => {
    const then = { ...GRAPH, nodes: GRAPH.nodes.slice(0, 3), edges: GRAPH.edges.slice(0, 2) };
    const now = { ...GRAPH, nodes: GRAPH.nodes.filter((node) => node.node !== 'dataset:dw:b'), edges: GRAPH.edges.filter((edge) => edge.to !== 'dataset:dw:b') };
    const difference = { nodes: [{ change: 'changed' as const, node: 'dataset:crm:a' }], edges: [], partial: false };
    const shape = shapeOf(then, { ...PLAIN, now, difference });
    expect(shape.nodes.map((node) => [node.label, node.mark])).toEqual([
      ['a', 'changed'],
      ['j', 'same'],
      ['b', 'gone'],
      ['c', 'later'],
    ]);
  });
  it('says nothing of what is hidden', () => {
    const shape = shapeOf({ ...GRAPH, nodes: [...GRAPH.nodes, { node: 'hidden::1', hops: 1, hidden: true }] }, PLAIN);
    expect(shape.nodes.at(-1)).toMatchObject({ label: 'hidden', isHidden: true, type: 'hidden' });
  });
  it('of several answers holds each thing once', () => {
    const merged = mergeGraphs([GRAPH, { ...GRAPH, nodes: [{ node: 'dataset:dw:b', hops: 0 }, { node: 'job:etl:k', hops: 1 }] }]);
    expect(merged.nodes).toHaveLength(5);
    expect(merged.edges).toHaveLength(3);
    expect(merged.nodes.find((node) => node.node === 'dataset:dw:b')?.more).toBe(false);
  });
});

describe('viewport', () => {
  const box = { left: 0, top: 0, right: 1000, bottom: 500 };
  it('fits a box', () => {
    const viewport = fitBox(box, 500, 500);
    expect(viewport.scale).toBe(0.5);
    expect(seenBox({ left: 100, top: 50, scale: 0.5 }, 500, 500)).toEqual({ left: -200, top: -100, right: 800, bottom: 900 });
  });
  it('keeps the point under the pointer', () => {
    const before = fitBox(box, 500, 500);
    const after = zoomAt(before, 2, 100, 50);
    expect((100 - after.left) / after.scale).toBeCloseTo((100 - before.left) / before.scale);
    expect(zoomAt(before, 1e9, 0, 0).scale).toBe(2.5);
  });
  it('stands in an address', () => {
    const viewport = centreOn(100, 100, 1, 300, 200);
    expect(readViewport(viewportText(viewport))).toEqual(viewport);
    for (const text of [null, '', '1,2', '1,2,x', '1,2,99']) expect(readViewport(text)).toBeUndefined();
  });
});

describe('scene', () => {
  it('finds what lies under a point, and walks along edges', async () => {
    const scene = await sceneOf(shapeOf(GRAPH, PLAIN));
    const grid = new SpatialGrid(scene);
    scene.shape.nodes.forEach((_, i) => expect(grid.at(scene.x[i] ?? 0, scene.y[i] ?? 0)).toBe(i));
    expect(grid.at(-1e6, 0)).toBeUndefined();
    expect(walk(scene, 0, 'right')).toBe(1);
    expect(walk(scene, 1, 'left')).toBe(0);
    const below = walk(scene, 2, 'down') ?? walk(scene, 2, 'up');
    expect(below).toBe(3);
  });
  it('is exported with names as text', async () => {
    const hostile = { ...GRAPH, nodes: [{ node: 'dataset:crm:a', hops: 0, root: true }, { node: 'job:etl:<script>"&', hops: 1 }], edges: [] };
    const palette: Palette = { ground: '#fff', sheet: '#fff', ink: '#000', dim: '#666', line: '#ddd', accent: '#00f', bad: '#f00', good: '#0f0', warn: '#fa0', types: {} };
    const svg = exportSvg(await sceneOf(shapeOf(hostile, PLAIN)), palette);
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&#60;script&#62;');
  });
});

describe('the address of a view', () => {
  it('holds all of it', () => {
    const state = readState('dataset:crm:a', new URLSearchParams('direction=upstream&depth=3&level=fields&mode=impact&as_of=2026-01-01T00:00:00.000Z&to=x&group=namespace&open=a&open=b&shut=c&more=d&chosen=e&nodes=2000&as=table&view=1,2,0.5'));
    expect(state).toMatchObject({ direction: 'upstream', depth: 3, level: 'fields', mode: 'impact', to: 'x', isGrouped: true, openGroups: ['a', 'b'], shut: ['c'], more: ['d'], chosen: 'e', nodesMax: 2000, isTable: true, viewport: { left: 1, top: 2, scale: 0.5 } });
    const url = new URL(stateHref(state, '1,2,0.500'), 'http://h');
    expect(readState('dataset:crm:a', url.searchParams)).toEqual(state);
  });
  it('leaves out what is as usual, and what is nonsense', () => {
    const state = readState('x', new URLSearchParams('direction=sideways&depth=-4&nodes=zzz&level=9'));
    expect(stateHref(state)).toBe('/lineage/x?depth=1');
  });
  it('puts a value on and off', () => {
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'b')).toEqual(['a']);
  });
});
