export type * from './model.ts';
export { flowOf, inNoWorkload } from './flow-of.ts';
