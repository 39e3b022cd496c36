import {
  commaSafe,
  finding,
  type KubernetesObject,
  parseHelmError,
  parseManifest,
  ToolFailure,
} from '@mi-patterns/helm';
import { StopRollout } from '../steps/stop.ts';
import { machineTools } from '../tools/tools.ts';
import type { ClusterEffectsOptions } from './options.ts';

/** The chart rendered with what the cluster says of itself: its version, the kinds it knows, what templates look up. */
export async function renderInCluster(options: ClusterEffectsOptions): Promise<readonly KubernetesObject[]> {
  const { target } = options;
  const tools = target.tools ?? machineTools;
  // helm 3 asks no cluster for a dry run in the server unless it validates, and looks nothing up without one
  // (helm/helm v3 cmd/helm/template.go, pkg/action/install.go).
  const inCluster = ['--dry-run=server', ...((await tools.helmMajor()) >= 4 ? [] : ['--validate'])];
  const words = [
    'template',
    target.release,
    options.chart,
    '--namespace',
    target.namespace,
    '--kube-context',
    target.context,
    '--is-upgrade',
    ...inCluster,
    ...options.values.flatMap((file) => ['--values', commaSafe(file)]),
  ];
  const answer = await tools.helm(words, { expectedExitCodes: [0, 1] });
  if (answer.exitCode === 0) {
    const { objects, faults } = parseManifest(answer.stdout);
    const [fault] = faults;
    if (fault !== undefined)
      throw new StopRollout([
        finding(
          'MI-CHART-TEMPLATE',
          `${fault.template} writes a manifest that Kubernetes refuses: ${fault.message}`,
          'This is a bug in the chart.',
        ),
      ]);
    return objects.map(({ object }) => object);
  }
  const diagnostics = parseHelmError(answer.stderr, { chartFolder: options.chart, fileNames: new Map() });
  if (diagnostics !== undefined) throw new StopRollout(diagnostics);
  throw new ToolFailure({
    reason: 'exit',
    message: 'helm template failed.',
    hint: 'helm says why above; correct that and run the command again.',
    command: ['helm', ...words],
    exitCode: answer.exitCode,
    stderr: answer.stderr,
  });
}
