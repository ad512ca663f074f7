import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const mostBytes = 1_000_000;
const deadlineMs = 10_000;

/** A request to an EHR: a GET, or a POST where there is a form. @throws where no JSON comes back */
export type AskEhr = (
  url: string,
  how?: { readonly form?: URLSearchParams; readonly token?: string },
) => Promise<Record<string, unknown>>;

/** @param caFile CA to trust where it is not a public one */
export function createAskEhr(caFile: string | undefined): AskEhr {
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  return async (url, { form, token } = {}) => {
    const { protocol } = new URL(url);
    const text = await new Promise<string>((resolve, reject) => {
      const request = (protocol === 'https:' ? https : http).request(
        url,
        {
          ...ca,
          method: form === undefined ? 'GET' : 'POST',
          headers: {
            accept: 'application/json',
            ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          signal: AbortSignal.timeout(deadlineMs),
        },
        (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          response.on('data', (part: Buffer) => {
            bytes += part.length;
            if (bytes > mostBytes) request.destroy(new Error('the answer is too large'));
            else parts.push(part);
          });
          response.on('error', reject);
          response.on('end', () => resolve(Buffer.concat(parts).toString()));
        },
      );
      request.on('error', reject);
      request.end(form?.toString());
    });
    return JSON.parse(text) as Record<string, unknown>;
  };
}
