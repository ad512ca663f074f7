import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'contract-allows-less',
  title: 'The contract lets the bot read visits only, while its client may change them',
  caughtBy: ['scope.least-privilege', 'scope.role'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  documents: ({ contract }) => {
    const { rules } = contract['permissions'] as { rules: { role: string; allow?: Record<string, string> }[] };
    const bot = rules.find(({ role }) => role === 'bot');
    if (bot?.allow) bot.allow['Appointment'] = 'rs';
  },
});
