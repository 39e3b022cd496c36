export type * from './model.ts';
export { flowOf, type FlowOptions } from './flow-of.ts';
