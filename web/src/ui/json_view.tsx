import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Json } from '../api/types';
import { shorten, visible } from '../base/text';

const TEXT_MAX = 300;
const MEMBERS_MAX = 100;
const OPEN_DEPTH = 3;

function Scalar(props: { value: null | boolean | number | string }): JSX.Element {
  const { value } = props;
  if (typeof value !== 'string') return <span class="json-number">{String(value)}</span>;
  const shown = visible(value.slice(0, TEXT_MAX * 4));
  const isCut = value.length > TEXT_MAX;
  return (
    <span class="json-text">
      "<bdi>{isCut ? shorten(shown, TEXT_MAX) : shown}</bdi>"
      {isCut && <span class="dim"> ({value.length.toLocaleString('en-US')} characters)</span>}
    </span>
  );
}

/** JSON as a tree that opens step by step, so that depth and size of what came cost nothing until they are looked at. */
export function JsonView(props: { value: Json; name?: string; depth?: number }): JSX.Element {
  const depth = props.depth ?? 0;
  const { value } = props;
  const isTree = value !== null && typeof value === 'object';
  const count = isTree ? Object.keys(value).length : 0;
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && count <= MEMBERS_MAX);
  const [most, setMost] = useState(MEMBERS_MAX);
  const label = props.name !== undefined && <span class="json-name">{shorten(visible(props.name), 200)}: </span>;
  if (!isTree) {
    return (
      <div class="json-line">
        {label}
        <Scalar value={value} />
      </div>
    );
  }
  const about = Array.isArray(value) ? `[${count}]` : `{${count}}`;
  if (count === 0) {
    return (
      <div class="json-line">
        {label}
        {Array.isArray(value) ? '[]' : '{}'}
      </div>
    );
  }
  return (
    <div class="json-tree">
      <button type="button" class="json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? '▾' : '▸'} {label}
        <span class="dim">{about}</span>
      </button>
      {isOpen && (
        <div class="json-members">
          {Object.entries(value)
            .slice(0, most)
            .map(([name, each]) => (
              <JsonView key={name} name={name} value={each} depth={depth + 1} />
            ))}
          {count > most && (
            <button type="button" onClick={() => setMost(most + MEMBERS_MAX)}>
              {(count - most).toLocaleString('en-US')} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}
