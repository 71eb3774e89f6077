import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { keepTheme, readTheme, type Theme } from '../base/theme';

const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const SIGNS: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' };
const WORDS: Record<Theme, string> = { auto: 'as the system says', light: 'light', dark: 'dark' };

export function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState(readTheme());
  const turn = (): void => {
    const next = NEXT[theme];
    keepTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="quiet theme-switch" aria-label={`Colours: ${WORDS[theme]}`} title={`Colours: ${WORDS[theme]}`} onClick={turn}>
      {SIGNS[theme]}
    </button>
  );
}
