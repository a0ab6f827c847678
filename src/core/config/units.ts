/** Parsers for configuration values that come as text: numbers and flags from the environment. */
import { z } from 'zod';

/** Whole number that may arrive as a string; the rule goes on with .min/.max through `limits`. */
export function integer(limits: { min: number; max: number }) {
  return z.coerce.number().int().min(limits.min).max(limits.max);
}

/** true/false, also as the strings `true`, `false`, `1`, `0`. */
export const flag = z.preprocess((value) => {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  return value;
}, z.boolean());

/** Comma-separated list in the environment, sequence in YAML. */
export const textList = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== '')
      : value,
  z.array(z.string().min(1)),
);
