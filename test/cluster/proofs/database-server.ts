import { call } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { databaseUser } from '../../runtime/coordination-database.ts';
import { databaseFolder, databasePort } from '../images/postgres.ts';
import type { BuiltImage } from '../images/servers.ts';
import type { Target } from './target.ts';
import { restricted, toolsNamespace } from './tools.ts';

const name = 'database';

/**
 * What MI gives its JDBC driver. The ampersand shows as well that the chart escapes it: with a bare one MI does not
 * coordinate.
 */
export const databaseUrl = `jdbc:postgresql://${name}.${toolsNamespace}.svc.cluster.local:${databasePort}/postgres?connectTimeout=5&socketTimeout=5`;

/** Starts the database in a pod on a node, beside the tick counter; an earlier one goes with its data. */
export async function startDatabase(target: Target, image: BuiltImage, node: string): Promise<void> {
  const { api } = target;
  const pods = `/api/v1/namespaces/${toolsNamespace}/pods`;
  await target.kubectl('delete', 'pod,service', name, '-n', toolsNamespace, '--ignore-not-found', '--grace-period=1');
  await call(api, 'POST', pods, {
    metadata: { name, labels: { app: name } },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [
        {
          name,
          image: image.name,
          imagePullPolicy: 'IfNotPresent',
          securityContext: restricted,
          resources: { requests: { cpu: '10m', memory: '64Mi' } },
          volumeMounts: [{ name: 'data', mountPath: databaseFolder }],
        },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
  });
  await call(api, 'POST', `/api/v1/namespaces/${toolsNamespace}/services`, {
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'postgresql', port: databasePort }] },
  });
  const ask = (): Promise<string> =>
    target.kubectl(
      'exec',
      '-n',
      toolsNamespace,
      name,
      '--',
      'psql',
      '-h',
      '127.0.0.1',
      '-U',
      databaseUser,
      '-d',
      'postgres',
      '-qAtc',
      'select count(*) from coordinated_task_table',
    );
  await until(90, 'the database to answer', () =>
    ask().then(
      (answer) => answer.trim() === '0',
      () => false,
    ),
  );
}
