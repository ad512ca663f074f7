import { describe, expect, it } from 'vitest';
import { CookieJar } from '../../src/gather/cookie-jar.js';

const at = new URL('https://app.example/harbor/note');
const jarWith = (...headers: readonly string[]): CookieJar => {
  const jar = new CookieJar();
  for (const header of headers) jar.keep(header, at);
  return jar;
};
const sent = (jar: CookieJar, address: string, which?: 'all') => jar.headerFor(new URL(address), which).cookie;

describe('cookies of a browser', () => {
  it('go where they were set for', () => {
    const jar = jarWith(
      'a=1; Path=/, b=2; Path=/harbor; Expires=Fri, 01 Jan 2100 00:00:00 GMT, c=3; Domain=.app.example; Path=/',
    );
    expect(sent(jar, 'https://app.example/harbor/x')).toBe('b=2; a=1; c=3');
    expect(sent(jar, 'https://app.example/harbors')).toBe('a=1; c=3');
    expect(sent(jar, 'https://api.app.example/')).toBe('c=3');
    expect(sent(jar, 'https://elsewhere.example/')).toBeUndefined();
    expect(sent(jar, 'https://elsewhere.example/', 'all')).toBe('b=2; a=1; c=3');
  });

  it('two of one name for two paths are two', () => {
    const jar = jarWith('s=1; Path=/harbor', 's=2; Path=/lake');
    expect([sent(jar, 'https://app.example/harbor'), sent(jar, 'https://app.example/lake')]).toEqual(['s=1', 's=2']);
  });

  it.each([
    ['a date of long ago', 's=; Path=/harbor; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    ['no time to live', 's=; Path=/harbor; Max-Age=0'],
  ])('are taken back by %s', (_, header) => {
    expect(sent(jarWith('s=1; Path=/harbor', header), at.href)).toBeUndefined();
  });

  it.each([
    ['a host that is not its own', 's=1; Domain=other.example'],
    ['no name', '=1; Path=/'],
    ['no cookie', 'nothing'],
  ])('not with %s', (_, header) => {
    expect(sent(jarWith(header), at.href, 'all')).toBeUndefined();
  });

  it('belong to the folder of the address where no path is said', () => {
    const jar = jarWith('s=1');
    expect([sent(jar, 'https://app.example/harbor/other'), sent(jar, 'https://app.example/')]).toEqual([
      's=1',
      undefined,
    ]);
  });

  it('of a copy stay apart', () => {
    const jar = jarWith('s=1; Path=/');
    const copy = jar.copy();
    copy.keep('s=2; Path=/', at);
    expect([sent(jar, at.href), sent(copy, at.href)]).toEqual(['s=1', 's=2']);
  });

  it('say how they are kept', () => {
    expect(jarWith('s=1; Secure; HttpOnly; SameSite=None; Partitioned', 't=1').attributes).toMatchObject([
      { httpOnly: true, secure: true, sameSite: 'none', partitioned: true },
      { httpOnly: false, secure: false, sameSite: 'unstated', partitioned: false },
    ]);
  });

  it('are bounded', () => {
    const jar = jarWith(...Array.from({ length: 300 }, (_, index) => `c${index}=1; Path=/`));
    expect(jar.attributes).toHaveLength(200);
  });
});
