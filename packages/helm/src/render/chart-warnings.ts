import { type ChartFinding, readFault } from './helm-errors.ts';
import { type KubernetesObject, textAt } from '../objects/kubernetes-object.ts';

/** Label of the ConfigMap in which our chart repeats the warnings of its NOTES, one in each line. */
export const warningsLabel = 'app.kubernetes.io/component';

/** What our chart warns of in the values that it rendered these objects from; empty for other charts. */
export function chartWarnings(objects: readonly KubernetesObject[]): readonly ChartFinding[] {
  return objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.[warningsLabel] === 'warnings')
    .flatMap((object) => (textAt(object, 'data', 'warnings') ?? '').split('\n'))
    .flatMap((line) => readFault(line.replace(/^- /, '')) ?? []);
}
