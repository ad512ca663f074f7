import { describe, expect, it } from 'vitest';
import { followLinks, mostPagesFollowed } from '../../../src/gather/observers/followed-links.js';
import type { Browser } from '../../../src/gather/observers/launch-player.js';
import type { Answer } from '../../../src/gather/request.js';

const origin = 'https://app.example';
const answer = (text: string, type = 'text/html', status = 200): Answer =>
  ({
    status,
    ok: status === 200,
    headers: { 'content-type': type },
    body: new TextEncoder().encode(text),
  }) as unknown as Answer;

/** Follows from `/`; the pages that were opened, and the routes found. */
async function follow(pages: Readonly<Record<string, Answer | undefined>>) {
  const opened: string[] = [];
  const browser = {
    ask: (address: URL) => {
      opened.push(address.pathname);
      return Promise.resolve(pages[address.pathname]);
    },
  } as unknown as Browser;
  const first = { kind: 'stayed', status: 200, at: new URL('/', origin), answer: pages['/'] ?? answer('') } as const;
  const { routes, source } = await followLinks(browser, first, (address) => address.origin === origin);
  return { opened, source, found: routes.map(({ method, address }) => `${method} ${address.slice(origin.length)}`) };
}

describe('the routes of an app without a list', () => {
  it('are what its pages lead to, each once, in the order they are met', async () => {
    const { found, opened, source } = await follow({
      '/': answer('<a href="/a"><a href="/b?patient=1">'),
      '/a': answer('<a href="/"><a href="/c"><a href="/a">'),
      '/b': answer('{"link": "<a href=\'/d\'>"}', 'application/json'),
      '/c': undefined,
    });
    expect(source).toBe('links');
    expect(found).toEqual(['GET /', 'GET /a', 'GET /b?patient=1', 'GET /c']);
    expect(opened).toEqual(['/a', '/b', '/c']);
  });

  it('hold no other origin and nothing that ends or begins a session', async () => {
    const { found, opened } = await follow({
      '/': answer(
        '<a href="https://elsewhere.example/a"><a href="/logout"><a href="/x/login"><a href="javascript:go()">',
      ),
    });
    expect(found).toEqual(['GET /']);
    expect(opened).toEqual([]);
  });

  it('are looked for on so many pages and no more, however many there are', async () => {
    let made = 0;
    const endless = new Proxy<Record<string, Answer>>(
      {},
      { get: () => answer(Array.from({ length: 50 }, () => `<a href="/p${++made}">`).join('')) },
    );
    const { found, opened } = await follow(endless);
    expect(opened).toHaveLength(mostPagesFollowed);
    expect(found).toHaveLength(200);
  });

  it('of a page that is a refusal are not looked for', async () => {
    const { found } = await follow({ '/': answer('<a href="/a">', 'text/html', 403) });
    expect(found).toEqual(['GET /']);
  });
});
