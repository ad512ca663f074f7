import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'certificate-of-another-name',
  title: 'The certificate of the server is made out to another host',
  caughtBy: ['hipaa.tls'],
  source: 'https://www.rfc-editor.org/rfc/rfc9525#section-6',
  listen: (settings) => ({ ...settings, certificate: { ...settings.certificate, names: ['ehr.elsewhere.example'] } }),
});
