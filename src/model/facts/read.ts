import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });
const status = Type.Integer({ minimum: 100, maximum: 599 });

/** What reading the contract's resources showed. Subject: resource, where nothing else is said. */
export const readFacts = {
  /** Per field of the contract: in how many of the test resources it was there. */
  'field-presence': factKind(
    1,
    Type.Object({
      resources: count,
      fields: Type.Array(
        Type.Object({
          path: Type.String(),
          need: Type.Union([Type.Literal('must'), Type.Literal('should')]),
          present: count,
          /** Absent with a coded data-absent-reason. */
          absentWithReason: count,
          /** There, but an empty or blank text. */
          empty: count,
          wrongCodeSystem: count,
          wrongUnit: count,
          /** Share asked by the contract, 0 to 1. */
          share: Type.Number({ minimum: 0, maximum: 1 }),
        }),
      ),
    }),
  ),
  /** How the contract's own search and a read by id behave. */
  'search-behaviour': factKind(
    2,
    Type.Object({
      /** Read by the id of a known record; null when no test patient has one. */
      read: Type.Union([Type.Object({ status, sameObject: Type.Boolean() }), Type.Null()]),
      search: Type.Object({
        status,
        method: Type.Enum(['POST', 'GET']),
        /** Refused with `Prefer: handling=strict`, and asked again without. */
        refusedWhenStrict: Type.Boolean(),
        answer: Type.Enum(['searchset', 'error-outcome', 'other']),
      }),
      rows: count,
      pages: count,
      end: Type.Enum(['end', 'elsewhere', 'loops', 'broken', 'unfinished']),
      /** Bundle.total of the first page. */
      total: Type.Union([count, Type.Null()]),
      /** Rows about patients who were not asked for; dropped. */
      strangers: count,
      otherTypes: count,
      /** Rows whose id is no FHIR id. */
      unusableIds: count,
      /** The known record came up before the searches that match nothing, and after them. */
      knownFoundBefore: Type.Boolean(),
      knownFoundAfter: Type.Boolean(),
      /** Parameters that `self` does not repeat. */
      notInSelf: Type.Array(Type.String()),
      /** Parameters that ask for further records, when none came. */
      notIncluded: Type.Array(Type.String()),
      /** The search with a value that matches nothing, once per filter; null rows: no searchset. */
      controls: Type.Array(Type.Object({ parameter: Type.String(), status, rows: Type.Union([count, Type.Null()]) })),
      /** A type that does not exist: status, and whether it was answered with a searchset. */
      unknownType: Type.Object({ status, searchset: Type.Boolean() }),
    }),
  ),
  /** What became of the references and attachments the contract follows. Subject: resource. */
  'followed-links': factKind(
    1,
    Type.Object({
      fields: Type.Array(
        Type.Object({
          path: Type.String(),
          follow: Type.Enum(['reference', 'attachment']),
          /** Records that were looked at. */
          records: count,
          /** Different links in them, as many as are followed. */
          links: count,
          /** Opened with what was stated; contained ones and the data an attachment carries itself among them. */
          opened: count,
          /** References to a resource the record contains. */
          contained: count,
          /** Refused, gone, malformed or answered with something else. */
          broken: count,
          /** Opened, but with another content type, size or encoding than stated, or without any text. */
          unusable: count,
          /** Attachments answered with 401, 403, a redirect or a page where the document itself could be read. */
          otherLogin: count,
          /** Links to addresses outside the FHIR base; never followed. */
          elsewhere: count,
        }),
        { minItems: 1 },
      ),
    }),
  ),
  /** Channels the organization declares for the events of a resource's type. Subject: resource with a bound on its age. */
  'declared-arrival': factKind(
    1,
    Type.Object({
      events: Type.Array(
        Type.Object({
          trigger: Type.String(),
          /** Null: nobody says. */
          channel: Type.Union([
            Type.Enum(['subscription', 'hl7v2', 'vendor-feed', 'cds-hook', 'launch', 'poll', 'external']),
            Type.Null(),
          ]),
        }),
      ),
    }),
  ),
  /** How many records of a documented test patient the AI system's search by patient brings. Subject: run. */
  'known-set': factKind(
    1,
    Type.Object({
      /** Alias of the test patient. */
      patient: Type.String(),
      sets: Type.Array(
        Type.Object({
          resourceType: Type.String(),
          documented: count,
          status,
          searchset: Type.Boolean(),
          end: Type.Enum(['end', 'elsewhere', 'loops', 'broken', 'unfinished']),
          /** Records of the patient, without objects that carry the mark of a run. */
          seen: count,
          /** The same asked once more; null where the first number was the documented one. */
          seenAgain: Type.Union([count, Type.Null()]),
          /** An OperationOutcome in the result speaks of more than the request. */
          explained: Type.Boolean(),
        }),
        { minItems: 1 },
      ),
      /** The same session read the patient between the two searches; null where nothing was asked again. */
      allowedBetween: Type.Union([Type.Boolean(), Type.Null()]),
    }),
  ),
  /** Times offered by the contract's slot search against the schedule itself, read by a staff context. Subject: slots. */
  'offered-slots': factKind(
    2,
    Type.Object({
      /** Status of the slot search; anything but a searchset under 2xx means nothing can be learned. */
      status,
      learnable: Type.Boolean(),
      offered: count,
      /** Offered as free, also on asking again, and taken or forbidden. */
      phantom: count,
      /** Why; one offer may count in several. Null: nobody who could look there could sign in or was answered. */
      by: Type.Object({
        /** Not free, held by an appointment, or in the way of another visit of the same practitioner. */
        provider: count,
        /** In a room that holds another visit. */
        room: Type.Union([count, Type.Null()]),
        /** At a time when the service takes no appointments, or for a visit type that may not be booked. */
        rule: Type.Union([count, Type.Null()]),
      }),
      /** Free times the staff sees between the first and the last offer, as many as one page holds. */
      free: count,
      /** Those of them the AI system does not see as free, asked by their ids. */
      unseen: count,
      /** Status of the staff context's search for appointments that hold the offered slots. */
      appointmentsStatus: status,
    }),
  ),
};
