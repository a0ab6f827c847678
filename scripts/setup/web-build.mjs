/** The web pages: built again when their sources, the protocol they share with the server or the packages changed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { step } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { hashPaths, readStamp, updateStamp } from './stamp.mjs';

const sources = ['web', 'src/signaling/protocol', 'package-lock.json'];
const config = 'web/vite.config.ts';

function webKey(root) {
  const output = path.join('web', 'dist');
  return hashPaths(root, sources, (relative) => relative === output || relative.endsWith('node_modules'));
}

export function webIsReady(root) {
  if (!existsSync(path.join(root, config))) return true;
  return existsSync(path.join(root, 'web/dist')) && readStamp(root).web === webKey(root);
}

export async function buildWeb(root) {
  await step(async () => {
    const key = webKey(root);
    const [node, vite] = ['.bin/node', 'vite/bin/vite.js'].map((file) => path.join(root, 'node_modules', file));
    await runCommand(node, [vite, 'build', 'web', '--config', config], { what: 'Building the web pages', cwd: root });
    updateStamp(root, { web: key });
    return 'web pages';
  });
}
