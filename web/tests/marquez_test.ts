import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { expectAccessible, hasBrowser, openBrowser, openPage, picture, waitForGraph } from './browser';
import { FIXTURES, PROGRAM, Service } from './service';

describe.skipIf(PROGRAM === undefined || FIXTURES === undefined || !hasBrowser)("Marquez's demo events", () => {
  it('are searched, opened and drawn', async () => {
    const service = await Service.start({ ingest: [join(FIXTURES ?? '', 'openlineage/marquez/demo.json')] });
    const browser = await openBrowser();
    try {
      const { page, complaints } = await openPage(browser, service.address);
      await page.goto('/');
      await page.getByText('Healthy').waitFor();
      await picture(page, 'marquez-home');
      await page.keyboard.press('/');
      await page.keyboard.type('delivery_7_days');
      await page.getByRole('list', { name: 'Results' }).getByRole('link', { name: /delivery_7_days/ }).first().click();
      await page.getByText('Newest facts by kind').waitFor();
      await page.getByRole('link', { name: 'Lineage', exact: true }).last().click();
      await waitForGraph(page);
      await picture(page, 'marquez-lineage');
      await expectAccessible(page, "lineage of Marquez's demo");
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await service.stop();
    }
  });
});
