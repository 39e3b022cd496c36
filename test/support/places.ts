import { join } from 'node:path';

export const repository = join(import.meta.dirname, '../..');
export const chart = join(repository, 'charts/micro-integrator');
