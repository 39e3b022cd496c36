import type { Artifact, ServerConfiguration } from '@mi-patterns/inventory';
import { finding } from '../findings/finding.ts';
import { mayTakeFiles } from '../needs/directories.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { enabledTransports } from '../verdicts/proxy-service.ts';
import { setting, title } from '../verdicts/verdict.ts';

/**
 * Consumers of files whose lock files outlive a pod that is killed. `VFSUtils` of wso2/wso2-synapse writes
 * `<file>.lock` with host name and address, and by default (`VFSParamDTO`) neither releases an old lock nor, once it
 * does, that of another node; each pod is another node.
 */
export function lockFindings(
  artifacts: readonly Artifact[],
  configurations: readonly ServerConfiguration[] = [],
): readonly PlanDiagnostic[] {
  const enabled = enabledTransports(configurations);
  return artifacts.flatMap((artifact) => {
    const { facts } = artifact;
    if ((facts.kind !== 'proxy-service' && facts.kind !== 'inbound-endpoint') || !mayTakeFiles(facts, enabled))
      return [];
    const says = (name: string, value: string): boolean => {
      const found = setting(facts.parameters, name);
      // What only the server knows may be right.
      return found.state === 'dynamic' || (found.state === 'literal' && found.value.toLowerCase() === value);
    };
    const directory = setting(facts.parameters, 'transport.vfs.FileURI');
    if (directory.state === 'absent' || says('transport.vfs.Locking', 'disable')) return [];
    const releases = says('transport.vfs.AutoLockRelease', 'true');
    if (releases && says('transport.vfs.LockReleaseSameNode', 'false')) return [];
    return [
      finding('MI-READY-LOCK', {
        message: `${title(artifact)} leaves a lock file behind when its pod is killed while processing a file, and ${
          releases
            ? 'releases only locks of its own node, which a new pod is not'
            : 'never releases the lock of another'
        }: no later pod takes that file.`,
        hint: 'Set transport.vfs.AutoLockRelease to true, transport.vfs.LockReleaseSameNode to false, and transport.vfs.AutoLockReleaseInterval to more milliseconds than the longest file takes to process.',
        source: directory.parameter.source,
        artifacts: [artifact.id],
      }),
    ];
  });
}
