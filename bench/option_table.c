#include "bench/option_table.h"

#include <stdio.h>

const struct known_command known_commands[] = {
    {"list", COMMAND_LIST, WORDS_NONE, NULL, "kernels, backends, techniques"},
    {"doctor", COMMAND_DOCTOR, WORDS_NONE, NULL, "what would spoil a measurement here"},
    {"sweep", COMMAND_SWEEP, WORDS_KERNELS, "[KERNEL...]", "sizes x backends: who wins from where"},
    {"report", COMMAND_REPORT, WORDS_FILES, "RESULTS...", "what result files say, also as a page"},
    {"compare", COMMAND_COMPARE, WORDS_FILES, "A B", "a verdict per row of two result files"},
    {"limits", COMMAND_LIMITS, WORDS_NONE, NULL, "how fast this machine can read"},
    {"aa", COMMAND_AA, WORDS_NONE, NULL, "the harness judging itself"},
    {"demo", COMMAND_DEMO, WORDS_NONE, NULL, "for a class: predict, see, explain"},
    {"help", COMMAND_HELP, WORDS_NONE, NULL, "this text"},
    {0},
};

#define FOR(command) (1u << COMMAND_##command)
#define MEASURING    (FOR(MEASURE) | FOR(SWEEP) | FOR(AA) | FOR(DEMO))
#define OPENING      (MEASURING | FOR(LIST) | FOR(DOCTOR) | FOR(LIMITS))

#define TARGET(member) offsetof(struct options, member)

/* In the order of the enumerations in bench/options.h. */
static const char *const transfers[] = {"pinned", "pageable", NULL};
static const char *const caches[] = {"warm", "cold", NULL};
static const char *const formats[] = {"console", "json", "csv", "markdown", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};

