export type * from './model.ts';
export { flowOf } from './flow-of.ts';
