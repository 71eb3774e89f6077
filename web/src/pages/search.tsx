import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ApiError } from '../api/client';
import { askNamespaces, askRun, askRuns, askTags, askThings, type Things, type ThingsQuestion } from '../api/questions';
import type { Entity, Run } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { go, hrefOf, hrefOfNode } from '../base/location';
import { cutAtHits } from '../base/highlight';
import { parseNodeId } from '../base/node_id';
import { formatNumber, plural, shorten, visible } from '../base/text';
import { Answered, Card, Empty, ErrorNote, Owners, RunLink, StateBadge, Tags, Time, TypeBadge } from '../ui/basics';

const TYPES = ['dataset', 'job', 'field', 'file', 'run', 'element', 'record'];
const SHOWN = 50;
const RUNS_LOOKED_AT = 1000;
const RUNS_SHOWN = 10;
const FILTERS = ['type', 'namespace', 'tag', 'owner'] as const;

function questionOf(query: URLSearchParams): ThingsQuestion {
  const question: ThingsQuestion = { q: query.get('q') ?? '', limit: SHOWN };
  for (const name of FILTERS) {
    const value = query.get(name);
    if (value !== null && value !== '') question[name] = value;
  }
  return question;
}

function Marked(props: { text: string; wanted: string }): JSX.Element {
  const pieces = cutAtHits(shorten(visible(props.text), 160), props.wanted);
  return <bdi class="name">{pieces.map((piece, i) => (i % 2 === 1 ? <mark key={i}>{piece}</mark> : piece))}</bdi>;
}

function Result(props: { entity: Entity; wanted: string; isAt: boolean }): JSX.Element {
  const { entity, wanted } = props;
  const node = parseNodeId(entity.node);
  return (
    <li>
      <a class={props.isAt ? 'result is-at' : 'result'} href={hrefOfNode(entity.node)} data-result>
        <TypeBadge type={node.type} />
        <span class="result-name">
          <Marked text={node.part === undefined ? node.name : `${node.name} › ${node.part}`} wanted={wanted} />
        </span>
        <span class="dim">
          <Time at={entity.last_seen} />
        </span>
        <span class="result-about">
          <Marked text={node.namespace} wanted={wanted} />
          {entity.facts > 0 && ` · ${plural(entity.facts, 'fact')}`}
          {entity.owners.length > 0 && ` · ${shorten(visible(entity.owners.join(', ')), 60)}`}
          {entity.tags.length > 0 && ` · ${shorten(visible(entity.tags.join(', ')), 60)}`}
        </span>
      </a>
    </li>
  );
}

/** What stands in the address changes with every key; entries of the history only where one goes elsewhere. */
function useQuestion(query: URLSearchParams): (name: string, value: string) => void {
  return (name, value) => {
    const next = new URLSearchParams(query);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(`/search${next.size === 0 ? '' : `?${next.toString()}`}`, { replace: true });
  };
}

