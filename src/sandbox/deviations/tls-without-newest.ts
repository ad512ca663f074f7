import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'tls-without-newest',
  title: 'TLS 1.3 is not offered',
  caughtBy: ['hipaa.tls'],
  source: 'https://csrc.nist.gov/pubs/sp/800/52/r2/final',
  listen: (settings) => ({ ...settings, tls: { ...settings.tls, maxVersion: 'TLSv1.2' } }),
});
