import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyOfOrders, temporaryFolder } from '../support/command.ts';
import { command } from './package.ts';

/** One documented way from a project to its pods. */
export interface Way {
  readonly pattern: 'single-replica' | 'multiple-replicas' | 'coordinated';
  readonly delivery: 'roles' | 'archives';
  readonly source: 'image' | 'imageVolume' | 'initCopy' | 'persistentVolumeClaim' | 'configMap';
  readonly coordination: 'isolate' | 'database';
  readonly recovery: 'respawn' | 'at-most-one' | 'fenced';
}

const sources = ['image', 'imageVolume', 'initCopy', 'persistentVolumeClaim', 'configMap'] as const;
const recoveries = ['respawn', 'at-most-one', 'fenced'] as const;

/** Every way. Recovery is of workloads that isolate what is stateful, so the others have none to choose. */
export const ways: readonly Way[] = (['roles', 'archives'] as const).flatMap((delivery) =>
  sources.flatMap((source): Way[] => {
    const common = { delivery, source, recovery: 'respawn' } as const;
    return [
      ...recoveries.map(
        (recovery) => ({ ...common, pattern: 'coordinated', coordination: 'isolate', recovery }) as const,
      ),
      { ...common, pattern: 'coordinated', coordination: 'database' },
      { ...common, pattern: 'single-replica', coordination: 'isolate' },
      { ...common, pattern: 'multiple-replicas', coordination: 'isolate' },
    ];
  }),
);

const details: Readonly<Record<Way['source'], object>> = {
  image: {},
  imageVolume: { imageVolume: { reference: 'registry.example/acme/archives:1' } },
  persistentVolumeClaim: { persistentVolumeClaim: { claimName: 'archives' } },
  initCopy: { initCopy: { select: ['*.car'] } },
  configMap: {},
};

/**
 * Where each workload finds its archives, for sources that the user fills: one folder for all would isolate nothing.
 */
function ownFolders({ delivery, source, coordination, pattern }: Way): object {
  if (delivery === 'roles' || pattern !== 'coordinated' || coordination === 'database') return {};
  const of = (name: string): object | undefined => {
    if (source === 'initCopy') return { initCopy: { from: `/archives/${name}` } };
    return source === 'persistentVolumeClaim' ? { [source]: { subPath: name } } : undefined;
  };
  return Object.fromEntries(
    ['integration', 'recurring-order-task', 'schedul-order-task'].flatMap((name) => {
      const artifacts = of(name);
      return artifacts === undefined ? [] : [[name, { artifacts }]];
    }),
  );
}

/** Answer of `generate` for a way of the sample project, and the values file that it writes. */
export async function generateWay(
  way: Way,
): Promise<{ readonly exitCode: number; readonly document: object; readonly file: string }> {
  const folder = copyOfOrders();
  // Several equal pods take only projects without anything stateful.
  if (way.pattern === 'multiple-replicas') rmSync(join(folder, 'src/main/wso2mi/artifacts/tasks'), { recursive: true });
  const out = temporaryFolder();
  const configuration = join(out, 'mi-patterns.yaml');
  const database = { url: 'jdbc:postgresql://db/mi', driver: 'org.postgresql.Driver' };
  const values = {
    artifacts: { source: way.source, ...details[way.source] },
    ...(way.pattern === 'coordinated' && way.coordination === 'isolate'
      ? { workloadDefaults: { recovery: way.recovery } }
      : {}),
    ...(way.coordination === 'database' ? { coordination: { database } } : {}),
    workloads: ownFolders(way),
  };
  mkdirSync(out, { recursive: true });
  writeFileSync(
    configuration,
    JSON.stringify({
      artifacts: [folder],
      runtime: { version: '4.6.0' },
      image: { repository: 'registry.example/acme/orders', tag: '1.2.0' },
      pattern: way.pattern,
      delivery: way.delivery,
      coordination: way.coordination,
      values,
    }),
  );
  const answer = await command<object>(out, 'generate', '--config', configuration, '--out', join(out, 'deploy'));
  return { ...answer, file: join(out, 'deploy/values.yaml') };
}
