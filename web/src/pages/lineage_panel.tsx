import type { JSX } from 'preact';

import { encodeQuery } from '../api/client';
import { hrefOf, hrefOfNode } from '../base/location';
import { parseNodeId } from '../base/node_id';
import { plural } from '../base/text';
import { type LineageState, toggled } from '../graph/lineage_state';
import type { Shape, ShownNode } from '../graph/shape';
import { Name, NodeLink, TypeBadge } from '../ui/basics';
import { Commands } from '../ui/copyable';
import type { LineageAnswer } from './lineage_answer';
import type { ToolProps } from './lineage_tools';
import { EdgeWhy } from './lineage_why';

const SHOWN = 30;

interface BesideProps {
  title: string;
  ids: string[];
  onChoose: (id: string) => void;
  shape: Shape;
  /** The edge between the chosen node and one of these. */
  edgeTo?: (id: string) => { from: string; to: string };
}

function Beside(props: BesideProps): JSX.Element | null {
  if (props.ids.length === 0) return null;
  return (
    <>
      <h3>{props.title}</h3>
      <ul class="panel-list">
        {props.ids.slice(0, SHOWN).map((id) => {
          const node = props.shape.nodes[props.shape.byId.get(id) ?? -1];
          return (
            <li key={id}>
              <button type="button" class="quiet" onClick={() => props.onChoose(id)}>
                <Name text={node?.label ?? id} most={40} />
              </button>
              {props.edgeTo !== undefined && node?.isHidden === false && node.members === undefined && <EdgeWhy {...props.edgeTo(id)} />}
            </li>
          );
        })}
        {props.ids.length > SHOWN && <li class="dim">and {props.ids.length - SHOWN} more</li>}
      </ul>
    </>
  );
}

function Chosen(props: ToolProps & { shape: Shape; node: ShownNode; at: number }): JSX.Element {
  const { node, state, set, shape } = props;
  const id = parseNodeId(node.id);
  const idOf = (at: number): string => shape.nodes[at]?.id ?? '';
  const from = [...new Set(shape.edges.filter((edge) => edge.to === props.at && edge.from !== props.at).map((edge) => idOf(edge.from)))];
  const to = [...new Set(shape.edges.filter((edge) => edge.from === props.at && edge.to !== props.at).map((edge) => idOf(edge.to)))];
  const choose = (chosen: string): void => set({ chosen }, { replace: true });
  const isShut = state.shut.includes(node.id);
  const isMore = state.more.includes(node.id);
  if (node.members !== undefined) {
    const namespace = node.id.slice(6);
    return (
      <>
        <h2>
          <Name text={node.label} />
        </h2>
        <p class="dim">{node.about}</p>
        <button type="button" class="primary" onClick={() => set({ openGroups: toggled(state.openGroups, namespace), chosen: '' })}>
          Open this group
        </button>
        <Beside title="In it" ids={node.members} shape={shape} onChoose={(member) => set({ openGroups: [...state.openGroups, namespace], chosen: member })} />
      </>
    );
  }
  if (node.isHidden) return <p>Your token may not see what stands here, nor what lies behind it.</p>;
  return (
    <>
      <h2>
        <a href={hrefOfNode(node.id)}>
          <Name text={id.part ?? id.name} />
        </a>
      </h2>
      <p>
        <TypeBadge type={id.type} /> <Name text={id.part === undefined ? id.namespace : `${id.name} in ${id.namespace}`} />
      </p>
      {node.rank !== undefined && <p class="dim">{node.rank === 0 ? 'This changes.' : `To be made anew at turn ${node.rank}.`}</p>}
      {node.mark === 'later' && <p class="change-added">It came after this instant.</p>}
      {node.mark === 'gone' && <p class="change-removed">It is gone since.</p>}
      {node.mark === 'changed' && <p class="change-type">What is known of it has changed since.</p>}
      <div class="panel-actions">
        <a class="button" href={hrefOfNode(node.id)}>
          Open
        </a>
        {node.id !== state.node && (
          <a class="button" href={hrefOf('lineage', node.id)}>
            Centre
          </a>
        )}
        {node.id !== state.node && (
          <button type="button" aria-pressed={state.to === node.id} onClick={() => set({ to: state.to === node.id ? '' : node.id })}>
            Path
          </button>
        )}
        {(node.hasMore || isMore) && (
          <button type="button" aria-pressed={isMore} onClick={() => set({ more: toggled(state.more, node.id) })}>
            {isMore ? 'Less' : 'More'}
          </button>
        )}
        <button type="button" aria-pressed={isShut} onClick={() => set({ shut: toggled(state.shut, node.id) })}>
          {isShut ? 'Expand' : 'Collapse'}
        </button>
      </div>
      <Beside title="From" ids={from} shape={shape} onChoose={choose} edgeTo={(other) => ({ from: other, to: node.id })} />
      <Beside title="To" ids={to} shape={shape} onChoose={choose} edgeTo={(other) => ({ from: node.id, to: other })} />
    </>
  );
}

