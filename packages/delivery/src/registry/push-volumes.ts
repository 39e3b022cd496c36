import type { Diagnostic } from '@mi-patterns/inventory';
import { RegistryFailure } from './failure.ts';
import type { RegistryOptions } from './client.ts';
import { type Destination, parseDestination } from './destination.ts';
import { type Pushed, pushLayout } from './push-layout.ts';

/** What became of the layout of one set of archives, in each repository it was to go to. */
interface PushOutcome {
  readonly pushed: readonly Pushed[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Pushes the OCI layout of a set; `divided`: other sets go to the same repository. */
export type PushLayout = (set: string, layout: string, divided: boolean) => Promise<PushOutcome>;

/**
 * Pushes each layout to each destination. Sets of workloads share a repository, so their tags end in the name of the
 * set. What a registry refuses is told, and does not keep the others from being pushed.
 */
export function pushTo(
  destinations: readonly Destination[],
  options: RegistryOptions & { readonly onProgress?: (step: string) => void },
): PushLayout {
  return async (set, layout, divided) => {
    const pushed: Pushed[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const destination of destinations) {
      options.onProgress?.(`Pushing to ${destination.host}/${destination.repository}`);
      try {
        pushed.push(
          await pushLayout(layout, divided ? ofSet(destination, set, options.plainHttp) : destination, options),
        );
      } catch (error) {
        if (!(error instanceof RegistryFailure)) throw error;
        diagnostics.push(...error.diagnostics);
      }
    }
    return { pushed, diagnostics };
  };
}

function ofSet({ host, repository, tag }: Destination, set: string, plainHttp: boolean): Destination {
  return parseDestination(`${host}/${repository}${tag === undefined ? '' : `:${tag}-${set}`}`, plainHttp);
}
