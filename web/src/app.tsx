import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { readToken, onSigned } from './api/client';
import { followLinks, go, hrefOf, type Place, usePlace } from './base/location';
import { shortName } from './base/node_id';
import { shorten, visible } from './base/text';
import { CachePage } from './pages/cache';
import { EntityPage } from './pages/entity';
import { HomePage } from './pages/home';
import { LineagePage } from './pages/lineage';
import { NotFoundPage } from './pages/not_found';
import { RunPage } from './pages/run';
import { ScansPage } from './pages/scans';
import { SearchPage } from './pages/search';
import { SignInPage } from './pages/sign_in';
import { SafePage } from './ui/safe_page';
import { ThemeSwitch } from './ui/theme_switch';

const LINKS: [string, string][] = [
  ['', 'Home'],
  ['search', 'Search'],
  ['lineage', 'Lineage'],
  ['cache', 'Cache'],
  ['scans', 'Scans'],
];

function Page(props: { place: Place }): JSX.Element {
  const { path, query } = props.place;
  const [page = '', subject] = path;
  switch (page) {
    case '':
      return <HomePage />;
    case 'search':
      return <SearchPage query={query} />;
    case 'node':
      return subject === undefined ? <NotFoundPage /> : <EntityPage key={subject} node={subject} query={query} />;
    case 'run':
      return subject === undefined ? <NotFoundPage /> : <RunPage key={subject} run={subject} />;
    case 'lineage':
      return <LineagePage node={subject} query={query} />;
    case 'cache':
      return <CachePage />;
    case 'scans':
      return <ScansPage />;
    case 'signin':
      return <SignInPage back={query.get('back') ?? '/'} />;
    default:
      return <NotFoundPage />;
  }
}

function titleOf(place: Place): string {
  const [page = '', subject] = place.path;
  if (subject !== undefined) return `${shorten(visible(shortName(subject)), 60)} · Cairn`;
  return page === '' ? 'Cairn' : `${page.charAt(0).toUpperCase()}${page.slice(1)} · Cairn`;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

function useSearchKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      if (!location.pathname.startsWith('/search')) go(hrefOf('search'));
      requestAnimationFrame(() => document.getElementById('search-box')?.focus());
    };
    addEventListener('keydown', onKey);
    document.addEventListener('click', followLinks);
    return () => {
      removeEventListener('keydown', onKey);
      document.removeEventListener('click', followLinks);
    };
  }, []);
}

export function App(): JSX.Element {
  const place = usePlace();
  const [hasToken, setHasToken] = useState(readToken() !== '');
  useEffect(() => onSigned(() => setHasToken(readToken() !== '')), []);
  useSearchKey();
  const page = place.path[0] ?? '';
  const title = titleOf(place);
  useEffect(() => {
    document.title = title;
  }, [title]);
  // Whoever hears the page or walks by keys goes on where the new page begins.
  const where = place.path.join('/');
  const before = useRef(where);
  useEffect(() => {
    if (before.current === where) return;
    before.current = where;
    if (page !== 'search') document.getElementById('main')?.focus({ preventScroll: true });
  }, [where, page]);
  return (
    <>
      <a class="skip" href="#main" data-outside onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" class="brand-mark">
            <ellipse cx="16" cy="26" rx="12" ry="4.6" />
            <ellipse cx="16.6" cy="17.4" rx="8.6" ry="3.9" />
            <ellipse cx="15.6" cy="9.8" rx="5.6" ry="3.2" />
            <ellipse cx="16.3" cy="4" rx="3" ry="2" />
          </svg>
          Cairn
        </a>
        <nav aria-label="Pages">
          {LINKS.map(([name, label]) => (
            <a key={name} href={`/${name}`} aria-current={page === name ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <div class="top-side">
          <a class="top-search" href="/search" title="Search: /">
            Search <kbd>/</kbd>
          </a>
          <ThemeSwitch />
          <a class="button" href="/signin">
            {hasToken ? 'Signed in' : 'Sign in'}
          </a>
        </div>
      </header>
      <main id="main" tabIndex={-1} class={page === 'lineage' ? 'wide' : undefined}>
        <SafePage place={place.path.join('/')}>
          <Page place={place} />
        </SafePage>
      </main>
    </>
  );
}
