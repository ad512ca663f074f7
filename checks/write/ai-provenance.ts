import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'write.ai-provenance',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'One can see later that a machine wrote it',
  failureTitle: 'Nobody can see later that a machine wrote it',
  plain: 'Years later the record still says that a program wrote this, and from what.',
  why: 'When an entry turns out wrong, the first questions are who wrote it and from which data; a record that shows a clinician’s name for a machine’s text answers both wrongly.',
  sends:
    'Writes one test object with the label of the contract and a Provenance that names a device as author and the sources, and reads both again.',
  ask: {
    of: 'vendor',
    text: 'Show us one entry of the product in the EHR with its Provenance: the author, the label, the sources, and who reviewed it.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Create the Provenance with the entry, and name the product as its author.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Ask whether the interface keeps meta.security and Provenance; agree on a place for the label where it does not.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/provenance.html',
    'https://build.fhir.org/ig/HL7/aitransparency-ig/',
    'https://hl7.org/fhir/us/core/security.html',
  ],
  maps: ['45 CFR 164.312(b)', '45 CFR 164.312(c)(1)'],
  writes: 'one',
  subjects: 'run',
  when: ({ item: { contract } }) => contract.audit?.provenance?.required === true,
  ifNone: 'not-applicable',
  reads: ['machine-origin'],
  messages: {
    'shown-as-clinician': {
      kind: 'proof',
      text: 'A clinician stands as the author of what a machine wrote ({action}).',
    },
    'nothing-kept': {
      kind: 'proof',
      text: 'Neither the label nor a Provenance with a device as author is there afterwards ({action}; Provenance answered {status}).',
    },
    'label-dropped': {
      kind: 'limit',
      text: 'The Provenance is kept, and the label in meta.security is not ({action}).',
    },
    'provenance-not-kept': {
      kind: 'limit',
      text: 'The label is kept, and no Provenance that names a device as author ({action}; answered {status}).',
    },
    'sources-dropped': {
      kind: 'limit',
      text: 'The Provenance names the device, and {sourcesKept} of {sources} sources ({action}).',
    },
    uncontrolled: { kind: 'control', text: 'The object itself could not be read again ({action}).' },
  },
  evaluate: ({ 'machine-origin': origins }, say) => {
    const verdicts = origins.map(({ action, label, author, provenance, controlsHeld }) => {
      const { stored, sources, sourcesKept } = provenance;
      const status = provenance.status ?? 'without a right to create one';
      if (!controlsHeld) return say.notMeasured('uncontrolled', 'control-failed', { action });
      if (author === 'clinician' || provenance.author === 'clinician')
        return say.fail('shown-as-clinician', { action });
      const named = stored && provenance.author === 'device';
      if (!named)
        return label === 'kept'
          ? say.warn('provenance-not-kept', { action, status })
          : say.fail('nothing-kept', { action, status });
      if (label === 'dropped') return say.warn('label-dropped', { action });
      return sourcesKept < sources
        ? say.warn('sources-dropped', { action, sources, sourcesKept })
        : say.pass({ action });
    });
    return verdicts;
  },
});
