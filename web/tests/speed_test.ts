import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { hasBrowser, openBrowser, openPage, picture, tellFigure, waitForGraph } from './browser';
import { PROGRAM, Service } from './service';

const BYTES_MAX = 250_000;
const INTERACTIVE_MS = 1000;
const DRAWN_MS = 300;
const FRAMES_MIN = 30;
const THINGS = 1_000_000;
const SEARCH_MS = 50;
// The best of so many: what others do on the machine is no property of the page.
const TURNS = 3;

// The same numbers each time (Park and Miller 1988).
function numbers(seed: number): () => number {
  let at = seed;
  return () => (at = (at * 48271) % 2147483647) / 2147483647;
}

/** Jobs in layers, each with two inputs of the layer before and one output; a root leads to all of the first layer. */
function events(jobs: number, layers: number, namespace: string): string {
  const next = numbers(jobs);
  const each = Math.ceil(jobs / layers);
  const lines: string[] = [];
  for (let i = 0; i < jobs; i += 1) {
    const layer = Math.floor(i / each);
    const input = (): string => (layer === 0 ? 'root' : `table_${(layer - 1) * each + Math.floor(next() * each)}`);
    const inputs = [...new Set([input(), input()])].map((name) => ({ namespace, name }));
    lines.push(JSON.stringify({ eventTime: '2026-01-01T00:00:00Z', producer: 'p', job: { namespace, name: `job_${i}` }, inputs, outputs: [{ namespace, name: `table_${i}` }] }));
  }
  return lines.join('\n');
}

/** By how much more others use the machine than it has processors: limits are of a machine that has nothing else to do. */
function crowd(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / cpus().length);
}

/** Records about so many things, whose names are made of a few common words. */
function writeThings(path: string, count: number): void {
  const words = ['orders', 'customers', 'events', 'table', 'revenue', 'daily', 'public', 'mart', 'staging', 'clicks', 'users', 'sessions', 'items', 'payments'];
  const next = numbers(17);
  const word = (): string => words[Math.floor(next() * words.length)] ?? '';
  const file = openSync(path, 'w');
  for (let from = 0; from < count; from += 10_000) {
    let lines = '';
    for (let i = from; i < Math.min(count, from + 10_000); i += 1) {
      lines += `{"kind":"note","target":{"namespace":"warehouse-${i % 20}","name":"${word()}.${word()}_${word()}_${i}"},"produced_at":"2026-01-01T00:00:00Z","producer_id":"p","payload":{}}\n`;
    }
    writeSync(file, lines);
  }
  closeSync(file);
}

/** Frames a second while the graph is dragged to and fro: of the best of a few seconds. */
async function framesWhilePanning(page: Page): Promise<number> {
  const box = (await page.locator('canvas.graph-canvas').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  return page.evaluate(
    async ({ x, y }) => {
      const canvas = document.querySelector('canvas.graph-canvas');
      if (canvas === null) return 0;
      const send = (type: string, dx: number, dy: number): void => {
        canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x + dx, clientY: y + dy, bubbles: true, buttons: 1 }));
      };
      // A pointer that is made up cannot be captured.
      canvas.setPointerCapture = () => undefined;
      send('pointerdown', 0, 0);
      let best = 0;
      for (let second = 0; second < 4; second += 1) {
        const began = performance.now();
        let frames = 0;
        while (performance.now() - began < 1000) {
          const at = second + (performance.now() - began) / 1000;
          send('pointermove', Math.sin(at * 3) * 700, Math.cos(at * 2) * 500);
          await new Promise(requestAnimationFrame);
          frames += 1;
        }
        best = Math.max(best, frames / ((performance.now() - began) / 1000));
      }
      send('pointerup', 0, 0);
      return best;
    },
    { x: box.x + box.width / 2, y: box.y + box.height / 2 },
  );
}

