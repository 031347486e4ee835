#include "bench/shim/flags.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/shim/flag_value.h"
#include "bench/shim/say.h"

struct flags flags;
bool flags_are_read;

static const struct flags defaults = {
    .filter = "", .min_time_s = 0.5, .repetitions = 1, .out_format = REPORT_JSON, .out = ""};

/* Whether the value is right; if not, `why` says what it must be. */
typedef bool flag_reader(const char *value, struct flags *to, const char **why);

/* ---- Values ------------------------------------------------------------------------------ */

static bool read_format(const char *value, enum report_format *to, const char **why)
{
    static const char *const names[] = {"console", "json", "csv"};
    *why = "console, json or csv";
    for (size_t i = 0; i < 3; i++)
        if (strcmp(value, names[i]) == 0) {
            *to = (enum report_format)i;
            return true;
        }
    return false;
}

static bool set_filter(const char *value, struct flags *to, const char **why)
{
    (void)why;
    to->filter = value;
    return true;
}

static bool set_min_time(const char *value, struct flags *to, const char **why)
{
    *why = "seconds, as in 0.5s, or a number of iterations, as in 100x";
    size_t length = strlen(value);
    char digits[24];
    to->min_time_given = true;
    to->iterations = 0;
    if (length > 0 && value[length - 1] == 'x') {
        if (length > sizeof(digits))
            return false;
        memcpy(digits, value, length - 1);
        digits[length - 1] = '\0';
        return flag_integer(digits, 1, INT64_MAX, &to->iterations);
    }
    return flag_seconds(value, 's', &to->min_time_s);
}

static bool set_min_warmup_time(const char *value, struct flags *to, const char **why)
{
    *why = "seconds, as in 0.5";
    return flag_seconds(value, '\0', &to->min_warmup_s);
}

static bool set_repetitions(const char *value, struct flags *to, const char **why)
{
    *why = "a number above 0";
    to->repetitions_given = true;
    return flag_integer(value, 1, INT32_MAX, &to->repetitions);
}

static bool set_format(const char *value, struct flags *to, const char **why)
{
    return read_format(value, &to->format, why);
}

static bool set_out_format(const char *value, struct flags *to, const char **why)
{
    return read_format(value, &to->out_format, why);
}

static bool set_out(const char *value, struct flags *to, const char **why)
{
    (void)why;
    to->out = value;
    return true;
}

static bool terminal_has_color(void)
{
    static const char *const names[] = {
        "xterm",     "xterm-color",   "xterm-256color", "screen",
        "tmux",      "tmux-256color", "rxvt-unicode",   "rxvt-unicode-256color",
        "linux",     "cygwin",        "xterm-kitty",    "screen-256color",
        "alacritty", "foot",          "foot-extra",     "wezterm"};
    const char *terminal = getenv("TERM");
    if (terminal == NULL || isatty(STDOUT_FILENO) != 1)
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(terminal, names[i]) == 0)
            return true;
    return false;
}

static bool set_color(const char *value, struct flags *to, const char **why)
{
    *why = "auto, true or false";
    to->color = strcmp(value, "auto") == 0 ? terminal_has_color() : flag_is_true(value);
    return *value != '\0';
}

static bool set_perf_counters(const char *value, struct flags *to, const char **why)
{
    *why = "empty: this library reads no hardware counters";
    if (*value != '\0' && to->strict)
        say("Performance counters not supported.");
    return *value == '\0' || to->strict;
}

static bool set_time_unit(const char *value, struct flags *to, const char **why)
{
    static const char *const names[] = {"ns", "us", "ms", "s"};
    *why = "ns, us, ms or s";
    for (size_t i = 0; i < 4; i++)
        if (strcmp(value, names[i]) == 0)
            to->unit = (enum bm_time_unit)i;
    return *value == '\0' || strcmp(value, names[to->unit]) == 0;
}

static bool set_seed(const char *value, struct flags *to, const char **why)
{
    *why = "a number, 0 or above";
    int64_t seed = 0;
    to->seed_given = flag_integer(value, 0, INT64_MAX, &seed);
    to->seed = (uint64_t)seed;
    return to->seed_given;
}

static bool set_verbosity(const char *value, struct flags *to, const char **why)
{
    *why = "a number";
    return flag_integer(value, INT32_MIN, INT32_MAX, &to->verbosity);
}

