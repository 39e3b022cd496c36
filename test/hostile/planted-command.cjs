// A command that does what its first word says.
new Function('require', process.argv[2])(require);
