import { isSecretName } from '@mi-patterns/inventory';
import { isMapping, valueAt } from '../mapping/merge.ts';
import { locate } from '../yaml/locate.ts';
import type { YamlFile } from '../yaml/read.ts';
import type { Finding } from './finding.ts';

/** Settings that arrive as text, whatever they are in YAML, and who gets them. */
const texts: ReadonlyMap<string, string> = new Map([
  ['env', 'the server gets'],
  ['properties', 'the server gets'],
  ['annotations', 'the annotation is'],
  ['podAnnotations', 'the annotation is'],
  ['commonAnnotations', 'the annotation is'],
]);

/**
 * Settings that arrive as another text than they are written, since YAML reads them as numbers or as true and false:
 * `1.10` becomes `1.1`, `0123` becomes `83` to helm, and `yes` becomes `true`. In deploymentToml, which has numbers and
 * booleans too, only what no number is written like. `base`: the keys that lead to the values.
 */
export function writtenRules(file: YamlFile, base: readonly string[] = []): readonly Finding[] {
  return settingsIn(valueAt(file.value, base), base).flatMap(({ path, value, arrives, isText }) => {
    const { written } = locate(file, path, 'value');
    const read = String(value);
    if (written === undefined || written === read || (typeof value === 'boolean' && written.toLowerCase() === read))
      return [];
    if (!isText && !/^[-+]?(?:0\d+|[1-9]\d*\.\d*[1-9]0+)$/.test(written)) return [];
    const name = path.at(-1) ?? '';
    const told = path.some(isSecretName)
      ? {
          message: `\`${name}\` is no text to YAML, so ${arrives} another one than is written.`,
          hint: 'Put it in quotes.',
        }
      : {
          message: `\`${name}\` is written as ${written}, which YAML reads as ${read}, so ${arrives} ${read}.`,
          hint: `Put it in quotes: \`"${written}"\`.`,
        };
    return [{ code: 'MI-VALUES-WRITTEN' as const, path, ...told }];
  });
}

interface Setting {
  readonly path: readonly string[];
  readonly value: number | boolean;
  readonly arrives: string;
  readonly isText: boolean;
}

/** Numbers and booleans that are settings of one of the kinds above. Objects of Kubernetes have types of their own. */
function settingsIn(value: unknown, path: readonly string[], of?: Pick<Setting, 'arrives' | 'isText'>): Setting[] {
  if (of !== undefined && (typeof value === 'number' || typeof value === 'boolean')) return [{ path, value, ...of }];
  if (Array.isArray(value) && of?.isText === false)
    return value.flatMap((inner, index) => settingsIn(inner, [...path, String(index)], of));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (of !== undefined) return of.isText && isMapping(inner) ? [] : settingsIn(inner, [...path, key], of);
    if (key === 'extraObjects') return [];
    const arrives = texts.get(key);
    const isToml = key === 'deploymentToml';
    const kind = arrives === undefined ? undefined : { arrives, isText: true };
    return settingsIn(inner, [...path, key], isToml ? { arrives: 'the server gets', isText: false } : kind);
  });
}
