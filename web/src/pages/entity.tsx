import type { JSX } from 'preact';

import { askEntity } from '../api/questions';
import type { Entity } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { hrefOf } from '../base/location';
import { datasetOfField, parseNodeId } from '../base/node_id';
import { plural } from '../base/text';
import { Answered, Name, NodeLink, Owners, Tags, Time, TypeBadge } from '../ui/basics';
import { EntityHistory } from './entity_history';
import { EntityOverview } from './entity_overview';
import { EntityRaw } from './entity_raw';
import { EntityRuns } from './entity_runs';
import { EntitySchema } from './entity_schema';

function tabsOf(entity: Entity): [string, string][] {
  const type = parseNodeId(entity.node).type;
  const tabs: [string, string][] = [['overview', 'Overview']];
  if (entity.kinds.includes('schema_snapshot')) tabs.push(['schema', 'Schema']);
  if (type === 'job') tabs.push(['runs', 'Runs']);
  if (entity.kinds.length > 0) tabs.push(['history', 'History'], ['raw', 'Raw records']);
  return tabs;
}

function Head(props: { entity: Entity }): JSX.Element {
  const { entity } = props;
  const node = parseNodeId(entity.node);
  const dataset = datasetOfField(entity.node);
  return (
    <header class="head">
      <div class="head-main">
        <h1>
          <Name text={node.part ?? node.name} most={200} />
        </h1>
        <div class="head-line">
          <TypeBadge type={node.type} />
          {dataset === undefined ? (
            <a href={hrefOf('search', undefined, { namespace: node.namespace })}>
              <Name text={node.namespace} most={100} />
            </a>
          ) : (
            <span>
              of <NodeLink id={dataset} withNamespace />
            </span>
          )}
          <span>{plural(entity.facts, 'fact')}</span>
          {entity.runs !== undefined && <span>{plural(entity.runs, 'run')}</span>}
          {entity.deleted === true && <strong>deleted</strong>}
          <span>
            first seen <Time at={entity.first_seen} />, last <Time at={entity.last_seen} />
          </span>
        </div>
        <div class="head-line">
          <Owners owners={entity.owners} />
          <Tags tags={entity.tags} />
        </div>
      </div>
      <div class="head-actions">
        <a class="button primary" href={hrefOf('lineage', entity.node)}>
          Lineage
        </a>
        <a class="button" href={hrefOf('lineage', entity.node, { mode: 'impact' })}>
          Impact
        </a>
      </div>
    </header>
  );
}

function Tab(props: { name: string; entity: Entity; query: URLSearchParams }): JSX.Element {
  switch (props.name) {
    case 'schema':
      return <EntitySchema entity={props.entity} />;
    case 'runs':
      return <EntityRuns job={props.entity.node} />;
    case 'history':
      return <EntityHistory entity={props.entity} query={props.query} />;
    case 'raw':
      return <EntityRaw entity={props.entity} />;
    default:
      return <EntityOverview entity={props.entity} />;
  }
}

/** One thing, whatever it is: what is known of it, in tabs. */
export function EntityPage(props: { node: string; query: URLSearchParams }): JSX.Element {
  const answer = useAnswer(props.node, (signal) => askEntity(props.node, signal));
  const wanted = props.query.get('tab') ?? 'overview';
  return (
    <Answered answer={answer}>
      {(entity) => {
        const tabs = tabsOf(entity);
        const tab = tabs.some(([name]) => name === wanted) ? wanted : 'overview';
        return (
          <>
            <Head entity={entity} />
            <nav class="tabs" aria-label="What is known of it">
              {tabs.map(([name, label]) => (
                <a key={name} href={hrefOf('node', entity.node, name === 'overview' ? {} : { tab: name })} aria-current={tab === name ? 'page' : undefined}>
                  {label}
                </a>
              ))}
            </nav>
            <Tab name={tab} entity={entity} query={props.query} />
          </>
        );
      }}
    </Answered>
  );
}
