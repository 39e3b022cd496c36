import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameByDigest } from '../harness/node.ts';
import { standInImage } from '../images/servers.ts';
import { counterAddress } from '../proofs/tools.ts';
import type { Target } from '../proofs/target.ts';
import type { Project } from './project.ts';

export const repository = 'localhost/rollout-orders';
const artifacts = 'src/main/wso2mi/artifacts';
const sequences: Readonly<Record<string, string>> = {
  recurringOrder_Task: 'RecurringOrderSeq',
  schedulOrder_Task: 'ScheduledOrderSeq',
};

/** Makes both tasks of the order example fire every second and tell the tick counter. */
export function letTasksTick(folder: string): void {
  for (const [task, sequence] of Object.entries(sequences)) {
    const file = join(folder, artifacts, 'tasks', `${task}.xml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/<trigger [^>]*\/>/, '<trigger interval="1"/>'));
    writeFileSync(
      join(folder, artifacts, 'sequences', `${sequence}.xml`),
      `<sequence xmlns="http://ws.apache.org/ns/synapse" name="${sequence}">
  <log level="custom"><property name="TICK task" value="${task}"/></log>
  <call><endpoint><http method="get" uri-template="${counterAddress}/tick/${task}"><suspendOnFailure><errorCodes>-1</errorCodes></suspendOnFailure><markForSuspension><errorCodes>-1</errorCodes></markForSuspension></http></endpoint></call>
</sequence>
`,
    );
  }
}

/** What `package` writes of a project: the archives, and the roles they carry as the image tells them. */
async function packaged(
  project: Project,
  tag: string,
): Promise<{ readonly archives: string[]; readonly roles: string }> {
  const out = join(project.folder, '..', `package-${tag}-${Date.now().toString(36)}`);
  const done = await project.run(['package', '.', '--out', out]);
  if (done.exitCode !== 0) throw new Error(`package ended with ${done.exitCode}:\n${done.stderr}`);
  const folder = join(out, 'image', 'carbonapps');
  return {
    archives: readdirSync(folder).map((name) => join(folder, name)),
    roles: readFileSync(join(out, 'image', 'roles.json'), 'utf8'),
  };
}

/** Builds an image of the project as it is and brings it to every node, also by its digest, which it answers. */
export async function bringImage(target: Target, nodes: number, project: Project, tag: string): Promise<string> {
  if (target.machine === undefined) throw new Error('Images are brought to clusters of the harness only.');
  const { archives, roles } = await packaged(project, tag);
  const image = await standInImage(`${repository}:${tag}`, '4.4.0', archives, { 'mi-patterns/roles.json': roles });
  await target.loadImage(image);
  const digests = new Set<string>();
  for (let node = 1; node <= nodes; node += 1) digests.add(await nameByDigest(target.machine.folder, node, image.name));
  for (const path of archives) rmSync(join(path, '..', '..', '..'), { recursive: true, force: true });
  const [digest = ''] = digests;
  if (digests.size !== 1) throw new Error(`The nodes have ${digests.size} digests of ${image.name}.`);
  return digest;
}
