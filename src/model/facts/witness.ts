import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });
const minutes = Type.Number({ minimum: 0 });
const witnesses = Type.Array(Type.String(), { description: 'names of the people who saw it, as they wrote them' });

/** What people saw on a screen, from a witness sheet; grade `witnessed`. */
export const witnessFacts = {
  /** Objects of an action found in the normal screen, proven by the one-time word that stands in them. Subject: action. */
  'seen-on-screen': factKind(
    1,
    Type.Object({
      /** Times a word that this run wrote was read off the screen. */
      sightings: count,
      /** Times somebody looked and it was not there. */
      notFound: count,
      /** Sightings that took a second sign-in. */
      secondLogins: count,
      /** Sightings with a word this run did not write; they count for nothing. */
      wrongWords: count,
      witnesses,
    }),
  ),
  /** The AI system switched off by a person, and watched. Subject: run. */
  'stop-drills': factKind(
    1,
    Type.Object({
      drills: count,
      /** Drills after which the AI system wrote all the same. */
      wroteAfterwards: count,
      slowestMinutes: minutes,
      /** The longest time agreed on. */
      agreedMinutes: minutes,
      witnesses,
    }),
  ),
  /** The workflow done without the AI system, as the downtime procedure says. Subject: run. */
  'downtime-drills': factKind(1, Type.Object({ drills: count, missed: count, witnesses })),
  /** The AI system's screen left alone for the agreed time. Subject: run. */
  'idle-screens': factKind(
    1,
    Type.Object({
      tries: count,
      /** Tries in which the session was alive beyond the agreed time. */
      stillOpen: count,
      agreedMinutes: minutes,
      witnesses,
    }),
  ),
};
