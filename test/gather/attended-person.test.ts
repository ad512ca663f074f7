import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { attendedPerson } from '../../src/gather/attended-person.js';
import type { Visit } from '../../src/gather/person.js';

const fhirBase = 'https://ehr.example/fhir';
const authorizeUrl = 'https://ehr.example/authorize?state=state-1';

function attended(withinMs?: number) {
  const browsed: string[] = [];
  const said: string[] = [];
  const operator = { browse: (address: string) => browsed.push(address), say: (line: string) => said.push(line) };
  return { person: attendedPerson(operator, fhirBase, withinMs), browsed, said };
}

const get = async (url: string) => {
  const { statusCode, headers, body } = await request(url);
  return { status: statusCode, location: headers['location'], text: await body.text() };
};

const parametersOf = (visit: Visit) => (visit.kind === 'sent-back' ? Object.fromEntries(visit.to.searchParams) : {});

describe('a person signs in with a browser (safety rule 42)', () => {
  test('and comes back to loopback, once, with the right state only', async () => {
    const { person, browsed } = attended();
    const address = await person.returnAddress('http://127.0.0.1/callback');
    const visit = person.visit(authorizeUrl, []);
    expect(browsed).toEqual([authorizeUrl]);
    expect((await get(`${address}?code=c&state=guess`)).status).toBe(404);
    expect((await get(`${address}?code=c`)).status).toBe(404);
    expect((await get(`${address}/other?code=c&state=state-1`)).status).toBe(404);
    const last = await get(`${address}?code=c&state=state-1`);
    expect(last).toMatchObject({ status: 200, text: 'Signed in. You may close this page.\n' });
    expect(parametersOf(await visit)).toEqual({ code: 'c', state: 'state-1' });
    await expect(get(`${address}?code=c&state=state-1`)).rejects.toThrow();
  });

  test('after the EHR opened the app', async () => {
    const { person, browsed, said } = attended();
    const address = await person.returnAddress('http://127.0.0.1/callback');
    const launchUrl = new URL('/launch', address).href;
    const opened = person.open('app', { patient: 'p1', alias: 'note1' });
    expect(said[0]).toContain('note1');
    expect(said[0]).toContain(launchUrl);
    expect((await get(`${launchUrl}?launch=l&iss=https://evil.example`)).status).toBe(400);
    const browser = get(`${launchUrl}?launch=l-1&iss=${fhirBase}`);
    expect(await opened).toBe('l-1');
    const visit = person.visit(authorizeUrl, []);
    expect(await browser).toMatchObject({ status: 302, location: authorizeUrl });
    expect(browsed).toEqual([]);
    await get(`${address}?code=c&state=state-1`);
    expect(parametersOf(await visit)).toMatchObject({ code: 'c' });
  });

  test('HS-25 a refusal with a script in its text gets the same plain page', async () => {
    const { person, said } = attended();
    const address = await person.returnAddress('http://127.0.0.1/callback');
    const visit = person.visit(authorizeUrl, []);
    const script = encodeURIComponent('<script>alert(1)</script>');
    const last = await get(`${address}?error=access_denied&error_description=${script}&state=state-1`);
    expect(last.status).toBe(200);
    expect(last.text).toMatch(/^[A-Z][A-Za-z .]+\n$/);
    expect(parametersOf(await visit)['error']).toBe('access_denied');
    expect(said.join('')).not.toContain('script');
  });

  test('nobody comes: no credential, and the port is free again', async () => {
    const { person } = attended(20);
    const address = await person.returnAddress('http://127.0.0.1/callback');
    await expect(person.visit(authorizeUrl, [])).rejects.toMatchObject({ reason: 'no-credential' });
    await expect(get(address)).rejects.toThrow();
  });

  test.each(['https://app.example/callback', 'http://app.example/callback'])(
    '%s is not this machine: no credential',
    async (registered) => {
      await expect(attended().person.returnAddress(registered)).rejects.toMatchObject({ reason: 'no-credential' });
    },
  );
});
