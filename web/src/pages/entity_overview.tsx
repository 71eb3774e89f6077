import type { JSX } from 'preact';

import { viewFact } from '../api/fact';
import { askLatest, askLineage } from '../api/questions';
import type { Entity, Graph } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { outline } from '../base/json_paths';
import { hrefOf } from '../base/location';
import { parseNodeId } from '../base/node_id';
import { shorten, visible } from '../base/text';
import { Answered, Card, Empty, NodeLink, RunLink, Time } from '../ui/basics';
import { Commands } from '../ui/copyable';

const NEIGHBOURS = 12;
const KINDS_MAX = 24;

function KindCard(props: { node: string; kind: string }): JSX.Element {
  const { node, kind } = props;
  const answer = useAnswer(`${kind} ${node}`, (signal) => askLatest(kind, node, signal));
  return (
    <Card
      title={<a href={hrefOf('node', node, { tab: 'history', kind })}>{shorten(visible(kind), 60)}</a>}
      side={answer.value !== undefined && <Time at={viewFact(answer.value).producedAt} />}
    >
      <Answered answer={answer}>
        {(fact) => {
          const view = viewFact(fact);
          return (
            <dl class="facts">
              {outline(view.payload, 8).map(([name, value]) => (
                <>
                  <dt>{shorten(visible(name), 40)}</dt>
                  <dd>
                    <bdi>{shorten(visible(value), 240)}</bdi>
                  </dd>
                </>
              ))}
              {view.runId !== '' && (
                <>
                  <dt>by run</dt>
                  <dd>
                    <RunLink run={view.runId} />
                  </dd>
                </>
              )}
            </dl>
          );
        }}
      </Answered>
    </Card>
  );
}

function neighbours(graph: Graph, node: string): { up: string[]; down: string[] } {
  const own = new Set([node, ...graph.nodes.filter((each) => each.hops === 0).map((each) => each.node)]);
  const up = graph.edges.filter((edge) => own.has(edge.to) && !own.has(edge.from)).map((edge) => edge.from);
  const down = graph.edges.filter((edge) => own.has(edge.from) && !own.has(edge.to)).map((edge) => edge.to);
  return { up: [...new Set(up)], down: [...new Set(down)] };
}

function NodeList(props: { ids: string[]; node: string; none: string }): JSX.Element {
  if (props.ids.length === 0) return <Empty>{props.none}</Empty>;
  return (
    <ul class="list">
      {props.ids.slice(0, NEIGHBOURS).map((id) => (
        <li key={id}>
          <NodeLink id={id} withNamespace withType />
        </li>
      ))}
      {props.ids.length > NEIGHBOURS && (
        <li>
          <a href={hrefOf('lineage', props.node)}>{props.ids.length - NEIGHBOURS} more in the graph</a>
        </li>
      )}
    </ul>
  );
}

function Neighbours(props: { node: string }): JSX.Element {
  const answer = useAnswer(props.node, (signal) => askLineage({ node: props.node, depth: 1, nodes: 200 }, signal));
  const type = parseNodeId(props.node).type;
  const isJob = type === 'job';
  return (
    <Answered answer={answer}>
      {(graph) => {
        const { up, down } = neighbours(graph, props.node);
        return (
          <div class="grid">
            <Card title={isJob ? 'Reads' : 'Made by'}>
              <NodeList ids={up} node={props.node} none="Nothing is known to lead here." />
            </Card>
            <Card title={isJob ? 'Writes' : 'Used by'}>
              <NodeList ids={down} node={props.node} none="Nothing is known to use it." />
            </Card>
          </div>
        );
      }}
    </Answered>
  );
}

// What says most stands first.
const FIRST = ['documentation', 'ingestion_volume', 'ingestion_runtime', 'recon_result', 'schema_snapshot'];

function rankOf(kind: string): number {
  const at = FIRST.indexOf(kind);
  return at < 0 ? FIRST.length : at;
}

export function EntityOverview(props: { entity: Entity }): JSX.Element {
  const { entity } = props;
  const kinds = [...entity.kinds].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, KINDS_MAX);
  return (
    <>
      <Neighbours node={entity.node} />
      <h2 class="section">Newest facts by kind</h2>
      {kinds.length === 0 && <Empty>It is named by others; no fact is about it.</Empty>}
      <div class="grid">
        {kinds.map((kind) => (
          <KindCard key={kind} node={entity.node} kind={kind} />
        ))}
      </div>
      {entity.kinds.length > KINDS_MAX && <p class="dim">{entity.kinds.length - KINDS_MAX} more kinds stand under History.</p>}
      <Commands
        path={`/api/v1/nodes/${encodeURIComponent(entity.node)}`}
        cli={kinds[0] === undefined ? ['lineage', entity.node] : ['latest', kinds[0], entity.node]}
      />
    </>
  );
}
