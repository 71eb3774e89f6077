import { readFileSync } from 'node:fs';

import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible, hasBrowser, openBrowser, openPage, picture, waitForGraph, type Watched } from './browser';
import { EXAMPLES, PROGRAM, Service } from './service';

const ORDERS = '/lineage/dataset:crm:public.orders';

describe.skipIf(PROGRAM === undefined || !hasBrowser)('lineage', () => {
  let service: Service;
  let browser: Browser;
  let watched: Watched;
  let page: Page;
  const shown = async (): Promise<number> => Number(await page.locator('canvas.graph-canvas').getAttribute('data-drawn'));

  beforeAll(async () => {
    service = await Service.start({ ingest: [EXAMPLES] });
    // A job that came late, so that time has something to tell.
    await service.post('/api/v1/lineage', '{"eventType":"COMPLETE","eventTime":"2026-01-25T00:00:00Z","producer":"p","run":{"runId":"late"},"job":{"namespace":"shop","name":"late.job"},"inputs":[{"namespace":"crm","name":"public.orders"}],"outputs":[{"namespace":"warehouse","name":"late.table"}]}');
    browser = await openBrowser();
    watched = await openPage(browser, service.address, { permissions: ['clipboard-read', 'clipboard-write'] });
    page = watched.page;
    return async () => {
      await browser.close();
      await service.stop();
    };
  });

  it('begins with a choice', async () => {
    await page.goto('/lineage');
    await page.getByLabel('A part of a name').fill('public.orders');
    await page.getByRole('link', { name: 'public.orders' }).click();
    await waitForGraph(page);
    expect(await shown()).toBeGreaterThan(15);
    await picture(page, 'lineage');
    await expectAccessible(page, 'lineage');
  });

  it('goes one way, as far as one says, at any level', async () => {
    await page.goto('/lineage/dataset:warehouse:mart.fct_orders');
    await waitForGraph(page);
    const both = await shown();
    await page.getByRole('button', { name: /Upstream/ }).click();
    await page.waitForURL(/direction=upstream/);
    await waitForGraph(page, 8);
    await page.getByLabel('Depth').fill('1');
    await page.getByLabel('Depth').press('Enter');
    await waitForGraph(page, 2);
    await page.getByRole('button', { name: 'Both' }).click();
    await page.getByLabel('Depth').fill('6');
    await page.getByLabel('Depth').press('Enter');
    await waitForGraph(page, both);
    await page.getByLabel('Level').selectOption('fields');
    await page.waitForURL(/level=fields/);
    await page.getByLabel('Depth').fill('9');
    await page.getByLabel('Depth').press('Enter');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('row', { name: /value field/ }).first().waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await waitForGraph(page);
    await picture(page, 'lineage-fields');
  });

  it('shows any instant, and what has changed since', async () => {
    await page.goto(`${ORDERS}?as_of=2026-01-20T00:00:00.000Z`);
    await page.getByText('Changed since').waitFor();
    await page.getByText('came').first().waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('row', { name: /late\.job later/ }).waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await waitForGraph(page);
    await picture(page, 'lineage-as-of');
    await page.getByRole('button', { name: 'The change after' }).click();
    await page.waitForURL(/as_of=2026-01-25/);
    await page.getByRole('button', { name: 'Now', exact: true }).click();
    await page.waitForURL((url) => !url.search.includes('as_of'));
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    await page.waitForURL(/as_of=/);
    await page.keyboard.press('End');
    await page.waitForURL((url) => !url.search.includes('as_of'));
  });

  it('is walked and folded by keys', async () => {
    await page.goto(ORDERS);
    await waitForGraph(page);
    const all = await shown();
    await page.locator('canvas.graph-canvas').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/chosen=job/);
    await page.keyboard.press('x');
    await page.waitForURL(/shut=job/);
    await expect.poll(shown).toBeLessThan(all);
    await page.keyboard.press('x');
    await waitForGraph(page, all);
    await page.keyboard.press('g');
    await page.waitForURL(/group=namespace/);
    await expect.poll(shown).toBeLessThan(all);
    await picture(page, 'lineage-groups');
    await page.keyboard.press('g');
    await waitForGraph(page, all);
    await page.keyboard.press('i');
    await page.waitForURL(/mode=impact/);
    await page.keyboard.press('i');
    await waitForGraph(page, all);
    await page.keyboard.press('t');
    await page.getByRole('region', { name: 'Lineage as a table' }).waitFor();
    await expectAccessible(page, 'lineage as a table');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await waitForGraph(page);
    await page.locator('canvas.graph-canvas').focus();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('chosen'));
  });

  it('opens a group from the panel', async () => {
    await page.goto(`${ORDERS}?group=namespace&chosen=group%3Awarehouse`);
    await page.getByRole('button', { name: 'Open this group' }).click();
    await page.waitForURL(/open=warehouse/);
    await expect.poll(shown).toBeGreaterThan(8);
  });

  it('goes on from a node where there is more', async () => {
    await page.goto(`${ORDERS}?depth=1`);
    await waitForGraph(page, 3);
    await page.locator('canvas.graph-canvas').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/chosen=job/);
    await page.keyboard.press('e');
    await page.waitForURL(/more=/);
    await waitForGraph(page, 4);
  });

  it('puts the paths to another node into focus', async () => {
    await page.goto(`${ORDERS}?depth=8&chosen=dataset%3Awarehouse%3Areport.marketing`);
    await waitForGraph(page);
    await page.getByRole('button', { name: 'Path', exact: true }).click();
    await page.getByText(/5 paths between this and/).waitFor();
    await picture(page, 'lineage-path');
    await page.reload();
    await page.getByText(/5 paths between this and/).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForURL((url) => !url.search.includes('to='));
    // The way is shown where its end lies farther than one looks.
    await page.goto(`${ORDERS}?depth=2&to=dataset%3Awarehouse%3Areport.marketing`);
    await expect.poll(shown).toBeGreaterThan(10);
  });

  it('says why an edge stands', async () => {
    await page.goto(`${ORDERS}?chosen=job%3Ashop%3Aload.orders`);
    await waitForGraph(page);
    await page.getByRole('button', { name: 'why' }).first().click();
    await page.getByText(/reads since/).waitFor();
    await page.getByText(/inputs and outputs/).first().waitFor();
    await picture(page, 'lineage-why');
  });

  it('tells the impact in order', async () => {
    await page.goto(`${ORDERS}?mode=impact&chosen=dataset%3Awarehouse%3Astaging.orders`);
    await page.getByText(/To be made anew at turn 2/).waitFor();
    await waitForGraph(page);
    await picture(page, 'lineage-impact');
  });

  it('is moved, zoomed, and a link shows the same', async () => {
    await page.goto(ORDERS);
    await waitForGraph(page);
    const canvas = page.locator('canvas.graph-canvas');
    const box = (await canvas.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + 500, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 160, { steps: 4 });
    await page.mouse.up();
    await page.mouse.wheel(0, -200);
    await page.waitForURL(/view=/);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const view = new URL(link).searchParams.get('view');
    // The address follows what is shown with some delay.
    await expect.poll(() => new URL(page.url()).searchParams.get('view')).toBe(view);
    await page.goto(link);
    await waitForGraph(page);
    await page.getByRole('button', { name: 'Nearer' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('view')).not.toBe(view);
    await page.getByRole('button', { name: 'Everything' }).click();
  });

  it('chooses by a click, opens by two', async () => {
    await page.goto('/lineage/dataset:warehouse:late.table');
    await waitForGraph(page, 3);
    await page.getByRole('button', { name: 'Everything' }).click();
    const box = (await page.locator('canvas.graph-canvas').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const middle: [number, number] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.click(...middle);
    await page.getByRole('link', { name: 'late.job' }).waitFor();
    await page.mouse.dblclick(...middle);
    await page.waitForURL('**/node/job%3Ashop%3Alate.job');
  });

  it('is taken away as SVG and PNG', async () => {
    await page.goto(ORDERS);
    await waitForGraph(page);
    const svg = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'SVG' }).click()]);
    expect(svg[0].suggestedFilename()).toBe('lineage-public.orders.svg');
    expect(readFileSync(await svg[0].path(), 'utf8')).toContain('public.orders</text>');
    const png = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()]);
    expect(readFileSync(await png[0].path()).subarray(1, 4).toString()).toBe('PNG');
  });

  it('that is given up before it is answered complains of nothing', async () => {
    await page.route('**/api/v1/graph/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue().catch(() => undefined);
    });
    const asked = page.waitForRequest('**/api/v1/graph/**');
    await page.goto(`${ORDERS}?as_of=2026-01-20T00:00:00.000Z&to=dataset%3Awarehouse%3Areport.marketing`);
    await asked;
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByText('Healthy').waitFor();
    await page.unroute('**/api/v1/graph/**');
    expect(watched.complaints).toEqual([]);
  });

  it('of nothing says so in words', async () => {
    await page.goto('/lineage/dataset:no:such');
    await page.getByText('There is nothing of that name.').waitFor();
  });

  // Last, and no hook: one that fails keeps what was begun from being ended.
  it('gave nothing to complain about: no dialog, no error, no request elsewhere', () => {
    expect(watched.complaints).toEqual([]);
  });
});
