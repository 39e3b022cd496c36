import { imageReference } from '@mi-patterns/inventory';
import { wrongUse } from '../context/failure.ts';

/** `--image REFERENCE=PATH`, for images that no registry gives to this machine. */
export function imageFiles(list: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    list.map((entry) => {
      const [, reference, path] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
      if (reference === undefined || path === undefined || imageReference(path) === undefined)
        throw wrongUse(
          `--image takes REFERENCE=PATH, where PATH has the prefix of an image, not "${entry}".`,
          'For example: --image acme/orders:1.2.0=docker-archive:orders.tar.',
        );
      return [reference, path] as const;
    }),
  );
}
