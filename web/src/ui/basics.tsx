import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { ApiError } from '../api/client';
import type { Answer } from '../api/use_answer';
import { hrefOf, hrefOfNode } from '../base/location';
import { parseNodeId } from '../base/node_id';
import { shorten, visible } from '../base/text';
import { formatAgo, formatTime, timeMs } from '../base/time';

const NAME_MAX = 120;

/** A name from outside, as text of its own direction: nothing in it can change what stands around it. */
export function Name(props: { text: string; most?: number }): JSX.Element {
  const shown = visible(props.text);
  const short = shorten(shown, props.most ?? NAME_MAX);
  return (
    <bdi class="name" title={short === shown ? undefined : shorten(shown, 2000)}>
      {short}
    </bdi>
  );
}

export function TypeBadge(props: { type: string }): JSX.Element {
  const known = ['dataset', 'job', 'field', 'run', 'file'].includes(props.type);
  return <span class={`badge type-${known ? props.type : 'other'}`}>{shorten(visible(props.type), 20)}</span>;
}

export function StateBadge(props: { state: string }): JSX.Element {
  return <span class={`badge state-${props.state.toLowerCase()}`}>{props.state.toLowerCase()}</span>;
}

export function NodeLink(props: { id: string; withNamespace?: boolean; withType?: boolean }): JSX.Element {
  const node = parseNodeId(props.id);
  const isRun = node.type === 'run';
  const name = node.part !== undefined ? `${node.name} › ${node.part}` : node.name;
  return (
    <span class="node-link">
      {props.withType === true && <TypeBadge type={node.type} />}
      <a href={hrefOfNode(props.id)}>
        <Name text={name === '' ? props.id : name} most={80} />
      </a>
      {props.withNamespace === true && !isRun && (
        <span class="dim">
          <Name text={node.namespace} most={40} />
        </span>
      )}
    </span>
  );
}

export function RunLink(props: { run: string }): JSX.Element {
  return (
    <a class="mono" href={hrefOf('run', props.run)}>
      <Name text={props.run} most={13} />
    </a>
  );
}

export function Time(props: { at: string | null | undefined }): JSX.Element {
  if (props.at === null || props.at === undefined || props.at === '') return <span class="dim">—</span>;
  const ms = timeMs(props.at);
  if (Number.isNaN(ms)) return <Name text={props.at} most={40} />;
  return (
    <time dateTime={props.at} title={`${formatAgo(ms, Date.now())} · ${props.at}`}>
      {formatTime(ms)}
    </time>
  );
}

export function Card(props: { title?: ComponentChildren; side?: ComponentChildren; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <section class={`card ${props.class ?? ''}`}>
      {props.title !== undefined && (
        <header class="card-head">
          <h2>{props.title}</h2>
          {props.side}
        </header>
      )}
      {props.children}
    </section>
  );
}

function wordsFor(error: ApiError): string {
  switch (error.status) {
    case 0:
      return 'The service cannot be reached.';
    case 401:
      return 'The service asks who you are.';
    case 403:
      return 'The token that you use may not see this.';
    case 404:
      return 'There is nothing of that name.';
    case 429:
    case 503:
      return `The service is busy${error.retryAfterSeconds === undefined ? '' : `; ask again in ${error.retryAfterSeconds} s`}.`;
    default:
      return error.status >= 500 ? 'The service failed.' : 'The service did not take the question.';
  }
}

export function ErrorNote(props: { error: ApiError; onRetry?: () => void }): JSX.Element {
  const { error } = props;
  return (
    <div class="note note-bad" role="alert">
      <strong>{wordsFor(error)}</strong> <Name text={error.message} most={600} />
      <span class="note-actions">
        {(error.status === 401 || error.status === 403) && (
          <a class="button" href={hrefOf('signin', undefined, { back: location.pathname + location.search })}>
            Sign in
          </a>
        )}
        {props.onRetry !== undefined && error.status !== 404 && (
          <button type="button" onClick={props.onRetry}>
            Ask again
          </button>
        )}
      </span>
    </div>
  );
}

/** An answer, or that it is awaited, or in words why there is none. */
export function Answered<T>(props: { answer: Answer<T>; children: (value: T) => ComponentChildren }): JSX.Element {
  const { answer } = props;
  if (answer.error !== undefined) return <ErrorNote error={answer.error} onRetry={answer.reload} />;
  if (answer.value === undefined) return <Waiting />;
  return <>{props.children(answer.value)}</>;
}

const PATIENCE_MS = 150;

/** Shown only where it takes a moment, so that quick answers do not flicker. */
export function Waiting(): JSX.Element {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return <div class="waiting" role="status">{isShown ? 'Asking the service…' : ''}</div>;
}

export function Empty(props: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{props.children}</p>;
}

export function Tags(props: { tags: string[] }): JSX.Element {
  return (
    <>
      {props.tags.slice(0, 20).map((tag) => (
        <a key={tag} class="tag" href={hrefOf('search', undefined, { tag })}>
          <Name text={tag} most={40} />
        </a>
      ))}
    </>
  );
}

export function Owners(props: { owners: string[] }): JSX.Element {
  return (
    <>
      {props.owners.slice(0, 20).map((owner) => (
        <a key={owner} class="tag tag-owner" href={hrefOf('search', undefined, { owner })}>
          <Name text={owner} most={40} />
        </a>
      ))}
    </>
  );
}
