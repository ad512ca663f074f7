/**
 * What holds where a check passes, by the id of a check that a policy asks for and this version cannot run. Its own title
 * takes this place once it exists.
 */
const absentTitles: Readonly<Record<string, string>> = {
  'validity.recognised-test': 'It behaves alike whether or not it can tell that it is being tested',
};

/** The plain title of a check this version lacks; its id where even that is unknown, as in a custom policy. */
export const absentTitle = (check: string): string => absentTitles[check] ?? check;
