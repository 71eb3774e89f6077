import { useState } from 'preact/hooks';

import type { ApiError } from './client';
import { asApiError } from './use_answer';

/** Something that one does, what came of it in words, or why it did not. */
export interface Action {
  isBusy: boolean;
  said?: string;
  error?: ApiError;
  run: (work: () => Promise<string>) => void;
}

export function useAction(onDone: () => void): Action {
  const [state, setState] = useState<Omit<Action, 'run'>>({ isBusy: false });
  const run = (work: () => Promise<string>): void => {
    setState({ isBusy: true });
    work().then(
      (said) => {
        setState({ isBusy: false, said });
        onDone();
      },
      (error: unknown) => setState({ isBusy: false, error: asApiError(error) }),
    );
  };
  return { ...state, run };
}
