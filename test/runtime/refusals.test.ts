import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  harmful,
  idle,
  refusedBefore,
  refusedScripts,
  refusedTasks,
} from '../../packages/inventory/test/support/refused-parts.ts';
import { takenSince } from '../../packages/inventory/test/support/refused-mediators.ts';
import { dropped, neverRun, refused, running, taken } from '../../packages/inventory/test/support/refusals.ts';
import { describeWith } from '../support/describe-with.ts';
import { reservePorts } from '../support/ports.ts';
import { car } from './car.ts';
import { type Outcome, outcomeIn, typeOf } from './outcome.ts';
import { findRuntime, type Server, startServer } from './server.ts';

const runtime = findRuntime();

/** The texts, each with a name, a context and a port that no other archive of any server has. */
async function eachAlone(texts: readonly string[]): Promise<string[]> {
  const port = /(?<="inbound\.(?:http|ws)\.port">)(?:8085|9091)(?=<)/;
  const places = Array.from({ length: texts.filter((text) => port.test(text)).length }, (_, index) => index + 1);
  const block = await reservePorts(places);
  let used = block;
  return texts.map((text, index) =>
    text
      .replace(/ name="([^"]*)"/, ` name="$1${index}"`)
      .replace(/ context="\/a/, ` context="/a${index}`)
      .replace(port, () => String((used += 1))),
  );
}

/**
 * What the inventory says that MI refuses, asked of a real server (MI 4.3.0 built from its sources), each text in an
 * archive of its own.
 */
describeWith('missing' in runtime ? runtime.missing : undefined, 'what is told of wrong artifacts', () => {
  const work = mkdtempSync(join(tmpdir(), 'mi-refusals-'));
  const texts = [
    ...dropped,
    ...refused,
    ...neverRun,
    ...harmful,
    ...idle,
    ...refusedBefore,
    ...refusedScripts,
    ...refusedTasks,
  ]
    .map(([text]) => text)
    .concat(running, taken, takenSince);
  let server: Server;
  let outcomes: ReadonlyMap<string, Outcome>;

  beforeAll(async () => {
    if ('missing' in runtime) throw new Error(runtime.missing);
    const alone = await eachAlone(texts);
    const archives = await Promise.all(
      alone.map(async (content, index) => {
        const path = join(work, `a${index}.car`);
        const artifact = { name: `a${index}`, type: typeOf(content), content };
        writeFileSync(path, await car(`a${index}`, [artifact]));
        return path;
      }),
    );
    server = await startServer(runtime, { archives });
    const log = server.log();
    outcomes = new Map(texts.map((text, index) => [text, outcomeIn(log, `a${index}`)]));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const unlike = (some: readonly string[], wanted: Outcome): string[] =>
    some.filter((text) => outcomes.get(text) !== wanted).map((text) => `${outcomes.get(text)}: ${text}`);

  it('leaves archives out where that is said', () => {
    expect(unlike(dropped.map(([text]) => text), 'absent')).toEqual([]); // prettier-ignore
  });
  it('takes archives back where that is said', () => {
    expect(unlike([...refused, ...refusedBefore, ...refusedScripts, ...refusedTasks].map(([text]) => text), 'taken back')).toEqual([]); // prettier-ignore
    expect(unlike(takenSince, 'taken back')).toEqual([]);
  });
  it('deploys what nothing is said of, and what never does its work', () => {
    expect(
      unlike([...[...neverRun, ...harmful, ...idle].map(([text]) => text), ...running, ...taken], 'deployed'),
    ).toEqual([]);
  });
});
