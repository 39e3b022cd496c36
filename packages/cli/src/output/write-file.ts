/** A module of its own, so that a plan that writes no file does not load what writes one. */
export { createTransaction, stageFile, writeFailed } from '@mi-patterns/values';