static bool set_context(const char *value, struct flags *to, const char **why)
{
    (void)to;
    *why = "key=value pairs with commas between, each key once";
    char *pairs = strdup(value);
    char *rest = pairs;
    bool right = pairs != NULL && *pairs != '\0';
    while (right && rest != NULL) {
        char *pair = strsep(&rest, ",");
        char *equals = strchr(pair, '=');
        right = equals != NULL && equals > pair && strchr(equals + 1, '=') == NULL;
        if (right) {
            *equals = '\0';
            bm_add_custom_context(pair, equals + 1);
        }
    }
    free(pairs);
    return right;
}

/* ---- The table --------------------------------------------------------------------------- */

#define FLAG(member) offsetof(struct flags, member)

/* What upstream does when a value is wrong. */
enum when_wrong {
    REFUSED, /* aborts, or guesses, by how it was built; or has no such flag: no example to follow
              */
    SHOWS_HELP, /* and ends with status 0 */
    STAYS       /* says so and leaves the argument to the program, which does not know it */
};

static const struct known_flag {
    const char *name;
    const char *value; /* how help shows it; NULL: a flag that is on or off */
    const char *help;
    size_t offset;     /* of a bool in struct flags */
    flag_reader *read; /* for all others */
    enum when_wrong when_wrong;
} known_flags[] = {
    {"benchmark_list_tests", NULL, "print the names that the filter takes, and stop",
     FLAG(list_tests), NULL, REFUSED},
    {"benchmark_filter", "<regex>",
     "extended regular expression, found anywhere in the name; '-' "
     "before it leaves out what it is found in",
     0, set_filter, REFUSED},
    {"benchmark_min_time", "<N>s|<N>x", "seconds, or exact iterations, of each run (0.5s)", 0,
     set_min_time, REFUSED},
    {"benchmark_min_warmup_time", "<N>", "seconds to run before that, untold (0)", 0,
     set_min_warmup_time, STAYS},
    {"benchmark_repetitions", "<N>", "runs of each benchmark; from 2 on, with statistics (1)", 0,
     set_repetitions, STAYS},
    {"benchmark_dry_run", NULL, "one iteration of everything", FLAG(dry_run), NULL, REFUSED},
    {"benchmark_enable_random_interleaving", NULL, "repetitions of all benchmarks in random order",
     FLAG(random_interleaving), NULL, REFUSED},
    {"benchmark_seed", "<N>", "of that order (one of its own; the context tells it)", 0, set_seed,
     REFUSED},
    {"benchmark_report_aggregates_only", NULL, "only statistics, on the screen and in the file",
     FLAG(report_aggregates_only), NULL, REFUSED},
    {"benchmark_display_aggregates_only", NULL, "only statistics on the screen",
     FLAG(display_aggregates_only), NULL, REFUSED},
    {"benchmark_format", "<console|json|csv>", "of standard output (console)", 0, set_format,
     SHOWS_HELP},
    {"benchmark_out", "<file>", "a file to write as well", 0, set_out, REFUSED},
    {"benchmark_out_format", "<console|json|csv>", "of that file (json)", 0, set_out_format,
     SHOWS_HELP},
    {"benchmark_color", "<auto|true|false>", "colours on the console (auto)", 0, set_color,
     SHOWS_HELP},
    {"benchmark_counters_tabular", NULL, "counters as columns on the console",
     FLAG(counters_tabular), NULL, REFUSED},
    {"benchmark_perf_counters", "<counter>,...", "not available: must be empty", 0,
     set_perf_counters, REFUSED},
    {"benchmark_context", "<key>=<value>,...", "more context for the results", 0, set_context,
     STAYS},
    {"benchmark_time_unit", "<ns|us|ms|s>", "of benchmarks that choose none (ns)", 0, set_time_unit,
     SHOWS_HELP},
    {"benchmark_strict", NULL, "exactly as Google Benchmark, where this library differs",
     FLAG(strict), NULL, REFUSED},
    {"v", "<N>", "how much to say about what is done (0)", 0, set_verbosity, STAYS},
};
enum { KNOWN_FLAGS = sizeof(known_flags) / sizeof(known_flags[0]) };

static bool store(const struct known_flag *flag, const char *value, const char **why)
{
    if (flag->read != NULL)
        return flag->read(value, &flags, why);
    *(bool *)((char *)&flags + flag->offset) = flag_is_true(value);
    return true;
}

