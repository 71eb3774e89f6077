import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { viewFact } from '../api/fact';
import { askHistory } from '../api/questions';
import type { Entity, Fact, FactPage } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { numericPaths, outline, valueAt } from '../base/json_paths';
import { go, hrefOf } from '../base/location';
import { formatNumber, plural, shorten, visible } from '../base/text';
import { timeMs } from '../base/time';
import { Answered, Card, Empty, RunLink, Time } from '../ui/basics';
import { Chart, type Point } from '../ui/chart';
import { Commands } from '../ui/copyable';
import { JsonView } from '../ui/json_view';

const PAGE = 200;
const DEFAULT_KINDS = ['ingestion_volume', 'ingestion_runtime', 'statistics_snapshot', 'recon_result'];

function pointsOf(facts: Fact[], path: string): Point[] {
  return facts.flatMap((fact) => {
    const view = viewFact(fact);
    const value = valueAt(view.payload, path);
    const at = timeMs(view.producedAt);
    return typeof value === 'number' && !Number.isNaN(at) ? [{ at, value, label: `${path} ${formatNumber(value)}` }] : [];
  });
}

function says(fact: Fact, path: string): string {
  const { payload } = viewFact(fact);
  const value = path === '' ? undefined : valueAt(payload, path);
  if (typeof value === 'number') return formatNumber(value);
  return shorten(
    outline(payload, 3)
      .map(([name, text]) => `${name} ${text}`)
      .join(' · '),
    120,
  );
}

function Row(props: { fact: Fact; path: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const view = viewFact(props.fact);
  return (
    <>
      <tr>
        <td class="nowrap">
          <Time at={view.producedAt} />
        </td>
        <td class={props.path === '' ? 'said' : 'number'}>
          <bdi>{visible(says(props.fact, props.path))}</bdi>
        </td>
        <td>{view.runId === '' ? <span class="dim">—</span> : <RunLink run={view.runId} />}</td>
        <td class="dim said">
          <bdi>{shorten(visible(view.producer), 50)}</bdi>
        </td>
        <td>
          <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Raw'}
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={5}>
            <JsonView value={props.fact.record} />
          </td>
        </tr>
      )}
    </>
  );
}

/** Pages behind the first, as they are asked for. */
function useOlder(first: FactPage | undefined, entity: string, kind: string): { facts: Fact[]; more?: () => void } {
  const [older, setOlder] = useState<Fact[]>([]);
  const [isEnd, setEnd] = useState(false);
  useEffect(() => {
    setOlder([]);
    setEnd(false);
  }, [entity, kind]);
  const facts = [...(first?.facts ?? []), ...older];
  const last = facts.at(-1);
  if (last === undefined || facts.length < PAGE || isEnd) return { facts };
  const more = (): void => {
    // Others may be of the very instant at which the page ended: it is asked for again, and what is known left out.
    const until = new Date(timeMs(viewFact(last).producedAt) + 1).toISOString();
    void askHistory({ kind, node: entity, until, limit: PAGE }).then((page) => {
      const known = new Set(facts.map((fact) => fact.seq));
      const fresh = page.facts.filter((fact) => !known.has(fact.seq));
      setOlder((before) => [...before, ...fresh]);
      setEnd(fresh.length === 0);
    });
  };
  return { facts, more };
}

function Facts(props: { entity: Entity; kind: string; path: string | null; first: FactPage }): JSX.Element {
  const { entity, kind, first } = props;
  const { facts, more } = useOlder(first, entity.node, kind);
  const newest = facts[0];
  if (newest === undefined) return <Empty>No fact of this kind can be seen.</Empty>;
  const paths = [...new Set(facts.slice(0, 20).flatMap((fact) => numericPaths(viewFact(fact).payload)))].slice(0, 30);
  const path = props.path !== null && paths.includes(props.path) ? props.path : (paths[0] ?? '');
  const points = path === '' ? [] : pointsOf(facts, path);
  const show = (next: string): void => go(hrefOf('node', entity.node, { tab: 'history', kind, path: next }), { replace: true });
  return (
    <>
      {paths.length > 0 && (
        <Card
          title="Over time"
          side={
            <label>
              Figure{' '}
              <select value={path} onChange={(event) => show(event.currentTarget.value)}>
                {paths.map((each) => (
                  <option key={each} value={each}>
                    {shorten(visible(each), 80)}
                  </option>
                ))}
              </select>
            </label>
          }
        >
          <Chart points={points} label={`${shorten(visible(path), 80)} over time`} height={240} width={1150} />
        </Card>
      )}
      <Card title={plural(facts.length, 'fact')} side={first.withheld > 0 && <span class="dim">{plural(first.withheld, 'fact')} that your token may not see</span>}>
        <div class="scroll" role="region" aria-label="History" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">{path === '' ? 'Says' : shorten(visible(path), 40)}</th>
                <th scope="col">Run</th>
                <th scope="col">Producer</th>
                <th scope="col">
                  <span class="sr">Raw</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {facts.map((fact) => (
                <Row key={`${fact.seq} ${viewFact(fact).producedAt}`} fact={fact} path={path} />
              ))}
            </tbody>
          </table>
        </div>
        {more !== undefined && (
          <button type="button" onClick={more}>
            Older facts
          </button>
        )}
      </Card>
    </>
  );
}

export function EntityHistory(props: { entity: Entity; query: URLSearchParams }): JSX.Element {
  const { entity, query } = props;
  const asked = query.get('kind');
  // `schema` names what the platform calls `schema_snapshot`, and so on: what is asked for may be such a name.
  const usual = DEFAULT_KINDS.find((kind) => entity.kinds.includes(kind)) ?? entity.kinds[0] ?? '';
  const kind = asked ?? usual;
  const answer = useAnswer(`${kind} ${entity.node}`, (signal) => askHistory({ kind, node: entity.node, limit: PAGE }, signal));
  const kinds = entity.kinds.includes(kind) ? entity.kinds : [kind, ...entity.kinds];
  return (
    <>
      <div class="filters">
        <label>
          Kind
          <select value={kind} onChange={(event) => go(hrefOf('node', entity.node, { tab: 'history', kind: event.currentTarget.value }))}>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {shorten(visible(each), 80)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Answered answer={answer}>{(first) => <Facts entity={entity} kind={kind} path={query.get('path')} first={first} />}</Answered>
      <Commands
        path={`/api/v1/records/history?kind=${encodeURIComponent(kind)}&node=${encodeURIComponent(entity.node)}`}
        cli={['history', kind, entity.node]}
      />
    </>
  );
}