const struct known_option known_options[] = {
    {.heading = "What is measured",
     .name = "backend",
     .metavar = "NAME[,NAME...]",
     .help = "backends to measure (default all: those available)",
     .kind = OPTION_BACKENDS,
     .offset = TARGET(backends),
     .commands = MEASURING},
    {.name = "technique",
     .metavar = "NAME[,...]",
     .help = "techniques, or all (default tuned; where a cell has none, the one listed first)",
     .kind = OPTION_TECHNIQUES,
     .offset = TARGET(techniques),
     .commands = FOR(MEASURE) | FOR(SWEEP) | FOR(AA)},
    {.name = "baseline",
     .metavar = "NAME",
     .help =
         "what speed-ups refer to, or none (default the best CPU backend; in sweeps and reports "
         "serial)",
     .kind = OPTION_BASELINE,
     .offset = TARGET(baseline),
     .commands = FOR(MEASURE) | FOR(SWEEP) | FOR(REPORT)},
    {.name = "threads",
     .metavar = "N",
     .help = "threads of openmp and pthread, whatever OMP_NUM_THREADS says (default the CPUs this "
             "process "
             "may use)",
     .kind = OPTION_COUNT,
     .offset = TARGET(threads),
     .least = 1,
     .most = 4096,
     .commands = OPENING},
    {.name = "device",
     .metavar = "[BACKEND:]N",
     .help = "[BACKEND:]N or NAME: device of cuda and opencl; accelbench list shows them",
     .kind = OPTION_TEXT,
     .offset = TARGET(device),
     .commands = OPENING},
    {.name = "transfer",
     .metavar = "HOW",
     .help = "device backends: pinned or pageable memory (default pinned)",
     .kind = OPTION_CHOICE,
     .offset = TARGET(transfer),
     .choices = transfers,
     .commands = MEASURING},
    {.name = "cache",
     .metavar = "STATE",
     .help = "warm, or cold: every run, of devices every kernel, finds its input out of the cache "
             "(default warm)",
     .kind = OPTION_CHOICE,
     .offset = TARGET(cache),
     .choices = caches,
     .commands = MEASURING},
    {.name = "input",
     .metavar = "FILE",
     .help = "read the input from a file, as naming it at the end does; - for word_count's "
             "standard input",
     .kind = OPTION_FILE},
    {.name = "seed",
     .metavar = "N",
     .help = "seed of generated input and of the order (default 42)",
     .kind = OPTION_COUNT,
     .offset = TARGET(seed),
     .most = UINT64_MAX,
     .commands = MEASURING | FOR(LIMITS)},
    {.heading = "How it is measured",
     .name = "rounds",
     .metavar = "N",
     .help =
         "rounds, each of up to 12 samples of every alternative, or 36 where starting devices "
         "takes longer (default 30; fewer once all intervals are narrow, and of one kernel up to "
         "240 while any is wide)",
     .kind = OPTION_COUNT,
     .offset = TARGET(rounds),
     .least = 1,
     .most = 100000,
     .commands = MEASURING},
    {.name = "min-time",
     .metavar = "S",
     .help = "least duration of a sample (default 0.001, or 1000 steps of the clock)",
     .kind = OPTION_SECONDS,
     .offset = TARGET(min_time_s),
     .commands = MEASURING},
    {.name = "max-seconds",
     .metavar = "S",
     .help = "a kernel is done by then, input and checks included, if one round is (default 60)",
     .kind = OPTION_SECONDS,
     .offset = TARGET(max_seconds_s),
     .least_s = 0.001,
     .commands = MEASURING},
    {.name = "budget",
     .metavar = "S",
     .help = "the same for the whole command (default: sweep 600, with --quick 50; aa 120, and at "
             "least one pass)",
     .kind = OPTION_SECONDS,
     .offset = TARGET(budget_s),
     .least_s = 0.001,
     .commands = FOR(MEASURE) | FOR(SWEEP) | FOR(AA)},
    {.name = "deadline",
     .metavar = "S",
     .help = "a worker that is silent for longer is stopped (default 600)",
     .kind = OPTION_SECONDS,
     .offset = TARGET(deadline_s),
     .least_s = 0.001,
     .commands = OPENING},
    {.name = "sizes",
     .metavar = "LIST",
     .help = "sweep: bytes of the inputs, such as 4Ki,1Mi,64Mi (default 4Ki and from there by 4, "
             "up to an eighth of the available memory, 1Gi at most)",
     .kind = OPTION_TEXT,
     .offset = TARGET(sizes),
     .commands = FOR(SWEEP)},
    {.name = "quick",
     .help = "sweep: a first picture within a minute: fewer sizes and rounds",
     .kind = OPTION_FLAG,
     .offset = TARGET(quick),
     .commands = FOR(SWEEP)},
    {.name = "resume",
     .help = "sweep: go on with the sweep whose --out is the same and that was cut off",
     .kind = OPTION_FLAG,
     .offset = TARGET(resume),
     .commands = FOR(SWEEP)},
    {.name = "in-process",
     .help = "without worker processes, for debuggers",
     .kind = OPTION_FLAG,
     .offset = TARGET(in_process),
     .commands = OPENING},
    {.name = "energy",
     .help = "also watch the energy of each kernel by its device's counter, which takes 11 s of "
             "--max-seconds for each",
     .kind = OPTION_FLAG,
     .offset = TARGET(energy),
     .commands = FOR(MEASURE)},
    {.heading = "What comes out",
     .name = "format",
     .metavar = "FORMAT",
     .help = "of standard output: console, json, csv or, for report and compare, markdown "
             "(default console)",
     .kind = OPTION_CHOICE,
     .offset = TARGET(format),
     .choices = formats,
     .commands = (OPENING & ~FOR(DEMO)) | FOR(REPORT) | FOR(COMPARE)},
    {.name = "out",
     .metavar = "FILE",
     .help = "also write the results to FILE, as JSON",
     .kind = OPTION_TEXT,
     .offset = TARGET(out),
     .commands = FOR(MEASURE) | FOR(SWEEP) | FOR(DEMO)},
    {.name = "html",
     .metavar = "FILE",
     .help = "sweep, report, demo: also write a page with charts, which needs no network",
     .kind = OPTION_TEXT,
     .offset = TARGET(html),
     .commands = FOR(SWEEP) | FOR(REPORT) | FOR(DEMO)},
    {.name = "fail-on",
     .metavar = "RULE",
     .help = "compare: slower:5% (or faster:5%) ends with status 4 if a row is surely slower "
             "(faster) by more; with 1 if a row failed in B or is missing from it, or no row has "
             "the rounds for a verdict",
     .kind = OPTION_TEXT,
     .offset = TARGET(fail_on),
     .commands = FOR(COMPARE)},
    {.name = "result",
     .help =
         "show the kernel's answer and put it into the rows (of JSON: csv has no column for it)",
     .kind = OPTION_FLAG,
     .offset = TARGET(result),
     .commands = FOR(MEASURE)},
    {.name = "color",
     .metavar = "WHEN",
     .help = "auto, always or never (default auto)",
     .kind = OPTION_CHOICE,
     .offset = TARGET(color),
     .choices = colors},
    {.name = "no-wait",
     .help = "demo: waits for no key, as without a terminal; plain text, one page below the other",
     .kind = OPTION_FLAG,
     .offset = TARGET(no_wait),
     .commands = FOR(DEMO)},
    {.name = "quiet", .help = "no progress line", .kind = OPTION_FLAG, .offset = TARGET(quiet)},
    {.name = "help",
     .letter = 'h',
     .help = "this text",
     .kind = OPTION_COMMAND,
     .offset = TARGET(command),
     .least = COMMAND_HELP},
    {.name = "version",
     .letter = 'V',
     .help = "version and build",
     .kind = OPTION_COMMAND,
     .offset = TARGET(command),
     .least = COMMAND_VERSION},
    {0},
};

const char *option_dashes(const struct known_option *option, char dashes[OPTION_DASHES])
{
    if (option->letter != 0)
        snprintf(dashes, OPTION_DASHES, "-%c, --", option->letter);
    else
        snprintf(dashes, OPTION_DASHES, "--");
    return dashes;
}
