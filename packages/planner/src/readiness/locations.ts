import type { Artifact } from '@mi-patterns/inventory';
import { finding } from '../diagnostics/finding.ts';
import type { PlanDiagnostic } from '../model.ts';

/**
 * Local entries whose content lies elsewhere. MI fetches it when it deploys the entry: where nothing answers, it
 * undeploys the whole archive (seen on MI 4.3.0, `Error connecting to URL`).
 */
export function locationFindings(artifacts: readonly Artifact[]): readonly PlanDiagnostic[] {
  return artifacts.flatMap(({ id, name, facts }) => {
    if (facts.kind !== 'local-entry' || facts.location === undefined) return [];
    const { uri, source } = facts.location;
    const isFile = /^file:/i.test(uri);
    return [
      finding('MI-READY-LOCATION', 'warning', {
        message: `MI loads the local entry ${name} from ${uri} when it deploys it: ${isFile ? 'without that file in the pod' : 'if nothing answers there while a pod starts'}, MI undeploys the whole archive and the pod does not become ready.`,
        hint: `Put the content into the entry itself, or ${isFile ? 'add the file to the pods with `files` in the values' : 'make sure that the address answers from every pod'}.`,
        source,
        artifacts: [id],
      }),
    ];
  });
}
