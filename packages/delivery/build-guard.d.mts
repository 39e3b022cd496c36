/** Builds the programs into a folder and returns whether it could: without Go it does nothing. */
export function buildGuard(folder: string): boolean;
