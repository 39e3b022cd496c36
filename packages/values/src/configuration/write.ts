import { valueAt, type Values } from '../mapping/merge.ts';
import { editorSchema } from '../schema/editor-schema.ts';
import type { FirstConfiguration } from './first.ts';
import { commentKey, emitYaml, wrapComment } from '../yaml/emit.ts';

/** The text of a first `mi-patterns.yaml`, with comments, and of the schema that editors check it with. Pure. */
export function writeConfiguration(first: FirstConfiguration): { readonly text: string; readonly schema: string } {
  const comments = new Map<string, string>([
    [commentKey(['artifacts']), 'MI projects, .car files, or folders that hold them.'],
    [commentKey(['release']), 'Name of the Helm release; every object is named after it.'],
    [
      commentKey(['image']),
      'The image with the integration: put yours here. mi-patterns package writes what it is built from.',
    ],
    [commentKey(['replicas']), 'Pods of the workload that scales.'],
    [commentKey(['values']), 'Settings of the chart for every environment; an environment can have its own.'],
    [
      commentKey(['environments']),
      `In the order of the rollout. Without a pattern, the artifacts decide. ${first.patternBecause}`,
    ],
    [
      commentKey(['environments', 'prod', 'approval']),
      '--yes alone is not enough here: --approve says who or what allowed it.',
    ],
  ]);
  const data = {
    artifacts: first.artifacts,
    release: first.release,
    image: first.image,
    ...(first.runtime === undefined ? {} : { runtime: first.runtime }),
    ...(first.replicas === undefined ? {} : { replicas: first.replicas }),
    ...(first.values === undefined || Object.keys(first.values).length === 0 ? {} : { values: first.values }),
    environments: first.environments ?? {
      dev: {
        namespace: `${first.release}-dev`,
        ...(first.singleInDevelopment ? { pattern: 'single-replica', ...unscaled(first.values) } : {}),
      },
      staging: { namespace: `${first.release}-staging` },
      prod: { namespace: first.release, approval: 'required' },
    },
  };
  const head = [
    '# yaml-language-server: $schema=./mi-patterns.schema.json',
    '# What is deployed, and where. mi-patterns plan explains the pattern; mi-patterns rollout --env dev brings it to a cluster.',
    '',
  ];
  const tail =
    first.leftOver.length === 0
      ? []
      : [
          '',
          '# Not translated:',
          ...first.leftOver.flatMap((line) =>
            wrapComment(line, 96).map((text, index) => `#   ${index === 0 ? '' : '  '}${text}`),
          ),
        ];
  return {
    text: `${[...head, emitYaml(data, comments).trimEnd(), ...tail].join('\n')}\n`,
    schema: `${JSON.stringify(editorSchema(), null, 2)}\n`,
  };
}

/** A single replica is never scaled automatically, whatever the values for all environments say. */
function unscaled(values: Values | undefined): { readonly values?: Values } {
  return valueAt(values, ['workloadDefaults', 'autoscaling', 'enabled']) === true
    ? { values: { workloadDefaults: { autoscaling: { enabled: false } } } }
    : {};
}
