import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type ApiError, keepToken, readToken } from '../api/client';
import { askNamespaces } from '../api/questions';
import { asApiError } from '../api/use_answer';
import { go } from '../base/location';
import { ErrorNote } from '../ui/basics';
import { Copyable } from '../ui/copyable';

/** Only a page of our own: another origin never follows a sign-in. */
function ownPath(back: string): string {
  return back.startsWith('/') && !back.startsWith('//') && !back.startsWith('/\\') ? back : '/';
}

export function SignInPage(props: { back: string }): JSX.Element {
  const [token, setToken] = useState('');
  const [error, setError] = useState<ApiError>();
  const [hasToken, setHasToken] = useState(readToken() !== '');
  const signIn = async (event: Event): Promise<void> => {
    event.preventDefault();
    const before = readToken();
    keepToken(token.trim());
    try {
      await askNamespaces();
      go(ownPath(props.back));
    } catch (caught) {
      keepToken(before);
      setError(asApiError(caught));
    }
  };
  const signOut = (): void => {
    keepToken('');
    setHasToken(false);
    setError(undefined);
  };
  return (
    <div class="narrow">
      <h1>Sign in</h1>
      <p>
        The service lets in who bears a token. It is kept in this tab alone, until you close it or sign out, and sent to
        this service and nowhere else.
      </p>
      <form class="sign-in" onSubmit={(event) => void signIn(event)}>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellcheck={false}
          value={token}
          placeholder="cairn_…"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={token.trim() === ''}>
          Sign in
        </button>
        {hasToken && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
      </form>
      {error !== undefined && <ErrorNote error={error} />}
      <p class="dim">Whoever runs the service makes one:</p>
      <Copyable label="cairn" text="cairn token create me --scope read" />
    </div>
  );
}
