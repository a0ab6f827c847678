// The import rules of docs/architecture.md, checked by machine (`npm run check`).
const domains = ['ingest', 'sfu-cascade', 'mixer', 'hls', 'recording', 'signaling'];
const only = (name, comment, owners, target) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^(src|web)/', pathNot: owners },
  to: { path: target },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'A cycle has no beginning to read from.', severity: 'error', from: { path: '^(src|web)/' }, to: { circular: true } },
    ...domains.map((domain) => ({
      name: `${domain}-is-isolated`,
      comment: 'Domain folders never import each other: say what you need in ports.ts, src/app binds it.',
      severity: 'error',
      from: { path: `^src/${domain}/` },
      to: { path: '^src/', pathNot: [`^src/${domain}/`, '^src/core/', '^src/media/'] },
    })),
    { name: 'index-is-the-only-door', comment: "Enter another folder through its index.ts.", severity: 'error',
      from: { path: '^src/(app|main)' }, to: { path: `^src/(${domains.join('|')})/`, pathNot: ['/index\\.ts$', '^src/signaling/protocol/'] } },
    { name: 'core-depends-on-nothing-of-ours', severity: 'error', from: { path: '^src/core/' }, to: { path: '^src/', pathNot: '^src/core/' } },
    { name: 'media-is-pure', comment: 'Bit-level knowledge only: no I/O, no clock, no logger.', severity: 'error',
      from: { path: '^src/media/' }, to: { path: '^src/', pathNot: ['^src/media/', '^src/core/errors\\.ts$'] } },
    { name: 'media-uses-no-builtin', comment: "Node's own modules are I/O, clocks and processes. Told by their kind: paths come without `node:` here.", severity: 'error',
      from: { path: '^src/media/' }, to: { dependencyTypes: ['core'] } },
    { name: 'signaling-knows-no-media', severity: 'error', from: { path: '^src/signaling/' }, to: { path: '^src/media/' } },
    { name: 'protocol-is-schema-only', severity: 'error', from: { path: '^src/signaling/protocol/' }, to: { pathNot: ['^src/signaling/protocol/', 'node_modules/zod/'] } },
    { name: 'web-sees-only-the-protocol', severity: 'error', from: { path: '^web/src/' }, to: { path: '^src/', pathNot: '^src/signaling/protocol/' } },
    { name: 'main-only-knows-app', severity: 'error', from: { path: '^src/main\\.ts$' }, to: { path: '^src/', pathNot: ['^src/app/', '^src/core/'] } },
    { name: 'src-never-sees-tests', severity: 'error', from: { path: '^(src|web)/' }, to: { path: '^(test|bench)/' } },
    only('mediasoup-owners', 'mediasoup only in ingest and sfu-cascade.', ['^src/ingest/', '^src/sfu-cascade/'], 'node_modules/mediasoup/'),
    only('aws-sdk-owner', 'The SDK of S3 only in the object store.', ['^src/app/object-store/'], 'node_modules/@aws-sdk/'),
    only('socket-io-owner', 'socket.io only in signaling.', ['^src/signaling/'], 'node_modules/socket\\.io/'),
    only('fluent-ffmpeg-owners', 'One-shot media jobs only.', ['^src/recording/jobs/'], 'node_modules/fluent-ffmpeg/'),
    only('child-process-owners', 'Processes are started in three places, each with an owner and a tested end.',
      ['^src/mixer/ffmpeg/', '^src/recording/jobs/', '^src/app/processes/'], '^(node:)?child_process$'),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
