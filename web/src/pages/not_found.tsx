import type { JSX } from 'preact';

export function NotFoundPage(): JSX.Element {
  return (
    <div class="narrow">
      <h1>There is no such page</h1>
      <p>
        What there is stands at <a href="/">Home</a>; names are found by <a href="/search">Search</a>.
      </p>
    </div>
  );
}
