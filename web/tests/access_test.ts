import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible, expectCount, hasBrowser, openBrowser, openPage, picture } from './browser';
import { EXAMPLES, PROGRAM, Service } from './service';

describe.skipIf(PROGRAM === undefined || !hasBrowser)('signing in', () => {
  let service: Service;
  let browser: Browser;
  let whole = '';
  let narrow = '';
  let writer = '';
  let admin = '';

  beforeAll(async () => {
    service = await Service.start({ ingest: [EXAMPLES], isClosed: true });
    const token = (...flags: string[]): string => /cairn_\S+/.exec(service.run('token', 'create', ...flags))?.[0] ?? '';
    whole = token('whole', '--scope', 'read');
    narrow = token('narrow', '--scope', 'read', '--namespace-prefix', 'crm');
    admin = token('admin', '--scope', 'read,admin');
    writer = token('writer', '--scope', 'write');
    browser = await openBrowser();
    return async () => {
      await browser.close();
      await service.stop();
    };
  });

  it('is asked for, and leads back to where one was', async () => {
    const { page, complaints, close } = await openPage(browser, service.address);
    await page.goto('/node/dataset:crm:public.orders?tab=history');
    await page.getByText('The service asks who you are.').waitFor();
    await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click();
    await picture(page, 'sign-in');
    await expectAccessible(page, 'sign-in');
    await page.getByLabel('Token').fill('cairn_wrong');
    await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(whole);
    await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/node/dataset:crm:public.orders?tab=history');
    await page.getByRole('region', { name: 'History' }).waitFor();
    await page.reload();
    await page.getByRole('region', { name: 'History' }).waitFor();
    await page.getByText('The same in a terminal').click();
    expect(await page.locator('main').innerText()).not.toContain(whole);
    await page.getByRole('link', { name: 'Signed in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/');
    await page.getByText('The service asks who you are.').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows to each what he may see', async () => {
    const { page, close } = await openPage(browser, service.address);
    await page.goto('/signin');
    await page.getByLabel('Token').fill(narrow);
    await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${service.address}/`);
    await page.getByRole('link', { name: 'crm', exact: true }).waitFor();
    expect(await page.locator('main').innerText()).not.toContain('warehouse');
    await page.goto('/search?q=orders');
    await page.getByRole('link', { name: /dataset public\.orders/ }).waitFor();
    await expectCount(page.getByRole('link', { name: /staging\.orders/ }), 0);
    await page.goto('/node/dataset:warehouse:staging.orders');
    await page.getByText('There is nothing of that name.').waitFor();
    await page.goto('/lineage/dataset:crm:public.orders?as=table');
    await page.getByText(/your token may not see/).waitFor();
    expect(await page.locator('main').innerText()).not.toContain('load.orders');
    await close();
  });

  it('says what a token lacks', async () => {
    const { page, close } = await openPage(browser, service.address);
    await page.goto('/signin');
    await page.getByLabel('Token').fill(writer);
    await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The token that you use may not see this.').first().waitFor();
    await page.getByText(/needs the scope read/).first().waitFor();
    expect(page.url()).toContain('/signin');
    await close();
  });

  it('tells those who look after the store how it is, and others what is in it', async () => {
    const { page, complaints, close } = await openPage(browser, service.address);
    await page.goto('/signin');
    for (const [secret, healthy] of [[whole, 0], [admin, 1]] as const) {
      await page.goto('/signin');
      await page.getByLabel('Token').fill(secret);
      await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${service.address}/`);
      await page.getByText('5 namespaces').waitFor();
      await expectCount(page.getByText('Healthy'), healthy);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('never leads elsewhere', async () => {
    const { page, close } = await openPage(browser, service.address);
    await page.goto('/signin?back=//evil.example/');
    await page.getByLabel('Token').fill(whole);
    await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${service.address}/`);
    await close();
  });
});
