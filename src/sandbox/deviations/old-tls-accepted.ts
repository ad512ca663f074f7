import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'old-tls-accepted',
  title: 'TLS 1.0 and 1.1 are still taken',
  caughtBy: ['hipaa.tls'],
  source: 'https://www.rfc-editor.org/rfc/rfc8996',
  listen: (settings) => ({
    ...settings,
    // Their signatures rest on SHA-1, which OpenSSL leaves to security level 0.
    tls: { ...settings.tls, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' },
  }),
});
