import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';

// Two files that need no node_modules: the program, and the worker thread that it starts beside it.
export default defineConfig({
  input: { portlock: 'src/cli.ts', 'probe-worker': 'src/probe/worker.ts' },
  platform: 'node',
  plugins: [onlyNamesRead('@kubernetes/client-node', '@dot-i/k8s-operator')],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    chunkFileNames: '[name].js',
    // V8 keeps the source in memory: comments are half of it, and one character beyond Latin-1
    // doubles it. Names and lines stay, or a stack trace in a log would say nothing.
    comments: { legal: true, annotation: false, jsdoc: false },
    charset: 'ascii',
    minify: false,
    sourcemap: false,
  },
});

/**
 * Gives a CommonJS package only those exports of a library that its source reads. It requires the
 * whole library, so nothing could be dropped: here the API clients of every Kubernetes group, which
 * cost 14 MB of resident memory and a quarter of the start-up time.
 * The build fails if the package uses the library in another way than reading names from it.
 */
function onlyNamesRead(library: string, reader: string): Plugin {
  const prefix = `\0names of ${library} in `;
  return {
    name: 'only-names-read',
    resolveId(id, importer) {
      const reads = importer?.includes(`/node_modules/${reader}/`) && !importer.startsWith(prefix);
      return id === library && reads ? prefix + importer : null;
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const names = namesRead(readFileSync(id.slice(prefix.length), 'utf8'), library);
      return `export { ${names.join(', ')} } from '${library}';`;
    },
  };
}

function namesRead(code: string, library: string): string[] {
  const declaration = new RegExp(
    `const (\\w+) = (?:__importStar\\()?require\\("${library}"\\)\\)?;`,
    'g',
  );
  const aliases = [...code.matchAll(declaration)].map(([, alias]) => alias).join('|');
  const uses = code
    .replace(declaration, '')
    .matchAll(new RegExp(`(?<![.\\w-])(?:${aliases})\\b(?:\\.(\\w+))?`, 'g'));
  const names = new Set([...uses].map(([, name]) => name));
  if (
    aliases === '' ||
    names.size === 0 ||
    names.has(undefined) ||
    code.includes(`import("${library}")`)
  ) {
    throw new Error(`Cannot tell which names of ${library} are read: adapt onlyNamesRead.`);
  }
  return [...names].filter((name) => name !== undefined).sort();
}
