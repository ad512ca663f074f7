import { randomBytes } from 'node:crypto';
import { unusedPort } from '../hl7v2-feed.js';

/** An address on this machine nobody listens at yet, for the proxy of a run: a product is told its EHR base before the run begins. */
export async function newProxyUrl(): Promise<string> {
  return `http://127.0.0.1:${await unusedPort(Math.random)}/${randomBytes(16).toString('hex')}`;
}
