import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: a page and what it was asked. */
export interface Place {
  path: string[];
  query: URLSearchParams;
}

// Heads of requests are bounded: what would be longer stands behind the `#`, which is not sent.
const PATH_MAX = 4000;

export function readPlace(url: URL): Place {
  const path = url.pathname.split('/').filter((part) => part !== '').map(decodePart);
  if (url.hash.length > 1) path.push(decodePart(url.hash.slice(1)));
  return { path, query: url.searchParams };
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a page about `subject`. */
export function hrefOf(page: string, subject?: string, query: Record<string, string> = {}): string {
  const asked = new URLSearchParams(query).toString();
  const tail = asked === '' ? '' : `?${asked}`;
  if (subject === undefined) return `/${page}${tail}`;
  const escaped = encodeURIComponent(subject);
  return escaped.length <= PATH_MAX ? `/${page}/${escaped}${tail}` : `/${page}${tail}#${escaped}`;
}

export function hrefOfNode(id: string): string {
  return id.startsWith('run::') ? hrefOf('run', id.slice(5)) : hrefOf('node', id);
}

const listeners = new Set<() => void>();

export function go(href: string, options: { replace?: boolean } = {}): void {
  if (options.replace === true) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  for (const listener of listeners) listener();
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => readPlace(new URL(location.href)));
  useEffect(() => {
    const follow = (): void => setPlace(readPlace(new URL(location.href)));
    listeners.add(follow);
    addEventListener('popstate', follow);
    addEventListener('hashchange', follow);
    return () => {
      listeners.delete(follow);
      removeEventListener('popstate', follow);
      removeEventListener('hashchange', follow);
    };
  }, []);
  return place;
}

/** Follows links to pages of our own without loading anything anew. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || link.dataset['outside'] !== undefined) return;
  event.preventDefault();
  go(url.pathname + url.search + url.hash);
  scrollTo(0, 0);
}
