import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'certificate-expired',
  title: 'The certificate of the server has expired',
  caughtBy: ['hipaa.tls', 'profile.credentials'],
  source: 'https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5',
  listen: (settings) => ({ ...settings, certificate: { ...settings.certificate, validDays: -1 } }),
});