const CHANGES = 60;
const WORDS = { came: 'came', went: 'went', changed: 'changed' };

function Changes(props: { answer: LineageAnswer }): JSX.Element | null {
  const { difference } = props.answer;
  if (difference === undefined) return null;
  const count = difference.nodes.length + difference.edges.length;
  return (
    <>
      <h2>Changed since</h2>
      {count === 0 && <p class="dim">Nothing is different now.</p>}
      <ul class="panel-list">
        {difference.nodes.slice(0, CHANGES).map((node) => (
          <li key={node.node}>
            <span class={`change-${node.change === 'came' ? 'added' : node.change === 'went' ? 'removed' : 'type'}`}>{WORDS[node.change]}</span>{' '}
            <NodeLink id={node.node} />
            {node.kinds !== undefined && (
              <span class="dim">
                {' '}
                <Name text={node.kinds.join(', ')} most={60} />
              </span>
            )}
          </li>
        ))}
        {difference.edges.slice(0, CHANGES).map((edge) => (
          <li key={`${edge.from} ${edge.to} ${edge.type}`}>
            <span class={`change-${edge.change === 'came' ? 'added' : edge.change === 'went' ? 'removed' : 'type'}`}>{WORDS[edge.change]}</span>{' '}
            <NodeLink id={edge.from} /> → <NodeLink id={edge.to} />
          </li>
        ))}
      </ul>
      {count > 2 * CHANGES && <p class="dim">{plural(count, 'change')} in all</p>}
    </>
  );
}

/** What to type for the same graph. */
function Typed(props: { state: LineageState }): JSX.Element {
  const { node, mode, direction, depth, level, asOf } = props.state;
  const isImpact = mode === 'impact';
  const query = encodeQuery({ node, depth, level, as_of: asOf, ...(isImpact ? {} : { direction }) });
  const way = isImpact || direction === 'both' ? [] : [direction === 'upstream' ? '--up' : '--down'];
  const cli = [mode, node, ...way, '--depth', String(depth), '--level', level, ...(asOf === undefined ? [] : ['--as-of', asOf])];
  return <Commands path={`/api/v1/graph/${mode}?${query}`} cli={cli} />;
}

function Keys(): JSX.Element {
  return (
    <details class="keys">
      <summary>Keys</summary>
      <dl class="facts">
        <dt>
          <kbd>← → ↑ ↓</kbd>
        </dt>
        <dd>walk along edges; with Shift: move</dd>
        <dt>
          <kbd>+ − 0</kbd>
        </dt>
        <dd>nearer, farther, everything</dd>
        <dt>
          <kbd>Enter</kbd>
        </dt>
        <dd>open its page</dd>
        <dt>
          <kbd>c e x p</kbd>
        </dt>
        <dd>centre, expand further, collapse, path from the centre</dd>
        <dt>
          <kbd>g i t</kbd>
        </dt>
        <dd>groups, impact, table</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>choose nothing</dd>
      </dl>
    </details>
  );
}

export function LineagePanel(
  props: ToolProps & { shape: Shape; answer: LineageAnswer | undefined; isWide: boolean; onFold: () => void },
): JSX.Element {
  const { shape, state } = props;
  const at = state.chosen === undefined ? undefined : shape.byId.get(state.chosen);
  const node = at === undefined ? undefined : shape.nodes[at];
  return (
    <aside class="panel" aria-label="What was chosen">
      <button type="button" class="quiet panel-fold" aria-expanded={props.isWide} aria-label={props.isWide ? 'Fold the panel' : 'Unfold the panel'} onClick={props.onFold}>
        {props.isWide ? '»' : '«'}
      </button>
      {props.isWide && (
        <div class="panel-body">
          {node !== undefined && at !== undefined ? (
            <Chosen shape={shape} node={node} at={at} state={state} set={props.set} />
          ) : (
            <>
              <h2>{plural(shape.nodes.length, 'node')}</h2>
              <p class="dim">
                {plural(shape.edges.length, 'edge')}. Data flows from left to right. Choose a node to see what it is made of;
                double-click opens its page.
              </p>
            </>
          )}
          {props.answer !== undefined && <Changes answer={props.answer} />}
          <Typed state={state} />
          <Keys />
        </div>
      )}
    </aside>
  );
}
