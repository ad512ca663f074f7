import { linksIn } from '../html-links.js';
import { isSignInOrOut } from './route-calls.js';
import type { Browser, Ending } from './launch-player.js';
import type { RouteList } from './route-list.js';

const mostRoutes = 200;

/** Pages that are opened to find more. */
export const mostPagesFollowed = 12;

/**
 * The routes of an app that gives no list: what its first page leads to and brings in, and what those pages do, within the app. A
 * way that is built by a script is not found.
 */
export async function followLinks(
  browser: Browser,
  first: Ending,
  isOfProduct: (address: URL) => boolean,
): Promise<RouteList & { readonly base: URL }> {
  const base = first.kind === 'stayed' ? first.at : first.to;
  const found = new Map([[base.href, base]]);
  const waiting: URL[] = [];
  const readPage = (at: URL, answer: Awaited<ReturnType<Browser['ask']>>): void => {
    if (answer?.ok !== true || !/^(text\/html|application\/xhtml\+xml)\b/i.test(answer.headers['content-type'] ?? ''))
      return;
    for (const link of linksIn(new TextDecoder('utf-8').decode(answer.body), at)) {
      if (found.has(link.href) || found.size === mostRoutes) continue;
      if (!isOfProduct(link) || isSignInOrOut(link)) continue;
      found.set(link.href, link);
      waiting.push(link);
    }
  };
  if (first.kind === 'stayed') readPage(first.at, first.answer);
  for (let opened = 0; opened < mostPagesFollowed; opened++) {
    const next = waiting.shift();
    if (next === undefined) break;
    readPage(next, await browser.ask(next));
  }
  const routes = [...found.values()].map(({ href }) => ({
    method: 'GET',
    address: href,
    examples: new Map<string, string>(),
  }));
  return { source: 'links', routes, base };
}
