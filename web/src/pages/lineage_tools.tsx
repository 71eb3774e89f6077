import type { JSX } from 'preact';
import { type MutableRef, useState } from 'preact/hooks';

import { exportPng, exportSvg, saveFile } from '../graph/export';
import type { GraphView } from '../graph/graph_view';
import type { Direction, Level, LineageState } from '../graph/lineage_state';
import { stateHref } from '../graph/lineage_state';
import { readPalette } from '../graph/palette';
import { viewportText } from '../graph/viewport';
import { shortName } from '../base/node_id';
import { shorten, visible } from '../base/text';
import { NodeLink } from '../ui/basics';

export interface ToolProps {
  state: LineageState;
  set: (change: Partial<LineageState>, options?: { replace?: boolean }) => void;
}

const DIRECTIONS: [Direction, string][] = [
  ['upstream', '← Upstream'],
  ['both', 'Both'],
  ['downstream', 'Downstream →'],
];
const LEVELS: [Level, string][] = [
  ['auto', 'as the node'],
  ['things', 'jobs and datasets'],
  ['fields', 'fields'],
  ['runs', 'runs'],
];
const SAID_MS = 1500;

function fileName(state: LineageState, ending: string): string {
  return `lineage-${shorten(shortName(state.node), 40).replace(/[^\w.-]+/g, '_')}.${ending}`;
}

function Exports(props: { state: LineageState; view: MutableRef<GraphView | null>; isReady: boolean }): JSX.Element {
  const [said, setSaid] = useState('');
  const say = (text: string): void => {
    setSaid(text);
    setTimeout(() => setSaid(''), SAID_MS);
  };
  const { state, view } = props;
  const svg = (): void => {
    const scene = view.current?.scene;
    if (scene !== undefined) saveFile(fileName(state, 'svg'), new Blob([exportSvg(scene, readPalette())], { type: 'image/svg+xml' }));
  };
  const png = (): void => {
    const scene = view.current?.scene;
    if (scene === undefined) return;
    exportPng(scene, readPalette()).then(
      (blob) => saveFile(fileName(state, 'png'), blob),
      () => say('Too large for a picture; take SVG'),
    );
  };
  const link = (): void => {
    const seen = view.current === null ? undefined : viewportText(view.current.viewport);
    navigator.clipboard.writeText(location.origin + stateHref(state, seen)).then(
      () => say('Copied'),
      () => say('The browser does not allow it'),
    );
  };
  return (
    <span class="tool-group" role="group" aria-label="Take away">
      <button type="button" onClick={link} title="A link to exactly this view">
        {said === '' ? 'Copy link' : said}
      </button>
      <button type="button" onClick={svg} disabled={!props.isReady || state.isTable}>
        SVG
      </button>
      <button type="button" onClick={png} disabled={!props.isReady || state.isTable}>
        PNG
      </button>
    </span>
  );
}

export function LineageTools(props: ToolProps & { view: MutableRef<GraphView | null>; hasScene: boolean }): JSX.Element {
  const { state, set } = props;
  const isImpact = state.mode === 'impact';
  return (
    <div class="tools" role="toolbar" aria-label="What is shown">
      <span class="tools-node" title={visible(state.node).slice(0, 500)}>
        <NodeLink id={state.node} withType withNamespace />
      </span>
      <span class="tool-group" role="group" aria-label="Direction">
        {DIRECTIONS.map(([direction, label]) => (
          <button
            key={direction}
            type="button"
            disabled={isImpact}
            aria-pressed={!isImpact && state.direction === direction}
            onClick={() => set({ direction })}
          >
            {label}
          </button>
        ))}
      </span>
      <label>
        Depth{' '}
        <input
          type="number"
          min={1}
          max={100}
          value={state.depth}
          onChange={(event) => set({ depth: Math.max(1, Math.min(100, Math.round(Number(event.currentTarget.value)) || 1)) })}
        />
      </label>
      <label>
        Level{' '}
        <select value={state.level} onChange={(event) => set({ level: event.currentTarget.value as Level, shut: [], more: [] })}>
          {LEVELS.map(([level, label]) => (
            <option key={level} value={level}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <span class="tool-group">
        <button type="button" aria-pressed={isImpact} onClick={() => set({ mode: isImpact ? 'lineage' : 'impact' })} title="What must be made anew if this changes, in order (i)">
          Impact
        </button>
        <button type="button" aria-pressed={state.isGrouped} onClick={() => set({ isGrouped: !state.isGrouped, openGroups: [] })} title="By namespace (g)">
          Group
        </button>
        <button type="button" aria-pressed={state.isTable} onClick={() => set({ isTable: !state.isTable })} title="The same as a table (t)">
          Table
        </button>
      </span>
      <Exports state={state} view={props.view} isReady={props.hasScene} />
    </div>
  );
}
