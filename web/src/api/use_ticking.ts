import { useEffect } from 'preact/hooks';

/** Calls it now and then while `isOn` and the page is looked at. */
export function useTicking(isOn: boolean, everyMs: number, tick: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') tick();
    }, everyMs);
    return () => clearInterval(timer);
  }, [isOn, everyMs, tick]);
}
