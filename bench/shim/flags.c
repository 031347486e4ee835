#include "bench/shim/flags.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "bench/shim/report.h"

struct flags flags;
bool flags_are_read;
struct list custom_context;

static const struct flags defaults = {
    .filter = "", .min_time_s = 0.5, .repetitions = 1, .out_format = REPORT_JSON, .out = ""};

/* Whether the value is right; if not, `why` says what it must be. */
typedef bool flag_reader(const char *value, struct flags *to, const char **why);

/* ---- Values ------------------------------------------------------------------------------ */

/* As upstream: one character is false for 0, f, n and all that is no letter or digit; more are
 * false for "false", "no" and "off"; nothing is true. */
static bool is_truthy(const char *value)
{
    if (*value != '\0' && value[1] == '\0')
        return isalnum((unsigned char)*value) && strchr("0fFnN", *value) == NULL;
    return strcasecmp(value, "false") != 0 && strcasecmp(value, "no") != 0 &&
           strcasecmp(value, "off") != 0;
}

static bool read_integer(const char *value, int64_t least, int64_t most, int64_t *to)
{
    char *end;
    errno = 0;
    long long read = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || isspace((unsigned char)*value) || errno != 0 ||
        read < least || read > most)
        return false;
    *to = read;
    return true;
}

/* Digits, a point, an exponent; a host program's locale does not change what a point is, because
 * the number is read in the C locale. */
static bool read_seconds(const char *value, char suffix, double *to)
{
    char *end;
    double read = strtod(value, &end);
    if (end == value || isspace((unsigned char)*value) || !(read >= 0) || isinf(read))
        return false;
    if (*end == suffix && suffix != '\0')
        end++;
    *to = read;
    return *end == '\0';
}

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
        return read_integer(digits, 1, INT64_MAX, &to->iterations);
    }
    return read_seconds(value, 's', &to->min_time_s);
}

static bool set_min_warmup_time(const char *value, struct flags *to, const char **why)
{
    *why = "seconds, as in 0.5";
    return read_seconds(value, '\0', &to->min_warmup_s);
}

static bool set_repetitions(const char *value, struct flags *to, const char **why)
{
    *why = "a number above 0";
    to->repetitions_given = true;
    return read_integer(value, 1, INT32_MAX, &to->repetitions);
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
        "xterm",       "xterm-color",   "xterm-256color",       "screen", "screen-256color",
        "tmux",        "tmux-256color", "rxvt-unicode",         "linux",  "cygwin",
        "xterm-kitty", "alacritty",     "rxvt-unicode-256color"};
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
    to->color = strcmp(value, "auto") == 0 ? terminal_has_color() : is_truthy(value);
    return *value != '\0';
}

static bool set_perf_counters(const char *value, struct flags *to, const char **why)
{
    (void)to;
    *why = "empty: this library reads no hardware counters";
    return *value == '\0';
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
    to->seed_given = read_integer(value, 0, INT64_MAX, &seed);
    to->seed = (uint64_t)seed;
    return to->seed_given;
}

