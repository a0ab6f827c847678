/**
 * `npm run soak`: what only shows after an hour. Not a bench: it judges.
 *
 *   node bench/soak.ts [--minutes 60] [--drift-minutes 30] [--only churn|drift]
 *
 * The churn part (bench/soak/churn-part.ts) writes bench/results/soak.json, the drift part (bench/soak/drift-part.ts)
 * bench/results/drift.json. Exits with 1 when a limit was broken.
 */
import { parseArgs } from 'node:util';
import { soakChurn } from './soak/churn-part.ts';
import { soakDrift } from './soak/drift-part.ts';
import { tell } from './soak/result.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    'drift-minutes': { type: 'string', default: '30' },
    only: { type: 'string' },
  },
});

process.env.ROSTRUM_LOG_LEVEL ??= 'error';
const parts = {
  churn: () => soakChurn(minutesOf('minutes')),
  drift: () => soakDrift(minutesOf('drift-minutes')),
};
const names = values.only === undefined ? (['churn', 'drift'] as const) : [partOf(values.only)];
let isGood = true;
for (const name of names) {
  tell(`soak: ${name}`);
  isGood = (await parts[name]()) && isGood;
}
process.exit(isGood ? 0 : 1);

function minutesOf(option: 'minutes' | 'drift-minutes'): number {
  const minutes = Number(values[option]);
  if (!(minutes >= 1 && minutes <= 24 * 60)) throw new RangeError(`--${option} must be from 1 to 1440.`);
  return minutes;
}

function partOf(name: string): keyof typeof parts {
  if (name !== 'churn' && name !== 'drift') throw new RangeError('--only must be churn or drift.');
  return name;
}
