import type { Difference, Graph, GraphEdge, GraphNode } from '../api/types';
import { parseNodeId } from '../base/node_id';
import { shorten, visible } from '../base/text';
import { ABOUT_FONT, ICON_WIDTH, LABEL_FONT } from './fonts';

/** How a thing stands to the instant that is looked at. */
export type Mark = 'same' | 'later' | 'gone' | 'changed';

export interface ShownNode {
  id: string;
  type: string;
  label: string;
  about: string;
  isRoot: boolean;
  /** More stands behind it than was loaded. */
  hasMore: boolean;
  isHidden: boolean;
  isShut: boolean;
  /** Of a group: the things in it. */
  members?: string[];
  mark: Mark;
  rank?: number;
  width: number;
  height: number;
}

export interface ShownEdge {
  from: number;
  to: number;
  type: string;
  mark: Mark;
}

export interface Shape {
  nodes: ShownNode[];
  edges: ShownEdge[];
  byId: Map<string, number>;
}

export interface ShapeOptions {
  root: string;
  /** Nodes behind which nothing is shown. */
  shut: ReadonlySet<string>;
  isGrouped: boolean;
  /** Namespaces whose things are shown one by one all the same. */
  openGroups: ReadonlySet<string>;
  /** The present, where `graph` is of an earlier instant. */
  now?: Graph;
  difference?: Difference;
}

const HEIGHT = 42;
const WIDTH_MIN = 96;
const WIDTH_MAX = 260;

let measuring: CanvasRenderingContext2D | null | undefined;

/** As the canvas will draw it; where there is none (in tests), about that. */
function textWidth(text: string, font: string): number {
  if (measuring === undefined) measuring = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d');
  if (measuring === null) return text.length * 7.5;
  measuring.font = font;
  return measuring.measureText(text).width;
}

function widthOf(label: string, about: string): number {
  const text = Math.max(textWidth(label, LABEL_FONT), textWidth(about, ABOUT_FONT));
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, Math.ceil(text) + ICON_WIDTH));
}

export function groupId(namespace: string): string {
  return `group:${namespace}`;
}

/** Several answers as one: what one of them tells is there. */
export function mergeGraphs(graphs: Graph[]): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  for (const graph of graphs) {
    for (const node of graph.nodes) {
      const known = nodes.get(node.node);
      if (known === undefined) nodes.set(node.node, node);
      // An answer that goes on from there knows better.
      else if (known.more === true && node.more !== true) {
        nodes.set(node.node, { ...known, more: false });
      }
    }
    for (const edge of graph.edges) {
      const key = JSON.stringify([edge.from, edge.to, edge.type]);
      if (!edges.has(key)) edges.set(key, edge);
    }
  }
  const first = graphs[0];
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    cycles: graphs.flatMap((graph) => graph.cycles),
    partial: graphs.some((graph) => graph.partial),
    hidden: Math.max(0, ...graphs.map((graph) => graph.hidden ?? 0)),
    ...(first?.ranks === undefined ? {} : { ranks: first.ranks }),
  };
}

