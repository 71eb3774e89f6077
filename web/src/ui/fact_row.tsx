import type { JSX } from 'preact';

import { viewFact } from '../api/fact';
import type { Fact } from '../api/types';
import { outline } from '../base/json_paths';
import { hrefOf } from '../base/location';
import { shorten } from '../base/text';
import { Name, NodeLink, Time } from './basics';

function oneLine(fact: Fact): string {
  const { record } = fact;
  if (typeof record['eventType'] === 'string') return record['eventType'].toLowerCase();
  const said = outline(viewFact(fact).payload, 3);
  return shorten(said.map(([name, value]) => `${name} ${value}`).join(' · '), 90);
}

/** A fact in a line: when, what kind, about what, what it says. */
export function FactRow(props: { fact: Fact }): JSX.Element {
  const view = viewFact(props.fact);
  return (
    <tr>
      <td class="nowrap">
        <Time at={view.producedAt} />
      </td>
      <td class="nowrap">
        <a href={hrefOf('node', view.node, { tab: 'history', kind: view.kind })}>
          <Name text={view.kind} most={40} />
        </a>
      </td>
      <td>
        <NodeLink id={view.node} withNamespace />
      </td>
      <td class="dim said">
        <Name text={oneLine(props.fact)} />
      </td>
    </tr>
  );
}

export function FactTable(props: { facts: Fact[]; label: string }): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label={props.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Kind</th>
            <th scope="col">About</th>
            <th scope="col">Says</th>
          </tr>
        </thead>
        <tbody>
          {props.facts.map((fact) => (
            <FactRow key={fact.seq} fact={fact} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
