import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { askCacheEntries, askCacheEntry, type CacheEntry, clearCache } from '../api/cache';
import { useAction } from '../api/use_action';
import { useAnswer } from '../api/use_answer';
import { formatBytes, plural } from '../base/text';
import { formatAgo, formatDuration, timeMs } from '../base/time';
import { ActionNote } from '../ui/action_note';
import { Answered, Card, Empty, ErrorNote, Name, Waiting } from '../ui/basics';
import { JsonView } from '../ui/json_view';

function Detail(props: { entry: CacheEntry }): JSX.Element {
  const answer = useAnswer(props.entry.key, (signal) => askCacheEntry(props.entry.key, signal));
  if (answer.error !== undefined) return <ErrorNote error={answer.error} />;
  return answer.value === undefined ? <Waiting /> : <JsonView value={answer.value.levels} />;
}

function EntryRow(props: { entry: CacheEntry }): JSX.Element {
  const { entry } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <tr>
        <td class="mono">
          <Name text={entry.key} most={90} />
        </td>
        <td>{entry.state}</td>
        <td>{entry.level}</td>
        <td class="number">{formatAgo(timeMs(entry.created), Date.now())}</td>
        <td class="number">{formatDuration(entry.ttl_s * 1000)}</td>
        <td class="number">{formatBytes(entry.bytes)}</td>
        <td>
          <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Why'}
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7}>
            <Detail entry={entry} />
          </td>
        </tr>
      )}
    </>
  );
}

/** Entries by a selector, their state and age; what is chosen can be cleared by those who may. */
export function CacheEntries(): JSX.Element {
  const [text, setText] = useState('');
  const [select, setSelect] = useState<string[]>([]);
  const [cursor, setCursor] = useState<string>();
  const answer = useAnswer(JSON.stringify([select, cursor]), (signal) => askCacheEntries(select, cursor, signal));
  const action = useAction(answer.reload);
  const choose = (event: Event): void => {
    event.preventDefault();
    setCursor(undefined);
    setSelect(text.trim() === '' ? [] : [text.trim()]);
  };
  const clear = (expire: boolean): void => {
    const what = select[0];
    if (what === undefined) return;
    action.run(async () => {
      const cleared = await clearCache(what, expire);
      const count = (cleared?.cleared ?? []).reduce((sum, one) => sum + one.entries, 0);
      return `${plural(count, 'entry', 'entries')} ${expire ? 'made stale' : 'removed'}`;
    });
  };
  return (
    <Card title="Entries">
      <form class="filters" onSubmit={choose}>
        <label>
          Which{' '}
          <input type="text" value={text} placeholder="source:audnexus, tag:T, prefix:P, pattern:GLOB" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit">Show</button>
        <button type="button" disabled={select.length === 0 || action.isBusy} onClick={() => clear(true)}>
          Make stale
        </button>
        <button type="button" disabled={select.length === 0 || action.isBusy} onClick={() => clear(false)}>
          Remove
        </button>
      </form>
      <ActionNote action={action} />
      <Answered answer={answer}>
        {(page) =>
          page.entries.length === 0 ? (
            <Empty>{select.length === 0 ? 'Nothing is kept.' : 'Nothing that is kept is meant by this.'}</Empty>
          ) : (
            <>
              <div class="scroll" role="region" aria-label="Entries" tabIndex={0}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Key</th>
                      <th scope="col">State</th>
                      <th scope="col">Level</th>
                      <th scope="col">Age</th>
                      <th scope="col">Lives</th>
                      <th scope="col">Size</th>
                      <th scope="col">
                        <span class="sr">Why</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {page.entries.map((entry) => (
                      <EntryRow key={`${entry.key} ${entry.level}`} entry={entry} />
                    ))}
                  </tbody>
                </table>
              </div>
              {page.cursor !== undefined && (
                <button type="button" onClick={() => setCursor(page.cursor)}>
                  Further entries
                </button>
              )}
            </>
          )
        }
      </Answered>
    </Card>
  );
}