function reachable(graph: Graph, roots: string[], shut: ReadonlySet<string>): Set<string> {
  const beside = new Map<string, string[]>();
  const add = (a: string, b: string): void => {
    const list = beside.get(a);
    if (list === undefined) beside.set(a, [b]);
    else list.push(b);
  };
  for (const edge of graph.edges) {
    add(edge.from, edge.to);
    add(edge.to, edge.from);
  }
  const seen = new Set(roots);
  const waiting = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (shut.has(node)) continue;
    for (const next of beside.get(node) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return seen;
}

function union(graph: Graph, now: Graph): Graph {
  return { ...mergeGraphs([graph, now]), partial: graph.partial };
}

function edgeKey(edge: { from: string; to: string; type: string }): string {
  return JSON.stringify([edge.from, edge.to, edge.type]);
}

function marksOf(graph: Graph, options: ShapeOptions): { node: (id: string) => Mark; edge: (edge: GraphEdge) => Mark } {
  const { now } = options;
  if (now === undefined) return { node: () => 'same', edge: () => 'same' };
  const then = new Set(graph.nodes.map((node) => node.node));
  const present = new Set(now.nodes.map((node) => node.node));
  const edgesThen = new Set(graph.edges.map(edgeKey));
  const edgesNow = new Set(now.edges.map(edgeKey));
  const changed = new Set((options.difference?.nodes ?? []).filter((node) => node.change === 'changed').map((node) => node.node));
  return {
    node: (id) => (!then.has(id) ? 'later' : !present.has(id) ? 'gone' : changed.has(id) ? 'changed' : 'same'),
    edge: (edge) => (!edgesThen.has(edgeKey(edge)) ? 'later' : !edgesNow.has(edgeKey(edge)) ? 'gone' : 'same'),
  };
}

function labelOf(node: GraphNode): { type: string; label: string; about: string } {
  if (node.hidden === true) return { type: 'hidden', label: 'hidden', about: 'not for your token' };
  const id = parseNodeId(node.node);
  const name = id.part ?? (id.name === '' ? node.node : id.name);
  const about = id.part === undefined ? id.namespace : id.name;
  return { type: id.type, label: shorten(visible(name), 80), about: shorten(visible(id.type === 'run' ? 'run' : about), 80) };
}

/** What is drawn of an answer: without what is shut away, groups in the place of their things, marks of time. */
export function shapeOf(answer: Graph, options: ShapeOptions): Shape {
  const graph = options.now === undefined ? answer : union(answer, options.now);
  const marks = marksOf(answer, options);
  const roots = graph.nodes.filter((node) => node.hops === 0 || node.node === options.root);
  const isRoot = new Set(roots.map((node) => node.node));
  const kept = options.shut.size === 0 ? undefined : reachable(graph, [...isRoot], options.shut);
  const inGroup = new Map<string, string[]>();
  const namespaceOf = (id: string): string => parseNodeId(id).namespace;
  if (options.isGrouped) {
    for (const node of graph.nodes) {
      if (kept?.has(node.node) === false || isRoot.has(node.node) || node.hidden === true) continue;
      const namespace = namespaceOf(node.node);
      if (options.openGroups.has(namespace)) continue;
      const list = inGroup.get(namespace);
      if (list === undefined) inGroup.set(namespace, [node.node]);
      else list.push(node.node);
    }
    // One thing needs no group.
    for (const [namespace, members] of inGroup) if (members.length < 2) inGroup.delete(namespace);
  }
  const groupOf = new Map<string, string>();
  for (const [namespace, members] of inGroup) for (const member of members) groupOf.set(member, groupId(namespace));
  const nodes: ShownNode[] = [];
  const byId = new Map<string, number>();
  graph.nodes.forEach((node, at) => {
    if (kept?.has(node.node) === false || groupOf.has(node.node)) return;
    const { type, label, about } = labelOf(node);
    const rank = answer.ranks?.[at];
    byId.set(node.node, nodes.length);
    nodes.push({
      id: node.node,
      type,
      label,
      about,
      isRoot: isRoot.has(node.node),
      hasMore: node.more === true,
      isHidden: node.hidden === true,
      isShut: options.shut.has(node.node),
      mark: marks.node(node.node),
      ...(rank === undefined ? {} : { rank }),
      width: widthOf(label, about),
      height: HEIGHT,
    });
  });
  for (const [namespace, members] of inGroup) {
    const label = shorten(visible(namespace === '' ? '(no namespace)' : namespace), 40);
    byId.set(groupId(namespace), nodes.length);
    nodes.push({
      id: groupId(namespace),
      type: 'group',
      label,
      about: `${members.length} things`,
      isRoot: false,
      hasMore: false,
      isHidden: false,
      isShut: false,
      members,
      mark: 'same',
      width: widthOf(label, ''),
      height: HEIGHT + 8,
    });
  }
  const edges: ShownEdge[] = [];
  const seen = new Set<string>();
  for (const edge of graph.edges) {
    const from = byId.get(groupOf.get(edge.from) ?? edge.from);
    const to = byId.get(groupOf.get(edge.to) ?? edge.to);
    if (from === undefined || to === undefined || (from === to && edge.from !== edge.to)) continue;
    const key = `${from} ${to} ${edge.type}`;
    if (seen.has(key)) continue;
    seen.add(key);
    edges.push({ from, to, type: edge.type, mark: marks.edge(edge) });
  }
  return { nodes, edges, byId };
}
