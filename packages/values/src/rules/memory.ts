import { valueAt } from '../merge.ts';
import type { Finding, RuleInput } from './finding.ts';
import type { EffectiveWorkload } from './workloads.ts';

const code = 'MI-VALUES-CONDITION' as const;
const mebibyte = 1024 * 1024;
/** What the JVMs need beside the heap at least, in bytes; the chart takes the same. */
const leastBeside = 128 * mebibyte;
const units: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: mebibyte,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** The container holds the heap and what the JVMs need beside it, and asks for no more than its limits. */
export function memoryRules({ workloads }: RuleInput): readonly Finding[] {
  return workloads.flatMap((workload) => [...heapRules(workload), ...requestRules(workload)]);
}

function heapRules({ key, settings, pathOf }: EffectiveWorkload): readonly Finding[] {
  const [heap, initial, limit] = [
    ['heap', 'max'],
    ['heap', 'initial'],
    ['resources', 'limits', 'memory'],
  ].map((path) => quantity(valueAt(settings, path)));
  if (heap === undefined) return [];
  return [
    ...(initial !== undefined && initial > heap
      ? [
          {
            code,
            path: pathOf('heap', 'initial'),
            message: `\`heap.initial\` of \`${key}\` is above \`heap.max\` (${shown(heap)}).`,
            hint: 'Lower it, or leave it out.',
          },
        ]
      : []),
    ...(limit !== undefined && limit < heap + leastBeside
      ? [
          {
            code,
            path: pathOf('resources', 'limits', 'memory'),
            message: `The memory limit of \`${key}\` is too little for a heap of ${shown(heap)}: the JVMs need at least 128Mi beside it, better 512Mi.`,
            hint: 'Raise it, lower `heap.max`, or remove it to have it derived.',
          },
        ]
      : []),
  ];
}

function requestRules({ key, settings, pathOf }: EffectiveWorkload): readonly Finding[] {
  return ['cpu', 'memory'].flatMap((name): readonly Finding[] => {
    const at = (...path: readonly string[]): number | undefined => quantity(valueAt(settings, path));
    const derived =
      name === 'memory' ? (at('heap', 'max') ?? Number.NaN) + (at('heap', 'overhead') ?? 512 * mebibyte) : undefined;
    const [request, limit] = [
      at('resources', 'requests', name),
      at('resources', 'limits', name) ??
        (valueAt(settings, ['resources', 'limits', name]) === undefined ? derived : undefined),
    ];
    if (request === undefined || limit === undefined || !(request > limit)) return [];
    return [
      {
        code,
        path: pathOf('resources', 'requests', name),
        message: `\`${key}\` requests more ${name} than its limit.`,
        hint: `Lower it, or raise \`resources.limits.${name}\`${name === 'memory' ? ', which follows from the heap where it is not set' : ''}.`,
      },
    ];
  });
}

/** A Kubernetes quantity as a number; undefined for anything else. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(value) : null;
  const unit = match === null ? undefined : units[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

function shown(bytes: number): string {
  return `${Math.floor(bytes / mebibyte)}Mi`;
}
