import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import { folderEntries } from '../images/image.ts';
import type { BuiltImage } from '../images/servers.ts';
import { writeTar } from '../images/tar.ts';
import { release, type Intent } from './charts.ts';
import { commandIn, type Answer, type CommandRun } from './command.ts';
import { watchEvent, type Stage, type TickWatch } from './event.ts';
import { podStates, untilSettled } from './pods.ts';
import type { Figures, ProofResult } from './figures.ts';
import { imageAsFound, leavingRepository } from './server.ts';
import type { Proof } from './stateless.ts';
import type { Target } from './target.ts';
import { analyseTicks, type Tick } from './ticks.ts';
import { readTicks } from './tools.ts';

const limit = 600;
/** Tag of the image as it was found, and of the one that `package --from` makes of it. */
const tags = { found: '1', packaged: '1-patterns' } as const;

/** What the commands of the page "I have helm-mi" work with. */
interface Move {
  readonly folder: string;
  readonly found: BuiltImage;
  /** How its servers can be audited: the stand-in has no management API. */
  readonly ways: readonly ('images' | 'management-api')[];
  readonly run: CommandRun;
}

/** An archive of an OCI layout that `ctr images import` takes under a name. */
function archiveOfLayout(layout: string, name: string, target: string): BuiltImage {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { annotations?: Record<string, string> }[];
  };
  for (const manifest of index.manifests) manifest.annotations = { 'io.containerd.image.name': name };
  writeTar(target, [
    ...folderEntries(join(layout, 'blobs'), 'blobs'),
    { kind: 'text', path: 'oci-layout', mode: 0o644, content: readFileSync(join(layout, 'oci-layout')) },
    { kind: 'text', path: 'index.json', mode: 0o644, content: JSON.stringify(index) },
  ]);
  return { name, archive: target };
}

function sound({ exitCode, stdout, stderr }: Answer, what: string, wanted = 0): void {
  if (exitCode !== wanted) throw new Error(`${what} ended with ${exitCode}, not ${wanted}:\n${stdout}\n${stderr}`);
}

/** The release that is left: two pods of an image whose task fires in each of them. */
export const asFound = (base: Intent): Intent => ({
  ...base,
  image: { repository: leavingRepository, tag: tags.found },
  replicas: 2,
});

const moves = new WeakMap<Target, Move>();
function moveOf({ target }: Stage): Move {
  const move = moves.get(target);
  if (move === undefined) throw new Error('The images of the move were not made.');
  return move;
}

/** Makes the image as it is found and the one that `package --from` makes of it, and brings both to the nodes. */
export async function prepareLeaving({ target, intent, report }: Stage, kind: Parameters<typeof imageAsFound>[0]) {
  const folder = mkdtempSync(join(tmpdir(), 'mi-leaving-'));
  const run = await commandIn(folder, target);
  const found = await imageAsFound(kind, intent.version, folder);
  sound(await run(['package', '--from', `docker-archive:${found.archive}`, '--out', 'package']), 'package --from');
  const name = `${leavingRepository}:${tags.packaged}`;
  const packaged = archiveOfLayout(join(folder, 'package', 'oci'), name, join(folder, 'packaged.tar'));
  for (const image of [found, packaged]) await target.loadImage(image);
  report(`package --from made ${name}`);
  moves.set(target, { folder, found, ways: kind === 'stand-in' ? ['images'] : ['images', 'management-api'], run });
}

/** Removes what {@link prepareLeaving} has made. */
export function forgetLeaving(target: Target): void {
  const move = moves.get(target);
  if (move !== undefined) rmSync(move.folder, { recursive: true, force: true });
  moves.delete(target);
}

interface Audited {
  readonly workloads: readonly {
    readonly name: string;
    readonly risks: Readonly<Record<string, string>>;
    readonly unknown: readonly string[];
    readonly artifacts: readonly { readonly id: string }[];
  }[];
}

/** Audits the namespace by images and by the management API, and returns in words what both say of now. */
async function audited(stage: Stage, wanted: { readonly exitCode: number; readonly now: readonly string[] }) {
  const { folder, found, ways, run } = moveOf(stage);
  const said: string[] = [];
  const packaged = `${leavingRepository}:${tags.packaged}=oci-layout:${join(folder, 'package', 'oci')}`;
  for (const by of ways) {
    const words = ['audit', '--namespace', stage.namespace, '--by', by, '--json'];
    const images = ['--image', `${found.name}=docker-archive:${found.archive}`, '--image', packaged];
    const answer = await run([...words, ...images]);
    sound(answer, `audit --by ${by}`, wanted.exitCode);
    const { workloads } = JSON.parse(answer.stdout) as Audited;
    const doubtful = workloads.flatMap(({ name, unknown }) => unknown.map((reason) => `${name}: ${reason}`));
    if (by === 'management-api' && doubtful.length > 0) throw new Error(`audit --by ${by}: ${doubtful.join('; ')}`);
    const now = workloads.map(({ name, risks }) => `${name} ${risks['now']}`).toSorted();
    if (now.join() !== wanted.now.join()) throw new Error(`audit --by ${by} says of now: ${now.join(', ')}`);
    said.push(`audit --by ${by}, exit ${answer.exitCode}: ${now.join(', ')}`);
  }
  return said.join('; ');
}

