import { describe, expect, it } from 'vitest';
import { launchPlayer, type LaunchPlace } from '../../../src/gather/observers/launch-player.js';
import type { Recorder, Scope } from '../../../src/gather/recorder.js';
import { ExchangeFault, type Answer, type OutgoingRequest } from '../../../src/gather/request.js';
import type { NotMeasuredReason } from '../../../src/model/outcome.js';

const placeOf = (launchUrl: string): LaunchPlace => ({
  launchUrl: new URL(launchUrl),
  fhirBase: 'https://ehr.example/fhir',
  authorizeUrl: undefined,
  person: undefined,
  personOf: () => undefined,
});

/** A player whose requests are answered here; what it sent, and to whom. */
function playing(answers: (address: string) => Partial<Answer>) {
  const sent: { address: string; cookie: string | undefined; peer: string | undefined }[] = [];
  const send = (_scope: Scope, _context: string, request: OutgoingRequest): Promise<Answer> => {
    const address = request.nextLink ?? '';
    sent.push({ address, cookie: request.headers?.['cookie'], peer: request.peer });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a player looks at nothing else
    return Promise.resolve({ status: 200, headers: {}, ...answers(address) } as Answer);
  };
  const player = launchPlayer(
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only sends
    { send } as unknown as Recorder,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- passed on unread
    {} as Scope,
    placeOf('https://app.example/launch'),
    new Map([['summit', placeOf('https://summit.app.example/launch')]]),
  );
  return { player, sent };
}

const at = (path: string): URL => new URL(path, 'https://app.example');

describe('a browser that plays the EHR opening an app', () => {
  it('follows the product from one of its hosts to the other, with the cookies of each', async () => {
    const { player, sent } = playing((address) => {
      if (address === 'https://app.example/launch')
        return { status: 302, headers: { location: 'https://summit.app.example/note', 'set-cookie': 'a=1; Path=/' } };
      return address.startsWith('https://summit.') ? { headers: { 'set-cookie': 'b=2; Path=/' } } : {};
    });
    const browser = player.newBrowser();
    expect(await browser.visit(at('/launch'))).toMatchObject({ kind: 'stayed', status: 200 });
    await browser.ask(at('/note'));
    await browser.ask(at('/note'), 'all');
    expect(sent).toEqual([
      { address: 'https://app.example/launch', cookie: undefined, peer: undefined },
      { address: 'https://summit.app.example/note', cookie: undefined, peer: 'summit' },
      { address: 'https://app.example/note', cookie: 'a=1', peer: undefined },
      { address: 'https://app.example/note', cookie: 'a=1; b=2', peer: undefined },
    ]);
  });

  it('goes to nobody else', async () => {
    const { player, sent } = playing(() => ({ status: 302, headers: { location: 'https://elsewhere.example/' } }));
    const ending = await player.newBrowser().visit(at('/launch'));
    expect(ending).toMatchObject({ kind: 'sent-away', status: 302 });
    expect(sent).toHaveLength(1);
  });

  it('gives up a loop', async () => {
    const { player, sent } = playing(() => ({ status: 302, headers: { location: '/launch' } }));
    expect(await player.newBrowser().visit(at('/launch'))).toMatchObject({ kind: 'stayed', status: 302 });
    expect(sent).toHaveLength(5);
  });

  const failing = (reason: NotMeasuredReason) =>
    playing(() => {
      throw new ExchangeFault(reason, 'no answer', undefined);
    }).player.newBrowser();

  it.each(['unavailable', 'too-large', 'truncated', 'not-fhir'] as const)(
    'a call without a usable answer (%s) is one call without an answer',
    async (reason) => {
      expect(await failing(reason).ask(at('/stream'))).toBeUndefined();
    },
  );

  it.each(['not-gathered', 'cap', 'origin-not-listed'] as const)('%s is no answer of the product', async (reason) => {
    await expect(failing(reason).ask(at('/note'))).rejects.toMatchObject({ reason });
  });
});
