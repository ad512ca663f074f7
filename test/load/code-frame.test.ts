import { describe, expect, it } from 'vitest';
import { codeFrame } from '../../src/load/code-frame.js';
import { renderFault } from '../../src/load/document-fault.js';

const file = 'contract.yaml';

describe('a code frame', () => {
  it('shows the line before, the line and carets', () => {
    const source = `${'\n'.repeat(39)}    fields: [Slot.start]\n    fresness: {maxAge: 10s}\n`;
    const span = { file, line: 41, column: 5, length: 8 };
    expect(renderFault({ span, message: 'unknown key "fresness"', next: 'Did you mean "freshness"?' }, source)).toBe(
      [
        'contract.yaml:41:5  unknown key "fresness"',
        '   40 |     fields: [Slot.start]',
        '>  41 |     fresness: {maxAge: 10s}',
        '      |     ^^^^^^^^',
        'Did you mean "freshness"?',
      ].join('\n'),
    );
  });

  it('has no line before the first one and survives a place outside the file', () => {
    expect(codeFrame('a: 1', { file, line: 1, column: 1 })).toBe('>   1 | a: 1\n      | ^');
    expect(codeFrame('', { file, line: 9, column: 9 })).toContain('^');
  });

  it('makes control characters visible', () => {
    const frame = codeFrame('a: "\u001b[31m\u202eevil"', { file, line: 1, column: 4 });
    expect(frame.split('').filter((character) => character < ' ' || character === '\u202e')).toEqual(['\n']);
  });

  it.each([
    'secret: hunter2',
    'secret: "hun, ter2"',
    '{id: a, token: hunter2, kid: b}',
    'clientSecret: hunter2',
    '"password": hunter2',
    'key: -----BEGIN PRIVATE KEY----- MIIhunter2',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQhunter2',
    'fhirBase: https://hunter2:ter2@fhir.example/r4',
  ])('stars what looks like a secret: %s', (line) => {
    const frame = codeFrame(`before: 1\n${line}\n`, { file, line: 2, column: 1 });
    expect(frame).not.toContain('ter2');
    expect(frame).toContain('***');
  });

  it('leaves references readable', () => {
    expect(codeFrame('key: {ref: file:a.pem}', { file, line: 1, column: 1 })).toContain('{ref: file:a.pem}');
  });

  it('shows a window of a very long line', () => {
    const frame = codeFrame(`${'x '.repeat(2_500)}y${' z'.repeat(2_500)}`, { file, line: 1, column: 5_001, length: 1 });
    expect(frame.length).toBeLessThan(400);
    const [shown = '', carets = ''] = frame.split('\n');
    expect(shown[carets.indexOf('^')]).toBe('y');
  });
});
