import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible, hasBrowser, openBrowser, openPage, picture, type Watched } from './browser';
import { EXAMPLES, PROGRAM, Service } from './service';

describe.skipIf(PROGRAM === undefined || !hasBrowser)('what is kept and what was scanned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-web-files-'));
  let service: Service;
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    cpSync(EXAMPLES, join(folder, 'shop'), { recursive: true });
    writeFileSync(join(folder, 'broken.zip'), 'PK\x03\x04 and nothing behind it');
    service = await Service.start({ ingest: [EXAMPLES], flags: ['--scan-root', folder] });
    browser = await openBrowser();
    watched = await openPage(browser, service.address);
    page = watched.page;
    return async () => {
      await browser.close();
      await service.stop();
      rmSync(folder, { recursive: true });
    };
  });
  afterAll(() => expect(watched.complaints).toEqual([]));

  it('the cache tells what it spares', async () => {
    for (let i = 0; i < 3; i += 1) await fetch(`${service.address}/api/v1/graph/lineage?node=dataset:crm:public.orders`);
    await page.goto('/cache');
    await page.getByText('what this service answered').waitFor();
    await page.getByRole('region', { name: 'Answers: hits' }).waitFor();
    await picture(page, 'cache');
    await expectAccessible(page, 'cache');
  });

  it('what is kept is listed, and cleared by a selector', async () => {
    await page.goto('/cache');
    await page.getByText('Nothing is kept.').waitFor();
    expect(await page.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
    await page.getByLabel('Which').fill('prefix:book');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Nothing that is kept is meant by this.').waitFor();
    await page.getByRole('button', { name: 'Make stale' }).click();
    await page.getByText('0 entries made stale').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('0 entries removed').waitFor();
    await page.getByLabel('Which').fill('nonsense');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByText('It was never warmed.').waitFor();
    await page.getByRole('button', { name: 'Warm what was used most' }).click();
    await page.getByText(/Warming has begun|The service did not take the question/).first().waitFor();
  });

  it('a scan is begun and watched, and its problems are told', async () => {
    await page.goto('/scans');
    await page.getByText('Nothing was scanned yet.').waitFor();
    await page.getByRole('button', { name: 'Scan', exact: true }).click();
    await page.getByText('The scan has begun').waitFor();
    await page.getByText('done', { exact: true }).waitFor();
    await page.getByRole('link', { name: /broken\.zip/ }).waitFor();
    await page.getByRole('region', { name: 'Scans before' }).waitFor();
    await picture(page, 'scans');
    await expectAccessible(page, 'scans');
    await page.getByLabel('Only the quarantine').check();
    await page.getByText('No file is in quarantine.').waitFor();
    await page.reload();
    await page.getByRole('link', { name: /broken\.zip/ }).click();
    await page.getByText('Newest facts by kind').waitFor();
    await picture(page, 'file');
  });

  it('a folder that may not be scanned is refused in words', async () => {
    await page.goto('/scans');
    await page.getByLabel('Folder').fill('/etc');
    await page.getByRole('button', { name: 'Scan', exact: true }).click();
    await page.getByRole('alert').getByText(/no file or folder below/).waitFor();
  });

  it('a service without them says so', async () => {
    await page.route('**/api/v1/cache', (route) => route.fulfill({ status: 404, json: { error: { code: 'NOT_FOUND', message: 'there is nothing at /api/v1/cache' } } }));
    await page.goto('/cache');
    await page.getByText('There is nothing of that name.').waitFor();
  });
});
