import { hrefOf } from '../base/location';
import { readViewport, type Viewport } from './viewport';

export type Direction = 'both' | 'upstream' | 'downstream';
export type Level = 'auto' | 'things' | 'fields' | 'runs';

/** All that makes up a view of the lineage; it stands in the address, so that a link shows the same to others. */
export interface LineageState {
  node: string;
  direction: Direction;
  depth: number;
  level: Level;
  mode: 'lineage' | 'impact';
  asOf?: string;
  /** The other end of the path in focus. */
  to?: string;
  isGrouped: boolean;
  openGroups: string[];
  shut: string[];
  more: string[];
  chosen?: string;
  nodesMax: number;
  isTable: boolean;
  viewport?: Viewport;
}

export const DEPTH_USUAL = 6;
export const NODES_USUAL = 500;
export const NODES_MAX = 20_000;
const DIRECTIONS: Direction[] = ['both', 'upstream', 'downstream'];
const LEVELS: Level[] = ['auto', 'things', 'fields', 'runs'];

function numberOf(text: string | null, usual: number, least: number, most: number): number {
  const value = Number(text ?? usual);
  return Number.isInteger(value) ? Math.max(least, Math.min(most, value)) : usual;
}

export function readState(node: string, query: URLSearchParams): LineageState {
  const asOf = query.get('as_of');
  const to = query.get('to');
  const chosen = query.get('chosen');
  const viewport = readViewport(query.get('view'));
  return {
    node,
    direction: DIRECTIONS.find((each) => each === query.get('direction')) ?? 'both',
    depth: numberOf(query.get('depth'), DEPTH_USUAL, 1, 100),
    level: LEVELS.find((each) => each === query.get('level')) ?? 'auto',
    mode: query.get('mode') === 'impact' ? 'impact' : 'lineage',
    isGrouped: query.get('group') === 'namespace',
    openGroups: query.getAll('open'),
    shut: query.getAll('shut'),
    more: query.getAll('more'),
    nodesMax: numberOf(query.get('nodes'), NODES_USUAL, 1, NODES_MAX),
    isTable: query.get('as') === 'table',
    ...(asOf === null ? {} : { asOf }),
    ...(to === null ? {} : { to }),
    ...(chosen === null ? {} : { chosen }),
    ...(viewport === undefined ? {} : { viewport }),
  };
}

/** The address of a view; what is as usual is left out. */
export function stateHref(state: LineageState, view?: string): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | undefined, usual: string): void => {
    if (value !== undefined && value !== usual) query.set(name, value);
  };
  put('direction', state.direction, 'both');
  put('depth', String(state.depth), String(DEPTH_USUAL));
  put('level', state.level, 'auto');
  put('mode', state.mode, 'lineage');
  put('as_of', state.asOf, '');
  put('to', state.to, '');
  put('group', state.isGrouped ? 'namespace' : '', '');
  put('chosen', state.chosen, '');
  put('nodes', String(state.nodesMax), String(NODES_USUAL));
  put('as', state.isTable ? 'table' : '', '');
  for (const each of state.openGroups) query.append('open', each);
  for (const each of state.shut) query.append('shut', each);
  for (const each of state.more) query.append('more', each);
  put('view', view, '');
  const base = hrefOf('lineage', state.node);
  const hash = base.indexOf('#');
  const tail = query.size === 0 ? '' : `?${query.toString()}`;
  return hash < 0 ? base + tail : base.slice(0, hash) + tail + base.slice(hash);
}

export function toggled(list: string[], value: string): string[] {
  return list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
}
