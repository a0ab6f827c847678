/**
 * Brings a fresh machine to the point where Rostrum runs, and does next to nothing when it is there already.
 * Uses built-ins only: before `npm ci` there is nothing else, and the machine's own Node may be as old as 20.
 *
 *   node scripts/setup.mjs [--for start|test|check]
 */
import { main } from './setup/main.mjs';

process.exitCode = await main(process.argv.slice(2));
