export * from './diagnostic.ts';
export type * from './model.ts';
