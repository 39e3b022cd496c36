import { containers, podTemplate, textAt } from '../objects/kubernetes-object.ts';
import type { Rule } from './rule.ts';

/** Images are named by a version or digest, so that the same manifest always runs the same program. */
export const imageTag: Rule = {
  code: 'MI-RULE-IMAGE-TAG',
  check: (objects) =>
    objects.flatMap((object) =>
      containers(podTemplate(object) ?? {}).flatMap((container) => {
        const image = textAt(container.spec, 'image') ?? '';
        const tag = /:([^:/@]+)(?:@|$)/.exec(image)?.[1];
        if (image.includes('@sha') || (tag !== undefined && tag !== 'latest')) return [];
        return [
          {
            object,
            message: `the container ${container.name} runs ${image === '' ? 'no image' : image}, which may be a different program tomorrow.`,
            hint: 'Give image.tag a version, or image.digest a digest.',
          },
        ];
      }),
    ),
};
