import { describe, expect, it } from 'vitest';
import { creates, defineDeviation, type RawHandler } from '../../src/sandbox/deviation.js';
import { trial } from '../support/trial.js';

type Answer = Awaited<ReturnType<RawHandler>>;

/** A server that does otherwise what FHIR R4 leaves open. */
const server = (
  title: string,
  source: string,
  change: (answer: Answer, request: Parameters<RawHandler>[0]) => Answer,
) =>
  defineDeviation({
    id: title.replaceAll(' ', '-'),
    title,
    caughtBy: ['write.create'],
    source,
    wrap: (next) => async (request) => change(await next(request), request),
  });

const without = (answer: Answer, ...names: string[]): Answer => ({
  ...answer,
  headers: Object.fromEntries(Object.entries(answer.headers ?? {}).filter(([name]) => !names.includes(name))),
});

const conflicts = server('a stale version conflicts', 'https://hl7.org/fhir/R4/http.html#concurrency', (answer) =>
  answer.status === 412 ? { ...answer, status: 409 } : answer,
);
const empty = server(
  'a create is answered without a body',
  'https://hl7.org/fhir/R4/http.html#create',
  (answer, request) => {
    if (!creates(request, 'Appointment') || answer.status !== 201) return answer;
    const { body: _body, ...rest } = without(answer, 'content-type', 'content-length');
    return rest;
  },
);
const noETag = server('no answer has an ETag', 'https://hl7.org/fhir/R4/http.html#versioning', (answer) =>
  without(answer, 'etag'),
);
const relative = server('a location is relative', 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2', (answer) => {
  const location = answer.headers?.['location'];
  return location === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, location: location.replace(/^.*(?=Appointment\/)/, '') } };
});

const own = ['write.slot-race', 'write.business-duplicate', 'write.status-timestamps', 'rollback.history'];

describe('what the standard leaves open is no fault', () => {
  it('409 for an outdated version', async () => {
    const { outcome } = await trial({ deviations: [conflicts], checks: ['write.version-conflict'] });
    expect(outcome('write.version-conflict')).toBe('pass');
  });

  for (const other of [empty, noETag, relative]) {
    it(other.title, async () => {
      const { outcome, before, after } = await trial({ deviations: [other], checks: own });
      expect(own.map((check) => [check, outcome(check)])).toEqual(own.map((check) => [check, 'pass']));
      expect(after).toBe(before);
    });
  }
});
