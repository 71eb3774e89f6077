import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible, expectCount, expectFocus, hasBrowser, openBrowser, openPage, picture, type Watched } from './browser';
import { EXAMPLES, PROGRAM, Service } from './service';

const ORDERS = '/node/dataset:crm:public.orders';

describe.skipIf(PROGRAM === undefined || !hasBrowser)('the pages of the example store', () => {
  let service: Service;
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    service = await Service.start({ ingest: [EXAMPLES] });
    browser = await openBrowser();
    watched = await openPage(browser, service.address);
    page = watched.page;
    return async () => {
      await browser.close();
      await service.stop();
    };
  });

  it('home says what is there, what failed, and what is new', async () => {
    await page.goto('/');
    await page.getByText('Healthy').waitFor();
    await page.getByText('1,769').waitFor();
    await page.getByRole('link', { name: 'build.fct_payments' }).waitFor();
    await page.getByRole('img', { name: /Facts by the day/ }).waitFor();
    await expectCount(page.getByRole('region', { name: 'Newest facts' }).getByRole('row'), 16);
    await picture(page, 'home');
    await expectAccessible(page, 'home');
  });

  it('home shows a fact as it comes', async () => {
    await page.getByText('live', { exact: true }).waitFor();
    await service.post('/api/v1/records', '{"kind":"ingestion_volume","target":{"namespace":"crm","name":"brand.new"},"produced_at":"2026-02-01T00:00:00Z","producer_id":"p","payload":{"row_count":1}}');
    await page.getByRole('link', { name: 'brand.new' }).waitFor();
  });

  it('search is a key away and finds with every letter', async () => {
    await page.goto('/');
    await page.getByText('Healthy').waitFor();
    await page.keyboard.press('/');
    await page.waitForURL('**/search');
    await page.keyboard.type('orders');
    await page.getByText(/ found/).waitFor();
    await page.getByRole('list', { name: 'Results' }).getByRole('link', { name: /dataset public\.orders/ }).waitFor();
    await page.waitForURL(/q=orders/);
    await picture(page, 'search');
    await expectAccessible(page, 'search');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/node/**');
  });

  it('search is narrowed by type, namespace, tag and owner', async () => {
    await page.goto('/search?q=orders');
    await page.getByLabel('Type').selectOption('job');
    await page.waitForURL(/type=job/);
    await expectCount(page.getByRole('link', { name: /dataset public\.orders/ }), 0);
    await page.getByRole('link', { name: /job load\.orders/ }).waitFor();
    await page.getByLabel('Type').selectOption('');
    await page.getByLabel('Namespace').selectOption('crm');
    await page.getByRole('link', { name: /job load\.orders/ }).waitFor({ state: 'detached' });
    await page.goto('/search');
    await page.getByLabel('Tag').selectOption('tier=gold');
    await page.getByRole('link', { name: /dataset public\.customers/ }).waitFor();
    await page.goto('/search');
    await page.getByLabel('Owner').fill('team:web');
    await page.getByLabel('Owner').press('Enter');
    await page.getByRole('link', { name: /job stage\.sessions/ }).waitFor();
    await page.goto('/search?q=no-such-thing');
    await page.getByText('Nothing is found').waitFor();
  });

  it('search finds runs by the beginning of their id', async () => {
    await page.goto('/search?q=4931fe69');
    await page.getByRole('link', { name: /4931fe69/ }).first().waitFor();
  });

  it('a dataset tells its newest facts, where it comes from and who uses it', async () => {
    await page.goto(ORDERS);
    await page.getByRole('heading', { name: 'public.orders', level: 1 }).waitFor();
    await page.getByText('10,529').first().waitFor();
    await page.getByRole('link', { name: 'load.orders' }).waitFor();
    await picture(page, 'dataset');
    await expectAccessible(page, 'dataset');
    await page.getByText('The same in a terminal').click();
    await page.getByText(/curl -s http/).waitFor();
    await page.getByText('cairn latest ingestion_volume dataset:crm:public.orders').waitFor();
  });

  it('its history is a chart and a table, of any figure', async () => {
    await page.goto(`${ORDERS}?tab=history`);
    await page.getByRole('img', { name: /row_count over time/ }).waitFor();
    await expectCount(page.getByRole('region', { name: 'History' }).getByRole('row'), 31);
    await page.getByLabel('Figure', { exact: false }).and(page.locator('select')).selectOption('byte_count');
    await page.getByRole('img', { name: /byte_count over time/ }).waitFor();
    await page.waitForURL(/path=byte_count/);
    await page.reload();
    await page.getByRole('img', { name: /byte_count over time/ }).waitFor();
    await page.getByRole('button', { name: 'Raw' }).first().click();
    await page.getByText('"loader.v2"').first().waitFor();
    await picture(page, 'history');
    await expectAccessible(page, 'history');
    await page.getByLabel('Kind').selectOption('ingestion_runtime');
    await page.getByRole('img', { name: /duration_seconds over time/ }).waitFor();
  });

  it('its schema tells when what changed', async () => {
    await page.goto('/node/dataset:payments:public.charges?tab=schema');
    await page.getByText('2 versions').waitFor();
    await page.getByText('− amount_cents').waitFor();
    await page.getByText('+ amount').waitFor();
    await picture(page, 'schema');
    await expectAccessible(page, 'schema');
  });

  it('raw records are shown when they are asked for', async () => {
    await page.goto(`${ORDERS}?tab=raw`);
    await page.getByRole('button', { name: 'Show the newest record' }).first().click();
    await page.getByText('"public.orders"').first().waitFor();
  });

  it('a job tells its runs as a timeline and a table', async () => {
    await page.goto('/node/job:shop:build.fct_payments?tab=runs');
    await page.getByRole('region', { name: 'Runs' }).getByText('failed').waitFor();
    await expectCount(page.locator('.timeline rect.bar-failed'), 1);
    await picture(page, 'runs');
    await expectAccessible(page, 'runs');
  });

  it('a run tells its state, what it read and wrote, and why it failed', async () => {
    await page.goto('/run/4931fe69');
    await page.getByText(/It said/).waitFor();
    await page.getByText(/amount_cents/).first().waitFor();
    await page.getByRole('link', { name: 'staging.charges' }).first().waitFor();
    await picture(page, 'run');
    await expectAccessible(page, 'run');
  });

  it('a field and a deep link work as well', async () => {
    await page.goto('/node/field:warehouse:mart.fct_orders:value');
    await page.getByRole('heading', { name: 'value', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'mart.fct_orders' }).first().waitFor();
  });

  it('what is not there is said in words', async () => {
    await page.goto('/node/dataset:no:such');
    await page.getByText('There is nothing of that name.').waitFor();
    await page.goto('/run/ffffffff');
    await page.getByText('There is nothing of that name.').waitFor();
    await page.goto('/no/such/page');
    await page.getByText('There is no such page').waitFor();
    await expectAccessible(page, 'nothing there');
    expect((await page.request.get('/assets/none.js')).status()).toBe(404);
  });

  it('a service that fails, is busy or gone is said in words, and asked again', async () => {
    await page.route('**/api/v1/stats', (route) => route.fulfill({ status: 503, headers: { 'Retry-After': '2' }, json: { error: { code: 'UNAVAILABLE', message: 'too much waits' } } }));
    await page.goto('/');
    await page.getByText('The service is busy; ask again in 2 s.').waitFor();
    await page.unroute('**/api/v1/stats');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Healthy').waitFor();
    await page.route('**/api/v1/stats', (route) => route.fulfill({ status: 500, body: 'not JSON' }));
    await page.reload();
    await page.getByText('The service failed.').waitFor();
    await page.unroute('**/api/v1/stats');
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.goto(ORDERS);
    await page.getByText('The service cannot be reached.').waitFor();
    await page.unroute('**/api/v1/**');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByRole('heading', { name: 'public.orders', level: 1 }).waitFor();
  });

  it('an answer of another shape breaks nothing', async () => {
    await page.route('**/api/v1/repository/entity?*', (route) => route.fulfill({ json: { node: 7 } }));
    await page.goto(ORDERS);
    await page.getByText('The answer is not what this page understands.').waitFor();
    await page.unroute('**/api/v1/repository/entity?*');
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByText('Healthy').waitFor();
  });

  it('the next page is where keys and voices go on', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'build.fct_payments' }).click();
    await page.getByText('Newest facts by kind').waitFor();
    await expectFocus(page, 'main');
  });

  it('back, forward and reload keep what was shown', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'build.fct_payments' }).click();
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('region', { name: 'Runs' }).waitFor();
    await page.reload();
    await page.getByRole('region', { name: 'Runs' }).waitFor();
    await page.goBack();
    await page.getByText('Newest facts by kind').waitFor();
    await page.goBack();
    await page.getByText('Healthy').waitFor();
  });

  it('is dark where the system is, or the reader says so', async () => {
    const dark = await openPage(browser, service.address, { colorScheme: 'dark' });
    await dark.page.goto('/');
    await dark.page.getByText('Healthy').waitFor();
    const ground = (): Promise<string> => dark.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await expect.poll(ground).toBe('rgb(17, 22, 29)');
    await picture(dark.page, 'home-dark');
    await expectAccessible(dark.page, 'home, dark');
    await dark.page.getByRole('button', { name: /Colours/ }).click();
    await expect.poll(ground).toBe('rgb(246, 247, 249)');
    await dark.page.reload();
    await expect.poll(ground).toBe('rgb(246, 247, 249)');
    expect(dark.complaints).toEqual([]);
    await dark.close();
  });

  it('fits a small screen', async () => {
    const small = await openPage(browser, service.address, { viewport: { width: 390, height: 780 } });
    for (const path of ['/', ORDERS, '/search?q=orders', '/lineage/dataset:crm:public.orders']) {
      await small.page.goto(path);
      await small.page.locator(path.startsWith('/lineage') ? 'canvas[data-drawn]' : 'main .card').first().waitFor();
      expect(await small.page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
    }
    await picture(small.page, 'lineage-small');
    await small.page.goto('/');
    await small.page.getByText('Healthy').waitFor();
    await picture(small.page, 'home-small');
    await small.close();
  });

  it('is walked through by keys alone', async () => {
    await page.goto('/');
    await page.getByText('Healthy').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'main');
  });

  // Last, and no hook: one that fails keeps what was begun from being ended.
  it('gave nothing to complain about: no dialog, no error, no request elsewhere', () => {
    expect(watched.complaints).toEqual([]);
  });
});

describe.skipIf(PROGRAM === undefined || !hasBrowser)('an empty store', () => {
  it('says what to try', async () => {
    const service = await Service.start();
    const browser = await openBrowser();
    try {
      const { page, complaints } = await openPage(browser, service.address);
      await page.goto('/');
      await page.getByText('Nothing is known yet').waitFor();
      await page.getByText('cairn ingest examples/shop').waitFor();
      await picture(page, 'empty');
      await expectAccessible(page, 'empty');
      await page.goto('/search');
      await page.getByText('Nothing is found').waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await service.stop();
    }
  });
});
