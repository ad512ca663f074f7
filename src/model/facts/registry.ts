import { writeRightFacts } from './write-right.js';
import { channelFacts } from './channel.js';
import { appFacts } from './app.js';
import { answerShareFacts } from './answer-shares.js';
import { actionFacts } from './action.js';
import { attestationFacts } from './attestation.js';
import { auditFacts } from './audit.js';
import { authorizationFacts } from './authorization.js';
import { cdsFacts } from './cds.js';
import { clockFacts } from './clock.js';
import { conflictFacts } from './conflict.js';
import { controlFacts } from './control.js';
import { dataHandlingFacts } from './data-handling.js';
import { discoveryFacts } from './discovery.js';
import { documentFacts } from './documents.js';
import { hardCaseFacts } from './hard-cases.js';
import { identityFacts } from './identity.js';
import { eventFacts } from './event.js';
import { feedFacts } from './feed.js';
import { latencyFacts } from './latency.js';
import { outageFacts } from './outage.js';
import { previousFacts } from './previous.js';
import { productFacts } from './product.js';
import { productLogFacts } from './product-log.js';
import { productTrafficFacts } from './product-traffic.js';
import { readFacts } from './read.js';
import { recordKeepingFacts } from './record-keeping.js';
import { provenanceFacts } from './provenance.js';
import { reviewFacts } from './review.js';
import { separationFacts } from './separation.js';
import { sensitiveFacts } from './sensitive.js';
import { statementFacts } from './statement.js';
import { tokenFacts } from './token.js';
import { throttlingFacts } from './throttling.js';
import { transportFacts } from './transport.js';
import { visibilityFacts } from './visibility.js';
import { witnessFacts } from './witness.js';

/** Every kind of fact this version records. One family, one file; a kind stands in exactly one of them. */
export const factKinds = {
  ...writeRightFacts,
  ...channelFacts,
  ...answerShareFacts,
  ...actionFacts,
  ...appFacts,
  ...attestationFacts,
  ...auditFacts,
  ...authorizationFacts,
  ...cdsFacts,
  ...clockFacts,
  ...conflictFacts,
  ...controlFacts,
  ...dataHandlingFacts,
  ...discoveryFacts,
  ...documentFacts,
  ...hardCaseFacts,
  ...identityFacts,
  ...eventFacts,
  ...feedFacts,
  ...latencyFacts,
  ...outageFacts,
  ...previousFacts,
  ...productFacts,
  ...productLogFacts,
  ...productTrafficFacts,
  ...readFacts,
  ...recordKeepingFacts,
  ...provenanceFacts,
  ...reviewFacts,
  ...separationFacts,
  ...sensitiveFacts,
  ...statementFacts,
  ...tokenFacts,
  ...throttlingFacts,
  ...transportFacts,
  ...visibilityFacts,
  ...witnessFacts,
};
export type FactKinds = typeof factKinds;
