import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });

/** How the EHR answered the run's own sessions: many refusals or empty answers make a run that looked at little. */
export const answerShareFacts = {
  'answer-shares': factKind(
    1,
    Type.Object({
      /** Answers of the FHIR base to somebody signed in. */
      answers: count,
      unauthorized: count,
      forbidden: count,
      notFound: count,
      throttled: count,
      /** Searches that were answered 2xx with a Bundle, and those of them without a row. */
      searches: count,
      emptySearches: count,
    }),
  ),
};
