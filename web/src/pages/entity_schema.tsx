import type { JSX } from 'preact';

import { askHistory } from '../api/questions';
import type { Entity } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { hrefOf } from '../base/location';
import { formatNodeId, parseNodeId } from '../base/node_id';
import { diffFields, type SchemaChange, type SchemaVersion, versionsOf } from '../base/schema_diff';
import { plural, shorten, visible } from '../base/text';
import { Answered, Card, Empty, Name, Time } from '../ui/basics';
import { Commands } from '../ui/copyable';

const FACTS = 1000;
const FIELDS_MAX = 1000;

function changeText(change: SchemaChange): string {
  const name = shorten(visible(change.field), 80);
  switch (change.change) {
    case 'added':
      return `+ ${name} ${change.after ?? ''}`;
    case 'removed':
      return `− ${name} ${change.before ?? ''}`;
    case 'type':
      return `~ ${name}: ${change.before ?? ''} → ${change.after ?? ''}`;
    case 'moved':
      return `~ ${name} changed`;
  }
}

function Fields(props: { node: string; version: SchemaVersion }): JSX.Element {
  const dataset = parseNodeId(props.node);
  const { fields } = props.version;
  const isDescribed = fields.some((field) => field.description !== '');
  return (
    <Card title={plural(fields.length, 'field')} side={<span class="dim">since <Time at={props.version.producedAt} /></span>}>
      <div class="scroll" role="region" aria-label="Fields" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Type</th>
              {isDescribed && <th scope="col">Description</th>}
            </tr>
          </thead>
          <tbody>
            {fields.slice(0, FIELDS_MAX).map((field) => (
              <tr key={field.name}>
                <td>
                  <a href={hrefOf('lineage', formatNodeId({ ...dataset, type: 'field', part: field.name }))} title="Where this field comes from">
                    <Name text={field.name} />
                  </a>
                </td>
                <td class="mono">
                  <Name text={field.type} />
                </td>
                {isDescribed && (
                  <td>
                    <Name text={field.description} most={400} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {fields.length > FIELDS_MAX && <p class="dim">{plural(fields.length - FIELDS_MAX, 'field')} more</p>}
    </Card>
  );
}

function Version(props: { version: SchemaVersion; before: SchemaVersion | undefined }): JSX.Element {
  const changes = props.before === undefined ? [] : diffFields(props.before.fields, props.version.fields);
  return (
    <div class="version">
      <h3>
        <Time at={props.version.producedAt} />
      </h3>
      {props.before === undefined ? (
        <p class="dim">First seen, with {plural(props.version.fields.length, 'field')}</p>
      ) : (
        <ul>
          {changes.slice(0, 100).map((change, i) => (
            <li key={i} class={`mono change-${change.change}`}>
              <bdi>{changeText(change)}</bdi>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function EntitySchema(props: { entity: Entity }): JSX.Element {
  const { node } = props.entity;
  const answer = useAnswer(node, (signal) => askHistory({ kind: 'schema_snapshot', node, limit: FACTS }, signal));
  return (
    <>
      <Answered answer={answer}>
        {(page) => {
          const versions = versionsOf(page.facts);
          const newest = versions[0];
          if (newest === undefined) return <Empty>No schema can be seen.</Empty>;
          return (
            <div class="grid">
              <Fields node={node} version={newest} />
              <Card title={plural(versions.length, 'version')} side={<span class="dim">of {plural(page.facts.length, 'statement')}</span>}>
                {versions.map((version, i) => (
                  <Version key={version.seq} version={version} before={versions[i + 1]} />
                ))}
              </Card>
            </div>
          );
        }}
      </Answered>
      <Commands
        path={`/api/v1/records/history?kind=schema_snapshot&node=${encodeURIComponent(node)}`}
        cli={['history', 'schema', node]}
      />
    </>
  );
}
