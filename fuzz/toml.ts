import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readDeploymentToml } from '../packages/inventory/src/containers/deployment-toml.ts';
import { documentsOf, encoded, expected, type Document } from '../test/chart/toml-documents.ts';
import { askJava, checkFindings, type Difference, each, type FuzzClass } from './harness.ts';
import { mutate } from './mutate.ts';

interface Theirs {
  readonly document?: unknown;
  readonly refusal?: string;
}

/** What MI's parser makes of each file; undefined without it. */
function askCava(inputs: readonly Buffer[]): Theirs[] | undefined {
  const path = process.env['MI_PARSERS'];
  const java = path === undefined ? undefined : askJava('TomlOracle.java', inputs, ['-cp', path]);
  return java?.map((line) =>
    line.startsWith('read ')
      ? { document: JSON.parse(Buffer.from(line.slice(5), 'hex').toString()) }
      : { refusal: line.replace('refused ', '') },
  );
}

/** Numbers and times as JSON has them. */
const asJson = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)) ?? 'null',
  );

/** deployment.toml with changed bytes: what we read against what MI's parser reads. */
export const toml: FuzzClass = async (next, count) => {
  const seed = Buffer.from(
    '[server]\nhostname = "a"\noffset = 1\n[transport.jms]\nlistener_enable = true\n[[transport.jms.listener]]\nname = "a"\nparameter.x = "topic"\n[cluster_config]\nnode_id = "n"\n[[datasource]]\nid = "WSO2_COORDINATION_DB"\n[mediation]\ninbound.port_offset_enable = true\n[custom_transport]\nlistener = [{ protocol = "x", class = "y" }]\n[a]\nb = { c = [1, 2], d = "\\u0041" }\ne = """\nf"""\n',
  );
  const inputs = Array.from({ length: count }, () => mutate(Buffer.from(seed), next));
  const { answers, faults } = await each(inputs, (input) => {
    const text = input.toString('utf8');
    const { configuration, diagnostics } = readDeploymentToml(text, 'd.toml');
    checkFindings(diagnostics, text);
    return { tables: configuration?.document?.tables };
  });
  const java = askCava(inputs);
  const differences = (java ?? []).flatMap((theirs, index): Difference[] => {
    const ours = answers[index];
    if (ours === undefined) return [];
    const document = ours.tables === undefined ? undefined : asJson(ours.tables);
    if (isDeepStrictEqual(document, theirs.document)) return [];
    const one = { text: inputs[index]?.toString() ?? '', document, theirs };
    return [{ shown: `input ${index}: ${JSON.stringify(one).slice(0, 600)}` }];
  });
  return { faults, differences, oracle: java === undefined ? "without MI's parser" : "against MI's parser" };
};

/** Data as the chart writes it into a deployment.toml, read by MI's parser. */
export const encoder: FuzzClass = async (next, count) => {
  const documents = documentsOf(count, next.below(2 ** 31));
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const written: string[] = [];
  for (let start = 0; start < documents.length; start += 500)
    for (const text of await encoded(folder, {}, documents.slice(start, start + 500))) written.push(text ?? '');
  rmSync(folder, { recursive: true });
  const java = askCava(written.map((text) => Buffer.from(text)));
  const differences = (java ?? []).flatMap((theirs, index): Difference[] => {
    const wanted = asJson(expected(documents[index] as Document));
    const read = (theirs.document as { readonly properties?: unknown } | undefined)?.properties ?? {};
    if (theirs.refusal === undefined && isDeepStrictEqual(wanted, read)) return [];
    const one = { text: written[index] ?? '', document: wanted, theirs };
    return [
      {
        shown: `document ${index}: ${theirs.refusal ?? JSON.stringify(one).slice(0, 800)}`,
      },
    ];
  });
  return {
    faults: [],
    differences,
    oracle: java === undefined ? "without MI's parser" : "against MI's parser",
  };
};
