import { describe, expect, it } from 'vitest';
import { answerText, piecesOf } from './answer.ts';

/** An answer that begins and never ends. */
const unfinished = (): Response =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('begun')) }));

describe('an answer that does not go on', () => {
  it('is not waited for', async () => {
    const pieces: string[] = [];
    await expect(async () => {
      for await (const piece of piecesOf(unfinished(), 10)) pieces.push(Buffer.from(piece).toString());
    }).rejects.toThrow('its answer stopped in the middle');
    expect(pieces).toEqual(['begun']);
  });

  it('has said what came', async () => expect(await answerText(unfinished(), 10)).toBe('begun'));
});
