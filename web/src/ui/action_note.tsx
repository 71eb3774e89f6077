import type { JSX } from 'preact';

import type { Action } from '../api/use_action';
import { ErrorNote } from './basics';

export function ActionNote(props: { action: Action }): JSX.Element {
  const { error, said } = props.action;
  if (error !== undefined) return <ErrorNote error={error} />;
  return (
    <p class="dim" role="status">
      {said ?? ''}
    </p>
  );
}
