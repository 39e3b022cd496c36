import { expect, it } from 'vitest';
import { versionOfImage } from './base-image.ts';
import { imagesOfDockerfile } from './dockerfile.ts';

it.each<readonly [string, readonly string[]]>([
  ['FROM wso2/wso2mi:4.2.0', ['wso2/wso2mi:4.2.0']],
  ['from  --platform=$BUILDPLATFORM a:1 as b\r\nFROM b', ['a:1', 'b']],
  ['FROM \\\n# a comment between\n\n  a:1 \\\n  AS b', ['a:1']],
  ['# escape=`\nFROM `\n a:1', ['a:1']],
  ['ARG BASE="a:1"\nFROM ${BASE}', ['a:1']],
  ['ARG BASE\nFROM ${BASE:-a:1}', ['a:1']],
  ['ARG X=1 V=2\nARG TAG=${V}-x\nFROM a:$TAG', ['a:2-x']],
  ['ARG V=1\nFROM a:${V:+2}', ['a:2']],
  ['ARG A=$B\nARG B=$A\nFROM a:${A}', ['a:']],
  // Of a stage, not of what comes before the first.
  ['FROM a:1\nARG V=9\nFROM b:${V:-2}', ['a:1', 'b:2']],
  ['FROM a:1\nRUN <<EOF\nFROM b:2\nEOF\nCOPY <<-"X" /f\n\tFROM c:3\n\tX\nFROM d:4', ['a:1', 'd:4']],
  ['FROM a:1\nRUN echo && \\\nFROM b:2\n', ['a:1']],
  ['FROM a:1 \\', ['a:1']],
  ['', []],
])('%j starts from %j', (text, images) => {
  expect(imagesOfDockerfile(text)).toEqual(images);
});

it.each([
  ['wso2/wso2mi:4.2.0@sha256:0123', '4.2.0'],
  ['registry.example.com:5000/acme/wso2mi:4.2.0.12-alpine', '4.2.0'],
  ['wso2/wso2mi:4.2.01x', undefined],
  ['wso2/wso2mi@sha256:0123', undefined],
])('the version of %s is %s', (image, version) => {
  expect(versionOfImage(image)).toBe(version);
});
