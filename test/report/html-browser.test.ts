import chromiumBinary from '@sparticuz/chromium';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html/page.js';
import { literalScorecards } from './literal-scorecards.js';

const address = 'https://scorecard.invalid/';
const desktop = { viewport: { width: 1_280, height: 900 }, colorScheme: 'light' } as const;
const screens = {
  desktop: { ...desktop, rules: {} },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light', rules: {} },
  // Only colours differ from the desktop.
  dark: { ...desktop, colorScheme: 'dark', rules: { runOnly: ['color-contrast'] } },
} as const;

let browser: Browser | undefined;
let why = '';

beforeAll(async () => {
  try {
    browser = await chromium.launch({
      executablePath: await chromiumBinary.executablePath(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
  } catch (error) {
    why = `skipped: no browser starts here (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown'})`;
  }
});
afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** Addresses the page asked for besides its own. */
  readonly asked: readonly string[];
  /** What the browser complained about: a style that was refused, for one. */
  readonly complaints: readonly string[];
}

/** The page as a site would serve it, with nothing else to be had. */
async function opened(started: Browser, html: string, screen: BrowserContextOptions): Promise<Opened> {
  const page = await started.newPage(screen);
  const [asked, complaints]: [string[], string[]] = [[], []];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('**/*', (route) => {
    if (route.request().url() === address) {
      return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
    }
    asked.push(route.request().url());
    return route.abort();
  });
  await page.goto(address);
  return { page, asked, complaints };
}

interface Found {
  readonly passes: readonly unknown[];
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly failureSummary?: string }[];
  }[];
}

describe.each(Object.entries(literalScorecards))('%s in a browser', (_, scorecard) => {
  const html = renderHtml(scorecard);

  it.for(Object.entries(screens))(
    '%s: axe-core finds nothing, nothing leaves the page',
    async ([, { rules, ...screen }], { skip }) => {
      const started = browser ?? skip(why);
      const { page, asked, complaints } = await opened(started, html, screen);
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      await page.evaluate(axe.source);
      const { passes, violations } = await page.evaluate<Found>(`axe.run(document, ${JSON.stringify(rules)})`);
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.failureSummary)])).toEqual([]);
      expect(passes.length).toBeGreaterThan(Object.keys(rules).length === 0 ? 20 : 0);
      expect({ asked, complaints }).toEqual({ asked: [], complaints: [] });
      const [shown, room] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(shown, 'sideways').toBeLessThanOrEqual(room);
      await page.close();
    },
  );

  it('on paper: lists are unfolded, the foot stands on the first page too, the contents are left out', async ({
    skip,
  }) => {
    const started = browser ?? skip(why);
    const { page } = await opened(started, html, desktop);
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate<Record<string, number>>(`({
      folded: [...document.querySelectorAll('details > :not(summary)')]
        .filter((one) => one.getClientRects().length === 0 || !one.checkVisibility({ contentVisibilityAuto: true })).length,
      foot: document.querySelector('.summary .foot').getClientRects().length,
      contents: document.querySelector('nav').getClientRects().length,
    })`);
    expect(seen).toEqual({ folded: 0, foot: 1, contents: 0 });
    await page.close();
  });
});

it('a page that sends for something, or has a fault, is noticed; the policy of the page holds it back', async ({
  skip,
}) => {
  const started = browser ?? skip(why);
  const html = renderHtml(literalScorecards.noGoFailed).replace(
    '</main>',
    '<img src="https://elsewhere.invalid/x.png"></main>',
  );
  const { page, asked } = await opened(started, html.replace(/<meta http-equiv="Content[^>]*>/, ''), desktop);
  expect(asked).toEqual(['https://elsewhere.invalid/x.png']);
  await page.close();
  const held = await opened(started, html, desktop);
  expect(held.asked).toEqual([]);
  expect(held.complaints.some((text) => text.includes('Content Security Policy'))).toBe(true);
  await held.page.evaluate(axe.source);
  const { violations } = await held.page.evaluate<Found>('axe.run(document)');
  expect(violations.map(({ id }) => id)).toContain('image-alt');
  await held.page.close();
});
