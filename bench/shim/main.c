/* The program that BENCHMARK_MAIN makes: flags, locale, exit status. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/shim/context.h"
#include "bench/shim/filter.h"
#include "bench/shim/say.h"
#include "bench/shim/session.h"

enum { EXIT_RIGHT = 0, EXIT_WRONG = 1 };

static const char *executable = "unknown";
static struct session_observer observer;

void bm_set_report_callback(bm_report_callback *function, void *data)
{
    observer = (struct session_observer){function, data};
}

/* Numbers have points, whatever the locale of the program. */
static locale_t use_c_locale(locale_t *c_locale)
{
    *c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return *c_locale == (locale_t)0 ? (locale_t)0 : uselocale(*c_locale);
}

static void use_former_locale(locale_t former, locale_t c_locale)
{
    if (c_locale == (locale_t)0)
        return;
    uselocale(former);
    freelocale(c_locale);
}

static void complain(const struct ab_error *error)
{
    say("%s: %s", executable, error->message);
}

/* Upstream says so, runs nothing, and is content. */
static bool filter_is_wrong(void)
{
    struct filter filter;
    struct ab_error ignored = {0};
    bool wrong = filter_compile(&filter, flags.filter, &ignored) == AB_USAGE;
    filter_free(&filter);
    return wrong;
}

int bm_run_benchmarks(void)
{
    struct ab_error error = {0};
    locale_t c_locale, former = use_c_locale(&c_locale);
    if (!flags_are_read)
        flags_read(NULL, NULL, &error);
    bool any_failed = false;
    enum ab_status status = session_run(executable, &observer, &any_failed, &error);
    if (status != AB_OK)
        complain(&error);
    use_former_locale(former, c_locale);
    if (flags.strict)
        return status == AB_OK || filter_is_wrong() ? EXIT_RIGHT : EXIT_WRONG;
    return status == AB_OK && !any_failed ? EXIT_RIGHT : EXIT_WRONG;
}

bool bm_initialize(int *argc, char **argv, int *exit_status)
{
    struct ab_error error = {0};
    struct text help = {0};
    if (argc != NULL && *argc > 0)
        executable = argv[0];
    locale_t c_locale, former = use_c_locale(&c_locale);
    enum flags_wish wish = flags_read(argc, argv, &error);
    *exit_status = EXIT_RIGHT;
    if (error.status != AB_OK)
        complain(&error);
    if (wish == FLAGS_WRONG)
        *exit_status = EXIT_WRONG;
    if (wish == FLAGS_HELP) {
        text_add(&help,
                 "Runs the benchmarks of this program. Each flag has an environment variable of\n"
                 "the same name in capitals, which counts where the flag is not given.\n\n");
        flags_help(&help);
        if (help.data != NULL)
            fputs(help.data, stdout);
        if (fflush(stdout) != 0)
            *exit_status = EXIT_WRONG;
        text_free(&help);
    }
    use_former_locale(former, c_locale);
    return wish == FLAGS_RUN;
}

bool bm_report_unrecognized_arguments(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        say("%s: error: unrecognized command-line flag: %s", argv[0], argv[i]);
    return argc > 1;
}

void bm_shutdown(void)
{
    custom_context_clear();
    registry_clear();
    flags_are_read = false;
    observer = (struct session_observer){0};
}

int bm_main(int argc, char **argv)
{
    int exit_status;
    if (!bm_initialize(&argc, argv, &exit_status))
        return exit_status;
    if (bm_report_unrecognized_arguments(argc, argv))
        return EXIT_WRONG;
    exit_status = bm_run_benchmarks();
    bm_shutdown();
    return exit_status;
}
