import { partOf, type Documents } from './deviation.js';

/** The first action's drafts are due for review after two seconds, which a run can wait for; nobody else may say otherwise. */
export function withShortReview({ contract }: Pick<Documents, 'contract'>): void {
  Object.assign(partOf(contract, 'actions', 0, 'review'), { deadline: 'PT2S', onExpiry: 'escalate' });
  contract['overrides'] = (contract['overrides'] as { path: string }[]).filter(
    ({ path }) => !path.endsWith('.review.deadline'),
  );
}
