import type { Artifact } from '@mi-patterns/inventory';
import { directoriesOf } from './directories.ts';
import type { Workload } from './model.ts';
import { inboundRule } from './verdicts/inbound-endpoint.ts';
import { deactivatesItself } from './verdicts/message-processor.ts';
import { title } from './verdicts/verdict.ts';

/** Files of a pod that the given artifacts want to find again in the next pod, in the order of the artifacts. */
export function persistenceOf(active: readonly Artifact[]): Workload['persistence'] {
  const needs: Workload['persistence'][number][] = [];
  for (const artifact of active) {
    const facts = artifact.facts;
    if (facts.kind === 'inbound-endpoint') {
      const rule = inboundRule(facts);
      if (rule?.keeps === 'offsets') {
        needs.push({
          artifact: artifact.id,
          what: 'offsets',
          because: `${title(artifact)} keeps its offset and schema history in files.`,
        });
      } else if (rule?.keeps === 'registry' || rule?.find(facts.parameters).keeps === 'registry') {
        needs.push({
          artifact: artifact.id,
          what: 'registry',
          because: `${title(artifact)} keeps its position in the registry.`,
        });
      }
    } else if (facts.kind === 'message-processor' && deactivatesItself(facts)) {
      needs.push({
        artifact: artifact.id,
        what: 'registry',
        because: `${title(artifact)} switches itself off after failed deliveries and writes that to the registry: a new pod starts it again.`,
      });
    }
    const written = artifact.effects.find((effect) => effect.type === 'registry-write');
    if (written !== undefined) {
      needs.push({
        artifact: artifact.id,
        what: 'registry',
        because: `${title(artifact)} writes ${written.subject} to the registry.`,
      });
    }
    const directory = directoriesOf(artifact).find((use) => use.local);
    if (directory !== undefined) {
      needs.push({
        artifact: artifact.id,
        what: 'shared-directory',
        because: `${title(artifact)} uses the directory ${directory.uri}.`,
      });
    }
  }
  return needs;
}