/* False: upstream would show its help. */
static bool read_environment(struct ab_error *error)
{
    for (size_t i = 0; i < KNOWN_FLAGS; i++) {
        char name[64];
        size_t length = strlen(known_flags[i].name);
        for (size_t c = 0; c <= length; c++)
            name[c] = (char)toupper((unsigned char)known_flags[i].name[c]);
        const char *value = getenv(name), *why = "";
        struct flags before = flags;
        if (value == NULL || store(&known_flags[i], value, &why))
            continue;
        flags = before;
        if (flags.strict && known_flags[i].when_wrong == SHOWS_HELP) {
            ab_fail(error, AB_USAGE, "environment variable %s: '%s' must be %s", name, value, why);
            return false;
        }
        say("environment variable %s: '%s' is not used, it must be %s", name, value, why);
    }
    return true;
}

/* The flag that an argument names, and where its value stands; NULL for other arguments. */
static const struct known_flag *find_flag(const char *argument, const char **value)
{
    if (strncmp(argument, "--", 2) != 0)
        return NULL;
    size_t length = strcspn(argument + 2, "=");
    *value = argument[2 + length] == '=' ? argument + 2 + length + 1 : NULL;
    for (size_t i = 0; i < KNOWN_FLAGS; i++)
        if (strlen(known_flags[i].name) == length &&
            strncmp(known_flags[i].name, argument + 2, length) == 0)
            /* Only what is on or off needs no value. */
            return *value != NULL || known_flags[i].read == NULL ? &known_flags[i] : NULL;
    return NULL;
}

/* Before all others: what a wrong value of theirs does depends on it. */
static void read_strictness(int argc, char **argv)
{
    const char *value = getenv("BENCHMARK_STRICT");
    flags.strict = value != NULL && flag_is_true(value);
    for (int i = 1; i < argc; i++) {
        const struct known_flag *flag = find_flag(argv[i], &value);
        if (flag != NULL && flag->read == NULL && flag->offset == FLAG(strict))
            flags.strict = value == NULL || flag_is_true(value);
    }
}

static enum flags_wish read_arguments(int argc, char **argv, int *kept, struct ab_error *error)
{
    const char *why = "", *value;
    for (int i = 1; i < argc; i++) {
        const struct known_flag *flag = find_flag(argv[i], &value);
        struct flags before = flags;
        if (flag == NULL && strcmp(argv[i], "--help") == 0)
            return FLAGS_HELP;
        if (flag != NULL && store(flag, value == NULL ? "true" : value, &why))
            continue;
        if (flag != NULL && flags.strict && flag->when_wrong == STAYS) {
            say("--%s: '%s' must be %s", flag->name, value, why);
            flags = before;
        } else if (flag != NULL) {
            ab_fail(error, AB_USAGE, "--%s: '%s' must be %s", flag->name, value, why);
            return flags.strict && flag->when_wrong == SHOWS_HELP ? FLAGS_HELP : FLAGS_WRONG;
        }
        argv[(*kept)++] = argv[i];
    }
    return FLAGS_RUN;
}

enum flags_wish flags_read(int *argc, char **argv, struct ab_error *error)
{
    int kept = 1, count = argc == NULL ? 0 : *argc;
    flags = defaults;
    flags.color = terminal_has_color();
    flags_are_read = true;
    read_strictness(count, argv);
    if (!read_environment(error))
        return FLAGS_HELP;
    enum flags_wish wish = read_arguments(count, argv, &kept, error);
    if (wish != FLAGS_RUN)
        return wish;
    if (count > 0) {
        *argc = kept;
        argv[kept] = NULL;
    }
    if (flags.dry_run)
        bm_add_custom_context("dry_run", "true");
    return FLAGS_RUN;
}

bool flags_describe(size_t number, struct flag_description *to)
{
    if (number >= KNOWN_FLAGS)
        return false;
    const struct known_flag *flag = &known_flags[number];
    *to = (struct flag_description){flag->name, flag->value, flag->help};
    return true;
}

void flags_help(struct text *text)
{
    for (size_t i = 0; i < KNOWN_FLAGS; i++) {
        const struct known_flag *flag = &known_flags[i];
        text_add(text, "  --%s%s%s\n        ", flag->name, flag->value == NULL ? "" : "=",
                 flag->value == NULL ? "[=true|false]" : flag->value);
        text_add_wrapped(text, 8, flag->help);
    }
}