static bool set_verbosity(const char *value, struct flags *to, const char **why)
{
    *why = "a number";
    return read_integer(value, INT32_MIN, INT32_MAX, &to->verbosity);
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

static const struct known_flag {
    const char *name;
    const char *value; /* how help shows it; NULL: a flag that is on or off */
    const char *help;
    size_t offset;     /* of a bool in struct flags */
    flag_reader *read; /* for all others */
} known_flags[] = {
    {"benchmark_list_tests", NULL, "print the names that the filter takes, and stop",
     FLAG(list_tests), NULL},
    {"benchmark_filter", "<regex>",
     "extended regular expression, found anywhere in the name; '-' "
     "before it leaves out what it is found in",
     0, set_filter},
    {"benchmark_min_time", "<N>s|<N>x", "seconds, or exact iterations, of each run (0.5s)", 0,
     set_min_time},
    {"benchmark_min_warmup_time", "<N>", "seconds to run before that, untold (0)", 0,
     set_min_warmup_time},
    {"benchmark_repetitions", "<N>", "runs of each benchmark; from 2 on, with statistics (1)", 0,
     set_repetitions},
    {"benchmark_dry_run", NULL, "one iteration of everything", FLAG(dry_run), NULL},
    {"benchmark_enable_random_interleaving", NULL, "repetitions of all benchmarks in random order",
     FLAG(random_interleaving), NULL},
    {"benchmark_seed", "<N>", "of that order (one of its own; the context tells it)", 0, set_seed},
    {"benchmark_report_aggregates_only", NULL, "only statistics, on the screen and in the file",
     FLAG(report_aggregates_only), NULL},
    {"benchmark_display_aggregates_only", NULL, "only statistics on the screen",
     FLAG(display_aggregates_only), NULL},
    {"benchmark_format", "<console|json|csv>", "of standard output (console)", 0, set_format},
    {"benchmark_out", "<file>", "a file to write as well", 0, set_out},
    {"benchmark_out_format", "<console|json|csv>", "of that file (json)", 0, set_out_format},
    {"benchmark_color", "<auto|true|false>", "colours on the console (auto)", 0, set_color},
    {"benchmark_counters_tabular", NULL, "counters as columns on the console",
     FLAG(counters_tabular), NULL},
    {"benchmark_perf_counters", "<counter>,...", "not available: must be empty", 0,
     set_perf_counters},
    {"benchmark_context", "<key>=<value>,...", "more context for the results", 0, set_context},
    {"benchmark_time_unit", "<ns|us|ms|s>", "of benchmarks that choose none (ns)", 0,
     set_time_unit},
    {"benchmark_strict", NULL, "exactly as Google Benchmark, where this library differs",
     FLAG(strict), NULL},
    {"v", "<N>", "how much to say about what is done (0)", 0, set_verbosity},
};
enum { KNOWN_FLAGS = sizeof(known_flags) / sizeof(known_flags[0]) };

static bool store(const struct known_flag *flag, const char *value, const char **why)
{
    if (flag->read != NULL)
        return flag->read(value, &flags, why);
    *(bool *)((char *)&flags + flag->offset) = is_truthy(value);
    return true;
}

static void read_environment(void)
{
    for (size_t i = 0; i < KNOWN_FLAGS; i++) {
        char name[64];
        size_t length = strlen(known_flags[i].name);
        for (size_t c = 0; c <= length; c++)
            name[c] = (char)toupper((unsigned char)known_flags[i].name[c]);
        const char *value = getenv(name), *why = "";
        struct flags before = flags;
        if (value != NULL && !store(&known_flags[i], value, &why)) {
            flags = before;
            fprintf(stderr, "environment variable %s: '%s' is not used, it must be %s\n", name,
                    value, why);
        }
    }
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

enum flags_wish flags_read(int *argc, char **argv, struct ab_error *error)
{
    const char *why = "", *value;
    flags = defaults;
    flags.color = terminal_has_color();
    flags_are_read = true;
    read_environment();
    int kept = 1;
    for (int i = 1; argc != NULL && i < *argc; i++) {
        const struct known_flag *flag = find_flag(argv[i], &value);
        if (flag == NULL && strcmp(argv[i], "--help") == 0)
            return FLAGS_HELP;
        if (flag == NULL) {
            argv[kept++] = argv[i];
        } else if (!store(flag, value == NULL ? "true" : value, &why)) {
            ab_fail(error, AB_USAGE, "--%s: '%s' must be %s", flag->name, value, why);
            return FLAGS_WRONG;
        }
    }
    if (argc != NULL && *argc > 0) {
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

/* ---- Custom context ---------------------------------------------------------------------- */

void bm_add_custom_context(const char *key, const char *value)
{
    if (json_is_context_key(key)) {
        fprintf(stderr, "context '%s' is a key of every context; choose another\n", key);
        return;
    }
    struct context_pair *all = custom_context.items;
    size_t place = 0;
    while (place < custom_context.count && strcmp(all[place].key, key) < 0)
        place++;
    if (place < custom_context.count && strcmp(all[place].key, key) == 0) {
        fprintf(stderr, "context '%s' is '%s' already, and not also '%s'\n", key, all[place].value,
                value);
        return;
    }
    struct context_pair pair = {strdup(key), strdup(value)};
    if (pair.key == NULL || pair.value == NULL || list_add(&custom_context, sizeof(pair)) == NULL) {
        free(pair.key);
        free(pair.value);
        fprintf(stderr, "no memory for context '%s'\n", key);
        return;
    }
    all = custom_context.items;
    memmove(all + place + 1, all + place, (custom_context.count - 1 - place) * sizeof(*all));
    all[place] = pair;
}
