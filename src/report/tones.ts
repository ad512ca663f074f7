import type { Outcome } from '../model/outcome.js';
import type { AnswerValue, DecisionValue } from '../model/scorecard.js';
import type { Tone } from './screen.js';

// What the colours say in every format that has some; the words beside them say the same.

type Told = Exclude<Tone, 'strong'>;

export const decisionTones: Readonly<Record<DecisionValue, Told>> = {
  go: 'good',
  'conditional-go': 'partly',
  'no-go-failed': 'bad',
  'no-go-not-shown': 'unknown',
  none: 'unknown',
};

export const answerTones: Readonly<Record<AnswerValue, Told>> = {
  yes: 'good',
  partly: 'partly',
  no: 'bad',
  'not-shown': 'unknown',
};

export const outcomeTones: Readonly<Record<Outcome, Told>> = {
  pass: 'good',
  warn: 'partly',
  fail: 'bad',
  'not-measured': 'unknown',
  error: 'unknown',
  'not-applicable': 'quiet',
};