/** Firings within a time that two servers did both. */
const twice = (ticks: readonly Tick[], watch: TickWatch, from: number, to: number): number =>
  analyseTicks(ticks, watch.task, watch.interval, from, to).ticksTwice;

const old = `cloud-${release}`;
const next = `${release}-patterns`;
const isOf = (workload: string): string => `app.kubernetes.io/instance=${workload}`;

/** `init --from-release` writes the configuration; the image and the chart are put in as the page says. */
async function configure(stage: Stage): Promise<void> {
  const { folder, found, run } = moveOf(stage);
  const file = join(folder, 'mi-patterns.yaml');
  rmSync(file, { force: true });
  const image = ['--image', `${found.name}=docker-archive:${found.archive}`];
  const where = ['--namespace', stage.namespace];
  sound(await run(['init', '--from-release', release, ...where, ...image]), 'init --from-release');
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.setIn(['release'], next);
  document.setIn(['image', 'tag'], tags.packaged);
  document.setIn(['artifacts'], [`oci-layout:package/oci`]);
  writeFileSync(file, document.toString());
}

/**
 * Leaving WSO2's chart as the page "I have helm-mi" tells, with requests to the old Service all the while: what the old
 * release does twice, the audit that says so, the move, and the way back.
 */
export function leavingProofs(watch: TickWatch): readonly Proof[] {
  const proof = (
    event: string,
    load: boolean,
    work: (stage: Stage) => Promise<Partial<Figures>>,
    chart: ProofResult['chart'] = 'mi-patterns',
  ): Proof => ({
    name: event,
    run: async (stage) => ({
      ...(await watchEvent(stage, { pattern: 'leaving helm-mi', event, load, ticks: watch }, () => work(stage))),
      chart,
    }),
  });
  return [
    proof(
      'the old release at rest',
      true,
      async (stage) => {
        await sleep(10_000);
        return { message: await audited(stage, { exitCode: 1, now: [`${old} twice`] }) };
      },
      'helm-mi',
    ),
    proof('rollout takes the release over', true, takeOver(watch)),
    proof('the new release at rest', false, async (stage) => {
      await sleep(5000);
      return {
        message: await audited(stage, {
          exitCode: 0,
          now: [`${old} none`, `${next}-integration none`, `${next}-recurring-task none`],
        }),
      };
    }),
    proof('rollback gives it back', true, giveBack),
  ];
}

function takeOver(watch: TickWatch) {
  return async (stage: Stage): Promise<Partial<Figures>> => {
    const { run } = moveOf(stage);
    await configure(stage);
    const begin = Date.now();
    let told: number | undefined;
    const answer = await run(['rollout', '--env', 'prod', '--yes'], (line) => {
      stage.report(line);
      if (/is scaled from \d+ to 0/.test(line)) told ??= Date.now();
    });
    sound(answer, 'rollout');
    if (told === undefined) throw new Error(`The rollout did not say when the old pods end:\n${answer.stderr}`);
    const seconds = (Date.now() - begin) / 1000;
    await sleep(5000);
    const ticks = await readTicks(stage.target);
    const after = analyseTicks(ticks, watch.task, watch.interval, told, Date.now());
    const before = twice(ticks, watch, begin, told);
    return {
      seconds,
      ticksTwice: after.ticksTwice,
      overlapSeconds: after.overlaps.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
      message: `before its pods were told to end, the old release fired ${before} times twice in ${((told - begin) / 1000).toFixed(0)} s`,
    };
  };
}

async function giveBack(stage: Stage): Promise<Partial<Figures>> {
  const { run } = moveOf(stage);
  const { target, namespace } = stage;
  const begin = Date.now();
  const before = new Set((await readTicks(target)).filter(({ at }) => at > begin - 5000).map(({ source }) => source));
  sound(await run(['rollback', '--env', 'prod', '--yes'], stage.report), 'rollback');
  const seconds = (Date.now() - begin) / 1000;
  await untilSettled(target.api, namespace, stage.chart.stateless, stage.intent.replicas, limit);
  if ((await podStates(target.api, namespace, isOf(next))).some(({ deleting }) => !deleting))
    throw new Error('Pods of the new release are left.');
  await sleep(5000);
  const ticks = (await readTicks(target)).filter(({ at }) => at >= begin);
  const first = ticks.find(({ source }) => !before.has(source))?.at ?? Number.POSITIVE_INFINITY;
  const late = ticks.filter(({ source, at }) => before.has(source) && at >= first).length;
  return { seconds, ticksTwice: late, overlapSeconds: 0, message: 'then the old release fires twice again' };
}
