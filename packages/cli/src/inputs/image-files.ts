import { imageReference } from '@mi-patterns/inventory';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure } from '../context/failure.ts';
import { usage } from '../context/usage.ts';

/** `--image REFERENCE=PATH`, for images that no registry gives to this machine. */
export function imageFiles(list: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    list.map((entry) => {
      const [, reference, path] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
      if (reference === undefined || path === undefined || imageReference(path) === undefined)
        throw new CommandFailure(
          [
            usage(
              `--image takes REFERENCE=PATH, where PATH has the prefix of an image, not "${entry}".`,
              'For example: --image acme/orders:1.2.0=docker-archive:orders.tar.',
            ),
          ],
          exitCodes.usage,
        );
      return [reference, path] as const;
    }),
  );
}
