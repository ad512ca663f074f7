import { describe, expect, it } from 'vitest';
import { linksIn } from '../../src/gather/html-links.js';

const page = new URL('https://app.example/org/note?x=1');
const found = (html: string): string[] => linksIn(html, page).map(({ href }) => href);

describe('addresses in a page', () => {
  it.each([
    ['<a href="draft">Draft</a>', ['https://app.example/org/draft']],
    ["<A class=b HREF='/all?a=1&amp;b=2#top'>", ['https://app.example/all?a=1&b=2']],
    ['<iframe src=viewer/7></iframe>', ['https://app.example/org/viewer/7']],
    [
      '<object data="scan.pdf"></object><img src="face.png">',
      ['scan.pdf', 'face.png'].map((one) => `https://app.example/org/${one}`),
    ],
    ['<a href="https://elsewhere.example/">', ['https://elsewhere.example/']],
    ['<a href="#part">', ['https://app.example/org/note?x=1']],
    ['<a href="one"><a href="one#two">', ['https://app.example/org/one']],
    ['<script>location = "/built"</script><form action="/send"></form><a>', []],
    ['<a href="http://[broken">', []],
    ['<a href="unfinished', []],
  ])('%s', (html, addresses) => {
    expect(found(html)).toEqual(addresses);
  });

  it('are read no further than 200', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `<a href="${index}">`).join('');
    expect(found(many)).toHaveLength(200);
  });
});
