import { splitArchive } from '../output/archive-place.ts';
import type { Diagnostic, Severity, Source } from '@mi-patterns/inventory';
import type { Location, Log, ReportingDescriptor, Result } from 'sarif';
import { documentedCodes } from '../codes/documented-codes.ts';
import type { Reporter } from './reporter.ts';

const levels: Readonly<Record<Severity, Result.level>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0 (OASIS), the format that code scanning services read. */
export const sarif: Reporter = ({ version, cwd, diagnostics }) => {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mi-patterns', semanticVersion: version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes.indexOf(diagnostic.code), cwd)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function ruleOf(id: string): ReportingDescriptor {
  const documented = documentedCodes().find(({ code }) => code === id);
  if (documented === undefined) return { id };
  return {
    id,
    shortDescription: { text: documented.title },
    fullDescription: { text: documented.meaning },
    help: { text: documented.fix },
    defaultConfiguration: { level: levels[documented.severity] },
  };
}

function resultOf(
  { code, severity, message, hint, source, related }: Diagnostic,
  ruleIndex: number,
  cwd: string,
): Result {
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: `${message}\n${hint}` },
    ...(source === undefined ? {} : { locations: [locationOf(source, cwd)] }),
    ...(related === undefined || related.length === 0
      ? {}
      : { relatedLocations: related.map((place) => locationOf(place, cwd)) }),
  };
}

/**
 * A place inside an archive (`orders.car!/api.xml`) cannot be opened by a viewer: the archive is the artifact, and the
 * whole place is its logical location.
 */
function locationOf({ path, line, column }: Source, cwd: string): Location {
  const [file, inside] = splitArchive(path, cwd);
  const physicalLocation = {
    artifactLocation: { uri: uriOf(file) },
    ...(inside === undefined ? { region: { startLine: line, startColumn: column } } : {}),
  };
  return inside === undefined
    ? { physicalLocation }
    : { physicalLocation, logicalLocations: [{ fullyQualifiedName: `${path}:${line}:${column}` }] };
}

/**
 * A relative reference, percent-encoded; the first segment must not look like a scheme. Half of a pair of UTF-16, which
 * a name in an answer of a cluster may hold, cannot be encoded.
 */
function uriOf(path: string): string {
  const encoded = path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
