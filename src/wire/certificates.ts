import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';

export interface ServerIdentity {
  /** PEM of the certificate authority, for whoever must trust the server. Its key is not kept. */
  readonly ca: string;
  /** PEM, server certificate. */
  readonly cert: string;
  /** PEM, PKCS #8; never written to disk. */
  readonly key: string;
}

const dayMs = 86_400_000;

/**
 * A certificate authority of its own and one server certificate for 127.0.0.1, ::1 and localhost, in memory only:
 * P-256, or RSA with 2,048 bits, which takes longer to make. Valid from a day before `now` (clocks differ) for `validDays`; negative gives an expired one.
 */
export async function serverIdentity(
  options: { now?: Date; validDays?: number; names?: readonly string[]; keyType?: 'ec' | 'rsa' } = {},
): Promise<ServerIdentity> {
  const keyType = options.keyType ?? 'ec';
  const nowMs = (options.now ?? new Date()).getTime();
  const endMs = nowMs + (options.validDays ?? 7) * dayMs;
  const validity = { notBeforeDate: new Date(Math.min(nowMs, endMs) - dayMs), notAfterDate: new Date(endMs) };
  // Authorities are looked up by name: two trusted at once must differ.
  const name = `ehr-scorecard loopback authority ${randomBytes(8).toString('hex')}`;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...validity,
    notAfterDate: new Date(Math.max(nowMs, endMs) + dayMs),
    keyType,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...validity,
    keyType,
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: keyType === 'rsa', critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames:
          options.names === undefined
            ? [
                { type: 2, value: 'localhost' },
                { type: 7, ip: '127.0.0.1' },
                { type: 7, ip: '::1' },
              ]
            : options.names.map((value) => ({ type: 2, value })),
      },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
