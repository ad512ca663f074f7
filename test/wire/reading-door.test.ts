import { describe, expect, it } from 'vitest';
import type { Door, DoorRequest } from '../../src/wire/exchange.js';
import { readingDoor } from '../../src/wire/reading-door.js';

const fhir = 'https://ehr.example/fhir';
const asked: string[] = [];
const door: Door = {
  exchange: ({ method, url }) => {
    asked.push(`${method} ${url}`);
    return Promise.reject(new Error('let through'));
  },
  close: () => Promise.resolve(),
};
const request = (method: DoorRequest['method'], url: string, purpose: DoorRequest['purpose']): DoorRequest => ({
  method,
  url,
  purpose,
  headers: {},
  carriesCredential: false,
});

describe('the door of a run that only observes', () => {
  it.each([
    ['GET', `${fhir}/Appointment/1`, 'fhir'],
    ['POST', `${fhir}/Appointment/_search`, 'fhir'],
    ['POST', 'https://ehr.example/token', 'token'],
    ['GET', 'https://bot.example/availability', 'ai-system'],
  ] as const)('lets a %s %s as %s through', async (method, url, purpose) => {
    await expect(readingDoor(door).exchange(request(method, url, purpose))).rejects.toThrow('let through');
  });

  it.each([
    ['POST', `${fhir}/Appointment`, 'fhir'],
    ['POST', fhir, 'fhir'],
    ['PUT', `${fhir}/Appointment/1`, 'fhir'],
    ['PATCH', `${fhir}/Appointment/1`, 'fhir'],
    ['DELETE', `${fhir}/Appointment/1`, 'fhir'],
    ['POST', `${fhir}/Appointment/_search/1`, 'fhir'],
    ['POST', 'https://bot.example/control/off', 'ai-control'],
    ['POST', 'https://bot.example/webhook', 'ai-webhook'],
  ] as const)('stops the run at a %s %s as %s', async (method, url, purpose) => {
    asked.length = 0;
    await expect(readingDoor(door).exchange(request(method, url, purpose))).rejects.toMatchObject({
      code: 'change-while-observing',
    });
    expect(asked).toEqual([]);
  });
});
