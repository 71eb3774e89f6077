import type { JSX } from 'preact';

import { NODES_MAX } from '../graph/lineage_state';
import type { Shape } from '../graph/shape';
import { formatNumber, plural } from '../base/text';
import { NodeLink } from '../ui/basics';
import type { LineageAnswer } from './lineage_answer';
import type { ToolProps } from './lineage_tools';

const MORE_FACTOR = 4;

/** What the reader should know about the drawing: that there is more, that nothing leads there, what is hidden. */
export function LineageNotes(props: ToolProps & { answer: LineageAnswer; shape: Shape }): JSX.Element | null {
  const { state, set, answer, shape } = props;
  const notes: JSX.Element[] = [];
  if (answer.graph.partial && state.nodesMax < NODES_MAX) {
    notes.push(
      <span>
        The nearest {formatNumber(state.nodesMax)} nodes are shown; there are more.{' '}
        <button type="button" onClick={() => set({ nodesMax: Math.min(NODES_MAX, state.nodesMax * MORE_FACTOR) })}>
          Show up to {formatNumber(Math.min(NODES_MAX, state.nodesMax * MORE_FACTOR))}
        </button>
      </span>,
    );
  } else if (answer.graph.partial) {
    notes.push(<span>The nearest {formatNumber(state.nodesMax)} nodes are shown; there are more. A smaller depth or one direction shows less.</span>);
  }
  if ((answer.graph.hidden ?? 0) > 0) notes.push(<span>{plural(answer.graph.hidden ?? 0, 'node')} your token may not see: closed stubs stand for them.</span>);
  if (answer.graph.cycles.length > 0) notes.push(<span>{plural(answer.graph.cycles.length, 'cycle')} in what events state.</span>);
  if (state.to !== undefined && answer.paths !== undefined) {
    notes.push(
      <span>
        {answer.paths.length === 0 ? 'No path' : plural(answer.paths.length, 'path')} between this and <NodeLink id={state.to} />{' '}
        <button type="button" onClick={() => set({ to: '' })}>
          Show all
        </button>
      </span>,
    );
  }
  if (shape.nodes.length === 1 && shape.edges.length === 0) notes.push(<span>Nothing is known to lead here or from here{state.asOf === undefined ? '' : ' at that time'}.</span>);
  if (notes.length === 0) return null;
  return (
    <div class="lineage-notes">
      {notes.map((note, i) => (
        <p key={i}>{note}</p>
      ))}
    </div>
  );
}
