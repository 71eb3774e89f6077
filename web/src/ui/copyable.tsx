import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { readToken } from '../api/client';
import { shellQuoted, visible } from '../base/text';

const SHOWN_MS = 1500;

export function Copyable(props: { label: string; text: string }): JSX.Element {
  const [said, setSaid] = useState('');
  const copy = (): void => {
    navigator.clipboard.writeText(props.text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow it'),
    );
    setTimeout(() => setSaid(''), SHOWN_MS);
  };
  return (
    <div class="copyable">
      <span class="copyable-label">{props.label}</span>
      <code tabIndex={0}>{visible(props.text)}</code>
      <button type="button" aria-label={`Copy the command for ${props.label}`} onClick={copy}>
        {said === '' ? 'Copy' : said}
      </button>
      <span class="sr" role="status">{said}</span>
    </div>
  );
}

/** What to type in a terminal for the same answer. */
export function Commands(props: { path: string; cli: string[] }): JSX.Element {
  const token = readToken() === '' ? '' : `-H "Authorization: Bearer $CAIRN_TOKEN" `;
  const cli = ['cairn', ...props.cli].map(shellQuoted).join(' ');
  return (
    <details class="commands">
      <summary>The same in a terminal</summary>
      <Copyable label="curl" text={`curl -s ${token}${shellQuoted(location.origin + props.path)}`} />
      <Copyable label="cairn" text={cli} />
    </details>
  );
}
