// npm run cluster: a throw-away Kubernetes on this machine. See test/cluster/README.md.
import '../test/cluster/main.ts';
