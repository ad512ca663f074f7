/** The bytes of scorecard.json. Its door is with the model, because a run writes it before any report. */
export { scorecardJson as renderJson } from '../model/scorecard-json.js';
