/** Imports a module of scripts/ (plain JavaScript, without types) as what the test says it is. */
import { pathToFileURL } from 'node:url';
import path from 'node:path';

/** @param relativePath below scripts/ */
export async function importScript<Exports>(relativePath: string): Promise<Exports> {
  const file = path.resolve(import.meta.dirname, '../../scripts', relativePath);
  return (await import(pathToFileURL(file).href)) as Exports;
}
