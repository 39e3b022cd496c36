import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programEntries, writeImage } from './image.ts';

/** Writes the image of the process that holds a pod's network, unless the folder has it. */
export function ensurePauseImage(folder: string): void {
  const target = join(folder, 'pause.tar');
  if (!existsSync(target))
    writeImage(target, 'pause:1', programEntries('/bin/busybox'), {
      entrypoint: ['/bin/busybox', 'sleep', 'infinity'],
    });
}
