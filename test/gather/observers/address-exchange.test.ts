import { describe, expect, it } from 'vitest';
import { AddressExchange } from '../../../src/gather/observers/address-exchange.js';

const ehr = 'https://ehr.example/r4';
const proxy = 'http://127.0.0.1:8080/5e1f';
const exchange = () => new AddressExchange(ehr, proxy);
const toProxy = (text: string, of = exchange()) => of.jsonToProxy(Buffer.from(text)).toString();
const toEhr = (text: string) => exchange().jsonToEhr(Buffer.from(text)).toString();

describe('addresses in JSON', () => {
  it.each([
    ['a full url', `{"fullUrl":"${ehr}/Slot/1"}`, `{"fullUrl":"${proxy}/Slot/1"}`],
    ['the base itself', `["${ehr}"]`, `["${proxy}"]`],
    ['a query', `["${ehr}?page=2"]`, `["${proxy}?page=2"]`],
    ['slashes with escapes', '["https:\\/\\/ehr.example\\/r4\\/Slot\\/1"]', `["${proxy}/Slot/1"]`],
    ['characters with escapes', '["https:\\u002f\\u002Fehr.ex\\u0061mple/r4/Slot/1"]', `["${proxy}/Slot/1"]`],
    ['a named usual port', '["https://ehr.example:443/r4/Slot/1"]', `["${proxy}/Slot/1"]`],
    ['capitals', '["HTTPS://EHR.example/r4/Slot/1"]', `["${proxy}/Slot/1"]`],
    [
      'an address in an address',
      '["Slot?schedule=https%3A%2F%2Fehr.example%2Fr4%2FSchedule%2F1"]',
      `["Slot?schedule=${encodeURIComponent(proxy)}%2FSchedule%2F1"]`,
    ],
    ['one beside other text', `["see <a href='${ehr}/x'>"]`, `["see <a href='${proxy}/x'>"]`],
    ['two in one text', `["${ehr}/a ${ehr}/b"]`, `["${proxy}/a ${proxy}/b"]`],
  ])('exchanges %s', (_, given, expected) => {
    expect(toProxy(given)).toBe(expected);
  });

  it.each([
    '{"a":"https://ehr.example/r4b/Slot/1"}',
    '{"a":"https://ehr.example/r4-old"}',
    '{"a":"https://ehr.example:8443/r4"}',
    '{"a":"https://other.ehr.example/r4"}',
    '{"a":"http://ehr.example/r4"}',
    '{"a":"https://ehr.example/"}',
    '{"value":1.10,"n":1E3, "a" : "ehr.example"}',
  ])('leaves %s alone, to the byte', (text) => {
    const bytes = Buffer.from(text);
    expect(exchange().jsonToProxy(bytes)).toBe(bytes);
  });

  it('keeps every other byte: numbers, spacing, escapes, letters beyond ASCII, bytes that are no text', () => {
    const before = `{ "v":1.10,"é":"\\u00e9 \\u20ac \\"q\\" \\\\/ é€", "a":"`;
    expect(toProxy(`${before}${ehr}/1 \\u00e9é€\\n"}`)).toBe(`${before}${proxy}/1 \\u00e9é€\\n"}`);
    const odd = Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from(`","a":"${ehr}"}`)]);
    expect(exchange().jsonToProxy(odd).subarray(0, 9)).toEqual(odd.subarray(0, 9));
  });

  it('keeps an address that stays the EHR’s own', () => {
    const own = exchange();
    own.keep(`${ehr}/auth/token`);
    expect(toProxy(`{"token":"${ehr}/auth/token","a":"${ehr}/auth/token/x"}`, own)).toBe(
      `{"token":"${ehr}/auth/token","a":"${proxy}/auth/token/x"}`,
    );
  });

  it('goes back again, however the product spells it', () => {
    expect(toEhr(toProxy(`{"reference":"${ehr}/Patient/1"}`))).toBe(`{"reference":"${ehr}/Patient/1"}`);
    expect(toEhr('{"url":"http:\\/\\/127.0.0.1:8080\\/5e1f\\/Slot"}')).toBe(`{"url":"${ehr}/Slot"}`);
    expect(toEhr(`{"url":"Slot?a=${encodeURIComponent(`${proxy}/Slot/1`)}"}`)).toBe(
      '{"url":"Slot?a=https%3A%2F%2Fehr.example%2Fr4%2FSlot%2F1"}',
    );
  });
});

describe('addresses in headers and queries', () => {
  it('exchanges plain and encoded ones', () => {
    expect(exchange().textToProxy(`${ehr}/Slot/1/_history/2`)).toBe(`${proxy}/Slot/1/_history/2`);
    expect(exchange().textToEhr(`identifier=${proxy}|1`)).toBe(`identifier=${ehr}|1`);
    expect(exchange().textToEhr(`subject=${encodeURIComponent(`${proxy}/Patient/1`)}&x=1`)).toBe(
      `subject=${encodeURIComponent(`${ehr}/Patient/1`)}&x=1`,
    );
    expect(exchange().textToEhr('subject=http:%2F%2F127.0.0.1:8080%2F5e1f%2FPatient%2F1')).toBe(
      `subject=${encodeURIComponent(`${ehr}/Patient/1`).replace('%2FPatient', '%2FPatient')}`,
    );
  });

  it('knows a base without a path', () => {
    const bare = new AddressExchange('https://ehr.example', 'http://127.0.0.1:8081');
    expect(bare.textToProxy('https://ehr.example/Slot/1')).toBe('http://127.0.0.1:8081/Slot/1');
  });
});