describe.skipIf(PROGRAM === undefined || !hasBrowser)('how fast it is', () => {
  let service: Service;
  let browser: Browser;

  beforeAll(async () => {
    service = await Service.start();
    await service.post('/api/v1/records', events(250, 8, 'small'), 'application/x-ndjson');
    await service.post('/api/v1/records', events(5000, 25, 'big'), 'application/x-ndjson');
    browser = await openBrowser();
    return async () => {
      await browser.close();
      await service.stop();
    };
  });

  it('a first visit takes less than 250 kB and a second', async () => {
    const { page, close } = await openPage(browser, service.address);
    // Cold: nothing of it is kept yet.
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let bytes = 0;
    const kinds = new Map<string, string>();
    session.on('Network.responseReceived', (event) => kinds.set(event.requestId, event.response.url));
    session.on('Network.loadingFinished', (event) => {
      if (kinds.get(event.requestId)?.includes('/api/') === false) bytes += event.encodedDataLength;
    });
    const visit = async (): Promise<number> => {
      const began = performance.now();
      await page.goto('/');
      await page.getByText('Healthy').waitFor();
      return performance.now() - began;
    };
    const first = await visit();
    const loaded = bytes;
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    const took = Math.min(first, await visit(), await visit());
    tellFigure(`first load: ${(loaded / 1000).toFixed(1)} kB compressed, filled with answers after ${took.toFixed(0)} ms`);
    expect(loaded).toBeGreaterThan(10_000);
    expect(loaded).toBeLessThan(BYTES_MAX);
    expect(took).toBeLessThan(INTERACTIVE_MS * crowd());
    await close();
  });

  it('500 nodes are drawn within 300 ms of the answer', async () => {
    const { page, close } = await openPage(browser, service.address);
    let drawn = Infinity;
    for (let turn = 0; turn < TURNS; turn += 1) {
      await page.goto('/lineage/dataset:small:root?direction=downstream&depth=100');
      await waitForGraph(page);
      drawn = Math.min(drawn, await page.evaluate(() => performance.getEntriesByName('cairn:drawn')[0]?.duration ?? Infinity));
    }
    const nodes = Number(await page.locator('canvas.graph-canvas').getAttribute('data-drawn'));
    tellFigure(`${nodes} nodes: drawn ${drawn.toFixed(0)} ms after the answer`);
    expect(nodes).toBeGreaterThan(450);
    expect(drawn).toBeLessThan(DRAWN_MS * crowd());
    await picture(page, 'speed-500');
    await close();
  });

  it('search answers each key within 50 ms over a million things, common words too', async () => {
    const crowded = await Service.start();
    try {
      const folder = mkdtempSync(join(tmpdir(), 'cairn-web-many-'));
      writeThings(join(folder, 'many.jsonl'), THINGS);
      crowded.run('ingest', join(folder, 'many.jsonl'));
      rmSync(folder, { recursive: true });
      // What another process took in is read first; and whoever opens the page asks for nothing in particular.
      await fetch(`${crowded.address}/api/v1/stats`);
      const opened = performance.now();
      await fetch(`${crowded.address}/api/v1/things?q=&limit=50`);
      const first = performance.now() - opened;
      const keys = ['orders', 'public.customer_events', 'a', 'zzzzzz', 'table_99', 'warehouse', 'daily_revenue_77777', 'mart'].flatMap((text) =>
        Array.from(text, (_, i) => text.slice(0, i + 1)),
      );
      const took = keys.map(() => Infinity);
      // No answer is kept, so that each turn seeks anew.
      for (let turn = 0; turn < TURNS; turn += 1) {
        for (const [i, key] of keys.entries()) {
          const began = performance.now();
          const response = await fetch(`${crowded.address}/api/v1/things?q=${encodeURIComponent(key)}&limit=50`);
          await response.arrayBuffer();
          took[i] = Math.min(took[i] ?? Infinity, performance.now() - began);
        }
      }
      took.sort((a, b) => a - b);
      const at = (part: number): number => took[Math.min(took.length - 1, Math.floor(part * took.length))] ?? Infinity;
      tellFigure(`search over ${THINGS} things: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms; opening the page ${first.toFixed(0)} ms`);
      expect(at(0.99)).toBeLessThan(SEARCH_MS * crowd() ** 2);
    } finally {
      await crowded.stop();
    }
  }, 120_000);

  it('10,000 nodes are panned at 30 frames a second, near and far', async () => {
    const { page, close } = await openPage(browser, service.address);
    await page.goto('/lineage/dataset:big:root?direction=downstream&depth=100&nodes=20000');
    await waitForGraph(page);
    const nodes = Number(await page.locator('canvas.graph-canvas').getAttribute('data-drawn'));
    const near = await framesWhilePanning(page);
    await page.getByRole('button', { name: 'Everything' }).click();
    const far = await framesWhilePanning(page);
    await picture(page, 'speed-10000');
    const drawn = await page.evaluate(() => performance.getEntriesByName('cairn:drawn')[0]?.duration ?? Infinity);
    tellFigure(`${nodes} nodes: drawn ${drawn.toFixed(0)} ms after the answer, panned at ${near.toFixed(0)} frames/s near and ${far.toFixed(0)} far`);
    expect(nodes).toBeGreaterThan(8000);
    expect(Math.min(near, far)).toBeGreaterThan(FRAMES_MIN / crowd() ** 2);
    await close();
  });
});
