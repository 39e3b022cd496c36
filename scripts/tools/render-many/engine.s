// Empty, so that engine.go may declare functions without a body.
