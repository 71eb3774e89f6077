import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { useAnswer } from '../api/use_answer';
import { go, hrefOfNode } from '../base/location';
import { shortName } from '../base/node_id';
import { plural, shorten, visible } from '../base/text';
import type { GraphView } from '../graph/graph_view';
import { type LineageState, readState, stateHref, toggled } from '../graph/lineage_state';
import { shapeOf } from '../graph/shape';
import { viewportText } from '../graph/viewport';
import { ErrorNote, Waiting } from '../ui/basics';
import { answerKey, askView, type LineageAnswer } from './lineage_answer';
import { LineageCanvas } from './lineage_canvas';
import { LineageChoice } from './lineage_choice';
import { LineageNotes } from './lineage_notes';
import { LineagePanel } from './lineage_panel';
import { LineageTable } from './lineage_table';
import { LineageTime } from './lineage_time';
import { LineageTools } from './lineage_tools';

const VIEW_KEPT_MS = 400;

function Lineage(props: { state: LineageState }): JSX.Element {
  const { state } = props;
  const view = useRef<GraphView | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const [isWide, setWide] = useState(true);
  const answer = useAnswer<LineageAnswer>(answerKey(state), (signal) => askView(state, signal));
  const { value } = answer;
  const drawnKey = JSON.stringify([state.shut, state.isGrouped, state.openGroups]);
  const shape = useMemo(() => {
    if (value === undefined) return undefined;
    return shapeOf(value.graph, {
      root: state.node,
      shut: new Set(state.shut),
      isGrouped: state.isGrouped,
      openGroups: new Set(state.openGroups),
      ...(value.now === undefined ? {} : { now: value.now }),
      ...(value.difference === undefined ? {} : { difference: value.difference }),
    });
    // The lists of the state are made anew with every address: drawnKey says whether they differ.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [value, drawnKey, state.node]);

  const set = useCallback(
    (change: Partial<LineageState>, options: { replace?: boolean } = {}) => {
      const next = { ...state, ...change };
      if (next.asOf === '') delete next.asOf;
      if (next.to === '') delete next.to;
      if (next.chosen === '') delete next.chosen;
      go(stateHref(next), options);
    },
    [state],
  );
  // Where one looks is kept in the address as well, once one looks there for a moment.
  const keepView = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (view.current !== null) history.replaceState(null, '', stateHref(state, viewportText(view.current.viewport)));
    }, VIEW_KEPT_MS);
  }, [state]);
  useEffect(() => () => clearTimeout(timer.current), [state]);

  const choose = useCallback((id: string | undefined) => set({ chosen: id ?? '' }, { replace: true }), [set]);
  const open = useCallback(
    (id: string) => {
      if (id.startsWith('group:')) set({ openGroups: toggled(state.openGroups, id.slice(6)) });
      else if (!id.startsWith('hidden:')) go(hrefOfNode(id));
    },
    [set, state.openGroups],
  );
  return (
    <div class={isWide ? 'lineage' : 'lineage is-narrow'}>
      <h1 class="sr">Lineage of {shorten(visible(shortName(state.node)), 80)}</h1>
      <LineageTools state={state} set={set} view={view} hasScene={shape !== undefined} />
      <LineageTime state={state} set={set} answer={value} />
      {answer.error !== undefined && <ErrorNote error={answer.error} onRetry={answer.reload} />}
      {value !== undefined && shape !== undefined && <LineageNotes state={state} set={set} answer={value} shape={shape} />}
      <div class="lineage-body">
        {shape === undefined && answer.error === undefined && <Waiting />}
        {shape !== undefined && state.isTable && <LineageTable shape={shape} />}
        {shape !== undefined && !state.isTable && (
          <LineageCanvas
            shape={shape}
            state={state}
            paths={value?.paths}
            viewRef={view}
            onChoose={choose}
            onOpen={open}
            onMove={keepView}
            set={set}
          />
        )}
        {shape !== undefined && (
          <LineagePanel shape={shape} state={state} set={set} answer={value} isWide={isWide} onFold={() => setWide(!isWide)} />
        )}
      </div>
      <p class="sr" role="status">
        {shape === undefined ? '' : `${plural(shape.nodes.length, 'node')} and ${plural(shape.edges.length, 'edge')} are shown`}
      </p>
    </div>
  );
}

export function LineagePage(props: { node: string | undefined; query: URLSearchParams }): JSX.Element {
  const { node, query } = props;
  const text = query.toString();
  const state = useMemo(() => (node === undefined ? undefined : readState(node, new URLSearchParams(text))), [node, text]);
  return state === undefined ? <LineageChoice /> : <Lineage state={state} />;
}
