/**
 * With EHR_SCORECARD_TEST_ALL=1, as in `npm run matrix`, every case there is; else, so that `npm test` ends within five
 * minutes, some of each kind.
 */
export const everything = process.env['EHR_SCORECARD_TEST_ALL'] === '1';
