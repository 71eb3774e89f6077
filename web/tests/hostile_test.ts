import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { hasBrowser, openBrowser, openPage, picture, waitForGraph, type Watched } from './browser';
import { PROGRAM, Service } from './service';

const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(2)>';
const BIDI = 'safe\u202egnp.exe\u2066x\u2069';
const LONG = 'x'.repeat(200_000);

function record(name: string, payload: string, namespace = 'hostile'): string {
  return `{"kind":"note","target":{"namespace":${JSON.stringify(namespace)},"name":${JSON.stringify(name)}},"produced_at":"2026-01-01T00:00:00Z","producer_id":${JSON.stringify(SCRIPT)},"payload":${payload}}`;
}

function id(name: string): string {
  return `dataset:hostile:${name.replace(/%/g, '%25').replace(/:/g, '%3A')}`;
}

describe.skipIf(PROGRAM === undefined || !hasBrowser)('names and payloads of any kind', () => {
  let service: Service;
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    service = await Service.start();
    const names = [SCRIPT, BIDI, LONG, '..', '%00', '"\'`${x}', 'javascript:alert(3)', '\u0000\u0007', '名前 🏔'];
    for (const name of names) await service.post('/api/v1/records', record(name, `{"text":${JSON.stringify(SCRIPT)},"n":1}`));
    const deep = '{"a":'.repeat(24) + '1' + '}'.repeat(24);
    await service.post('/api/v1/records', record('deep', deep));
    await service.post('/api/v1/records', record('wide', `{${Array.from({ length: 5000 }, (_, i) => `"k${i}":${i}`).join(',')}}`));
    await service.post('/api/v1/records', record('big', `{"text":"${'y'.repeat(3_000_000)}"}`));
    await service.post('/api/v1/lineage', JSON.stringify({ eventType: 'FAIL', eventTime: '2026-01-02T00:00:00Z', producer: 'p', run: { runId: 'r-1', facets: { errorMessage: { _producer: 'p', _schemaURL: 's', message: SCRIPT, programmingLanguage: 'x', stackTrace: SCRIPT } } }, job: { namespace: SCRIPT, name: BIDI }, inputs: [{ namespace: 'hostile', name: SCRIPT }], outputs: [{ namespace: 'hostile', name: LONG }] }));
    browser = await openBrowser();
    watched = await openPage(browser, service.address);
    page = watched.page;
    return async () => {
      await browser.close();
      await service.stop();
    };
  });
  it('stand on the home page as text', async () => {
    await page.goto('/');
    await page.getByText('Healthy').waitFor();
    await page.getByText(/<script>alert\(1\)<\/script>/).first().waitFor();
    await page.getByText(/safe\\u202egnp\.exe/).first().waitFor();
    expect(await page.locator('main script, main img').count()).toBe(0);
    await picture(page, 'hostile-home');
  });

  it('are found and shown as text', async () => {
    await page.goto(`/search?q=${encodeURIComponent('<script>')}`);
    await page.locator('mark', { hasText: '<script>' }).first().waitFor();
    await page.locator('a.result').first().click();
    await page.locator('h1', { hasText: SCRIPT }).waitFor();
    await page.goto('/search?q=xxxxxxxx');
    await page.locator('a.result').first().waitFor();
    expect((await page.locator('main').innerText()).length).toBeLessThan(20_000);
  });

  for (const [what, name] of [['a script', SCRIPT], ['bidi marks', BIDI], ['quotes', '"\'`${x}'], ['a scheme', 'javascript:alert(3)'], ['dots', '..'], ['a percent sign', '%00'], ['controls', '\u0000\u0007'], ['other scripts', '名前 🏔']] as const) {
    it(`have pages of their own: ${what}`, async () => {
      await page.goto(`/node/${encodeURIComponent(id(name))}`);
      await page.getByText('Newest facts by kind').waitFor();
      await page.reload();
      await page.getByText('Newest facts by kind').waitFor();
    });
  }

  it('may be longer than an address', async () => {
    await page.goto('/search?q=xxxxxxxx');
    await page.locator('a.result').first().click();
    await page.getByText('Newest facts by kind').waitFor();
    expect(new URL(page.url()).pathname).toBe('/node');
    await page.reload();
    await page.getByText('Newest facts by kind').waitFor();
    expect((await page.locator('main').innerText()).length).toBeLessThan(20_000);
    await page.getByRole('link', { name: 'note' }).waitFor();
    await page.getByText('by run').or(page.getByText(/<script>/)).first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByRole('link', { name: 'Lineage', exact: true }).last().click();
    await waitForGraph(page, 3);
    await page.reload();
    await waitForGraph(page, 3);
  });

  it('are drawn as text', async () => {
    await page.goto(`/lineage/${encodeURIComponent(id(SCRIPT))}`);
    await waitForGraph(page, 3);
    await picture(page, 'hostile-lineage');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('row').nth(3).waitFor();
    expect(await page.locator('main script, main img').count()).toBe(0);
  });

  it('of a failed run are text', async () => {
    await page.goto('/run/r-1');
    await page.getByText('It said:').waitFor();
    await page.getByText('Stack trace').click();
    expect(await page.locator('main script, main img').count()).toBe(0);
  });

  it('as deep, wide or big payloads are shown step by step', async () => {
    for (const name of ['deep', 'wide', 'big']) {
      await page.goto(`/node/${encodeURIComponent(id(name))}?tab=raw`);
      await page.getByRole('button', { name: 'Show the newest record' }).click();
      await page.getByText('payload:').waitFor();
      expect((await page.locator('main').innerHTML()).length).toBeLessThan(100_000);
      await page.goto(`/node/${encodeURIComponent(id(name))}?tab=history`);
      await page.getByRole('region', { name: 'History' }).waitFor();
    }
    // Down to the bottom, one click after the other.
    await page.goto(`/node/${encodeURIComponent(id('deep'))}?tab=raw`);
    await page.getByRole('button', { name: 'Show the newest record' }).click();
    await page.getByText('payload:').waitFor();
    for (let i = 0; i < 200; i += 1) {
      const closed = page.locator('.json-fold[aria-expanded="false"]');
      if ((await closed.count()) === 0) break;
      await closed.last().click();
    }
    await page.locator('.json-number', { hasText: /^1$/ }).last().waitFor();
  });

  // Last, and no hook: one that fails keeps what was begun from being ended.
  it('gave nothing to complain about: no dialog, no error, no request elsewhere', () => {
    expect(watched.complaints).toEqual([]);
  });
});