function Choice(props: { label: string; value: string; values: string[]; onChange: (value: string) => void }): JSX.Element {
  const values = props.value === '' || props.values.includes(props.value) ? props.values : [props.value, ...props.values];
  return (
    <label>
      {props.label}
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {shorten(visible(value), 60)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Filters(props: { question: ThingsQuestion; set: (name: string, value: string) => void }): JSX.Element {
  const { question, set } = props;
  const namespaces = useAnswer('namespaces', askNamespaces);
  const tags = useAnswer('tags', askTags);
  const owner = question.owner ?? '';
  return (
    <div class="filters" role="group" aria-label="Filters">
      <Choice label="Type" value={question.type ?? ''} values={TYPES} onChange={(value) => set('type', value)} />
      <Choice
        label="Namespace"
        value={question.namespace ?? ''}
        values={(namespaces.value?.namespaces ?? []).slice(0, 500).map((one) => one.namespace)}
        onChange={(value) => set('namespace', value)}
      />
      <Choice label="Tag" value={question.tag ?? ''} values={(tags.value?.tags ?? []).slice(0, 500).map((one) => one.tag)} onChange={(value) => set('tag', value)} />
      <label>
        Owner
        <input type="text" value={owner} placeholder="any" onChange={(event) => set('owner', event.currentTarget.value.trim())} />
      </label>
    </div>
  );
}

/** The run whose id begins so; where several do, those of them that are among the newest. */
async function runsThatBegin(text: string, signal: AbortSignal): Promise<Run[]> {
  try {
    return [await askRun(text, signal)];
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) return [];
    const { runs } = await askRuns({ limit: RUNS_LOOKED_AT }, signal);
    return runs.filter((run) => run.run_id.startsWith(text)).slice(0, RUNS_SHOWN);
  }
}

function Runs(props: { wanted: string }): JSX.Element | null {
  // Run ids are hexadecimal as a rule; shorter beginnings fit too many.
  const isRunId = /^[0-9a-f][0-9a-f-]{3,}$/i.test(props.wanted);
  const answer = useAnswer(isRunId ? props.wanted : undefined, (signal) => runsThatBegin(props.wanted, signal));
  if (answer.value === undefined || answer.value.length === 0) return null;
  return (
    <Card title="Runs whose id begins so">
      <ul class="list">
        {answer.value.map((run) => (
          <li key={run.run_id}>
            <RunLink run={run.run_id} /> <StateBadge state={run.state} />
            <span class="list-side">
              <Time at={run.started_at ?? run.first_seen} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function found(things: Things): string {
  const count = formatNumber(things.total);
  if (things.total === 0) return 'Nothing is found';
  const shown = things.things.length < things.total ? `, the best ${formatNumber(things.things.length)} shown` : '';
  return `${things.partial ? `More than ${count}` : count} found${shown}`;
}

export function SearchPage(props: { query: URLSearchParams }): JSX.Element {
  const question = questionOf(props.query);
  const set = useQuestion(props.query);
  const [at, setAt] = useState(-1);
  const answer = useAnswer(JSON.stringify(question), (signal) => askThings(question, signal));
  const things = answer.value;
  useEffect(() => setAt(-1), [question.q]);
  useEffect(() => document.getElementById('search-box')?.focus(), []);
  const onKey = (event: KeyboardEvent): void => {
    const count = things?.things.length ?? 0;
    if (event.key === 'ArrowDown') setAt(Math.min(count - 1, at + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(-1, at - 1));
    else if (event.key === 'Enter') {
      const chosen = things?.things[Math.max(0, at)];
      if (chosen !== undefined) go(hrefOfNode(chosen.node));
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <h1 class="sr">Search</h1>
      <form class="search-bar" role="search" onSubmit={(event) => event.preventDefault()}>
        <label class="sr" for="search-box">
          A part of a name
        </label>
        <input
          id="search-box"
          type="search"
          value={question.q}
          autoComplete="off"
          maxLength={500}
          spellcheck={false}
          placeholder="A part of a name: a dataset, a job, a field, a file, a run"
          onInput={(event) => set('q', event.currentTarget.value)}
          onKeyDown={onKey}
        />
      </form>
      <Filters question={question} set={set} />
      {answer.error !== undefined && <ErrorNote error={answer.error} onRetry={answer.reload} />}
      <Runs wanted={question.q} />
      <p class="dim" role="status">
        {things === undefined ? '' : found(things)}
        {question.owner !== undefined && <Owners owners={[` ${question.owner}`.trim()]} />}
        {question.tag !== undefined && <Tags tags={[question.tag]} />}
      </p>
      {answer.error === undefined && (
        <Answered answer={answer}>
          {(value) =>
            value.things.length === 0 ? (
              <Empty>No name has this in it. A part of a name is enough; letters of either case are the same.</Empty>
            ) : (
              <Card>
                <ul class="results" aria-label="Results">
                  {value.things.map((entity, i) => (
                    <Result key={entity.node} entity={entity} wanted={question.q} isAt={i === at} />
                  ))}
                </ul>
                {value.total > value.things.length && (
                  <p class="dim">
                    Not what you seek? Type more of the name, or choose a filter. <a href={hrefOf('search')}>Begin anew</a>
                  </p>
                )}
              </Card>
            )
          }
        </Answered>
      )}
    </>
  );
}
