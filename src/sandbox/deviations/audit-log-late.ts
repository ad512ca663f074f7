import type { AppendAudit } from '../deviation.js';
import { defineDeviation } from '../deviation.js';

/** Shipped in blocks of this many; the last one is still on its way when the log is read. */
const blockLength = 400;

export default defineDeviation({
  id: 'audit-log-late',
  title: 'The log is shipped in blocks, and what happened last is not in it yet',
  caughtBy: ['audit.reads-logged'],
  besides: ['read.required-fields', 'write.version-conflict'],
  source: 'https://profiles.ihe.net/ITI/TF/Volume2/ITI-20.html',
  audit(next) {
    const block: Parameters<AppendAudit>[] = [];
    return (record, event) => {
      block.push([record, event]);
      if (block.length > blockLength) for (const each of block.splice(0, blockLength)) next(...each);
    };
  },
});
