import type { JSX } from 'preact';

import { askWarming, beginWarming, stopWarming } from '../api/cache';
import { useAction } from '../api/use_action';
import { useAnswer } from '../api/use_answer';
import { useTicking } from '../api/use_ticking';
import { formatNumber } from '../base/text';
import { ActionNote } from '../ui/action_note';
import { Answered, Card, Empty, Name } from '../ui/basics';
import { Meter } from '../ui/meter';

const EVERY_MS = 1000;
const USED = 100;

/** Asking ahead, so that it is there when it is wanted. */
export function CacheWarming(): JSX.Element {
  const answer = useAnswer('warming', askWarming);
  const action = useAction(answer.reload);
  const isRunning = answer.value?.warming?.running === true;
  useTicking(isRunning, EVERY_MS, answer.reload);
  return (
    <Card title="Warming">
      <Answered answer={answer}>
        {({ warming }) =>
          warming === null ? (
            <Empty>It was never warmed.</Empty>
          ) : (
            <>
              <Meter value={warming.done} most={warming.total} label="Warming" text={`${formatNumber(warming.done)} of ${formatNumber(warming.total)}`} />
              <p class="dim">
                <Name text={warming.state} most={200} />: {formatNumber(warming.loaded)} asked, {formatNumber(warming.fresh)} fresh already,{' '}
                {formatNumber(warming.not_found)} not found, {formatNumber(warming.failed)} failed
              </p>
            </>
          )
        }
      </Answered>
      <div class="filters">
        <button type="button" disabled={isRunning || action.isBusy} onClick={() => action.run(async () => beginWarming(`used=${USED}`).then(() => 'Warming has begun'))}>
          Warm what was used most
        </button>
        <button type="button" disabled={isRunning || action.isBusy} onClick={() => action.run(async () => beginWarming('predicted=true').then(() => 'Warming has begun'))}>
          Warm what will be wanted
        </button>
        <button type="button" disabled={!isRunning || action.isBusy} onClick={() => action.run(async () => stopWarming().then(() => 'Warming ends'))}>
          Stop
        </button>
      </div>
      <ActionNote action={action} />
    </Card>
  );
}
