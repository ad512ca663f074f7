import { describe, expect, it } from 'vitest';
import { maximumDepth, parseJson } from '../../src/fhir/json.js';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('JSON of a server', () => {
  it.each([
    ['plain', '{"__proto__": {"polluted": true}, "id": "a"}'],
    ['spelled with escapes', String.raw`{"\u005f_proto__": {"polluted": true}, "id": "a"}`],
    ['constructor', '{"constructor": {"prototype": {"polluted": true}}, "id": "a"}'],
    ['prototype, inside', '{"id": "a", "b": [{"prototype": 1}]}'],
  ])('drops keys that reach a prototype: %s', (_, text) => {
    const parsed = parse(text);
    expect('value' in parsed && parsed.value).toMatchObject({ id: 'a' });
    expect(JSON.stringify(parsed)).not.toMatch(/polluted|prototype|__proto__/);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('leaves the same words alone where they are values', () => {
    expect(parse('{"text": "constructor"}')).toEqual({ value: { text: 'constructor' } });
  });

  it('is refused beyond its depth and when it is none', () => {
    expect(parse('['.repeat(maximumDepth) + ']'.repeat(maximumDepth))).toHaveProperty('value');
    expect(parse('['.repeat(maximumDepth + 1) + ']'.repeat(maximumDepth + 1))).toEqual({ problem: 'too-deep' });
    expect(parse('['.repeat(100_000))).toEqual({ problem: 'too-deep' });
    expect(parse('<html>')).toEqual({ problem: 'not-json' });
    expect(parse(String.raw`{"a": "[[[\"[["}`)).toHaveProperty('value');
  });
});
