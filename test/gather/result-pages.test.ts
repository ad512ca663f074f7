import type { Bundle, Resource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { readSearchset, type SearchPage } from '../../src/fhir/bundle.js';
import type { Client } from '../../src/gather/probe.js';
import type { OutgoingRequest } from '../../src/gather/request.js';
import { followPages } from '../../src/gather/result-pages.js';

const base = 'https://ehr.example/fhir';
const page = (ids: readonly string[], next?: string): Bundle => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }),
  entry: ids.map((id) => ({ resource: { resourceType: 'Slot', id } as Resource as never })),
});

/** Serves the pages by their links; anything else is a 404. */
function serving(pages: Readonly<Record<string, Bundle>>): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const client = {
    send: ({ nextLink = '' }: OutgoingRequest) => {
      asked.push(nextLink);
      const resource = pages[nextLink];
      return Promise.resolve({ ok: resource !== undefined, status: resource === undefined ? 404 : 200, resource });
    },
  } as unknown as Client;
  return { client, asked };
}

async function follow(first: Bundle, pages: Readonly<Record<string, Bundle>> = {}, limits?: { pages: number }) {
  const { client, asked } = serving(pages);
  const result = await followPages(client, 'Slot', readSearchset(first) as SearchPage, base, limits);
  return { ids: result.rows.map(({ id }) => id), end: result.end, pages: result.pages, asked };
}

describe('pages of a result', () => {
  it('are read to the end, each row once, relative links below the base', async () => {
    const result = await follow(page(['a', 'b'], `${base}?page=2`), {
      [`${base}?page=2`]: page(['b', 'c'], 'Slot?page=3'),
      [`${base}/Slot?page=3`]: page(['d']),
    });
    expect(result).toMatchObject({ ids: ['a', 'b', 'c', 'd'], end: 'end', pages: 3 });
  });

  it.each([
    'https://other.example/fhir?page=2',
    'http://ehr.example/fhir?page=2',
    'https://ehr.example/fhir-admin?page=2',
    'https://ehr.example/other/Slot',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://[',
  ])('are not asked for at %s', async (next) => {
    expect(await follow(page(['a'], next))).toMatchObject({ end: 'elsewhere', asked: [] });
  });

  it('that come again end in a loop, by their link and by their rows', async () => {
    const two = `${base}?page=2`;
    expect(await follow(page(['a'], two), { [two]: page(['b'], two) })).toMatchObject({ end: 'loops', asked: [two] });
    const endless = { [two]: page(['a'], `${base}?page=3`), [`${base}?page=3`]: page(['a'], `${base}?page=4`) };
    expect(await follow(page(['a'], two), endless)).toMatchObject({ end: 'loops', asked: [two] });
  });

  it('that cannot be had are broken', async () => {
    expect(await follow(page(['a'], `${base}?page=2`))).toMatchObject({ end: 'broken', ids: ['a'] });
  });

  it('are left unfinished after the most that are followed', async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`${base}?page=${n}`, page([`row-${n}`], `${base}?page=${n + 1}`)]),
    );
    const result = await follow(page(['a'], `${base}?page=0`), pages, { pages: 3 });
    expect(result).toMatchObject({ end: 'unfinished', pages: 4 });
    expect(result.asked).toHaveLength(3);
  });
});
