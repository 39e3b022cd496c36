import '../fuzz/fuzz.ts';
