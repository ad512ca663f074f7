export { reasonWords, type ReasonWords } from '../model/not-measured-words.js';
