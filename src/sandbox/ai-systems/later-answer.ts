import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { ProductConfiguration } from './configuration.js';

const longestMs = 10_000;

/** `http` or `https` address for the answer to an event; undefined where it names none. */
export function addressOf(event: unknown): URL | undefined {
  const { answerTo } = event as { readonly answerTo?: unknown };
  if (typeof answerTo !== 'string' || !URL.canParse(answerTo)) return undefined;
  const address = new URL(answerTo);
  return ['http:', 'https:'].includes(address.protocol) ? address : undefined;
}

/**
 * Posts what came of an event to whoever told of it, signed as events are: `x-scorecard-signature: sha256=<hex HMAC>`.
 *
 * @returns the status of the answer
 * @throws Error when none came
 */
export function postAnswer(
  address: URL,
  answer: unknown,
  { webhookSecret, caFile }: Pick<ProductConfiguration, 'webhookSecret' | 'caFile'>,
): Promise<number> {
  const body = JSON.stringify(answer);
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scorecard-signature': `sha256=${signature}` },
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    signal: AbortSignal.timeout(longestMs),
  };
  return new Promise((resolve, reject) => {
    const request = (address.protocol === 'https:' ? https : http).request(address, options, (response) => {
      resolve(response.resume().statusCode ?? 0);
    });
    request.on('error', reject);
    request.end(body);
  });
}
