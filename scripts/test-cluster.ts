// npm run test:cluster: availability of releases, measured on a cluster. See test/cluster/README.md.
import '../test/cluster/proofs/main.ts';
