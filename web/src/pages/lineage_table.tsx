import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { plural } from '../base/text';
import type { Shape } from '../graph/shape';
import { Name, NodeLink, TypeBadge } from '../ui/basics';

const ROWS = 200;
const BESIDE = 8;

function Links(props: { shape: Shape; nodes: number[] }): JSX.Element {
  return (
    <>
      {props.nodes.slice(0, BESIDE).map((at) => {
        const node = props.shape.nodes[at];
        return node === undefined ? null : (
          <div key={at}>{node.members === undefined && !node.isHidden ? <NodeLink id={node.id} /> : <Name text={node.label} />}</div>
        );
      })}
      {props.nodes.length > BESIDE && <div class="dim">and {props.nodes.length - BESIDE} more</div>}
    </>
  );
}

/** The graph for those who read rather than look. */
export function LineageTable(props: { shape: Shape }): JSX.Element {
  const { shape } = props;
  const [most, setMost] = useState(ROWS);
  const from = new Map<number, number[]>();
  const to = new Map<number, number[]>();
  const add = (map: Map<number, number[]>, key: number, value: number): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [value]);
    else if (!list.includes(value)) list.push(value);
  };
  for (const edge of shape.edges) {
    if (edge.from === edge.to) continue;
    add(from, edge.to, edge.from);
    add(to, edge.from, edge.to);
  }
  return (
    <div class="lineage-table scroll" role="region" aria-label="Lineage as a table" tabIndex={0}>
      <table>
        <caption class="sr">Each node with what leads to it and what it leads to</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Type</th>
            <th scope="col">Namespace</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {shape.nodes.slice(0, most).map((node, at) => (
            <tr key={node.id}>
              <td>
                {node.isRoot && <strong>● </strong>}
                {node.members === undefined && !node.isHidden ? <NodeLink id={node.id} /> : <Name text={node.label} />}
                {node.mark !== 'same' && <span class="dim"> {node.mark}</span>}
              </td>
              <td>
                <TypeBadge type={node.type} />
              </td>
              <td>
                <Name text={node.about} />
              </td>
              <td>
                <Links shape={shape} nodes={from.get(at) ?? []} />
              </td>
              <td>
                <Links shape={shape} nodes={to.get(at) ?? []} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shape.nodes.length > most && (
        <button type="button" onClick={() => setMost(most + ROWS)}>
          {plural(shape.nodes.length - most, 'node')} more
        </button>
      )}
    </div>
  );
}
