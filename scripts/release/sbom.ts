/**
 * Writes what the bundle consists of to stdout, in CycloneDX's JSON. Its time is SOURCE_DATE_EPOCH, in seconds, where that is set.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { bundledPackages } from '../bundle/built-bundle.ts';
import { ofBundle } from './bill-of-materials.ts';

const root = path.resolve(import.meta.dirname, '../..');
const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? Math.floor(Date.now() / 1000));
// All that is installed: npm's --omit=dev leaves out what a tool for development needs as well.
const sbom = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
const installed = JSON.parse(execFileSync('npm', sbom, { cwd: root, encoding: 'utf8' }));
const subject = { name: packageJson.name, timestamp: new Date(seconds * 1000).toISOString() };
console.log(JSON.stringify(ofBundle(installed, await bundledPackages(), subject), undefined, 2));
