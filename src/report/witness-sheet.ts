import { writesSomething } from '../model/actions.js';
import type { Contract } from '../model/documents/contract.js';
import { joinMarkdown, mark, markdownCode, type Markdown } from './escape.js';

export interface WitnessSheetOptions {
  readonly runId: string;
  /** Effective contract. */
  readonly contract: Contract;
  readonly organization: string;
}

/** Whether there is anything only people can see. */
export const needsWitness = (contract: Contract): boolean =>
  (contract.actions ?? []).some(writesSomething) || (contract.productScreens ?? 'none') !== 'none';

/**
 * The sheet two people fill in: what to look at, and one YAML block to write it into. A pure function; it holds no word of
 * the run, because a word counts only when it was read off the screen.
 */
export function renderWitnessSheet({ runId, contract, organization }: WitnessSheetOptions): string {
  const actions = (contract.actions ?? []).filter(writesSomething);
  const screens = (contract.productScreens ?? 'none') !== 'none';
  const byPerson = actions.flatMap(({ id, controls }) =>
    Object.entries(controls ?? {}).flatMap(([control, held]) =>
      held.heldBy === 'person' ? [{ control, action: id, how: held.how }] : [],
    ),
  );
  const time = '2026-01-31T10:15-06:00';
  const yaml = [
    'apiVersion: ehr-scorecard/v1',
    'kind: WitnessSheet',
    `run: ${runId}`,
    'witnesses:',
    '  - {name: ""}',
    '  - {name: ""}',
    '# Delete what was not looked at; take the # away from what was, once a line for each time.',
    ...(actions.length === 0
      ? []
      : [
          '#seen:',
          ...actions.map(
            ({ id }) => `#  - {action: ${id}, at: "${time}", found: true, word: "", where: "", secondLogin: false}`,
          ),
        ]),
    ...(byPerson.length === 0
      ? []
      : [
          '#drills:',
          ...byPerson.map(
            ({ control, action }) =>
              `#  - {control: ${control}, action: ${action}, at: "${time}", minutes: 0, held: true}`,
          ),
        ]),
    ...(actions.length === 0
      ? []
      : ['#stop:', '#  agreedMinutes: 5', `#  drills: [{at: "${time}", by: "", minutes: 0, wroteAfterwards: false}]`]),
    ...(screens ? ['#idle:', '#  agreedMinutes: 15', `#  tries: [{at: "${time}", locked: true, where: ""}]`] : []),
    '#downtime:',
    `#  - {at: "${time}", worked: true}`,
  ];
  const questions: Markdown[] = [
    ...actions.map(
      ({ id, visibleTo }) =>
        mark`- **${id}**: open the test patient on the screen staff use anyway. Is the result there? Which word of eight letters stands in its description, after "INTEGRATION TEST"? Did it take a second sign-in? ${rolesOf(visibleTo)}`,
    ),
    ...byPerson.map(
      ({ control, action, how }) =>
        mark`- **${control}** of **${action}**, held by a person (${how ?? 'not said how'}): try it at least three times, and write down the minutes from noticing to done.`,
    ),
    ...(actions.length === 0
      ? []
      : [
          mark`- **Stop**: a named person switches the AI system off. How many minutes from the decision to the last write? Did anything come after it?`,
        ]),
    ...(screens ? [mark`- **Idle**: leave a screen of the AI system alone for the agreed minutes. Does it lock?`] : []),
    mark`- **Downtime**: do one case without the AI system, as the downtime procedure says. Did it work?`,
  ];
  return `${
    joinMarkdown(
      [
        mark`# Witness sheet`,
        mark`For two people who look at the screens this tool cannot see. Run ${markdownCode(runId)}, ${contract.metadata.title ?? contract.metadata.id} on ${organization}. What stands here counts as *witnessed*, and only beside a word that was read off the screen; the tool knows the words, this sheet does not.`,
        mark`Objects of the run can be looked at while it waits (${markdownCode('run --witness 15m')}), and afterwards where the contract leaves the undo to a person.`,
        joinMarkdown(questions, '\n'),
        mark`Fill in, and bring it back with ${markdownCode(`ehr-scorecard collect <run-folder> --witness <this file>`)}:`,
      ],
      '\n\n',
    ).text
  }\n\n\`\`\`yaml\n${yaml.join('\n')}\n\`\`\`\n`;
}

function rolesOf(visibleTo: NonNullable<Contract['actions']>[number]['visibleTo']): Markdown {
  const roles = (visibleTo ?? []).filter((each) => typeof each === 'string');
  return roles.length === 0 ? mark`` : mark`Those who are to see it: ${roles.join(', ')}.`;
}
