#include "bench/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t noted, exit_at_once;
static const char *volatile doomed_file;

static void on_signal(int signal_number)
{
    if (exit_at_once) {
        if (doomed_file != NULL)
            unlink(doomed_file);
        _exit(128 + signal_number);
    }
    noted = signal_number;
}

void interrupt_install(void)
{
    noted = 0;
    /* No SA_RESTART: a wait ends at once. */
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

void interrupt_exit(const char *file_to_remove)
{
    doomed_file = file_to_remove;
    exit_at_once = 1;
}

void interrupt_note(void)
{
    exit_at_once = 0;
}

int interrupt_signal(void)
{
    return noted;
}
