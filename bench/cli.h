/* The program, for main and for tests. */
#ifndef ACCELBENCH_BENCH_CLI_H
#define ACCELBENCH_BENCH_CLI_H

/* Runs a command line and returns the exit status that --help documents. Results go to standard
 * output, everything else to standard error. */
int accelbench_run(int argc, char **argv);

#endif
