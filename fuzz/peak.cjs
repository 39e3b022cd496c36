// Tells the most memory that the process had, in kB, to who started it.
const { writeSync } = require('node:fs');
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
