import { constants } from 'node:fs';

/**
 * Flags that open a file for reading without waiting for the other end of a pipe. Windows knows neither pipes in
 * folders nor the flag.
 */
export const withoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
