import { isSecretName } from '@mi-patterns/inventory';
import { isMapping, valueAt } from '../mapping/merge.ts';
import { locate } from '../yaml/locate.ts';
import type { YamlFile } from '../yaml/read.ts';
import type { Finding } from './finding.ts';

/** Settings that the server gets as text, below the root of values or a workload. */
const texts = ['env', 'properties'];

/**
 * Variables and properties that arrive as another text than they are written, since YAML reads them as numbers or as
 * true and false: `1.10` becomes `1.1`, `0123` becomes `83` to helm, and `yes` becomes `true`. `base`: the keys that
 * lead to the values.
 */
export function writtenRules(file: YamlFile, base: readonly string[] = []): readonly Finding[] {
  const workloads = valueAt(file.value, [...base, 'workloads']);
  const named = isMapping(workloads) ? Object.keys(workloads) : [];
  return [[], ['workloadDefaults'], ...named.map((name) => ['workloads', name])].flatMap((place) =>
    texts.flatMap((setting) => changedTexts(file, [...base, ...place, setting])),
  );
}

function changedTexts(file: YamlFile, place: readonly string[]): readonly Finding[] {
  const settings = valueAt(file.value, place);
  if (!isMapping(settings)) return [];
  return Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value !== 'number' && typeof value !== 'boolean') return [];
    const path = [...place, name];
    const { written } = locate(file, path, 'value');
    const read = String(value);
    if (written === undefined || written === read || (typeof value === 'boolean' && written.toLowerCase() === read))
      return [];
    return [
      {
        code: 'MI-VALUES-WRITTEN' as const,
        path,
        ...(isSecretName(name)
          ? {
              message: `\`${name}\` is no text to YAML, so the server gets another one than is written.`,
              hint: 'Put it in quotes.',
            }
          : {
              message: `\`${name}\` is written as ${written}, which YAML reads as ${read}, so the server gets ${read}.`,
              hint: `Put it in quotes: \`"${written}"\`.`,
            }),
      },
    ];
  });
}
