import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { resolveReferences } from '../references/resolve.ts';
import { parseArtifactFile } from './parse.ts';

const corpus = join(
  process.env['MI_PATTERNS_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url)),
  'corpus',
);
const present = existsSync(corpus);
const artifactFolder = /(?:wso2mi\/artifacts|synapse-config)\/[^/]+\/[^/]+\.(?:xml|dbs)$/;

test.skipIf(!present)(
  `every artifact file of the corpus is recognised${present ? '' : ' (skipped: no corpus beside the repository; set MI_PATTERNS_SHARED)'}`,
  () => {
    const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:xml|dbs)$/.test(name))
      .sort();
    const artifacts = [];
    const unrecognised = [];
    for (const file of files) {
      const parsed = parseArtifactFile(readFileSync(join(corpus, file), 'utf8'), file);
      if (artifactFolder.test(file)) {
        if (parsed.artifacts.length !== 1 || parsed.diagnostics.length > 0) unrecognised.push(file);
        for (const artifact of parsed.artifacts)
          artifacts.push({ id: `${artifact.kind}/${artifact.name}`, parsed: artifact, applications: [] });
      }
    }
    // MI refuses one of WSO2's samples: two endpoints of a group with the same key, which is empty.
    expect(unrecognised).toEqual([
      'legacy/routing/05-synapseConfig/src/main/synapse-config/complex-endpoints/1545308711508.xml',
    ]);
    expect(artifacts.length).toBeGreaterThan(90);
    const { references } = resolveReferences({ artifacts, applications: [], configurations: [] });
    const edges = references.map(({ from, relation, to, state }) => `${from} ${relation} ${to} ${state}`);
    // The three real loopback calls, the two tasks and the processor of WSO2's samples.
    expect(edges).toEqual(
      expect.arrayContaining([
        'endpoint/DoctorsDataServiceEP calls-loopback data-service/DoctorsDataService resolved',
        'endpoint/EchoSoapEP calls-loopback proxy-service/echo resolved',
        'endpoint/UserRegistrationEP calls-loopback api/MockAPI resolved',
        'task/DoctorsRecordsSyncTask injects-into sequence/DoctorsRecordsSyncSeq resolved',
        'task/PersonRecordRetrieveTask injects-into sequence/PersonRecordSeq resolved',
        'message-processor/UserRegistrationMP consumes-from message-store/UserRegistrationMS resolved',
        'api/UserRegistrationAPI stores-into message-store/UserRegistrationMS resolved',
      ]),
    );
  },
);
