import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ApiError, onSigned } from './client';

/** An answer as it comes: the one before stays until the next is there. */
export interface Answer<T> {
  value?: T;
  error?: ApiError;
  isLoading: boolean;
  reload: () => void;
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'INTERNAL', error instanceof Error ? error.message : String(error));
}

/** Asks again whenever `key` changes or another token is used; `undefined` asks nothing. */
export function useAnswer<T>(key: string | undefined, load: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ key?: string; value?: T; error?: ApiError; isLoading: boolean }>({
    isLoading: key !== undefined,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => onSigned(reload), [reload]);
  useEffect(() => {
    if (key === undefined) {
      setState({ isLoading: false });
      return undefined;
    }
    const control = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    latest.current(control.signal).then(
      (value) => {
        if (!control.signal.aborted) setState({ key, value, isLoading: false });
      },
      (error: unknown) => {
        if (!control.signal.aborted) setState({ key, error: asApiError(error), isLoading: false });
      },
    );
    return () => control.abort();
  }, [key, turn]);
  const out: Answer<T> = { isLoading: state.isLoading, reload };
  if (state.value !== undefined) out.value = state.value;
  if (state.error !== undefined) out.error = state.error;
  return out;
}
