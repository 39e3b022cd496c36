import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeRoom } from '@mi-patterns/inventory';
import { makeFolder, writeAtomically } from '@mi-patterns/values';
import type { ChartJudgement } from '../render/render.ts';
import { chartDigest } from '../tools/chart-digest.ts';
import { cacheFolder, findTool, type Tool } from '../tools/tools.ts';

/** What the chart says of values that it renders. */
type Accepted = Pick<ChartJudgement, 'warnings' | 'recordedBytes'>;

/** What is judged, besides the chart. */
interface Judged {
  /** Of values files, later ones win. */
  readonly texts: readonly string[];
  /** Everything else that helm is told. */
  readonly options: object;
  /** Digest of this program. */
  readonly keptFor: string;
}

interface Before {
  /** Undefined when this chart has not accepted these values by this helm. */
  readonly accepted: Accepted | undefined;
  /** Keeps that it has, for later runs. */
  readonly keep: (accepted: Accepted) => void;
}

/** Of all that is kept. */
const most = { files: 200, bytes: 32 * 1024 * 1024 };

/**
 * Whether a chart has accepted the same values before, as the cache says. What `helm template` says depends on helm, on
 * the files of the chart and on the values alone, so the same bytes are accepted again. Refusals are not kept: their
 * sentences name files of that run. Throws a ToolFailure when there is no helm.
 */
export async function judgedBefore(chart: string, judged: Judged): Promise<Before> {
  const cache = cacheFolder();
  const helm = await findTool('helm');
  const before = digestOf(chart, helm, judged);
  if (cache === undefined || before === undefined) return { accepted: undefined, keep: () => {} };
  const file = join(cache, 'accepted-values', before);
  return {
    accepted: readAccepted(file),
    keep: (accepted) => {
      // Somebody may have written into the chart meanwhile.
      if (digestOf(chart, helm, judged) !== before) return;
      try {
        const content = `${JSON.stringify(accepted)}\n`;
        makeFolder(dirname(file));
        makeRoom(dirname(file), content.length, most);
        writeAtomically(file, content, 0o600);
      } catch {
        // A cache that cannot be written is no fault: the next run asks helm again.
      }
    },
  };
}

/** Undefined for a chart that cannot be read, which helm will say. */
function digestOf(chart: string, helm: Tool, { texts, options, keptFor }: Judged): string | undefined {
  try {
    const lengths = texts.map((text) => text.length);
    const told = JSON.stringify([chartDigest(chart, helm, { unitTests: false }), options, keptFor, lengths]);
    return createHash('sha256').update(told).update(texts.join('')).digest('hex');
  } catch {
    return undefined;
  }
}

function readAccepted(file: string): Accepted | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Accepted>;
    return Array.isArray(kept.warnings) && typeof kept.recordedBytes === 'number' ? (kept as Accepted) : undefined;
  } catch {
    return undefined;
  }
}
