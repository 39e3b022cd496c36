import { describe, expect, it } from 'vitest';
import { quantity } from './quantity.ts';

describe('quantity', () => {
  // Values as resource.ParseQuantity of k8s.io/apimachinery 0.34 gives them.
  it.each([
    ['2', 2],
    ['250m', 0.25],
    ['512Mi', 536_870_912],
    ['129e6', 129e6],
    ['1E3', 1000],
    ['1E', 1e18],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['5.', 5],
    ['+5Ki', 5120],
    ['1Pi', 1_125_899_906_842_624],
    ['100n', 1e-7],
  ])('reads %s', (text, number) => {
    expect(quantity(text)).toBeCloseTo(number, 12);
  });

  it.each(['1e3m', '1e', '1K', '1mi', '1.2.3', '.', 'Mi', '512 MB', '1iG', ''])('does not take %s', (text) => {
    expect(quantity(text)).toBeUndefined();
  });
});
