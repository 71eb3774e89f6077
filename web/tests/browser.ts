import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';

const CHROMIUM = [process.env['CAIRN_CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path !== '' && existsSync(path));
/** Where pictures go. */
const PICTURES = process.env['CAIRN_WEB_OUT'] ?? fileURLToPath(new URL('../../build/web-tests', import.meta.url));
export const hasBrowser = CHROMIUM !== undefined;

export async function openBrowser(): Promise<Browser> {
  // Root may not use Chromium's own sandbox; a container has one around it.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: [...args, '--disable-dev-shm-usage'] });
}

/** A page whose every complaint is kept: what the console says, scripts that break, requests that leave the service. */
export interface Watched {
  page: Page;
  complaints: string[];
  close: () => Promise<void>;
}

export async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ baseURL: address, viewport: { width: 1360, height: 860 }, acceptDownloads: true, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A request that is refused is told in words on the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('blob:')) complaints.push(`a request elsewhere: ${url.slice(0, 200)}`);
  });
  return { page, complaints, close: () => context.close() };
}

export async function picture(page: Page, name: string): Promise<void> {
  const path = join(PICTURES, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

/** A measured figure, for whoever ran the tests. */
export function tellFigure(text: string): void {
  mkdirSync(PICTURES, { recursive: true });
  appendFileSync(join(PICTURES, 'figures.txt'), `web: ${text}\n`);
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** axe-core finds nothing serious. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // Not as a script of the page, which its policy forbids.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } };
    const { violations } = await axe.run();
    return violations
      .filter((each) => each.impact === 'serious' || each.impact === 'critical')
      .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  });
  expect(found, what).toEqual([]);
}

/** There are soon so many: answers come when they come, and what stood there before them is no answer. */
export async function expectCount(locator: Locator, count: number): Promise<void> {
  await expect.poll(() => locator.count(), { timeout: 15_000 }).toBe(count);
}

/** The element of that id is soon the one that keys go to. */
export async function expectFocus(page: Page, id: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.id), { timeout: 15_000 }).toBe(id);
}

/** Waits until the graph of so many nodes, or of any, is drawn. */
export async function waitForGraph(page: Page, nodes?: number): Promise<void> {
  await page.waitForSelector(nodes === undefined ? 'canvas[data-drawn]' : `canvas[data-drawn="${nodes}"]`);
}
